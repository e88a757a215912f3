"""What a household refuses: one rule each, by its stable code."""

from __future__ import annotations

from decimal import Decimal

import pytest

from journeys.errors import Refusal
from journeys.household.facts import (
    ArrearsObserved,
    AssessmentScored,
    AttestationGiven,
    BaselineFixed,
    BenefitGranted,
    EvidenceAssessed,
    EvidenceCaptured,
    Fact,
    GuestHosted,
    HouseholdsMerged,
    HouseholdSplit,
    IdentityMatched,
    InterventionDelivered,
    MeasureObserved,
    MemberLeft,
    ParticipationWithdrawn,
    PersonalDataErased,
    ProcessingRestricted,
    ReEnrolled,
    RestrictionLifted,
)
from tests.journeys.household.story import (
    ALMA,
    BRUNO,
    HOME,
    STRANGER,
    Story,
    absent,
    day,
    enrolled,
    exited,
    fact,
    hired,
    housed,
    joined,
    left_work,
    moved_out,
    referred,
    registered,
    tenancy,
)

HASH = "a" * 64


def refused(story: Story, told: Fact) -> str:
    """The code with which the story refuses a fact; the record must not have grown."""
    before = story.household.version
    with pytest.raises(Refusal) as refusal:
        story.tell(told)
    assert story.household.version == before
    assert str(refusal.value).endswith(".")
    return refusal.value.code


def test_a_household_begins_with_its_registration() -> None:
    assert refused(Story(), joined(ALMA)) == "not-registered"


def test_a_household_is_registered_once() -> None:
    assert refused(Story(registered()), registered()) == "not-registered"


def test_a_member_joins_once() -> None:
    assert refused(Story.begun(), joined(ALMA, "2025-03-01")) == "already-there"


def test_a_member_may_come_back_after_leaving() -> None:
    story = Story.begun(fact(MemberLeft, "2025-02-01", member=ALMA, left_by="moved-out"))

    story.tell(joined(ALMA, "2025-05-01"))

    assert [str(p.start) for p in story.household.members[ALMA]] == ["2025-01-07", "2025-05-01"]


@pytest.mark.parametrize("told", [hired("2025-02-01", STRANGER), hired("2025-01-01", ALMA)])
def test_facts_about_people_need_their_membership_on_that_day(told: Fact) -> None:
    assert refused(Story.begun(), told) == "not-a-member"


def test_a_member_at_home_is_no_guest() -> None:
    assert refused(Story.begun(), fact(GuestHosted, "2025-02-01", guest=ALMA)) == "already-there"


def test_a_guest_is_no_member() -> None:
    story = Story.begun(fact(GuestHosted, "2025-02-01", guest=BRUNO))

    assert refused(story, hired("2025-02-02", BRUNO)) == "not-a-member"


def test_no_tenancy_before_the_referral() -> None:
    assert refused(Story.begun(), tenancy("2025-01-09")) == "predates-referral"


def test_no_tenancy_without_a_referral() -> None:
    assert refused(Story(registered(), joined(ALMA)), tenancy("2025-02-01")) == "predates-referral"


def test_a_tenancy_may_begin_on_the_day_of_the_referral() -> None:
    assert Story.begun(tenancy("2025-01-10")).household.version == 4


def test_no_enrolment_before_the_referral() -> None:
    assert refused(Story.begun(), enrolled("2025-01-09")) == "predates-referral"


def test_a_referral_to_another_programme_says_nothing_of_this_one() -> None:
    begun = (registered(), joined(ALMA), referred("2025-02-01", programme="housing-first"))
    early = "2025-01-20"
    assert refused(Story(*begun), enrolled(early, programme="housing-first")) == "predates-referral"
    assert refused(Story(*begun), enrolled(early)) == "predates-referral"
    assert Story(*begun, enrolled(early, programme="emergency")).household.version == 4


def test_an_earlier_referral_counts_whenever_it_was_recorded() -> None:
    story = Story.begun(referred("2025-01-08"))

    assert story.tell(enrolled("2025-01-09")).household.version == 5


def test_nobody_is_enrolled_twice_at_a_time() -> None:
    assert refused(Story.begun(enrolled()), enrolled("2025-03-01")) == "already-there"


def test_enrolled_again_after_an_exit() -> None:
    story = Story.begun(enrolled(), exited("2025-06-01", 4))

    back = fact(ReEnrolled, "2025-09-01", previous=4, contract="prato-2025")

    assert story.tell(back).household.version == 6


def test_nobody_comes_back_before_leaving() -> None:
    story = Story.begun(enrolled(), exited("2025-06-01", 4))

    early = fact(ReEnrolled, "2025-05-31", previous=4, contract="prato-2025")

    assert refused(story, early) == "dates-out-of-order"


