"""Building projections anew beside the live ones, and swapping them in whole.

New tables are filled household by household, in order, before they have any index; then they are
indexed, caught up, and renamed into place in one transaction. Live tables are read and written
meanwhile. A rebuild that was killed goes on where it stopped, and several processes may work on
the same one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context

import sqlalchemy as sa

from projections.catalogue import ALL
from projections.engine import PAGE, Progress
from projections.filling import CHUNK, IN_PARTS, deal, fill
from projections.projection import Log, Projection, definition
from projections.store import REBUILDS, TRACKING, Views
from projections.swap import add_indexes, create, discard, put_in_place

Opening = Callable[[], tuple[Views, Log]]
"""Opens the views and the record anew, for a process that cannot share its parent's."""


def rebuild(
    views: Views,
    recorder: Log,
    projections: Sequence[Projection] = ALL,
    *,
    chunk: int = CHUNK,
    page: int = PAGE,
    progress: Progress | None = None,
    helpers: int = 0,
    opening: Opening | None = None,
) -> None:
    """Build `projections` anew from the whole record, and swap them in.

    `helpers` further processes, each with what `opening` gives it, help to fill the tables. A
    rebuild that was begun under today's definition, here or elsewhere, is carried on. Raises
    `StoreUnavailable` when either store cannot be used; calling again goes on from there.
    """
    _begin(views, recorder, projections)
    with _helped(projections, chunk, helpers if opening else 0, opening):
        for taken in fill(views, recorder, projections, chunk):
            if progress is not None:
                progress(taken, recorder.size())
    for projection in projections:
        _index(views, projection)
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
            deal(connection, projection)
            connection.execute(
                sa.insert(REBUILDS).values(
                    projection=projection.name,
                    position=recorder.size(),
                    phase="filling",
                    definition=definition(projection),
                )
            )


def _index(views: Views, projection: Projection) -> None:
    """Index the new table, which is full, unless another process has done so."""
    with views.writing() as connection:
        indexing = (
            sa.update(REBUILDS)
            .where(REBUILDS.c.projection == projection.name, REBUILDS.c.phase == "filling")
            .values(phase="indexed")
        )
        if connection.execute(indexing).rowcount:
            add_indexes(connection, projection)


@contextmanager
def _helped(
    projections: Sequence[Projection], chunk: int, helpers: int, opening: Opening | None
) -> Iterator[None]:
    """While other processes fill other parts. If one fails, its parts are filled here."""
    fork = get_context("fork")
    started = [
        fork.Process(
            target=_help,
            args=(opening, projections, chunk, IN_PARTS * number // (helpers + 1)),
            daemon=True,
        )
        for number in range(1, helpers + 1)
    ]
    for process in started:
        process.start()
    try:
        yield
    finally:
        for process in started:
            process.terminate()
            process.join()


def _help(opening: Opening, projections: Sequence[Projection], chunk: int, first: int) -> None:
    views, recorder = opening()
    for _ in fill(views, recorder, projections, chunk, first):
        pass
