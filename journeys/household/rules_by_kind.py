"""The rules that one kind of fact, or a few, must meet."""

from __future__ import annotations

from collections.abc import Callable

from journeys.household.facts import (
    AccommodationStarted,
    ArrearsObserved,
    AttestationGiven,
    BaselineFixed,
    BenefitGranted,
    Enrolled,
    EvidenceCaptured,
    Fact,
    GuestHosted,
    HouseholdsMerged,
    HouseholdSplit,
    IdentityMatched,
    InterventionDelivered,
    IseeAttested,
    MemberJoined,
    MemberLeft,
    PersonalDataErased,
    ReEnrolled,
    TenancyRegistered,
)
from journeys.household.household import Household
from journeys.household.refusals import (
    AlreadyEnded,
    AlreadyThere,
    AmountWithoutCurrency,
    DatesOutOfOrder,
    NegativeAmount,
    NoSuchEntry,
    NotAMember,
    PredatesReferral,
)
from journeys.values import Period

Rule = Callable[[Household, Fact], None]

RULES: dict[type[Fact], list[Rule]] = {}
"""The rules of each kind of fact, in the order in which they are judged."""


def rule(*kinds: type[Fact]) -> Callable[[Rule], Rule]:
    """Declare a function as a rule for facts of these kinds."""

    def declare(function: Rule) -> Rule:
        for kind in kinds:
            RULES.setdefault(kind, []).append(function)
        return function

    return declare


AMOUNTS = ("amount", "cost", "nightly_cost", "monthly_rent", "value")


@rule(AccommodationStarted, ArrearsObserved, BenefitGranted, InterventionDelivered, IseeAttested)
@rule(TenancyRegistered)
def amounts_are_whole(_: Household, fact: Fact) -> None:
    """Costs, rents and arrears are not negative, and money says its currency."""
    for field in AMOUNTS:
        amount = getattr(fact, field, None)
        if amount is None:
            continue
        if amount < 0:
            raise NegativeAmount(f"«{field}» is below zero.", field=field)
        if getattr(fact, "currency", None) is None:
            raise AmountWithoutCurrency(f"«{field}» is given without its currency.", field=field)


@rule(TenancyRegistered)
def no_tenancy_before_referral(household: Household, fact: Fact) -> None:
    """A lease from before the household was referred is no outcome of the programme."""
    referred = household.referred_on
    if referred is None:
        raise PredatesReferral("The household was never referred: record the referral first.")
    if fact.effective_from < referred:
        raise PredatesReferral(
            f"The tenancy begins on {fact.effective_from.isoformat()}, before the referral of "
            f"{referred.isoformat()}.",
            field="effective_from",
            referred_on=referred,
        )


@rule(Enrolled)
def no_enrolment_before_referral(household: Household, fact: Fact) -> None:
    """Nobody is enrolled before being referred, where a referral is recorded.

    A referral to another programme says nothing of this one.
    """
    assert isinstance(fact, Enrolled)
    days = [
        day
        for programme, day in household.referrals.items()
        if programme is None or fact.programme in (None, programme)
    ]
    referred = min(days, default=None)
    if referred is not None and fact.effective_from < referred:
        raise PredatesReferral(
            f"The enrolment of {fact.effective_from.isoformat()} lies before the referral of "
            f"{referred.isoformat()}.",
            field="effective_from",
            referred_on=referred,
        )


FOLLOWS_REFERRAL: dict[type[Fact], list[Rule]] = {
    TenancyRegistered: [no_tenancy_before_referral],
    Enrolled: [no_enrolment_before_referral],
}
"""The rules that look at nothing but the referrals, by the facts that they judge."""


@rule(ReEnrolled)
def comes_back_after_leaving(household: Household, fact: Fact) -> None:
    """Only somebody who has left can come back, and not before leaving."""
    assert isinstance(fact, ReEnrolled)
    if fact.previous >= household.place:
        raise NoSuchEntry(
            f"«previous» names entry {fact.previous}, which was recorded later.",
            field="previous",
            version=fact.previous,
        )
    if fact.previous not in household.ended:
        raise NoSuchEntry(
            f"The enrolment of entry {fact.previous} has not ended.", version=fact.previous
        )
    left = household.standing[household.ended[fact.previous]].effective_from
    if fact.effective_from < left:
        raise DatesOutOfOrder(
            f"The return, {fact.effective_from.isoformat()}, lies before the exit, "
            f"{left.isoformat()}.",
            field="effective_from",
        )


@rule(Enrolled, ReEnrolled)
def enrolled_once(household: Household, fact: Fact) -> None:
    """The same member is not enrolled twice at a time in one contract, programme and party.

    An enrolment told late, from before one that has ended, may come without its exit: that is
    told next.
    """
    assert isinstance(fact, Enrolled | ReEnrolled)
    mine = _enrolment(household, household.place, fact)
    for version, other in household.standing.items():
        if not isinstance(other, Enrolled | ReEnrolled) or _party(other) != _party(fact):
            continue
        theirs = _enrolment(household, version, other)
        awaits_exit = mine.end is None and theirs.end is not None and mine.start < theirs.start
        if mine.overlaps(theirs) and not awaits_exit:
            until = "has not ended" if theirs.end is None else f"ended on {theirs.end.isoformat()}"
            raise AlreadyThere(
                f"Entry {version} enrolled them in «{other.contract}» on "
                f"{theirs.start.isoformat()} and {until}.",
                version=version,
            )


