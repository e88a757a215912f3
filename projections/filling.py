"""Filling the new tables of a rebuild, part by part, in any number of processes.

The households are dealt into parts by the first digit of their ids. Each chunk of rows moves the
cursor of its part in its own transaction, and only from where it was when the chunk was begun: a
process that was overtaken has its chunk thrown away, and turns to another part.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from projections import bulk
from projections.folding import fold, load
from projections.projection import Failure, Journey, Log, Projection, Row, definition
from projections.store import PARTS, REBUILDS, Views
from projections.swap import next_key, next_table
from projections.writer import keep_aside

CHUNK = 10_000
"""Events per transaction: what a process holds in memory, and what a kill costs."""

IN_PARTS = 16
_SPAN = 1 << 124


class Overtaken(Exception):
    """Another process moved the same part on."""


class Cursor(NamedTuple):
    """How far a part is filled: events up to log `position`, households up to `done`."""

    part: int
    position: int
    done: UUID | None
    taken: int


class Gathered:
    """Rows of one projection on their way into its new table."""

    def __init__(self, projection: Projection) -> None:
        self.projection = projection
        self.rows: list[Row] = []
        self.aside: list[tuple[UUID, Failure]] = []

    def add(self, journey: Journey) -> None:
        """Fold one more household."""
        rows, failures = fold(self.projection, journey)
        self.rows += rows
        if failures:
            self.aside += ((journey.household, failure) for failure in failures)

    def write(self, connection: Connection) -> None:
        """Write what was gathered, and be empty again."""
        bulk.insert(connection, next_table(self.projection), self.rows)
        keep_aside(connection, next_key(self.projection), (), self.aside)
        self.rows, self.aside = [], []


def deal(connection: Connection, projection: Projection) -> None:
    """Begin with every part of a rebuild."""
    parts = [
        {"projection": projection.name, "part": part, "taken": 0, "full": 0}
        for part in range(IN_PARTS)
    ]
    connection.execute(sa.insert(PARTS), parts)


def fill(
    views: Views,
    recorder: Log,
    projections: Sequence[Projection],
    chunk: int = CHUNK,
    first: int = 0,
) -> Iterator[int]:
    """Fill what is not full yet, beginning with part `first`; yields how many events are in.

    Other processes may do the same. It ends when nothing is left to fill, whoever filled it.
    """
    with _collector_paused():
        while filling := _filling(views, projections):
            cursor, together = min(filling, key=lambda one: (one[0].part - first) % IN_PARTS)
            first = cursor.part
            try:
                for _ in _fill_part(views, recorder, cursor, together, chunk):
                    yield _taken(views, together)
            except Overtaken:
                first += 1


def _fill_part(
    views: Views, recorder: Log, cursor: Cursor, projections: Sequence[Projection], chunk: int
) -> Iterator[None]:
    gathered = [Gathered(projection) for projection in projections]
    held = 0
    for journey in _journeys(recorder, cursor):
        for each in gathered:
            each.add(journey)
        held += len(journey.entries)
        if held >= chunk:
            done = cursor._replace(done=journey.household, taken=cursor.taken + held)
            _write(views, gathered, cursor, done, full=False)
            cursor, held = done, 0
            yield
    _write(views, gathered, cursor, cursor._replace(taken=cursor.taken + held), full=True)
    yield


def _journeys(recorder: Log, cursor: Cursor) -> Iterator[Journey]:
    first = cursor.done or UUID(int=cursor.part * _SPAN)
    last = UUID(int=(cursor.part + 1) * _SPAN - 1)
    for household, stored in recorder.streams(first, last):
        while stored and stored[-1][4] > cursor.position:
            stored.pop()
        if stored and household != cursor.done:
            yield load(household, stored)


def _filling(
    views: Views, projections: Sequence[Projection]
) -> list[tuple[Cursor, list[Projection]]]:
    """The parts that are not full yet, with the projections that are equally far in them."""
    named = {projection.name: projection for projection in projections}
    query = (
        sa.select(PARTS, REBUILDS.c.position, REBUILDS.c.definition)
        .join(REBUILDS, REBUILDS.c.projection == PARTS.c.projection)
        .where(PARTS.c.full == 0, PARTS.c.projection.in_(list(named)))
    )
    with views.reading() as connection:
        found = [
            (Cursor(row.part, row.position, row.done, row.taken), named[row.projection])
            for row in connection.execute(query)
            if row.definition == definition(named[row.projection])
        ]
    found.sort(key=lambda one: (one[0].part, one[0].position, one[0].taken, one[1].name))
    return [
        (cursor, [projection for _, projection in group])
        for cursor, group in groupby(found, key=lambda one: one[0])
    ]


def _taken(views: Views, projections: Sequence[Projection]) -> int:
    """How many events are in the table that has the fewest."""
    query = (
        sa.select(sa.func.sum(PARTS.c.taken).label("taken"))
        .where(PARTS.c.projection.in_([projection.name for projection in projections]))
        .group_by(PARTS.c.projection)
    )
    with views.reading() as connection:
        return min((int(taken) for taken in connection.scalars(query)), default=0)


def _write(
    views: Views, gathered: Sequence[Gathered], was: Cursor, now: Cursor, *, full: bool
) -> None:
    names = [each.projection.name for each in gathered]
    moving = (
        sa.update(PARTS)
        .where(
            PARTS.c.projection.in_(names),
            PARTS.c.part == was.part,
            PARTS.c.full == 0,
            PARTS.c.done.is_not_distinct_from(was.done),
            PARTS.c.taken == was.taken,
        )
        .values(done=now.done, taken=now.taken, full=int(full))
    )
    with views.writing() as connection:
        moved = connection.execute(moving).rowcount
        if moved != len(names) or not _still_wanted(connection, gathered):
            raise Overtaken
        for each in gathered:
            each.write(connection)


def _still_wanted(connection: Connection, gathered: Sequence[Gathered]) -> bool:
    """Whether nobody began the rebuild anew under another definition."""
    rebuilds = connection.execute(sa.select(REBUILDS))
    found = {row.projection: row.definition for row in rebuilds}
    return all(found.get(each.projection.name) == definition(each.projection) for each in gathered)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Without the cyclic collector, which walks millions of young rows and finds no cycle."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
