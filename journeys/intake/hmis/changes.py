"""What began and ended between one observation and the next: benefits and work.

HMIS asks on certain days whether a person has a benefit or works. A first yes begins, a first no
after it ends, on the day of the answer, since nobody knows the day between. What is not known
changes nothing. All enrolments of a person are read together: an exit from a project ends neither.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from journeys.household.facts import (
    BenefitEnded,
    BenefitGranted,
    EmploymentEnded,
    EmploymentStarted,
)
from journeys.intake.hmis.tables import Line
from journeys.intake.hmis.telling import Stay, Telling

WORK_SEEN = "work"
"""What is seen of work; any other thing that is seen is the code of a benefit."""

_UNKNOWN = "hud-99"


class Seen(NamedTuple):
    """A yes or no about one thing on a day; `contract` is the kind of work, where it is work."""

    on: dt.date
    stay: Stay
    line: Line
    row: str
    what: str
    yes: bool
    contract: str = ""


class Carried(NamedTuple):
    """A beginning or an end that the record holds and the export does not show any more.

    `begun` is its key in the source, or its version where it has none.
    """

    on: dt.date
    version: int
    person: str
    what: str
    begins: bool
    contract: str
    begun: str | int


class _Held(NamedTuple):
    begun: str | int
    contract: str


def tell_changes(telling: Telling, seen: Iterable[Seen], carried: Iterable[Carried] = ()) -> None:
    """Tell what began and what ended, person by person and in the order of days."""
    held: dict[tuple[str, str], _Held] = {}
    answers = sorted(seen, key=_order)
    waiting = sorted(carried)
    for answer in answers:
        while waiting and waiting[0].on <= answer.on:
            _carry(held, waiting.pop(0))
        _answer(telling, held, answer)


def _order(seen: Seen) -> tuple[dt.date, tuple[dt.date, dt.date, int, str], int, str]:
    return seen.on, seen.stay.order, seen.line.line, seen.what


def _carry(held: dict[tuple[str, str], _Held], one: Carried) -> None:
    if one.begins:
        held[one.person, one.what] = _Held(one.begun, one.contract)
    else:
        held.pop((one.person, one.what), None)


def _answer(telling: Telling, held: dict[tuple[str, str], _Held], seen: Seen) -> None:
    place = (seen.stay.line.person, seen.what)
    before = held.get(place)
    other = (
        before is not None
        and seen.yes
        and _UNKNOWN not in (before.contract, seen.contract)
        and before.contract != seen.contract
    )
    if before is not None and (other or not seen.yes):
        _end(telling, seen, before, other)
        before = None
        del held[place]
    if seen.yes and before is None:
        held[place] = _Held(_begin(telling, seen), seen.contract)


def _begin(telling: Telling, seen: Seen) -> str:
    worked = seen.what == WORK_SEEN
    told = telling.say(
        seen.line,
        seen.row,
        f"{seen.what}-began",
        EmploymentStarted if worked else BenefitGranted,
        seen.on,
        {"contract_kind": seen.contract} if worked else {"measure": seen.what},
        person=seen.stay.line.person,
    )
    return told.key


def _end(telling: Telling, seen: Seen, held: _Held, other: bool) -> None:
    worked = seen.what == WORK_SEEN
    ending = "hud-seen-otherwise" if other else "hud-seen-without"
    telling.say(
        seen.line,
        seen.row,
        f"{seen.what}-ended",
        EmploymentEnded if worked else BenefitEnded,
        seen.on,
        {"ending": ending},
        means=(ending, held.begun),
        links={"employment" if worked else "benefit": held.begun},
    )
