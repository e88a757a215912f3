"""Stretches of time in a household's life: housing, work, benefits, absence.

Spells are read from start and end facts with their corrections, in half-open days. What does not
fit (overlaps, ends that never came) is told as it is, for the data-quality findings; nothing is
repaired in silence.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Literal
from uuid import UUID

from msgspec import Struct

from journeys.household.facts import (
    ENDS,
    AbsenceRecorded,
    AccommodationEnded,
    AccommodationStarted,
    BenefitEnded,
    BenefitGranted,
    EmploymentEnded,
    EmploymentStarted,
    Fact,
    TenancyRegistered,
)
from journeys.household.history import History
from journeys.values import Period

Kind = Literal["housing", "tenancy", "work", "benefit", "absence"]

STARTS: dict[type[Fact], Kind] = {
    AccommodationStarted: "housing",
    TenancyRegistered: "tenancy",
    EmploymentStarted: "work",
    BenefitGranted: "benefit",
    AbsenceRecorded: "absence",
}
_CLOSING = (AccommodationEnded, EmploymentEnded, BenefitEnded)


class Spell(Struct, frozen=True):
    """One stretch with the facts that it rests on.

    `start_version` recorded its beginning, `end_version` its end (None: open, or its end was
    known from the start). `fact` is the starting fact as it reads now.
    """

    kind: Kind
    period: Period
    fact: Fact
    start_version: int
    end_version: int | None = None

    @property
    def members(self) -> tuple[UUID, ...]:
        """The members it is about; empty for the whole household."""
        member = getattr(self.fact, "member", None)
        return getattr(self.fact, "members", ()) or ((member,) if member else ())

    @property
    def versions(self) -> tuple[int, ...]:
        """The entries that it rests on."""
        ends = () if self.end_version is None else (self.end_version,)
        return (self.start_version, *ends)


def spells(history: History, kind: Kind | None = None) -> list[Spell]:
    """The spells of a history, by their first day; of one kind, or of all.

    An end shortens an end that was known from the start and is never later than it.
    """
    standing = history.standing()
    ends: dict[int, tuple[int, dt.date]] = {}
    for entry in standing:
        if isinstance(entry.current, _CLOSING):
            start = getattr(entry.current, ENDS[type(entry.current)][0])
            ends[start] = (entry.version, entry.current.effective_from)
    found = []
    for entry in standing:
        of_kind = STARTS.get(type(entry.current))
        if of_kind is None or (kind is not None and of_kind != kind):
            continue
        fact = entry.current
        version, day = ends.get(entry.version, (None, fact.effective_until))
        period = Period(fact.effective_from, day)
        found.append(Spell(of_kind, period, fact, entry.version, version))
    return sorted(found, key=lambda spell: (spell.period.start, spell.start_version))


def union(periods: Iterable[Period]) -> list[Period]:
    """The days inside any of the periods, as disjoint periods in order; touching ones join."""
    joined: list[Period] = []
    for period in sorted(_nonempty(periods), key=lambda period: period.start):
        last = joined[-1] if joined else None
        if last is None or (last.end is not None and last.end < period.start):
            joined.append(period)
        elif last.end is not None and (period.end is None or period.end > last.end):
            joined[-1] = Period(last.start, period.end)
    return joined


def intersection(some: Iterable[Period], others: Iterable[Period]) -> list[Period]:
    """The days inside both."""
    ones, twos = union(some), union(others)
    found = []
    while ones and twos:
        one, two = ones[-1], twos[-1]
        if one.overlaps(two):
            found.append(Period(max(one.start, two.start), _earlier(one.end, two.end)))
        (ones if one.start >= two.start else twos).pop()
    return found[::-1]


def subtraction(some: Iterable[Period], others: Iterable[Period]) -> list[Period]:
    """The days inside `some` and not inside `others`."""
    holes = union(others)
    starts = [dt.date.min, *(hole.end for hole in holes if hole.end is not None)]
    outside = [Period(start, hole.start) for start, hole in zip(starts, holes, strict=False)]
    if len(starts) > len(holes):
        outside.append(Period(starts[-1]))
    return intersection(some, outside)


def gaps(periods: Iterable[Period]) -> list[Period]:
    """The days between the first day and the last that no period holds."""
    joined = union(periods)
    return [
        Period(before.end, after.start)
        for before, after in pairwise(joined)
        if before.end is not None
    ]


def overlaps(among: Sequence[Spell]) -> list[tuple[Spell, Spell, Period]]:
    """Pairs of spells that share days although they are about the same people, and the days.

    A spell about the whole household meets those of its members. Of each pair the one that began
    first comes first.
    """
    found: list[tuple[Spell, Spell, Period]] = []
    running: list[Spell] = []
    for spell in sorted(among, key=lambda spell: spell.period.start):
        start = spell.period.start
        running = [one for one in running if one.period.end is None or start < one.period.end]
        found += [
            (one, spell, Period(start, _earlier(one.period.end, spell.period.end)))
            for one in running
            if one.kind == spell.kind and one.period.overlaps(spell.period) and _meet(one, spell)
        ]
        running.append(spell)
    return found


def days(periods: Iterable[Period], until: dt.date) -> int:
    """How many different days lie inside the periods and before `until`."""
    return sum(period.days(until) for period in union(periods))


def _nonempty(periods: Iterable[Period]) -> Iterable[Period]:
    return (p for p in periods if p.end is None or p.start < p.end)


def _earlier(one: dt.date | None, other: dt.date | None) -> dt.date | None:
    if one is None or other is None:
        return one or other
    return min(one, other)


def _meet(one: Spell, other: Spell) -> bool:
    """Whether the two are about somebody in common; no members means the whole household."""
    mine, theirs = one.members, other.members
    return not mine or not theirs or not set(mine).isdisjoint(theirs)