def _party(fact: Enrolled | ReEnrolled) -> tuple[object, ...]:
    return fact.contract, fact.programme, fact.member, fact.party


def _enrolment(household: Household, version: int, fact: Fact) -> Period:
    """The days of an enrolment, from what ends the entry of that version."""
    end = household.standing.get(household.ended.get(version, 0))
    return Period(fact.effective_from, None if end is None else end.effective_from)


@rule(BaselineFixed)
def one_baseline(household: Household, fact: Fact) -> None:
    """A baseline is fixed once; a mistake in it is corrected, not fixed anew."""
    assert isinstance(fact, BaselineFixed)
    if fact.member in household.baselines:
        version = household.baselines[fact.member]
        raise AlreadyThere(f"The baseline is entry {version}: correct it.", version=version)


@rule(MemberJoined)
def joins_once(household: Household, fact: Fact) -> None:
    """Somebody who belongs to the household cannot join it."""
    assert isinstance(fact, MemberJoined)
    if household.is_member(fact.member, fact.effective_from):
        raise AlreadyThere(
            f"{fact.member} belongs to the household on {fact.effective_from.isoformat()}.",
            field="member",
        )


@rule(MemberLeft)
def leaves_once(household: Household, fact: Fact) -> None:
    """Somebody whose leaving is recorded for a later day did not leave before as well."""
    assert isinstance(fact, MemberLeft)
    day = fact.effective_from
    for period in household.members.get(fact.member, ()):
        if not fact.definitions and day in period and period.end is not None:
            raise AlreadyEnded(
                f"{fact.member} left the household on {period.end.isoformat()}: correct that "
                "entry.",
                field="effective_from",
            )


@rule(IdentityMatched)
def matched_elsewhere(household: Household, fact: Fact) -> None:
    """A match is with a member of another household."""
    assert isinstance(fact, IdentityMatched)
    if fact.other_household == household.id:
        raise NoSuchEntry("A match is with a member of another household.", field="other_household")


@rule(GuestHosted)
def a_guest_is_no_member(household: Household, fact: Fact) -> None:
    """A member at home is not a guest."""
    assert isinstance(fact, GuestHosted)
    if household.is_member(fact.guest, fact.effective_from):
        raise AlreadyThere(
            f"{fact.guest} is a member of the household on {fact.effective_from.isoformat()}.",
            field="guest",
        )


@rule(EvidenceCaptured)
def captured_once(household: Household, fact: Fact) -> None:
    """The same file is taken in once."""
    assert isinstance(fact, EvidenceCaptured)
    if fact.sha256 in household.evidence:
        version = household.evidence[fact.sha256]
        raise AlreadyThere(f"Entry {version} took this file in.", version=version)


@rule(AttestationGiven)
def attests_something(_: Household, fact: Fact) -> None:
    """An attestation is about at least one entry."""
    assert isinstance(fact, AttestationGiven)
    if not fact.about:
        raise NoSuchEntry("An attestation is about at least one entry.", field="about")


@rule(HouseholdSplit)
def split_among_members(household: Household, fact: Fact) -> None:
    """Members leave a household that goes on: some of them, not all."""
    assert isinstance(fact, HouseholdSplit)
    if household.id not in (fact.origin, fact.new) or fact.origin == fact.new:
        raise NoSuchEntry("A split is recorded on the two households that it names.")
    if not fact.members:
        raise NotAMember("A split names the members who leave.", field="members")
    strangers = [m for m in fact.members if not household.is_member(m, fact.effective_from)]
    if strangers:
        raise NotAMember(
            f"{strangers[0]} was not a member of {household.id} on "
            f"{fact.effective_from.isoformat()}.",
            field="members",
        )
    staying = [
        member
        for member in household.members
        if household.is_member(member, fact.effective_from) and member not in fact.members
    ]
    if household.id == fact.origin and not staying:
        raise NotAMember("Somebody stays in the household that is split.", field="members")


@rule(HouseholdsMerged)
def merged_of_two(household: Household, fact: Fact) -> None:
    """A merge is recorded on the two households that it names, and only once."""
    assert isinstance(fact, HouseholdsMerged)
    if household.id not in (fact.survivor, fact.absorbed) or fact.survivor == fact.absorbed:
        raise NoSuchEntry("A merge is recorded on the two households that it names.")


@rule(PersonalDataErased)
def erases_somebody_here(household: Household, fact: Fact) -> None:
    """What is erased is the household's, a member's or a guest's."""
    assert isinstance(fact, PersonalDataErased)
    if fact.subject not in {household.id, *household.members, *household.guests}:
        raise NotAMember(f"{fact.subject} is nobody of this household.", field="subject")
