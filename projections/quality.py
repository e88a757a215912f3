"""Rules of data quality: what each looks for, and why it matters to who pays and who is paid."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from journeys.codes import CodeBook
from journeys.household.facts import (
    ENDS,
    AccommodationStarted,
    Enrolled,
    Exited,
    Fact,
    MemberJoined,
    ReEnrolled,
)
from journeys.household.named import people
from journeys.household.shape import marks
from journeys.household.spells import Kind, Spell, overlaps
from journeys.values import ONE_DAY, Code
from projections.case import Case, Finding, Rule
from projections.composition import outside_membership, two_heads, without_a_head

LATE_AFTER_DAYS = 60
"""An entry recorded so many days after its day is late, unless a programme says otherwise."""

FARTHEST = 366 * ONE_DAY
"""How far ahead something may be known to begin; the same bound as when facts are decided."""


def rules(codes: CodeBook, late_after_days: int) -> tuple[Rule, ...]:
    """The rules, under these code lists and this threshold."""
    return (
        overlapping_stays,
        overlapping_jobs,
        stay_open_after_exit,
        late_entry(late_after_days * ONE_DAY),
        recorded_before_it_happened,
        ends_before_it_begins,
        before_birth,
        without_a_head,
        two_heads,
        outside_membership,
        unknown_code(codes),
    )


def overlapping_stays(case: Case) -> Iterator[Finding]:
    """Nobody sleeps in two places: one of the stays was not ended, or is paid twice."""
    return _overlaps(case, "housing", "overlapping-stays")


def overlapping_jobs(case: Case) -> Iterator[Finding]:
    """Two jobs of one member at once may be true, or the same job recorded twice."""
    return _overlaps(case, "work", "overlapping-jobs")


def stay_open_after_exit(case: Case) -> Iterator[Finding]:
    """A stay goes on although the enrolment that it belongs to has ended: its end is missing.

    A stay that names no enrolment belongs to all of them.
    """
    exits = {
        fact.enrolment: (version, fact.effective_from)
        for version, fact in case.facts
        if isinstance(fact, Exited)
    }
    enrolments = {v for v, fact in case.facts if isinstance(fact, Enrolled | ReEnrolled)}
    if not enrolments or not exits:
        return
    for spell in case.spells:
        if spell.kind != "housing" or spell.period.end is not None:
            continue
        assert isinstance(spell.fact, AccommodationStarted)
        named = spell.fact.enrolment
        belongs = {named} if named is not None else enrolments
        if not belongs <= exits.keys():
            continue
        version, day = max((exits[v] for v in belongs), key=lambda end: (end[1], end[0]))
        if spell.period.start < day:
            yield Finding("stay-open-after-exit", day, (spell.start_version, version), {})


def late_entry(threshold: dt.timedelta) -> Rule:
    """What was recorded long after it happened weighs less as evidence.

    An import's recording day is the day of the import, so what came in by one counts as late only
    where its source says when it was known.
    """

    def rule(case: Case) -> Iterator[Finding]:
        for version, fact in case.facts:
            known = case.recorded_on(version) if fact.cause is None else fact.known_on
            if known is not None and known - fact.effective_from > threshold:
                days = (known - fact.effective_from).days
                yield Finding("late-entry", fact.effective_from, (version,), {"days": days})

    return rule


def recorded_before_it_happened(case: Case) -> Iterator[Finding]:
    """A fact tells of a day that was still to come when it was recorded."""
    for version, fact in case.facts:
        ahead = FARTHEST if fact.SPAN == "open" else 0 * ONE_DAY
        day = fact.effective_from
        if day - case.recorded_on(version) > ahead:
            yield Finding("recorded-before-it-happened", day, (version,), {})


def ends_before_it_begins(case: Case) -> Iterator[Finding]:
    """An end lies before the beginning that it belongs to."""
    for version, fact in case.facts:
        if fact.effective_until is not None and fact.effective_until <= fact.effective_from:
            yield Finding("ends-before-it-begins", fact.effective_from, (version,), {})
        if type(fact) in ENDS:
            start = getattr(fact, ENDS[type(fact)][0])
            begun = case.content.get(start)
            if begun is not None and fact.effective_from < begun.effective_from:
                yield Finding("ends-before-it-begins", fact.effective_from, (start, version), {})


def before_birth(case: Case) -> Iterator[Finding]:
    """A fact tells of a member on a day before the month of the member's birth."""
    births = {
        fact.member: (version, dt.date.fromisoformat(f"{fact.birth_month}-01"))
        for version, fact in case.facts
        if isinstance(fact, MemberJoined) and fact.birth_month is not None
    }
    for version, fact in case.facts:
        for _, member in people(fact):
            joined, born = births.get(member, (0, dt.date.min))
            if fact.effective_from < born:
                versions = tuple(sorted({joined, version}))
                yield Finding(
                    "before-birth", fact.effective_from, versions, {"member": str(member)}
                )


def unknown_code(codes: CodeBook) -> Rule:
    """A value is not in its code list, or not on that day: reports would leave it out."""

    def rule(case: Case) -> Iterator[Finding]:
        for version, fact in case.facts:
            for field, name in _coded(type(fact)):
                for code in _values(getattr(fact, field)):
                    entry = codes.lists.get(name, {}).get(code)
                    if entry is None or not entry.usable_on(fact.effective_from):
                        details = {"field": field, "list": name, "code": code}
                        yield Finding("unknown-code", fact.effective_from, (version,), details)

    return rule


@cache
def _coded(kind: type[Fact]) -> tuple[tuple[str, str], ...]:
    """The fields of a kind of fact whose values are codes, each with its list."""
    return tuple(
        (field, mark.name)
        for field, found in marks(kind).items()
        for mark in found
        if isinstance(mark, Code)
    )


def _values(value: Any) -> Iterable[str]:
    """The codes that a field holds: none, one, several, or the keys of a mapping."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else value


def _overlaps(case: Case, kind: Kind, finding: str) -> Iterator[Finding]:
    """One finding for each spell that began while others of the same people still ran."""
    running: dict[int, list[Spell]] = {}
    meetings = overlaps([spell for spell in case.spells if spell.kind == kind])
    for earlier, spell, _ in meetings:
        running.setdefault(spell.start_version, [spell]).append(earlier)
    for spell, *others in running.values():
        versions = {version for one in (spell, *others) for version in one.versions}
        yield Finding(finding, spell.period.start, tuple(sorted(versions)), {})
