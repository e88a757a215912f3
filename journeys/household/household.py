"""The household as commands see it: its facts folded into what the rules need to know."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from uuid import UUID

from journeys.household.facts import (
    ENDS,
    BaselineFixed,
    Enrolled,
    EntryCorrected,
    EntryRetracted,
    EvidenceCaptured,
    Fact,
    GuestHosted,
    HouseholdsMerged,
    HouseholdSplit,
    MemberJoined,
    MemberLeft,
    ParticipationWithdrawn,
    ProcessingRestricted,
    ReEnrolled,
    Referred,
)
from journeys.household.history import acted_upon
from journeys.household.named import links
from journeys.values import Period


class Household:
    """One household's stream, folded. Applying a fact only assigns; it never refuses.

    `facts` holds every fact as recorded, in version order. The other attributes tell what stands
    after corrections and retractions:

    * `standing`: version to the fact that stands there, with its corrections applied
    * `members`: member to the periods of membership; `guests`: guest to the periods of stay
    * `ended`: version of a start to the version of its end
    * `referrals`: the first referral to each programme, under None where none is named
    * `merged_into`: the household that this one became a part of, `merged_on` since when
    """

    __slots__ = (
        "baselines",
        "ended",
        "evidence",
        "facts",
        "guests",
        "id",
        "left_out",
        "members",
        "merged_into",
        "merged_on",
        "participation",
        "referrals",
        "restrictions",
        "standing",
    )

    def __init__(self, household: UUID) -> None:
        self.id = household
        self.facts: list[Fact] = []
        self.left_out: int | None = None
        self._clear()

    @classmethod
    def fold(cls, household: UUID, facts: Iterable[Fact]) -> Household:
        """The household after `facts`, its stream in version order."""
        folded = cls(household)
        folded.facts = list(facts)
        folded._refold()
        return folded

    @property
    def version(self) -> int:
        """How many facts the stream holds."""
        return len(self.facts)

    def apply(self, fact: Fact) -> None:
        """Take in the next fact of the stream."""
        self.facts.append(fact)
        kind = type(fact)
        if kind is EntryCorrected or kind is EntryRetracted:
            self._refold()
        else:
            version = len(self.facts)
            self.standing[version] = fact
            if handle := _HANDLERS.get(kind):
                handle(self, version, fact)

    def where(self, standing: Iterable[tuple[int, Fact]]) -> Household:
        """The household as it would be if exactly these entries stood; for judging corrections."""
        trial = Household(self.id)
        trial.facts = self.facts
        trial._restand(dict(standing))
        return trial

    def revised(self, words: Mapping[int, Fact | None]) -> Household:
        """The household as it would be if these entries said this, or None: did not stand."""
        standing: dict[int, Fact] = dict(self.standing)
        for version, fact in words.items():
            if fact is not None:
                standing[version] = fact
            else:
                standing.pop(version, None)
        said = [fact for v in words for fact in (self.standing.get(v), words[v]) if fact]
        if any(type(fact) in _HANDLERS for fact in said):
            return self.where(sorted(standing.items()))
        trial = copy(self)
        trial.standing = standing
        return trial

    def without(self, version: int) -> Household:
        """The household as it would be if the entry of `version` did not stand."""
        trial = self.revised({version: None})
        trial.left_out = version
        return trial

    @property
    def place(self) -> int:
        """The version of a fact that is judged here: the one left out, otherwise the next."""
        return self.version + 1 if self.left_out is None else self.left_out

    def is_member(self, member: UUID, day: dt.date) -> bool:
        """Whether the person belongs to the household on that day."""
        return any(day in period for period in self.members.get(member, ()))

    def withdrawn_by(self, day: dt.date) -> dt.date | None:
        """Since when the household had withdrawn on `day`; None where it took part.

        What was told last of the latest day counts, whenever it was recorded: an enrolment after
        a withdrawal takes it back, and a withdrawal told late does not undo a later enrolment.
        """
        told = [word for word in self.participation if word[0] <= day]
        since, _, withdrew = max(told, default=(day, 0, False))
        return since if withdrew else None

    @property
    def withdrawn_on(self) -> dt.date | None:
        """The day on which participation ended, None where the household takes part."""
        return self.withdrawn_by(dt.date.max)

    @property
    def restricted_by(self) -> int | None:
        """The version of the restriction of processing that is in force, None where none is."""
        return next((v for v in self.restrictions if v not in self.ended), None)

    @property
    def referred_on(self) -> dt.date | None:
        """The day of the first referral, to whatever programme."""
        return min(self.referrals.values(), default=None)

    def relying_on(self, version: int) -> list[int]:
        """Versions of standing facts that name `version`: ends, links, covered evidence."""
        return [
            other
            for other, fact in self.standing.items()
            if other != version and version in links(fact).values()
        ]

    def _clear(self) -> None:
        self.standing: dict[int, Fact] = {}
        self.members: dict[UUID, list[Period]] = {}
        self.guests: dict[UUID, list[Period]] = {}
        self.ended: dict[int, int] = {}
        self.evidence: dict[str, int] = {}
        self.baselines: dict[UUID | None, int] = {}
        self.referrals: dict[str | None, dt.date] = {}
        self.restrictions: list[int] = []
        self.participation: list[tuple[dt.date, int, bool]] = []
        self.merged_into: UUID | None = None
        self.merged_on: dt.date | None = None

    def _refold(self) -> None:
        """Fold again what stands. Corrections are rare, and this way they have no special case."""
        standing = dict(enumerate(self.facts, start=1))
        if not _ACTING.isdisjoint(map(type, self.facts)):
            for version, reading in acted_upon(self.facts).items():
                standing[version] = reading.current
                if reading.retracted_by is not None:
                    del standing[version]
            standing = {v: fact for v, fact in standing.items() if type(fact) not in _ACTING}
        self._restand(standing)

    def _restand(self, standing: dict[int, Fact]) -> None:
        self._clear()
        self.standing = standing
        handlers = _HANDLERS
        for version, fact in standing.items():
            if handle := handlers.get(type(fact)):
                handle(self, version, fact)


_ACTING = frozenset({EntryCorrected, EntryRetracted})

Handler = Callable[[Household, int, Fact], None]


def _joined(household: Household, _: int, fact: Fact) -> None:
    assert isinstance(fact, MemberJoined)
    household.members.setdefault(fact.member, []).append(Period(fact.effective_from))


def _left(household: Household, _: int, fact: Fact) -> None:
    assert isinstance(fact, MemberLeft)
    if not fact.definitions:
        _close(household.members.get(fact.member, []), fact.effective_from)


def _close(periods: list[Period], day: dt.date) -> None:
    for place, period in enumerate(periods):
        if day in period:
            periods[place] = Period(period.start, day)


def _split(household: Household, _: int, fact: Fact) -> None:
    assert isinstance(fact, HouseholdSplit)
    if household.id == fact.origin:
        for member in fact.members:
            _close(household.members.get(member, []), fact.effective_from)


def _merged(household: Household, _: int, fact: Fact) -> None:
    assert isinstance(fact, HouseholdsMerged)
    if household.id == fact.absorbed:
        household.merged_into = fact.survivor
        household.merged_on = fact.effective_from


def _hosted(household: Household, _: int, fact: Fact) -> None:
    assert isinstance(fact, GuestHosted)
    household.guests.setdefault(fact.guest, []).append(fact.effective)


def _referred(household: Household, _: int, fact: Fact) -> None:
    assert isinstance(fact, Referred)
    before = household.referrals.get(fact.programme)
    if before is None or fact.effective_from < before:
        household.referrals[fact.programme] = fact.effective_from


def _enrolled(household: Household, version: int, fact: Fact) -> None:
    household.participation.append((fact.effective_from, version, False))


def _withdrawn(household: Household, version: int, fact: Fact) -> None:
    household.participation.append((fact.effective_from, version, True))


def _baseline(household: Household, version: int, fact: Fact) -> None:
    assert isinstance(fact, BaselineFixed)
    household.baselines[fact.member] = version


def _restricted(household: Household, version: int, _: Fact) -> None:
    household.restrictions.append(version)


def _captured(household: Household, version: int, fact: Fact) -> None:
    assert isinstance(fact, EvidenceCaptured)
    household.evidence[fact.sha256] = version


def _ending(field: str) -> Handler:
    def ended(household: Household, version: int, fact: Fact) -> None:
        household.ended[getattr(fact, field)] = version

    return ended


_HANDLERS: dict[type[Fact], Handler] = {
    MemberJoined: _joined,
    MemberLeft: _left,
    HouseholdSplit: _split,
    HouseholdsMerged: _merged,
    GuestHosted: _hosted,
    Referred: _referred,
    Enrolled: _enrolled,
    ReEnrolled: _enrolled,
    ParticipationWithdrawn: _withdrawn,
    BaselineFixed: _baseline,
    EvidenceCaptured: _captured,
    ProcessingRestricted: _restricted,
}
_HANDLERS.update((kind, _ending(field)) for kind, (field, _) in ENDS.items())
