"""The tables of a record in SQLite, and the triggers that let them only grow.

Every table refuses UPDATE and DELETE. REPLACE would delete without firing those triggers, so each
table also refuses to insert what is there already. Events and leaves go further: the database
itself insists on the next position, and on the next version of the stream. Only personal data,
which is in the vault and in the blind indexes, may be deleted; it cannot be changed either.
"""

from __future__ import annotations

# The event library reads the position by the name `rowid`, which in SQLite must then be declared.
# Households are 16 bytes, not text: see docs/decisions/0011-layout-of-the-record.md.
_TABLES = (
    """CREATE TABLE IF NOT EXISTS stored_events (
        rowid INTEGER PRIMARY KEY,
        originator_id BLOB NOT NULL,
        originator_version INTEGER NOT NULL,
        topic TEXT NOT NULL,
        state BLOB NOT NULL,
        recorded_at INTEGER NOT NULL,
        UNIQUE (originator_id, originator_version)
    ) STRICT""",
    """CREATE TABLE IF NOT EXISTS log_leaf (
        position INTEGER PRIMARY KEY,
        hash BLOB NOT NULL
    ) STRICT""",
    """CREATE TABLE IF NOT EXISTS log_tile (
        level INTEGER NOT NULL,
        tile INTEGER NOT NULL,
        hash BLOB NOT NULL,
        PRIMARY KEY (level, tile)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS command_receipt (
        command BLOB PRIMARY KEY,
        first_position INTEGER NOT NULL,
        last_position INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS intake_source (
        source TEXT NOT NULL,
        key TEXT NOT NULL,
        household BLOB NOT NULL,
        version INTEGER NOT NULL,
        digest TEXT NOT NULL,
        PRIMARY KEY (source, key, household, version)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS vault_item (
        household BLOB NOT NULL,
        version INTEGER NOT NULL,
        field TEXT NOT NULL,
        subject BLOB NOT NULL,
        commitment BLOB NOT NULL,
        sealed BLOB NOT NULL,
        PRIMARY KEY (household, version, field, subject)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS vault_item_subject ON vault_item (subject)",
    """CREATE TABLE IF NOT EXISTS blind_index (
        digest BLOB NOT NULL,
        subject BLOB NOT NULL,
        household BLOB NOT NULL,
        PRIMARY KEY (digest, subject, household)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS blind_index_subject ON blind_index (subject)",
    """CREATE TABLE IF NOT EXISTS store_meta (
        key TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
)

_KEYS = {
    "log_tile": ("level", "tile"),
    "command_receipt": ("command",),
    "intake_source": ("source", "key", "household", "version"),
    "store_meta": ("key",),
    "vault_item": ("household", "version", "field", "subject"),
}
INSERT_ONLY = (
    "stored_events",
    "log_leaf",
    "log_tile",
    "command_receipt",
    "intake_source",
    "store_meta",
)
"""The tables that only grow."""

NOT_NEXT = "stored_events: not the next version"
"""How the database says that a version does not follow its stream."""

# The last row is looked up, not asked for as a maximum: every insert pays for it, and an aggregate
# costs a third more.
_NEXT = (
    """CREATE TRIGGER IF NOT EXISTS stored_events_next BEFORE INSERT ON stored_events
    WHEN NEW.rowid IS NOT 1 + ifnull(
        (SELECT rowid FROM stored_events ORDER BY rowid DESC LIMIT 1), 0
      )
      OR NEW.originator_version IS NOT 1 + ifnull((
        SELECT originator_version FROM stored_events
        WHERE originator_id = NEW.originator_id ORDER BY originator_version DESC LIMIT 1
      ), 0)
    BEGIN SELECT RAISE(ABORT, 'stored_events: not the next version'); END""",
    """CREATE TRIGGER IF NOT EXISTS log_leaf_next BEFORE INSERT ON log_leaf
    WHEN NEW.position IS NOT 1 + ifnull(
        (SELECT position FROM log_leaf ORDER BY position DESC LIMIT 1), 0
      )
    BEGIN SELECT RAISE(ABORT, 'log_leaf: not the next position'); END""",
)


def _refusing(deed: str, table: str) -> str:
    return (
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_{deed.lower()} BEFORE {deed} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table}: only grows'); END"
    )


def _only_new(table: str, keys: tuple[str, ...]) -> str:
    same = " AND ".join(f"{key} = NEW.{key}" for key in keys)
    there = f"SELECT 1 FROM {table} WHERE {same}"  # noqa: S608  # names of our own
    return (
        f"CREATE TRIGGER IF NOT EXISTS {table}_only_new BEFORE INSERT ON {table} "
        f"WHEN EXISTS ({there}) BEGIN SELECT RAISE(ABORT, '{table}: is there already'); END"
    )


STATEMENTS = (
    *_TABLES,
    *_NEXT,
    *(_refusing("DELETE", table) for table in INSERT_ONLY),
    *(_refusing("UPDATE", table) for table in (*INSERT_ONLY, "vault_item", "blind_index")),
    *(_only_new(table, keys) for table, keys in _KEYS.items()),
)
"""What makes the tables and triggers; harmless where they are there already."""
