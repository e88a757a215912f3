"""A record in one SQLite file: the event library's recorder, made dense, provable and lean."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from eventsourcing.persistence import IntegrityError, StoredEvent

from journeys.errors import Conflict, Refusal
from journeys.record.failures import from_sqlite
from journeys.record.leaf import event_leaf
from journeys.record.recorder import BlindIndex, Placed, RepeatedCommand, SourceRow
from journeys.record.sqlite_reader import Leaves, SqliteReader, placed_by
from journeys.record.sqlite_schema import NOT_NEXT
from journeys.record.tiles import TILE_WIDTH, complete_tiles
from journeys.record.vault import VaultItem

_LAST = "SELECT rowid, recorded_at FROM stored_events ORDER BY rowid DESC LIMIT 1"
_VERSION = "SELECT ifnull(max(originator_version), 0) FROM stored_events WHERE originator_id = ?"
_INSERT_EVENT = "INSERT INTO stored_events VALUES (?,?,?,?,?,?)"
_INSERT_LEAF = "INSERT INTO log_leaf VALUES (?,?)"
# Many leaves come as one value: half the cost of giving them one by one, but more for a single one.
_INSERT_LEAVES = """
WITH RECURSIVE place (n) AS (VALUES (0) UNION ALL SELECT n + 1 FROM place WHERE n + 1 < ?)
INSERT INTO log_leaf SELECT ? + n, substr(?, 32 * n + 1, 32) FROM place"""
_INSERT_TILE = "INSERT INTO log_tile VALUES (?,?,?)"
_INSERT_RECEIPT = "INSERT INTO command_receipt VALUES (?,?,?)"
_INSERT_SOURCE = "INSERT INTO intake_source VALUES (?,?,?,?,?)"
_INSERT_ITEM = "INSERT INTO vault_item VALUES (?,?,?,?,?,?)"
_INSERT_INDEX = "INSERT INTO blind_index VALUES (?,?,?) ON CONFLICT DO NOTHING"


class SqliteRecorder(SqliteReader):
    """See `recorder.Recorder`. A `clock` of one's own is taken by demonstration stores only."""

    def append(
        self,
        events: Sequence[StoredEvent],
        *,
        command: UUID | None = None,
        vault: Sequence[VaultItem] = (),
        indexes: Sequence[BlindIndex] = (),
        sources: Sequence[SourceRow] = (),
    ) -> list[Placed]:
        """Record events and all that belongs to them in one transaction; see `Recorder`."""
        if not events:
            return []
        with self.datastore.database(writing=True) as db:
            try:
                db.execute("BEGIN IMMEDIATE")
                placed = self._write(db, events)
                if command is not None:
                    reach = (command.bytes, placed[0].position, placed[-1].position)
                    db.execute(_INSERT_RECEIPT, reach)
                if sources:
                    db.executemany(_INSERT_SOURCE, map(_source_values, sources))
                if vault:
                    db.executemany(_INSERT_ITEM, map(_item_values, vault))
                if indexes:
                    db.executemany(_INSERT_INDEX, map(_index_values, indexes))
                db.execute("COMMIT")
            except BaseException as error:
                if db.in_transaction:
                    db.rollback()
                if isinstance(error, sqlite3.IntegrityError):
                    raise self._refusal(db, error, events, command) from error
                raise
        return placed

    def _write(self, db: sqlite3.Connection, events: Sequence[StoredEvent]) -> list[Placed]:
        size, last = db.execute(_LAST).fetchone() or (0, 0)
        at = max(self.clock(), last + 1)
        placed: list[Placed] = []
        rows: list[tuple[object, ...]] = []
        for position, event in enumerate(events, start=size + 1):
            household = cast("UUID", event.originator_id)
            version, topic, state = event.originator_version, event.topic, event.state
            raw = household.bytes
            leaf = event_leaf(position - 1, raw, version, topic, at, state)
            placed.append(Placed(household, version, position, at, leaf))
            rows.append((position, raw, version, topic, state, at))
            at += 1
        db.executemany(_INSERT_EVENT, rows)
        leaves = [one.leaf for one in placed]
        if len(leaves) == 1:
            db.execute(_INSERT_LEAF, (size + 1, leaves[0]))
        else:
            db.execute(_INSERT_LEAVES, (len(leaves), size + 1, b"".join(leaves)))
        if size // TILE_WIDTH != (size + len(leaves)) // TILE_WIDTH:
            db.executemany(_INSERT_TILE, complete_tiles(size, leaves, Leaves(db)))
        return placed

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int] | None:
        """The library's way in: the positions, or its `IntegrityError` for a version taken."""
        try:
            return [placed.position for placed in self.append(stored_events)]
        except Conflict as conflict:
            raise IntegrityError(conflict.sentence) from conflict

    def _refusal(
        self,
        db: sqlite3.Connection,
        error: sqlite3.IntegrityError,
        events: Sequence[StoredEvent],
        command: UUID | None,
    ) -> Refusal:
        """Why the database turned the transaction down: looked up only now that it has."""
        if command is not None and (placed := placed_by(db, command)):
            return RepeatedCommand(command, placed)
        if NOT_NEXT in str(error):
            return _conflict(db, events)
        return from_sqlite(error)


def _conflict(db: sqlite3.Connection, events: Sequence[StoredEvent]) -> Conflict:
    """Which household was not where the events took it to be."""
    versions: dict[UUID, int] = {}
    for event in events:
        household = cast("UUID", event.originator_id)
        if household not in versions:
            [versions[household]] = db.execute(_VERSION, (household.bytes,)).fetchone()
        current = versions[household]
        if event.originator_version != current + 1:
            return Conflict(
                f"The household {household} is at version {current}; "
                f"version {event.originator_version} does not follow.",
                household=household,
                version=current,
            )
        versions[household] += 1
    return Conflict("Others recorded at the same moment; please try again.")


def _source_values(row: SourceRow) -> tuple[object, ...]:
    return (row.source, row.key, row.household.bytes, row.version, row.digest)


def _item_values(item: VaultItem) -> tuple[object, ...]:
    place = (item.household.bytes, item.version, item.field)
    return (*place, item.subject.bytes, item.commitment, item.sealed)


def _index_values(row: BlindIndex) -> tuple[bytes, bytes, bytes]:
    index, subject, household = row
    return (index, subject.bytes, household.bytes)
