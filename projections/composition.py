"""Rules about who belongs to the household: its head, and whom its facts tell of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from journeys.household.facts import HouseholdRegistered, MemberJoined
from journeys.household.named import people
from projections.case import Case, Finding
from projections.circumstances import HEAD
from projections.stretches import Stretch


def without_a_head(case: Case) -> Iterator[Finding]:
    """People belong to the household and none of them is the one it is registered under."""
    headless = False
    for day, present in _compositions(case):
        before, headless = headless, bool(present) and not _heads(present)
        if headless and not before:
            yield Finding("no-head", day, tuple(sorted(s.version for s in present)), {})
    if not case.memberships:
        for version, fact in case.facts:
            if isinstance(fact, HouseholdRegistered):
                yield Finding("no-members", fact.effective_from, (version,), {})


def two_heads(case: Case) -> Iterator[Finding]:
    """Two members at once are told to be the one the household is registered under."""
    told: set[int] = set()
    for day, present in _compositions(case):
        heads = {stretch.version: stretch.member for stretch in _heads(present)}
        if len(set(heads.values())) > 1 and heads.keys() != told:
            yield Finding("two-heads", day, tuple(sorted(heads)), {})
        told = set(heads)


def outside_membership(case: Case) -> Iterator[Finding]:
    """A fact tells of somebody as a member who did not belong to the household on that day.

    The day of leaving still counts, since what ends with it is often recorded on it.
    """
    for version, fact in case.facts:
        if isinstance(fact, MemberJoined):
            continue
        day = fact.effective_from
        for _, member in people(fact):
            belonged = case.memberships.get(member, ())
            if not any(s.start <= day and (s.end is None or day <= s.end) for s in belonged):
                versions = tuple(sorted({version, *(s.version for s in belonged)}))
                yield Finding("outside-membership", day, versions, {"member": str(member)})


def _compositions(case: Case) -> Iterator[tuple[dt.date, list[Stretch]]]:
    """The days on which the membership changes, each with the memberships from then on."""
    every = [stretch for stretches in case.memberships.values() for stretch in stretches]
    days = {stretch.start for stretch in every} | {s.end for s in every if s.end is not None}
    for day in sorted(days):
        yield day, [stretch for stretch in every if stretch.holds_on(day)]


def _heads(present: Iterable[Stretch]) -> list[Stretch]:
    return [
        stretch
        for stretch in present
        if isinstance(stretch.fact, MemberJoined) and stretch.fact.relation == HEAD
    ]
