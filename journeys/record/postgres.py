"""A record in PostgreSQL: one call of one function for each append."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from json import dumps, loads
from typing import Any, cast
from uuid import UUID

import psycopg
from eventsourcing.persistence import IntegrityError, StoredEvent
from psycopg import sql
from psycopg.rows import tuple_row

from journeys.errors import Conflict, Refusal, WrongSetting
from journeys.record.failures import StoreUnreachable, from_postgres
from journeys.record.postgres_reader import PostgresReader
from journeys.record.recorder import BlindIndex, Placed, RepeatedCommand, SourceRow
from journeys.record.vault import VaultItem

NOT_NEXT, REPEATED, OWN_TIME = "HJ001", "HJ002", "HJ003"
"""Why `journeys_append` refuses, see postgres_schema.sql."""

_APPEND = (
    "SELECT * FROM {}.journeys_append"
    "(%s::uuid[], %s::bigint[], %s::text[], %b::bytea[], %s, %s::bigint, %s::json)"
)


class PostgresRecorder(PostgresReader):
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
        values = (
            [event.originator_id for event in events],
            # As text, so that the statement has the same types, and one plan, whatever the numbers.
            "{" + ",".join([str(event.originator_version) for event in events]) + "}",
            [event.topic for event in events],
            [event.state for event in events],
            command,
            self.clock() if self.clock else None,
            _beside(vault, indexes, sources) if vault or indexes or sources else None,
        )
        try:
            rows = self._call(values, command)
        except StoreUnreachable:
            # Whether it arrived nobody knows; with its command, asking again settles it.
            if command is None:
                raise
            self.datastore.drop_dead()
            rows = self._call(values, command)
        return [
            Placed(cast("UUID", event.originator_id), event.originator_version, *row)
            for event, row in zip(events, sorted(rows), strict=True)
        ]

    def _call(self, values: Sequence[object], command: UUID | None) -> list[tuple[int, int, bytes]]:
        with self.datastore.database() as db:
            try:
                with db.cursor(row_factory=tuple_row, binary=True) as cursor:
                    statement = self.datastore.statement(_APPEND)
                    return cursor.execute(statement, values, prepare=True).fetchall()
            except psycopg.Error as error:
                raise self._refusal(error, command) from error

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int] | None:
        """The library's way in: the positions, or its `IntegrityError` for a version taken.

        Listeners of the library's subscriptions are told afterwards, since telling them within
        the transaction would make writers wait for one another: see
        docs/decisions/0011-layout-of-the-record.md.
        """
        try:
            placed = self.append(stored_events)
        except Conflict as conflict:
            raise IntegrityError(conflict.sentence) from conflict
        with self.datastore.database() as db:
            db.execute(sql.SQL("NOTIFY {}").format(sql.Identifier(self.channel_name)))
        return [one.position for one in placed]

    def _refusal(self, error: psycopg.Error, command: UUID | None) -> Refusal:
        """Why the database turned the transaction down: looked up only now that it has."""
        if error.sqlstate in (NOT_NEXT, REPEATED) and command is not None:
            placed = self.receipt(command)
            if placed:
                return RepeatedCommand(command, placed)
        if error.sqlstate == NOT_NEXT:
            household, version, current = loads(error.diag.message_detail or "")
            return Conflict(
                f"The household {household} is at version {current}; "
                f"version {version} does not follow.",
                household=UUID(household),
                version=current,
            )
        if error.sqlstate == OWN_TIME:
            return WrongSetting("A live record keeps its own time: no other clock can be set.")
        return from_postgres(error)


def _beside(
    vault: Sequence[VaultItem], indexes: Sequence[BlindIndex], sources: Sequence[SourceRow]
) -> str:
    """What goes with the events, as the JSON that `journeys_append` reads."""
    return dumps(
        {
            "sources": [dict(row._asdict(), household=str(row.household)) for row in sources],
            "vault": [
                {
                    "household": str(item.household),
                    "version": item.version,
                    "field": item.field,
                    "subject": str(item.subject),
                    "commitment": _base64(item.commitment),
                    "sealed": _base64(item.sealed),
                }
                for item in vault
            ],
            "indexes": [
                {"digest": _base64(digest), "subject": str(subject), "household": str(household)}
                for digest, subject, household in indexes
            ],
        }
    )


def _base64(data: bytes) -> str:
    return b64encode(data).decode("ascii")
