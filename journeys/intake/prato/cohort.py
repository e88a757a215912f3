"""Households one after the other, and their stories woven into one order of recording."""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Callable, Iterator
from random import Random

from journeys.clock import ROME, microseconds
from journeys.intake.prato import (
    arrival,
    departures,
    economy,
    families,
    housing,
    mistakes,
    support,
    two_households,
)
from journeys.intake.prato.case import Case
from journeys.intake.prato.diary import working_day
from journeys.intake.prato.packing import packed
from journeys.intake.prato.people import Form, Maker
from journeys.intake.prato.telling import Step, Telling

LAST_ARRIVALS = dt.timedelta(days=30)
"""Nobody comes in the last days, so that everybody has a story."""


def cohort(seed: int, households: int, start: dt.date, end: dt.date) -> Iterator[Step]:
    """Steps in order of recording, all of them before the day `end`.

    `households` come into the programme between `start` and `end`; separations add some more. The
    same arguments give the same steps, ids and all. Only the stories that have begun and not ended
    are held in memory, and those packed.
    """
    waiting: list[tuple[int, int, Step, Iterator[Step]]] = []
    span = max((end - start - LAST_ARRIVALS).days, 1)
    number = 0
    while number < households:
        arrives = working_day(start + dt.timedelta(days=number * span // households))
        yield from _before(waiting, _midnight(arrives))
        double = number + 1 < households and number % 60 in _DOUBLE
        rng = Random(f"{seed}/{number}")  # noqa: S311  # an invented story, no secret
        steps = story(rng, number, arrives, end, double=double)
        _push(waiting, number, packed(steps))
        number += 2 if double else 1
    yield from _before(waiting, _midnight(end))


def story(
    rng: Random, number: int, arrives: dt.date, end: dt.date, *, double: bool = False
) -> Iterator[Step]:
    """The steps of one story. Its number decides which rare things happen in it."""
    telling = Telling(rng)
    maker = Maker(rng, arrives)
    rare = number % 60
    case = Case(telling, maker, maker.family(_FORMS.get(rare, "any")), arrives, end)
    if double:
        _DOUBLE[rare](case)
    else:
        _live(case, rare)
    return telling.steps(_midnight(end))


def _live(case: Case, rare: int) -> None:
    case.careless = rare in _CARELESS
    if rare in _WITHDRAWS:
        # Later than any eviction is averted, so that nothing is done for them afterwards.
        case.withdrawn = case.after(case.entered, 120, 250)
    arrival.register(case, head_comes_later=rare in _HEAD_LATE)
    arrival.enrol(case)
    housing.course(case)
    new = two_households.part(case) if rare in _SPLITS else None
    if rare in _HEAD_GOES:
        families.head_goes(case)
    _go_on(case)
    if new is not None:
        arrival.enrol(new)
        housing.rehouse(new, new.after(new.entered, 0, 10))
        _go_on(new)
    if rare in _RESTRICTED:
        departures.restrict(case)


def _go_on(case: Case) -> None:
    """From the enrolment to the end, with the mistakes that were made on the way."""
    families.changes(case)
    departures.withdraw(case)
    economy.course(case)
    support.course(case)
    left = departures.leave(case)
    if left is not None and case.withdrawn is None and case.chance(0.12):
        departures.come_back(case, left)
    mistakes.make(case)


def _united(case: Case) -> None:
    """A household takes in another one that came at the same time."""
    maker = Maker(case.rng, case.entered)
    other = Case(case.telling, maker, maker.family(), case.entered, case.end)
    other.prompt = True
    for each in (case, other):
        arrival.register(each)
        arrival.enrol(each)
    housing.course(case)
    two_households.shelter(other)
    two_households.unite(case, other)
    _go_on(case)


def _twice(case: Case) -> None:
    double = two_households.registered_twice(case)
    arrival.register(case)
    arrival.enrol(case)
    housing.course(case)
    two_households.recognise(case, double, mistaken=case.chance(0.3))
    _go_on(case)


_DOUBLE: dict[int, Callable[[Case], None]] = {11: _united, 23: _twice, 47: _twice}
"""Stories of two households, by the place of the number among sixty."""

_SPLITS = frozenset({7, 38})
_WITHDRAWS = frozenset({13, 44})
_HEAD_GOES = frozenset({21})
_HEAD_LATE = frozenset({31})
_RESTRICTED = frozenset({37})
_CARELESS = frozenset({5, 29, 53})
_FORMS: dict[int, Form] = {
    7: "couple-with-children",
    11: "one-person",
    21: "couple",
    31: "couple",
    38: "couple",
}


def _push(
    waiting: list[tuple[int, int, Step, Iterator[Step]]], number: int, steps: Iterator[Step]
) -> None:
    step = next(steps, None)
    if step is not None:
        heapq.heappush(waiting, (step.at, number, step, steps))


def _before(waiting: list[tuple[int, int, Step, Iterator[Step]]], instant: int) -> Iterator[Step]:
    """The waiting steps before an instant, in order."""
    while waiting and waiting[0][0] < instant:
        _, number, step, steps = heapq.heappop(waiting)
        yield step
        _push(waiting, number, steps)


def _midnight(day: dt.date) -> int:
    return microseconds(dt.datetime.combine(day, dt.time(), ROME))