def test_nobody_comes_back_who_has_not_left() -> None:
    back = fact(ReEnrolled, "2025-09-01", previous=4, contract="prato-2025")

    assert refused(Story.begun(enrolled()), back) == "no-such-entry"


@pytest.mark.parametrize(
    "end", [moved_out("2025-03-01", 9), left_work("2025-03-01", 4), exited("2025-03-01", 1)]
)
def test_no_end_without_its_start(end: Fact) -> None:
    assert refused(Story.begun(housed("2025-02-01")), end) == "no-such-entry"


def test_no_end_before_its_start() -> None:
    story = Story.begun(housed("2025-02-01"))

    assert refused(story, moved_out("2025-01-31", 4)) == "dates-out-of-order"


def test_what_has_ended_does_not_end_again() -> None:
    story = Story.begun(housed("2025-02-01"), moved_out("2025-03-01", 4))

    assert refused(story, moved_out("2025-04-01", 4)) == "already-ended"


def test_an_end_known_from_the_start_is_not_put_off() -> None:
    story = Story.begun(housed("2025-02-01", until="2025-02-15"))

    assert refused(story, moved_out("2025-02-16", 4)) == "already-ended"


def test_an_end_known_from_the_start_may_come_early() -> None:
    story = Story.begun(housed("2025-02-01", until="2025-02-15"))

    assert story.tell(moved_out("2025-02-10", 4)).household.ended == {4: 5}


@pytest.mark.parametrize(
    "told",
    [
        absent("2025-03-10", "2025-03-10"),
        absent("2025-03-10", "2025-03-09"),
        tenancy("2025-03-10", until="2025-03-01"),
        fact(ArrearsObserved, "2025-03-10", "2025-03-12", amount=1, currency="EUR"),
    ],
)
def test_periods_have_their_dates_in_order(told: Fact) -> None:
    assert refused(Story.begun(), told) == "dates-out-of-order"


def test_an_absence_has_a_last_day() -> None:
    told = absent("2025-03-10", "2025-03-12")
    open_ended = type(told)(
        **{f: getattr(told, f) for f in told.__struct_fields__ if f != "effective_until"}
    )

    assert refused(Story.begun(), open_ended) == "dates-out-of-order"


def test_what_happened_is_not_in_the_future() -> None:
    told = fact(ArrearsObserved, "2026-07-01", amount=1, currency="EUR")

    assert refused(Story.begun(), told) == "in-the-future"


def test_a_tenancy_may_begin_soon_but_not_in_years() -> None:
    story = Story.begun(tenancy("2026-09-01"))

    assert refused(story, tenancy("2027-09-01")) == "in-the-future"


@pytest.mark.parametrize(
    ("known_on", "code"), [("2026-07-01", "in-the-future"), ("2025-03-09", "dates-out-of-order")]
)
def test_knowledge_comes_neither_before_the_event_nor_after_today(known_on: str, code: str) -> None:
    told = fact(
        ArrearsObserved,
        "2025-03-10",
        amount=1,
        currency="EUR",
        known_on=day(known_on),
    )

    assert refused(Story.begun(), told) == code


def test_what_binds_two_households_is_recorded_on_one_of_them() -> None:
    terms = {"clock": "origin-continues", "cap": "shared", "decided_by": "comune-prato"}
    terms["tenancy_to"] = "none"
    for origin, new in ((STRANGER, BRUNO), (HOME, HOME)):
        told = fact(HouseholdSplit, "2025-03-01", origin=origin, new=new, members=(ALMA,), **terms)
        assert refused(Story.begun(), told) == "no-such-entry"
        merged = fact(
            HouseholdsMerged, "2025-03-01", survivor=origin, absorbed=new, member_map={}, **terms
        )
        assert refused(Story.begun(), merged) == "no-such-entry"


def test_a_match_is_with_somebody_of_another_household() -> None:
    told = fact(
        IdentityMatched,
        "2025-03-01",
        member=ALMA,
        other_household=HOME,
        other_member=BRUNO,
        method="fiscal-code",
        confidence=99,
    )

    assert refused(Story.begun(), told) == "no-such-entry"


def test_an_amount_says_its_currency() -> None:
    told = fact(BenefitGranted, "2025-03-01", measure="rent-contribution", amount=10_000)

    assert refused(Story.begun(), told) == "amount-without-currency"


def test_a_cost_is_not_negative() -> None:
    told = fact(InterventionDelivered, "2025-03-01", kind="home-visit", cost=-1, currency="EUR")

    assert refused(Story.begun(), told) == "negative-amount"


def test_a_baseline_is_fixed_once() -> None:
    measures = {"emergency-nights": Decimal(40)}
    told = fact(BaselineFixed, "2024-01-01", "2025-01-01", measures=measures)

    assert refused(Story.begun(told), told) == "already-there"


