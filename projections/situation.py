"""The situation of every household on any day, as known at any instant.

One row says that from one position of the log to another the household was known to stand alike
on every day of a run of days. Rows of a household never overlap, so the state of all households
as of a day, as known at an instant, is one query.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import BigInteger, Column, Date, Index, Table, Uuid

from journeys.household.facts import EntryCorrected, EntryRetracted, Recorded
from projections.circumstances import Piece, Situation, columns, pieces, situation, values
from projections.projection import VIEWS, Journey, Row, holds, known
from projections.readings import standing
from projections.stretches import Stretches

if TYPE_CHECKING:
    from projections.store import Views

SITUATION = Table(
    "situation",
    VIEWS,
    Column("household", Uuid, nullable=False),
    Column("effective_from", Date, nullable=False),
    Column("position_from", BigInteger, nullable=False),
    Column("known_from", BigInteger, nullable=False),
    Column("told_by", BigInteger, nullable=False),
    *columns(),
    Column("effective_until", Date),
    Column("position_until", BigInteger),
    Column("known_until", BigInteger),
)
"""Rows hold over `[effective_from, effective_until)`, as known over `[known_from, known_until)`
in microseconds since the epoch; an empty end goes on. The fact of version `told_by`, at
`position_from`, brought the row about."""

_KEY = (SITUATION.c.household, SITUATION.c.effective_from, SITUATION.c.position_from)
Index("situation_key", *_KEY, unique=True)


class Known(NamedTuple):
    """A run of days that the household was known to stand alike on, since `opened`."""

    piece: Piece
    opened: Recorded
    closed: Recorded | None = None


class State(NamedTuple):
    """How one household stands; the fact of version `told_by` last changed that."""

    household: UUID
    told_by: int
    situation: Situation


class Situations:
    """The projection: pieces are added, and closed by the facts that change them."""

    name = "situation"
    version = 1
    settings = ""
    table = SITUATION
    closes = True
    personal = False

    def rows(self, journey: Journey, since: int = 0) -> list[Row]:
        """The pieces that the facts after position `since` brought about or closed."""
        household = journey.household.hex
        return [
            _row(household, item)
            for item in follow(journey)
            if (item.closed or item.opened).position > since
        ]


def everyone(views: Views, as_of: dt.date, as_at: int | None = None) -> list[State]:
    """The state of all households on a day, as known at an instant (microseconds, inclusive).

    Ordered by household; one that was not known then, or not yet on that day, is not there.
    """
    row = SITUATION.c
    query = (
        sa.select(row.household, row.told_by, *(row[field] for field in Situation._fields))
        .where(*holds(SITUATION, as_of), *known(SITUATION, as_at))
        # Not the bare column: going through its index, row by row, takes longer than sorting.
        .order_by(sa.type_coerce(row.household, sa.String) + "")
    )
    with views.reading() as connection:
        return [
            State(household, told_by, Situation(*found))
            for household, told_by, *found in connection.execute(query)
        ]


def state(
    household: UUID, record: Sequence[Recorded], as_of: dt.date, as_at: int | None = None
) -> Situation | None:
    """The same for one household, folded from its record from the start."""
    known_then = [entry for entry in record if as_at is None or entry.recorded_at <= as_at]
    return situation(Stretches(household, standing(known_then)).on(as_of))


def follow(journey: Journey) -> Iterator[Known]:
    """Every piece that the household was ever known to have, those still known last."""
    stretches = Stretches(journey.household)
    held: list[Known] = []
    for entry in journey.entries:
        if isinstance(entry.fact, EntryCorrected | EntryRetracted):
            told = standing(journey.entries[: entry.version])
            before, stretches = stretches, Stretches(journey.household, told)
            if (changed := stretches.first_difference(before)) is None:
                continue
            first = changed
        elif stretches.take_in(entry.version, entry.fact):
            first = entry.fact.effective_from
        else:
            continue
        held, closed = _after(held, stretches, first, entry)
        yield from closed
    yield from held


def _after(
    held: list[Known], stretches: Stretches, first: dt.date, entry: Recorded
) -> tuple[list[Known], list[Known]]:
    """What is known once `entry` changed the days from `first` on, and what it closed."""
    kept = 0
    while kept < len(held) and (end := held[kept].piece.end) is not None and end <= first:
        kept += 1
    changed = {item.piece: item for item in held[kept:]}
    before = held[kept].piece if kept < len(held) and held[kept].piece.start < first else None
    now = [changed.pop(piece, Known(piece, entry)) for piece in pieces(stretches, first, before)]
    return held[:kept] + now, [item._replace(closed=entry) for item in changed.values()]


def _row(household: str, item: Known) -> Row:
    piece, opened, closed = item
    row: Row = (
        household,
        piece.start.isoformat(),
        opened.position,
        opened.recorded_at,
        opened.version,
        *values(piece.situation),
    )
    if closed is not None:
        end = piece.end and piece.end.isoformat()
        return (*row, end, closed.position, closed.recorded_at)
    return row if piece.end is None else (*row, piece.end.isoformat())
