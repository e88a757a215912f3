"""Catching up with the record: exactly once, by any number of processes, in pages.

`catch_up` may be called from a request, to read one's own writes, and from a worker, at the same
time and on both databases. Each page is one transaction over rows and tracking, which begins by
locking the tracking rows: whoever comes second waits, then finds the work done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from projections.catalogue import ALL
from projections.projection import Log, Projection, definition
from projections.store import SET_ASIDE, TRACKING, Views
from projections.writer import incomplete, journey, live, lock, take_in, write

PAGE = 1_000
"""Events per transaction: what a reader may have to wait for."""

Progress = Callable[[int, int], None]
"""Told after each step: events taken in so far, and how many there are."""


class Standing(NamedTuple):
    """How far a projection is.

    `lag` counts the events it has yet to take in, `set_aside` the facts that it could not.
    Where `current` is False its rows are by an older definition, and it waits for a rebuild.
    """

    projection: str
    position: int
    lag: int
    set_aside: int
    current: bool


def catch_up(
    views: Views,
    recorder: Log,
    projections: Sequence[Projection] = ALL,
    upto: int | None = None,
    *,
    page: int = PAGE,
    pages: int | None = None,
    progress: Progress | None = None,
) -> int:
    """Take in the log up to position `upto`, or to its end; answer the position reached.

    At most `pages` transactions are made, which bounds what a request may have to wait.
    A projection whose definition changed is left alone: it keeps its old rows until a rebuild.
    Raises `StoreUnavailable` when either store cannot be used; what was committed stays.
    """
    end = recorder.size() if upto is None else upto
    reached = positions(views, projections)
    behind = [p for p in projections if reached.get(p.name, end) < end]
    position = min((reached[p.name] for p in behind), default=end)
    while position < end and pages != 0:
        before, position = position, _advance(views, recorder, behind, page)
        if position == before:
            break
        pages = None if pages is None else pages - 1
        if progress is not None:
            progress(position, end)
    return position


def positions(views: Views, projections: Iterable[Projection]) -> dict[str, int]:
    """How far each projection is whose rows are of today's definition."""
    wanted = {projection.name: definition(projection) for projection in projections}
    with views.reading() as connection:
        tracked = connection.execute(sa.select(TRACKING)).all()
    return {
        row.projection: row.position
        for row in tracked
        if wanted.get(row.projection) == row.definition
    }


def status(views: Views, recorder: Log, projections: Sequence[Projection] = ALL) -> list[Standing]:
    """How far each projection is, and how many facts it set aside."""
    size = recorder.size()
    counting = sa.select(SET_ASIDE.c.projection, sa.func.count().label("facts")).group_by(
        SET_ASIDE.c.projection
    )
    with views.reading() as connection:
        tracked = {row.projection: row for row in connection.execute(sa.select(TRACKING))}
        aside = {row.projection: row.facts for row in connection.execute(counting)}
    return [
        Standing(
            projection.name,
            row.position,
            max(0, size - row.position),
            aside.get(projection.name, 0),
            row.definition == definition(projection),
        )
        for projection in projections
        if (row := tracked.get(projection.name)) is not None
    ]


def retry(views: Views, recorder: Log, projections: Sequence[Projection] = ALL) -> int:
    """Try again to take in the facts that were set aside; answer how many still are."""
    left = 0
    for projection in projections:
        with views.writing() as connection:
            for reached in lock(connection, [projection]).values():
                journeys = {
                    household: journey(recorder, household, reached)
                    for household in incomplete(connection, projection.name)
                }
                left += write(connection, live(projection, reached), journeys)
    return left


def _advance(views: Views, recorder: Log, projections: Sequence[Projection], page: int) -> int:
    """Take in one page in one transaction; answer how far that is."""
    with views.writing() as connection:
        reached = lock(connection, projections)
        places = [live(p, reached[p.name]) for p in projections if p.name in reached]
        if not places:
            return recorder.size()
        stop = take_in(connection, recorder, places, page)
        connection.execute(
            sa.update(TRACKING)
            .where(TRACKING.c.projection.in_(list(reached)), TRACKING.c.position < stop)
            .values(position=stop)
        )
    return stop
