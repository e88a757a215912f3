"""Reading a record in SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from json import dumps
from typing import Any
from uuid import UUID

from eventsourcing.persistence import StoredEvent
from eventsourcing.sqlite import SQLiteApplicationRecorder

from journeys.clock import Clock, now_us
from journeys.errors import WrongSetting
from journeys.record.evidence import Dialect, Evidence
from journeys.record.meta import Meta
from journeys.record.recorder import LogRow, Placed, SourceRow, StreamRow
from journeys.record.sqlite_datastore import Datastore
from journeys.record.sqlite_schema import STATEMENTS
from journeys.record.vault import VaultItem

_MAPPED = 1 << 40
"""As much of the file as SQLite is willing to map into memory, for reading all of it."""

_LAST = "SELECT rowid, recorded_at FROM stored_events ORDER BY rowid DESC LIMIT 1"
_ITEMS = (
    "SELECT household, version, field, subject, commitment, sealed FROM vault_item"
    " WHERE household = ? ORDER BY version, field"
)
_FIND = "SELECT subject, household FROM blind_index WHERE digest = ? ORDER BY subject, household"
_STREAM = (
    "SELECT originator_version, topic, state, recorded_at, rowid FROM stored_events"
    " WHERE originator_id = ? AND originator_version > ? ORDER BY originator_version"
)
_STATES = (
    "SELECT topic, state FROM stored_events WHERE originator_id = ? ORDER BY originator_version"
)
_HOUSEHOLDS = (
    "SELECT DISTINCT originator_id FROM stored_events"
    " WHERE originator_id BETWEEN ? AND ? ORDER BY originator_id"
)
_LOG = (
    "SELECT rowid, originator_id, originator_version, topic, state, recorded_at"
    " FROM stored_events WHERE rowid > ? ORDER BY rowid LIMIT ?"
)
_PLACED = (
    "SELECT originator_id, originator_version, position, recorded_at, hash"
    " FROM command_receipt"
    " JOIN log_leaf ON position BETWEEN first_position AND last_position"
    " JOIN stored_events ON stored_events.rowid = position"
    " WHERE command = ? ORDER BY position"
)
_SOURCES = "SELECT source, key, household, version, digest FROM intake_source WHERE source = ?"
_AFTER = " AND (key, household, version) > (?, ?, ?)"
_ORDERED = " ORDER BY key, household, version"

_DIALECT = Dialect(position="rowid", household="originator_id", placeholder="?", schema="")


class SqliteReader(SQLiteApplicationRecorder):
    """What `recorder.Recorder` reads, over the library's own recorder."""

    datastore: Datastore

    def __init__(self, datastore: Datastore, meta: Meta, *, clock: Clock | None = None) -> None:
        super().__init__(datastore)
        if clock is not None and meta.kind == "live":
            raise WrongSetting("A live record keeps its own time: no other clock can be set.")
        self.meta = meta
        self.clock = clock or now_us

    def receipt(self, command: UUID) -> list[Placed] | None:
        """Where the events of a command went; None if it was never recorded."""
        with self.datastore.database() as db:
            return placed_by(db, command) or None

    def stream(self, household: UUID, after: int = 0) -> list[StreamRow]:
        """The events of a household with a version above `after`, by version."""
        return self._rows(_STREAM, (household.bytes, after))

    def states(self, household: UUID) -> list[tuple[str, bytes]]:
        """Topic and state of each event of a household, by version: all that folding needs."""
        return self._rows(_STATES, (household.bytes,))

    def streams(
        self, first: UUID | None = None, last: UUID | None = None
    ) -> Iterator[tuple[UUID, list[StreamRow]]]:
        """Every household from `first` to `last`, both included, by id, with all its events.

        Households whose first event is recorded while this runs may be left out.
        """
        after = b"" if first is None else first.bytes
        stop = b"\xff" * 16 if last is None else last.bytes
        with self.datastore.database() as db:
            cursor = db.cursor()
            cursor.row_factory = None
            # Events of a household lie far apart, so this visits pages in random order.
            cursor.execute(f"PRAGMA mmap_size={_MAPPED}")
            try:
                ids = cursor.execute(_HOUSEHOLDS, (after, stop)).fetchall()
                for (household,) in ids:
                    rows = cursor.execute(_STREAM, (household, 0)).fetchall()
                    yield UUID(bytes=household), rows
            finally:
                cursor.execute("PRAGMA mmap_size=0")

    def log(self, after: int, limit: int) -> list[LogRow]:
        """At most `limit` events with a position above `after`, by position."""
        return [
            (position, UUID(bytes=household), version, topic, state, recorded_at)
            for position, household, version, topic, state, recorded_at in self._rows(
                _LOG, (after, limit)
            )
        ]

    def size(self) -> int:
        """How many events there are, which is also the position of the last."""
        return self._last()[0]

    def last_recorded_at(self) -> int:
        """The instant of the last event, in microseconds since the epoch; 0 if there is none."""
        return self._last()[1]

    def _last(self) -> tuple[int, int]:
        rows: list[tuple[int, int]] = self._rows(_LAST)
        return rows[0] if rows else (0, 0)

    def now(self) -> int:
        """The instant by the record's own clock, in microseconds since the epoch."""
        return self.clock()

    def entries(self, level: int, start: int, stop: int) -> list[bytes]:
        """Entries of the Merkle tree, see `tiles.LeafSource`."""
        with self.datastore.database() as db:
            return Leaves(db).entries(level, start, stop)

    def sources(self, source: str, keys: Sequence[str] | None = None) -> dict[str, list[SourceRow]]:
        """What became of the rows of an outside source, by key, the latest fact last."""
        if keys is None:
            rows = self._rows(_SOURCES + _ORDERED, (source,))
        else:
            among = " AND key IN (SELECT value FROM json_each(?))"
            rows = self._rows(_SOURCES + among + _ORDERED, (source, dumps(list(keys))))
        found: dict[str, list[SourceRow]] = {}
        for name, key, household, version, digest in rows:
            row = SourceRow(name, key, UUID(bytes=household), version, digest)
            found.setdefault(key, []).append(row)
        return found

    def source_rows(
        self, source: str, after: SourceRow | None = None, limit: int = 10_000
    ) -> list[SourceRow]:
        """At most `limit` rows of an outside source after `after`, by key, household, version."""
        place = ("", b"", 0) if after is None else (after.key, after.household.bytes, after.version)
        return [
            SourceRow(name, key, UUID(bytes=household), version, digest)
            for name, key, household, version, digest in self._rows(
                _SOURCES + _AFTER + _ORDERED + " LIMIT ?", (source, *place, limit)
            )
        ]

    def vault_items(self, household: UUID) -> list[VaultItem]:
        """The sealed personal items of a household that were not erased."""
        return [
            VaultItem(
                household=UUID(bytes=owner),
                version=version,
                field=field,
                subject=UUID(bytes=subject),
                commitment=commitment,
                sealed=sealed,
            )
            for owner, version, field, subject, commitment, sealed in self._rows(
                _ITEMS, (household.bytes,)
            )
        ]

    def find(self, index: bytes) -> list[tuple[UUID, UUID]]:
        """The subjects, each with its household, that a blind index leads to."""
        return [
            (UUID(bytes=subject), UUID(bytes=household))
            for subject, household in self._rows(_FIND, (index,))
        ]

    def evidence(self) -> Evidence:
        """The rows as they lie in the file, see `verify`."""
        return Evidence(_DIALECT, self._rows, self._each, self._damage)

    def close(self) -> None:
        """Let go of the connections."""
        self.datastore.close()

    def _rows(self, statement: str, values: Sequence[object] = ()) -> list[Any]:
        with self.datastore.database() as db:
            cursor = db.cursor()
            cursor.row_factory = None
            return cursor.execute(statement, values).fetchall()

    def _each(self, statement: str) -> Iterator[Any]:
        with self.datastore.database() as db:
            cursor = db.cursor()
            cursor.row_factory = None
            yield from cursor.execute(statement)

    def _damage(self) -> list[str]:
        """What SQLite finds wrong with its pages and indexes."""
        with self.datastore.database() as db:
            db.execute(f"PRAGMA mmap_size={_MAPPED}")
            try:
                found = [str(row[0]) for row in db.execute("PRAGMA integrity_check(20)")]
            finally:
                db.execute("PRAGMA mmap_size=0")
        return [] if found == ["ok"] else found

    # --- As the library stores it ---------------------------------------------------------

    def construct_create_table_statements(self) -> list[str]:
        """Tables and triggers."""
        return list(STATEMENTS)

    def convert_originator_id(self, originator_id: Any) -> UUID:
        """A household's id from the 16 bytes that are kept."""
        return UUID(bytes=originator_id)

    def select_events(self, originator_id: Any, **bounds: Any) -> Sequence[StoredEvent]:
        """The library's way to read a stream."""
        return super().select_events(originator_id.bytes, **bounds)


class Leaves:
    """The tree as one connection sees it, the writer's own new leaves included."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def entries(self, level: int, start: int, stop: int) -> list[bytes]:
        """See `tiles.LeafSource`. Entries above the leaves are the roots of complete tiles."""
        if level:
            statement = (
                "SELECT hash FROM log_tile WHERE level = ? AND tile >= ? AND tile < ? ORDER BY tile"
            )
            rows = self._db.execute(statement, (level - 1, start, stop))
        else:
            statement = "SELECT hash FROM log_leaf WHERE position BETWEEN ? AND ? ORDER BY position"
            rows = self._db.execute(statement, (start + 1, stop))
        return [row[0] for row in rows]


def placed_by(db: sqlite3.Connection, command: UUID) -> list[Placed]:
    """Where the events of a command went; nothing if it was never recorded."""
    return [
        Placed(UUID(bytes=household), version, position, recorded_at, leaf)
        for household, version, position, recorded_at, leaf in db.execute(_PLACED, (command.bytes,))
    ]
