"""What began and ended between one observation and the next: benefits and work.

HMIS asks on certain days of an enrolment whether a person has a benefit or works. The first yes
begins, the first no after it ends, on the day of the answer, since nobody knows the day between;
what is not known changes nothing. Each enrolment is read for itself, so that an export that shows
a part of a person's time tells nothing else than one that shows all of it. What still holds when
the enrolment ends has no end: the source does not say that it ended.
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
    line: Line
    row: str
    what: str
    yes: bool
    contract: str = ""


class _Held(NamedTuple):
    key: str
    contract: str


def tell_changes(telling: Telling, stay: Stay, seen: Iterable[Seen]) -> None:
    """Tell what began and what ended in an enrolment, in the order of days."""
    held: dict[str, _Held] = {}
    for answer in sorted(seen, key=lambda one: (one.on, one.line.line)):
        before = held.get(answer.what)
        if before is not None and (not answer.yes or _other(before.contract, answer.contract)):
            _end(telling, answer, before)
            del held[answer.what]
            before = None
        if answer.yes and before is None:
            held[answer.what] = _begin(telling, stay, answer)


def _other(contract: str, now: str) -> bool:
    """Whether two kinds of work are known to differ."""
    return contract != now and _UNKNOWN not in (contract, now)


def _begin(telling: Telling, stay: Stay, seen: Seen) -> _Held:
    worked = seen.what == WORK_SEEN
    told = telling.say(
        seen.line,
        seen.row,
        f"{seen.what}-began",
        EmploymentStarted if worked else BenefitGranted,
        seen.on,
        {"contract_kind": seen.contract} if worked else {"measure": seen.what},
        person=stay.line.person,
    )
    return _Held(told.key, seen.contract)


def _end(telling: Telling, seen: Seen, held: _Held) -> None:
    worked = seen.what == WORK_SEEN
    ending = "hud-seen-otherwise" if seen.yes else "hud-seen-without"
    telling.say(
        seen.line,
        seen.row,
        f"{seen.what}-ended",
        EmploymentEnded if worked else BenefitEnded,
        seen.on,
        {"ending": ending},
        means=(ending, held.key),
        links={"employment" if worked else "benefit": held.key},
    )
