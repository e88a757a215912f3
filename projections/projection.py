"""What a projection is: a pure fold of one household's journey to the rows of one table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any, ClassVar, NamedTuple, Protocol
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import MetaData, Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateTable

from journeys.household.facts import Fact, Recorded
from journeys.record.recorder import LogRow, StreamRow
from journeys.values import EARLIEST

SCHEMA = "projections"
"""The PostgreSQL schema of the read models; on SQLite they have a file of their own."""

VIEWS = MetaData(schema=SCHEMA)

Row = tuple[Any, ...]
"""Values in the order of the table's columns, as both databases take them: ids in hexadecimal,
days as ISO text, instants as whole microseconds. The columns that a short row leaves out at its
end are empty: SQLite's driver takes ten times as long over a None as over a number."""


class Log(Protocol):
    """What projections ask of a record; `journeys.record.recorder.Recorder` answers it."""

    def size(self) -> int:
        """The position of the last event."""
        ...

    def log(self, after: int, limit: int) -> list[LogRow]:
        """At most `limit` events with a position above `after`, by position."""
        ...

    def stream(self, household: UUID, after: int = 0) -> list[StreamRow]:
        """The events of a household with a version above `after`, by version."""
        ...

    def streams(
        self, first: UUID | None = None, last: UUID | None = None
    ) -> Iterator[tuple[UUID, list[StreamRow]]]:
        """Every household from `first` to `last`, both included, by id, with all its events."""
        ...


class Failure(NamedTuple):
    """A fact that a projection cannot take in, and why."""

    version: int
    position: int
    topic: str
    reason: str


class Journey(NamedTuple):
    """A household's facts up to some position of the log, in version order.

    A fact that was set aside leaves a `SetAside` in its place, so that `entries[version - 1]` is
    always the entry of that version.
    """

    household: UUID
    entries: Sequence[Recorded]
    set_aside: tuple[Failure, ...] = ()


class SetAside(Fact, frozen=True, kw_only=True):
    """Stands in a journey where a fact was set aside; never recorded."""

    TOPIC: ClassVar[str] = "projections.set-aside"


STAND_IN = SetAside(effective_from=EARLIEST, by="-", organisation="-", role="-")


def known(table: Table, as_at: int | None) -> tuple[sa.ColumnElement[bool], ...]:
    """The rows of a table that were known at an instant; None means those known now."""
    row = table.c
    if as_at is None:
        return (row.known_until.is_(None),)
    return (
        row.known_from <= as_at,
        sa.or_(row.known_until.is_(None), row.known_until > as_at),
    )


def holds(table: Table, day: dt.date) -> tuple[sa.ColumnElement[bool], ...]:
    """The rows of a table that hold on a day."""
    row = table.c
    return (
        row.effective_from <= day,
        sa.or_(row.effective_until.is_(None), row.effective_until > day),
    )


class Projection(Protocol):
    """One read model. `rows` is pure: the same journey always gives the same rows.

    * `closes` True: rows are only ever added, or closed by a later fact, and are told apart by
      the table's unique index; `rows` need give only those that a fact after position `since`
      added or closed.
    * `closes` False: a household's rows are replaced whole, and `since` is of no account.

    `settings` are what the rows depend on beside the facts. When they, `version` or the table
    change, the stored rows are out of date and the projection is rebuilt.
    """

    @property
    def name(self) -> str:
        """Unique, and the name of its table."""
        ...

    @property
    def version(self) -> int:
        """Raised whenever the same facts give other rows than before."""
        ...

    @property
    def settings(self) -> str:
        """What the rows depend on beside the facts, as text."""
        ...

    @property
    def table(self) -> Table:
        """Where the rows are; a column `household` is required."""
        ...

    @property
    def closes(self) -> bool:
        """Whether rows are added and closed rather than replaced."""
        ...

    @property
    def personal(self) -> bool:
        """Whether the rows hold personal data, of which nothing may stay in the file."""
        ...

    def rows(self, journey: Journey, since: int = 0) -> list[Row]:
        """The household's rows after `journey`."""
        ...


def definition(projection: Projection) -> str:
    """What the stored rows of a projection are made by; another text means a rebuild."""
    declared = str(CreateTable(projection.table).compile(dialect=sqlite.dialect()))
    declared += repr(sorted(index.name or "" for index in projection.table.indexes))
    digest = sha256(declared.encode()).hexdigest()[:16]
    return f"{projection.version}:{digest}:{projection.settings}"
