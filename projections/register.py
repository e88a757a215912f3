"""The register: one row for each household, with its current situation.

What is current depends on the day. The rows are of the facts alone, so a household whose situation
is known to change on some later day has one row until then and one from then on, and the reader's
day picks the one.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import BigInteger, Column, Date, Index, Integer, SmallInteger, String, Table, Uuid

from journeys.clock import ROME, instant
from journeys.household.facts import Recorded
from journeys.values import ONE_DAY
from projections.circumstances import columns, pieces, values
from projections.projection import VIEWS, Journey, Row
from projections.readings import standing
from projections.stretches import Stretches

REGISTER = Table(
    "register",
    VIEWS,
    Column("household", Uuid, nullable=False),
    Column("effective_from", Date, nullable=False),
    Column("effective_until", Date),
    Column("version", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("entries", Integer, nullable=False),
    Column("first_on", Date),
    Column("last_on", Date),
    Column("organisations", String, nullable=False),
    Column("incomplete", SmallInteger, nullable=False),
    *columns(),
)
"""Rows hold over `[effective_from, effective_until)`, as known now. The fact of `version`, at
`position`, is the household's last; `entries` counts what stands, effective from `first_on` to
`last_on`. `organisations` recorded them. `incomplete` is 1 where facts are set aside."""

Index("register_key", REGISTER.c.household, REGISTER.c.effective_from, unique=True)


class Register:
    """The projection: a household's rows are replaced by what its last fact leaves."""

    name = "register"
    version = 1
    settings = ""
    table = REGISTER
    closes = False
    personal = False

    def rows(self, journey: Journey, since: int = 0) -> list[Row]:  # noqa: ARG002  # rows are replaced
        """The household's rows, from the day of its last fact on."""
        last = journey.entries[-1]
        told = standing(journey.entries)
        days = [fact.effective_from for _, fact in told]
        about = (
            last.version,
            last.position,
            last.recorded_at,
            len(told),
            min(days).isoformat() if days else None,
            max(days).isoformat() if days else None,
            " ".join(sorted({fact.organisation for _, fact in told})),
            1 if journey.set_aside else 0,
        )
        stretches = Stretches(journey.household, told)
        return [
            (
                journey.household.hex,
                piece.start.isoformat(),
                piece.end and piece.end.isoformat(),
                *about,
                *values(piece.situation),
            )
            for piece in pieces(stretches, _day_before(last), whole=True)
        ]


def _day_before(entry: Recorded) -> dt.date:
    """The day before an entry was recorded: no reader's calendar is further behind Rome's."""
    return instant(entry.recorded_at).astimezone(ROME).date() - ONE_DAY
