"""The new table of a rebuild: made bare, indexed when it is full, renamed into place."""

from __future__ import annotations

from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy import MetaData, Table
from sqlalchemy.engine import Connection
from sqlalchemy.schema import CreateTable

from projections.projection import Log, Projection, definition
from projections.store import PARTS, REBUILDS, SET_ASIDE, TRACKING, Views
from projections.writer import Place, take_in

_NEXT = "__next"


def next_key(projection: Projection) -> str:
    """Under which name the facts that a rebuild sets aside are kept until it is swapped in."""
    return projection.name + _NEXT


def next_table(projection: Projection) -> Table:
    """The table that a rebuild fills, in the shape of the live one."""
    return _next_table(projection.table)


def create(connection: Connection, projection: Projection) -> None:
    """Make the new table without any index: rows are added twice as fast."""
    connection.execute(CreateTable(next_table(projection)))


def discard(connection: Connection, projection: Projection) -> None:
    """Take away what a rebuild under another definition has left."""
    next_table(projection).drop(connection, checkfirst=True)
    connection.execute(sa.delete(SET_ASIDE).where(SET_ASIDE.c.projection == next_key(projection)))
    _forget(connection, projection)


def add_indexes(connection: Connection, projection: Projection) -> None:
    """Index the new table. A name carries its generation: the live table's are still in use."""
    generation = connection.scalar(
        sa.select(TRACKING.c.generation).where(TRACKING.c.projection == projection.name)
    )
    table = next_table(projection).to_metadata(MetaData(schema=projection.table.schema))
    for index in list(table.indexes):
        index.name = sa.quoted_name(f"{index.name}_{(generation or 0) + 1}", quote=None)
        index.create(connection)


def put_in_place(views: Views, recorder: Log, projection: Projection, page: int) -> None:
    """Catch the new table up and swap it in; does nothing where another process has done it."""
    while (lag := _take_in_one_page(views, recorder, projection, page)) is not None:
        if lag <= page and _swap(views, recorder, projection, page):
            return


def _take_in_one_page(views: Views, recorder: Log, projection: Projection, page: int) -> int | None:
    """How many events the new table still lacks; None where there is none any more."""
    with views.writing() as connection:
        position = _locked(connection, projection)
        if position is None:
            return None
        stop = _advance(connection, recorder, projection, position, page)
    return recorder.size() - stop


def _swap(views: Views, recorder: Log, projection: Projection, page: int) -> bool:
    name = projection.name
    with views.writing() as connection:
        tracked = sa.select(TRACKING).where(TRACKING.c.projection == name)
        live = connection.execute(tracked.with_for_update()).one()
        position = _locked(connection, projection)
        if position is None:
            return False
        while position < live.position:  # what readers have seen must not vanish
            position = _advance(connection, recorder, projection, position, page)
        _rename(connection, views, projection)
        aside = SET_ASIDE.c.projection
        connection.execute(sa.delete(SET_ASIDE).where(aside == name))
        connection.execute(
            sa.update(SET_ASIDE).where(aside == next_key(projection)).values(projection=name)
        )
        _forget(connection, projection)
        connection.execute(
            sa.update(TRACKING)
            .where(TRACKING.c.projection == name)
            .values(
                position=position,
                generation=live.generation + 1,
                definition=definition(projection),
            )
        )
    return True


def _rename(connection: Connection, views: Views, projection: Projection) -> None:
    quote = connection.dialect.identifier_preparer.quote
    schema = "" if views.sqlite else f"{quote(projection.table.schema or '')}."
    if views.sqlite and not projection.personal:
        # Overwriting hundreds of megabytes that say nothing new would take as long as filling them.
        connection.exec_driver_sql("PRAGMA secure_delete = OFF")
    projection.table.drop(connection)
    if views.sqlite:
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
    connection.exec_driver_sql(
        f"ALTER TABLE {schema}{quote(next_table(projection).name)}"
        f" RENAME TO {quote(projection.table.name)}"
    )


def _locked(connection: Connection, projection: Projection) -> int | None:
    row = connection.execute(
        sa.select(REBUILDS)
        .where(REBUILDS.c.projection == projection.name, REBUILDS.c.phase == "indexed")
        .with_for_update()
    ).one_or_none()
    if row is None or row.definition != definition(projection):
        return None
    return int(row.position)


def _advance(
    connection: Connection, recorder: Log, projection: Projection, position: int, page: int
) -> int:
    place = Place(projection, next_table(projection), position, next_key(projection))
    stop = take_in(connection, recorder, [place], page)
    connection.execute(
        sa.update(REBUILDS).where(REBUILDS.c.projection == projection.name).values(position=stop)
    )
    return stop


def _forget(connection: Connection, projection: Projection) -> None:
    for table in (REBUILDS, PARTS):
        connection.execute(sa.delete(table).where(table.c.projection == projection.name))


@lru_cache(64)
def _next_table(table: Table) -> Table:
    return table.to_metadata(MetaData(schema=table.schema), name=table.name + _NEXT)
