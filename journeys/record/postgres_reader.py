"""Reading a record in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, LiteralString
from uuid import UUID

from eventsourcing.postgres import PostgresApplicationRecorder
from psycopg.rows import tuple_row

from journeys.clock import Clock, now_us
from journeys.errors import WrongSetting
from journeys.record.evidence import Dialect, Evidence
from journeys.record.failures import StoreUnreachable
from journeys.record.meta import Meta
from journeys.record.postgres_datastore import Datastore
from journeys.record.recorder import LogRow, Placed, SourceRow, StreamRow
from journeys.record.vault import VaultItem

_PAGE = 5_000

_LAST = (
    "SELECT notification_id, recorded_at FROM {}.stored_events"
    " ORDER BY notification_id DESC LIMIT 1"
)
_STREAM = (
    "SELECT originator_version, topic, state, recorded_at, notification_id FROM {}.stored_events"
    " WHERE originator_id = %s AND originator_version > %s ORDER BY originator_version"
)
_STATES = (
    "SELECT topic, state FROM {}.stored_events WHERE originator_id = %s ORDER BY originator_version"
)
_STREAMS = (
    "SELECT originator_version, topic, state, recorded_at, notification_id, originator_id"
    " FROM {}.stored_events WHERE originator_id BETWEEN %s AND %s"
    " ORDER BY originator_id, originator_version"
)
_LOG = (
    "SELECT notification_id, originator_id, originator_version, topic, state, recorded_at"
    " FROM {}.stored_events WHERE notification_id > %s ORDER BY notification_id LIMIT %s"
)
_PLACED = (
    "SELECT originator_id, originator_version, position, recorded_at, hash"
    " FROM {0}.command_receipt"
    " JOIN {0}.log_leaf ON position BETWEEN first_position AND last_position"
    " JOIN {0}.stored_events ON notification_id = position"
    " WHERE command = %s ORDER BY position"
)
_LEAVES = "SELECT hash FROM {}.log_leaf WHERE position BETWEEN %s AND %s ORDER BY position"
_TILES = "SELECT hash FROM {}.log_tile WHERE level = %s AND tile BETWEEN %s AND %s ORDER BY tile"
_SOURCES = (
    "SELECT source, key, household, version, digest FROM {}.intake_source"
    " WHERE source = %s AND (%s::text[] IS NULL OR key = ANY(%s)) ORDER BY key, household, version"
)
_SOURCE_PAGE = (
    "SELECT source, key, household, version, digest FROM {}.intake_source"
    " WHERE source = %s AND (key, household, version) > (%s, %s, %s)"
    " ORDER BY key, household, version LIMIT %s"
)
_ITEMS = (
    "SELECT household, version, field, subject, commitment, sealed FROM {}.vault_item"
    " WHERE household = %s ORDER BY version, field"
)
_FIND = "SELECT subject, household FROM {}.blind_index WHERE digest = %s ORDER BY 1, 2"

_DIALECT = Dialect(
    position="notification_id",
    household="uuid_send(originator_id)",
    placeholder="%s",
    schema="{0}.",
)


class PostgresReader(PostgresApplicationRecorder):
    """What `recorder.Recorder` reads, over the library's own recorder."""

    datastore: Datastore

    def __init__(self, datastore: Datastore, meta: Meta, *, clock: Clock | None = None) -> None:
        super().__init__(datastore)
        if clock is not None and meta.kind == "live":
            raise WrongSetting("A live record keeps its own time: no other clock can be set.")
        self.meta = meta
        self.clock = clock

    def receipt(self, command: UUID) -> list[Placed] | None:
        """Where the events of a command went; None if it was never recorded."""
        return [Placed(*row) for row in self._rows(_PLACED, (command,))] or None

    def stream(self, household: UUID, after: int = 0) -> list[StreamRow]:
        """The events of a household with a version above `after`, by version."""
        return self._rows(_STREAM, (household, after))

    def states(self, household: UUID) -> list[tuple[str, bytes]]:
        """Topic and state of each event of a household, by version: all that folding needs."""
        return self._rows(_STATES, (household,))

    def streams(
        self, first: UUID | None = None, last: UUID | None = None
    ) -> Iterator[tuple[UUID, list[StreamRow]]]:
        """Every household from `first` to `last`, both included, by id, with all its events."""
        bounds = (first or UUID(int=0), last or UUID(int=(1 << 128) - 1))
        for household, rows in groupby(self._each(_STREAMS, bounds), itemgetter(5)):
            yield household, [row[:5] for row in rows]

    def log(self, after: int, limit: int) -> list[LogRow]:
        """At most `limit` events with a position above `after`, by position."""
        return self._rows(_LOG, (after, limit))

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
        """The present instant, in microseconds since the epoch.

        On a live record it is this machine's; the server's own clock sets `recorded_at`.
        """
        return (self.clock or now_us)()

    def entries(self, level: int, start: int, stop: int) -> list[bytes]:
        """Entries of the Merkle tree, see `tiles.LeafSource`.

        Entries above the leaves are the roots of complete tiles.
        """
        if level:
            rows = self._rows(_TILES, (level - 1, start, stop - 1))
        else:
            rows = self._rows(_LEAVES, (start + 1, stop))
        return [row[0] for row in rows]

    def sources(self, source: str, keys: Sequence[str] | None = None) -> dict[str, list[SourceRow]]:
        """What became of the rows of an outside source, by key, the latest fact last."""
        among = None if keys is None else list(keys)
        found: dict[str, list[SourceRow]] = {}
        for row in self._rows(_SOURCES, (source, among, among)):
            found.setdefault(row[1], []).append(SourceRow(*row))
        return found

    def source_rows(
        self, source: str, after: SourceRow | None = None, limit: int = 10_000
    ) -> list[SourceRow]:
        """At most `limit` rows of an outside source after `after`, by key, household, version."""
        place = ("", UUID(int=0), 0) if after is None else after[1:4]
        rows = self._rows(_SOURCE_PAGE, (source, *place, limit))
        return [SourceRow(*row) for row in rows]

    def vault_items(self, household: UUID) -> list[VaultItem]:
        """The sealed personal items of a household that were not erased."""
        return [
            VaultItem(
                household=owner,
                version=version,
                field=field,
                subject=subject,
                commitment=commitment,
                sealed=sealed,
            )
            for owner, version, field, subject, commitment, sealed in self._rows(
                _ITEMS, (household,)
            )
        ]

    def find(self, index: bytes) -> list[tuple[UUID, UUID]]:
        """The subjects, each with its household, that a blind index leads to."""
        return self._rows(_FIND, (index,))

    def evidence(self) -> Evidence:
        """The rows as they lie in the tables, see `verify`. PostgreSQL checks its own pages."""
        return Evidence(_DIALECT, self._rows, self._each, list)

    def close(self) -> None:
        """Let go of the connections."""
        self.datastore.close()

    def _rows(self, statement: LiteralString, values: Sequence[object] = ()) -> list[Any]:
        """All rows of a query, asked again once where the connection turns out to be dead."""
        try:
            return self._asked(statement, values)
        except StoreUnreachable:
            self.datastore.drop_dead()
            return self._asked(statement, values)

    def _asked(self, statement: LiteralString, values: Sequence[object]) -> list[Any]:
        with (
            self.datastore.database() as db,
            db.cursor(row_factory=tuple_row, binary=True) as cursor,
        ):
            return cursor.execute(
                self.datastore.statement(statement), values, prepare=True
            ).fetchall()

    def _each(self, statement: LiteralString, values: Sequence[object] = ()) -> Iterator[Any]:
        with (
            self.datastore.database() as db,
            db.transaction(),
            db.cursor("each", row_factory=tuple_row, binary=True) as cursor,
        ):
            cursor.itersize = _PAGE
            yield from cursor.execute(self.datastore.statement(statement), values, binary=True)
