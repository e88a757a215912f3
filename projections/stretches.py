"""What holds over which days in a household's life, after the facts taken in so far.

Facts begin and end stretches of days. They are taken in one by one in the order of their
versions, as `journeys.household.household` takes them in, so that a household can be followed
from one fact to the next without folding the whole stream again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from uuid import UUID

from journeys.household.facts import (
    ENDS,
    AccommodationEnded,
    AccommodationStarted,
    AddressProtected,
    BenefitEnded,
    BenefitGranted,
    EmploymentEnded,
    EmploymentStarted,
    Enrolled,
    Exited,
    Fact,
    HouseholdRegistered,
    HouseholdsMerged,
    HouseholdSplit,
    MemberJoined,
    MemberLeft,
    ParticipationWithdrawn,
    ProcessingRestricted,
    ReEnrolled,
    Referred,
    RestrictionLifted,
    TenancyRegistered,
)


class Stretch:
    """Days `[start, end)` over which the fact of a version holds; `end` None goes on."""

    __slots__ = ("end", "fact", "member", "start", "version")

    def __init__(self, version: int, fact: Fact, member: UUID | None = None) -> None:
        self.version = version
        self.fact = fact
        self.member = member
        self.start = fact.effective_from
        self.end = fact.effective_until

    @property
    def key(self) -> tuple[int, dt.date, dt.date | None, int]:
        """What tells it from any other, and from itself with another content."""
        return self.version, self.start, self.end, id(self.fact)

    def holds_on(self, day: dt.date) -> bool:
        """Whether the day lies inside."""
        return self.start <= day and (self.end is None or day < self.end)


class Stretches:
    """Every stretch that the facts taken in so far began; `all` is in the order of versions."""

    def __init__(self, household: UUID, facts: Iterable[tuple[int, Fact]] = ()) -> None:
        self.household = household
        self.all: list[Stretch] = []
        self._begun: dict[int, Stretch] = {}
        for version, fact in facts:
            self.take_in(version, fact)

    def take_in(self, version: int, fact: Fact) -> bool:
        """Take in the next fact that stands; answer whether it is one that begins or ends any.

        What held on days before its `effective_from` still does.
        """
        handle = _HANDLERS.get(type(fact))
        if handle is None:
            return False
        handle(self, version, fact)
        return True

    def begin(self, version: int, fact: Fact, member: UUID | None = None) -> None:
        """A stretch begins, which later facts may name by its version."""
        stretch = self._begun[version] = Stretch(version, fact, member)
        self.all.append(stretch)

    def end(self, version: int, day: dt.date) -> None:
        """The stretch of that version ends on `day`, its first day without it."""
        stretch = self._begun.get(version)
        if stretch is not None:
            stretch.end = day

    def first_difference(self, other: Stretches) -> dt.date | None:
        """The first day on which other stretches may hold than in `other`; None if on no day."""
        mine, theirs = ({s.key: s.start for s in each.all} for each in (self, other))
        return min(
            (day for key, day in (mine | theirs).items() if key not in mine or key not in theirs),
            default=None,
        )

    def on(self, day: dt.date) -> list[Stretch]:
        """The stretches that hold on a day."""
        return [
            stretch
            for stretch in self.all
            if stretch.start <= day and (stretch.end is None or day < stretch.end)
        ]

    def bounds(self, after: dt.date) -> list[dt.date]:
        """The days after `after` on which a stretch begins or ends, in order."""
        days = {stretch.start for stretch in self.all if stretch.start > after}
        days |= {s.end for s in self.all if s.end is not None and s.end > after}
        return sorted(days)


_ENTERS = frozenset({Enrolled, ReEnrolled})

Handler = Callable[[Stretches, int, Fact], None]


def _begins(stretches: Stretches, version: int, fact: Fact) -> None:
    stretches.begin(version, fact, getattr(fact, "member", None))


def _ends(field: str) -> Handler:
    def ends(stretches: Stretches, _: int, fact: Fact) -> None:
        stretches.end(getattr(fact, field), fact.effective_from)

    return ends


def _exits(stretches: Stretches, version: int, fact: Fact) -> None:
    assert isinstance(fact, Exited)
    stretches.end(fact.enrolment, fact.effective_from)
    stretches.begin(version, fact)


def _withdraws(stretches: Stretches, version: int, fact: Fact) -> None:
    stretches.begin(version, fact)
    back = [
        s.start for s in stretches.all if type(s.fact) in _ENTERS and s.start > fact.effective_from
    ]
    if back:
        stretches.end(version, min(back))


def _enrols(stretches: Stretches, version: int, fact: Fact) -> None:
    for stretch in stretches.all:
        if isinstance(stretch.fact, ParticipationWithdrawn) and stretch.holds_on(
            fact.effective_from
        ):
            stretch.end = fact.effective_from
    stretches.begin(version, fact)


def _leaves(stretches: Stretches, _: int, fact: Fact) -> None:
    assert isinstance(fact, MemberLeft)
    if not fact.definitions:
        _close(stretches, {fact.member}, fact.effective_from)


def _splits(stretches: Stretches, _: int, fact: Fact) -> None:
    assert isinstance(fact, HouseholdSplit)
    if fact.origin == stretches.household:
        _close(stretches, set(fact.members), fact.effective_from)


def _merges(stretches: Stretches, version: int, fact: Fact) -> None:
    assert isinstance(fact, HouseholdsMerged)
    if fact.absorbed == stretches.household:
        stretches.begin(version, fact)


def _close(stretches: Stretches, members: set[UUID], day: dt.date) -> None:
    for stretch in stretches.all:
        if (
            isinstance(stretch.fact, MemberJoined)
            and stretch.member in members
            and stretch.holds_on(day)
        ):
            stretch.end = day


_HANDLERS: dict[type[Fact], Handler] = {
    **dict.fromkeys(
        (
            HouseholdRegistered,
            Referred,
            MemberJoined,
            AccommodationStarted,
            TenancyRegistered,
            EmploymentStarted,
            BenefitGranted,
            ProcessingRestricted,
            AddressProtected,
        ),
        _begins,
    ),
    ParticipationWithdrawn: _withdraws,
    **{
        kind: _ends(ENDS[kind][0])
        for kind in (AccommodationEnded, EmploymentEnded, BenefitEnded, RestrictionLifted)
    },
    Enrolled: _enrols,
    ReEnrolled: _enrols,
    Exited: _exits,
    MemberLeft: _leaves,
    HouseholdSplit: _splits,
    HouseholdsMerged: _merges,
}
