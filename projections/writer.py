"""The one place that writes rows: a page of the log, or whole journeys, into a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Table
from sqlalchemy.engine import Connection

from projections import bulk
from projections.folding import fold, load
from projections.projection import Failure, Journey, Log, Projection, Row, definition
from projections.store import SET_ASIDE, TRACKING

MANY = 500
"""How many households one statement names: well below what either database allows."""


class Place(NamedTuple):
    """Where a projection's rows go: its live table, or the new one of a rebuild.

    The rows are those after `position`; facts that are set aside are kept under `key`.
    """

    projection: Projection
    table: Table
    position: int
    key: str


def live(projection: Projection, position: int) -> Place:
    """The live table of a projection that has taken in the log up to `position`."""
    return Place(projection, projection.table, position, projection.name)


def lock(connection: Connection, projections: Iterable[Projection]) -> dict[str, int]:
    """Lock the tracking of `projections` until the transaction ends, and tell their positions.

    Always in the order of the names, so that two processes never wait for each other. A
    projection whose rows are by another definition is left out.
    """
    wanted = {projection.name: definition(projection) for projection in projections}
    query = (
        sa.select(TRACKING)
        .where(TRACKING.c.projection.in_(list(wanted)))
        .order_by(TRACKING.c.projection)
        .with_for_update()
    )
    return {
        row.projection: row.position
        for row in connection.execute(query)
        if row.definition == wanted[row.projection]
    }


def take_in(connection: Connection, recorder: Log, places: Sequence[Place], page: int) -> int:
    """Write the page of the log after the places' least position; answer where it ends.

    Every place has its rows at that position afterwards. The caller holds the lock and keeps the
    position, in the same transaction.
    """
    start = min(place.position for place in places)
    log = recorder.log(start, page)
    if not log:
        return start
    stop = log[-1][0]
    last = {household: position for position, household, *_ in log}
    journeys = {household: journey(recorder, household, stop) for household in last}
    for place in places:
        touched = {h: journeys[h] for h, position in last.items() if position > place.position}
        write(connection, place, touched)
    return stop


def journey(recorder: Log, household: UUID, upto: int) -> Journey:
    """The household's journey up to a position of the log."""
    stored = recorder.stream(household)
    while stored and stored[-1][4] > upto:
        stored.pop()
    return load(household, stored)


def write(connection: Connection, place: Place, journeys: Mapping[UUID, Journey]) -> int:
    """Write what the projection makes of these journeys; answer how many facts it set aside."""
    projection = place.projection
    waiting = incomplete(connection, place.key).intersection(journeys)
    changed: list[Row] = []
    anew: list[Row] = []
    replaced: list[UUID] = []
    aside: list[tuple[UUID, Failure]] = []
    for household, facts in journeys.items():
        rows, failures = fold(projection, facts, 0 if household in waiting else place.position)
        aside += ((household, failure) for failure in failures)
        if projection.closes and not failures and household not in waiting:
            changed += rows
        else:
            replaced.append(household)
            anew += rows
    remove(connection, place.table, replaced)
    bulk.upsert(connection, place.table, changed)
    bulk.insert(connection, place.table, anew)
    keep_aside(connection, place.key, waiting, aside)
    return len(aside)


def incomplete(connection: Connection, key: str) -> set[UUID]:
    """The households of which facts are set aside."""
    query = sa.select(SET_ASIDE.c.household).where(SET_ASIDE.c.projection == key)
    return set(connection.scalars(query))


def keep_aside(
    connection: Connection,
    key: str,
    retried: Iterable[UUID],
    aside: Iterable[tuple[UUID, Failure]],
) -> None:
    """Keep the facts now set aside, in place of those of the households that were retried."""
    remove(connection, SET_ASIDE, list(retried), SET_ASIDE.c.projection == key)
    kept = [
        {"projection": key, "household": household, **failure._asdict()}
        for household, failure in aside
    ]
    if kept:
        connection.execute(sa.insert(SET_ASIDE), kept)


def remove(
    connection: Connection,
    table: Table,
    households: Sequence[UUID],
    only: sa.ColumnElement[bool] | None = None,
) -> None:
    """Remove the rows of these households."""
    for start in range(0, len(households), MANY):
        query = sa.delete(table).where(table.c.household.in_(households[start : start + MANY]))
        connection.execute(query if only is None else query.where(only))
