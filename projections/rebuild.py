"""Building projections anew beside the live ones, and swapping them in whole.

New tables are filled household by household, in order, before they have any index; then they are
indexed, caught up, and renamed into place in one transaction. Live tables are read and written
meanwhile. Each chunk moves a cursor in its own transaction, so a rebuild that was killed goes on
where it stopped, and a second process at the same one neither repeats nor skips a household.
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
from projections.catalogue import ALL
from projections.engine import PAGE, Progress
from projections.folding import fold, load
from projections.projection import Failure, Journey, Log, Projection, Row, definition
from projections.store import REBUILDS, TRACKING, Views
from projections.swap import add_indexes, create, discard, next_key, next_table, put_in_place
from projections.writer import keep_aside

CHUNK = 10_000
"""Events per transaction while filling: what a rebuild holds in memory, and what a kill costs."""


class Overtaken(Exception):
    """Another process moved the same rebuild on; what this one had prepared is thrown away."""


class Cursor(NamedTuple):
    """How far a rebuild has filled its table.

    Its rows are of events up to `position`, of households up to `done`; `taken` events are in.
    """

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
        """Write what was gathered, and be empty again once that is committed."""
        bulk.insert(connection, next_table(self.projection), self.rows)
        keep_aside(connection, next_key(self.projection), (), self.aside)
        self.rows, self.aside = [], []


def rebuild(
    views: Views,
    recorder: Log,
    projections: Sequence[Projection] = ALL,
    *,
    chunk: int = CHUNK,
    page: int = PAGE,
    progress: Progress | None = None,
) -> None:
    """Build `projections` anew from the whole record, and swap them in.

    A rebuild that was begun under today's definition, here or elsewhere, is carried on. Raises
    `StoreUnavailable` when either store cannot be used; calling again goes on from there.
    """
    _begin(views, recorder, projections)
    while filling := _filling(views, projections):
        for cursor, together in filling:
            try:
                _fill(views, recorder, cursor, together, chunk, progress)
            except Overtaken:
                break
    for projection in projections:
        put_in_place(views, recorder, projection, page)


def _begin(views: Views, recorder: Log, projections: Sequence[Projection]) -> None:
    with views.writing() as connection:
        connection.execute(sa.select(TRACKING).with_for_update()).all()
        begun = {row.projection: row.definition for row in connection.execute(sa.select(REBUILDS))}
        for projection in projections:
            if begun.get(projection.name) == definition(projection):
                continue
            discard(connection, projection)
            create(connection, projection)
            connection.execute(
                sa.insert(REBUILDS).values(
                    projection=projection.name,
                    position=recorder.size(),
                    taken=0,
                    phase="filling",
                    definition=definition(projection),
                )
            )


def _filling(
    views: Views, projections: Sequence[Projection]
) -> list[tuple[Cursor, list[Projection]]]:
    """The rebuilds whose tables are not full yet, those equally far together."""
    named = {projection.name: projection for projection in projections}
    with views.reading() as connection:
        found = [
            (Cursor(row.position, row.done, row.taken), named[row.projection])
            for row in connection.execute(sa.select(REBUILDS))
            if row.projection in named
            and row.phase == "filling"
            and row.definition == definition(named[row.projection])
        ]
    found.sort(key=lambda pair: (pair[0].position, pair[0].taken, pair[1].name))
    return [
        (cursor, [projection for _, projection in group])
        for cursor, group in groupby(found, key=lambda pair: pair[0])
    ]


def _fill(
    views: Views,
    recorder: Log,
    cursor: Cursor,
    projections: Sequence[Projection],
    chunk: int,
    progress: Progress | None,
) -> None:
    gathered = [Gathered(projection) for projection in projections]
    with _collector_paused():
        reached, held = cursor, 0
        for household, events in _journeys(recorder, cursor):
            for each in gathered:
                each.add(events)
            held += len(events.entries)
            if held >= chunk:
                reached = Cursor(cursor.position, household, cursor.taken + held)
                _write(views, gathered, cursor, reached)
                cursor, held = reached, 0
                if progress is not None:
                    progress(cursor.taken, cursor.position)
    _write(views, gathered, cursor, None)
    if progress is not None:
        progress(cursor.position, cursor.position)


def _journeys(recorder: Log, cursor: Cursor) -> Iterator[tuple[UUID, Journey]]:
    for household, stored in recorder.streams(cursor.done):
        while stored and stored[-1][4] > cursor.position:
            stored.pop()
        if stored and household != cursor.done:
            yield household, load(household, stored)


def _write(
    views: Views, gathered: Sequence[Gathered], cursor: Cursor, reached: Cursor | None
) -> None:
    """Write the rows and move the cursor; where the table is full, index it."""
    names = [each.projection.name for each in gathered]
    moving = sa.update(REBUILDS).where(
        REBUILDS.c.projection.in_(names),
        REBUILDS.c.phase == "filling",
        REBUILDS.c.position == cursor.position,
        REBUILDS.c.done.is_not_distinct_from(cursor.done),
    )
    with views.writing() as connection:
        if reached is None:
            moved = connection.execute(moving.values(phase="indexed"))
        else:
            moved = connection.execute(moving.values(done=reached.done, taken=reached.taken))
        if moved.rowcount != len(names):
            raise Overtaken
        for each in gathered:
            each.write(connection)
            if reached is None:
                add_indexes(connection, each.projection)


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