def test_a_file_is_taken_in_once() -> None:
    letter = fact(
        EvidenceCaptured, "2025-03-01", kind="landlord-letter", sha256=HASH, issuer="proprietario"
    )

    assert refused(Story.begun(letter), letter) == "already-there"


def test_only_a_document_is_assessed() -> None:
    told = fact(EvidenceAssessed, "2025-03-01", captured=3, verdict="accepted")

    assert refused(Story.begun(), told) == "no-such-entry"


def test_an_attestation_is_about_something() -> None:
    told = fact(AttestationGiven, "2025-03-01", attestor="ente-1", authority="landlord", about=())

    assert refused(Story.begun(), told) == "no-such-entry"


def test_an_attestation_is_about_entries_that_stand() -> None:
    def told(*about: int) -> Fact:
        return fact(
            AttestationGiven, "2025-03-01", attestor="ente-1", authority="landlord", about=about
        )

    assert refused(Story.begun(), told(2, 4)) == "no-such-entry"
    assert Story.begun(told(2, 3)).household.relying_on(3) == [4]


def test_nothing_is_done_for_a_household_that_withdrew() -> None:
    story = Story.begun(enrolled(), fact(ParticipationWithdrawn, "2025-06-01"))

    told = fact(InterventionDelivered, "2025-06-01", kind="home-visit")

    assert refused(story, told) == "participation-ended"
    before = fact(InterventionDelivered, "2025-05-31", kind="home-visit")
    assert story.tell(before).household.version == 6


def test_a_restriction_stops_recording_until_it_is_lifted() -> None:
    story = Story.begun(fact(ProcessingRestricted, "2025-03-01", ground="legal-hold"))

    assert refused(story, housed("2025-03-02")) == "processing-restricted"
    story.tell(fact(RestrictionLifted, "2025-04-01", restriction=4))
    assert story.tell(housed("2025-03-02")).household.version == 6


def test_only_somebody_of_the_household_is_erased() -> None:
    told = fact(
        PersonalDataErased,
        "2025-03-01",
        subject=STRANGER,
        scope="member",
        legal_basis="objection-upheld",
    )

    assert refused(Story.begun(), told) == "not-a-member"


@pytest.mark.parametrize("members", [(), (ALMA,), (STRANGER,)])
def test_a_split_leaves_somebody_and_takes_members(members: tuple[object, ...]) -> None:
    told = fact(
        HouseholdSplit,
        "2025-03-01",
        origin=HOME,
        new=STRANGER,
        members=members,
        tenancy_to="origin",
        clock="origin-continues",
        cap="shared",
        decided_by="comune-prato",
    )

    assert refused(Story.begun(), told) == "not-a-member"


def test_an_unknown_code_is_refused_by_its_name() -> None:
    with pytest.raises(Refusal, match="«castle» is not in the code list «accommodation-kind»"):
        Story.begun(housed("2025-02-01", kind="castle"))


@pytest.mark.parametrize(
    "told",
    [
        housed("2025-02-01", provider="Cooperativa di Anna Rossi"),
        housed("2025-02-01", nightly_cost=2**60, currency="EUR"),
        housed("2025-02-01", nightly_cost=60_00, currency="euro"),
        housed("1815-06-18"),
        fact(MeasureObserved, "2025-02-01", measure="jail-nights", value=Decimal("NaN")),
        fact(ArrearsObserved, "2025-02-01", amount=12.5, currency="EUR"),
        fact(ArrearsObserved, "2025-02-01", amount=12.0, currency="EUR"),
        fact(ArrearsObserved, "2025-02-01", amount=True, currency="EUR"),
        fact(ArrearsObserved, "2025-02-01", amount=1, currency="EUR", known_on="2025-02-02"),
        fact(MeasureObserved, "2025-02-01", measure="jail-nights", value=0.5),
        fact(MeasureObserved, "2025-02-01", measure="jail-nights", value=Decimal("1E+999999")),
        fact(MeasureObserved, "2025-02-01", measure="jail-nights", value=Decimal("1E-7")),
        housed("2025-02-01", members=(ALMA,) * 201),
        hired("2025-02-01", member=str(ALMA)),  # type: ignore[arg-type]
        housed("2025-02-01", members=[ALMA]),
        joined(BRUNO, "2025-02-01", birth_month="20\u0662\u0665-01"),
        fact(
            AssessmentScored,
            "2025-02-01",
            instrument="zrm",
            instrument_version="2017",
            scores={"finances": 10**400},
            rater="operatrice-01",
        ),
    ],
)
def test_a_fact_that_is_not_well_formed_is_refused(told: Fact) -> None:
    assert refused(Story.begun(), told) == "malformed-fact"
