"""A correction or a retraction may not make wrong what other entries rest on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from journeys.household.facts import (
    BaselineFixed,
    EvidenceAssessed,
    EvidenceCaptured,
    Fact,
    GuestHosted,
    HouseholdSplit,
    InterventionDelivered,
    MemberLeft,
    ParticipationWithdrawn,
    PersonalDataErased,
    ProcessingRestricted,
    ReEnrolled,
)
from tests.journeys.household.story import (
    ALMA,
    BRUNO,
    HOME,
    STRANGER,
    Story,
    correction,
    day,
    enrolled,
    exited,
    fact,
    hired,
    housed,
    joined,
    moved_out,
    referred,
    registered,
    retraction,
    tenancy,
)
from tests.journeys.household.test_rules import HASH, refused


def left(member: UUID, on: str, **fields: Any) -> Fact:
    return fact(MemberLeft, on, member=member, left_by="moved-out", **fields)


def back(on: str, previous: int, contract: str = "prato-2025") -> Fact:
    return fact(ReEnrolled, on, previous=previous, contract=contract)


def erased(subject: UUID) -> Fact:
    return fact(
        PersonalDataErased,
        "2025-05-01",
        subject=subject,
        scope="member",
        legal_basis="objection-upheld",
    )


def captured(on: str = "2025-03-01", **fields: Any) -> Fact:
    told = {"kind": "landlord-letter", "sha256": HASH, "issuer": "x", **fields}
    return fact(EvidenceCaptured, on, **told)


def parted(*members: UUID, on: str = "2025-03-01") -> Fact:
    return fact(
        HouseholdSplit,
        on,
        origin=HOME,
        new=STRANGER,
        members=members,
        tenancy_to="origin",
        clock="origin-continues",
        cap="shared",
        decided_by="comune-prato",
    )


@pytest.mark.parametrize("told", [tenancy("2025-01-10"), enrolled("2025-01-10")])
def test_a_referral_stays_before_what_followed_it(told: Fact) -> None:
    assert refused(Story.begun(told), correction(3, effective_from="2025-01-11")) == "relied-on"


def test_a_tenancy_keeps_the_referral_that_an_enrolment_can_do_without() -> None:
    assert refused(Story.begun(tenancy("2025-02-01")), retraction(3)) == "relied-on"
    assert Story.begun(enrolled(), retraction(3)).household.referred_on is None


def test_a_referral_moves_where_nothing_lies_before_its_new_day() -> None:
    story = Story.begun(tenancy("2025-02-01")).tell(correction(3, effective_from="2025-02-01"))

    assert str(story.household.referred_on) == "2025-02-01"


def test_a_later_referral_to_another_programme_stays_before_its_enrolment() -> None:
    story = Story(
        registered(),
        joined(ALMA),
        referred("2025-01-10", programme="emergency"),
        referred("2025-02-01", programme="housing-first"),
        enrolled("2025-02-01", programme="housing-first"),
    )
    assert refused(story, correction(4, effective_from="2025-02-02")) == "relied-on"


def test_the_first_of_two_referrals_stays_before_the_tenancy() -> None:
    story = Story.begun(referred("2025-01-08"), tenancy("2025-01-09"))

    assert refused(story, retraction(4)) == "relied-on"


@pytest.mark.parametrize("undone", [retraction(5), correction(5, effective_from="2025-09-02")])
@pytest.mark.parametrize("contract", ["prato-2025", "prato-2026"])
def test_an_exit_stays_before_the_return_from_it(undone: Fact, contract: str) -> None:
    story = Story.begun(enrolled(), exited("2025-06-01", 4), back("2025-09-01", 4, contract))

    assert refused(story, undone) == "relied-on"
    story.tell(correction(5, effective_from="2025-09-01"))


def test_nobody_comes_back_twice_from_one_enrolment() -> None:
    story = Story.begun(enrolled(), exited("2025-06-01", 4), back("2025-09-01", 4))

    assert refused(story, back("2025-10-01", 4)) == "already-there"


def test_returns_do_not_name_each_other_in_a_circle() -> None:
    day = "2025-02-01"
    story = Story.begun(
        enrolled(day), exited(day, 4), back(day, 4), exited(day, 6), back(day, 6), exited(day, 8)
    )

    assert refused(story, correction(6, previous=8)) == "no-such-entry"


def test_a_known_end_is_not_corrected_to_before_the_end_that_came() -> None:
    story = Story.begun(housed("2025-02-01"), moved_out("2025-03-01", 4))

    assert refused(story, correction(4, effective_until="2025-02-28")) == "relied-on"
    assert story.tell(correction(4, effective_until="2025-03-01")).household.ended == {4: 5}


@pytest.mark.parametrize("undone", [retraction(4), correction(4, effective_from="2025-05-02")])
@pytest.mark.parametrize(
    "told",
    [left(BRUNO, "2025-05-01"), parted(BRUNO, on="2025-05-01"), hired("2025-05-01", BRUNO)],
)
def test_nobody_leaves_or_parts_who_never_came(told: Fact, undone: Fact) -> None:
    assert refused(Story.begun(joined(BRUNO), told), undone) == "relied-on"


@pytest.mark.parametrize("undone", [retraction(5), correction(5, effective_from="2025-05-02")])
def test_nobody_comes_back_without_having_left(undone: Fact) -> None:
    story = Story.begun(joined(BRUNO), left(BRUNO, "2025-03-01"), joined(BRUNO, "2025-05-01"))

    assert refused(story, undone) == "relied-on"
    story.tell(correction(5, effective_from="2025-05-01"))


def test_a_guest_does_not_turn_out_to_have_been_a_member() -> None:
    story = Story.begun(fact(GuestHosted, "2025-02-01", guest=BRUNO), joined(BRUNO, "2025-03-01"))

    assert refused(story, correction(5, effective_from="2025-02-01")) == "relied-on"


def test_whose_data_was_erased_stays_known_as_a_member() -> None:
    assert refused(Story.begun(joined(BRUNO), erased(BRUNO)), retraction(4)) == "relied-on"


def test_an_erasure_is_not_taken_back_nor_turned_on_somebody_else() -> None:
    story = Story.begun(joined(BRUNO), erased(BRUNO))

    assert refused(story, retraction(5)) == "cannot-correct"
    assert refused(story, correction(5, subject=str(ALMA))) == "cannot-correct"
    assert story.tell(correction(5, effective_from="2025-04-30")).household.version == 6


def test_what_is_told_of_an_erased_person_may_still_be_set_right() -> None:
    story = Story.begun(hired("2025-02-01"), erased(ALMA))

    story.tell(correction(4, weekly_hours="20"))

    assert str(getattr(story.household.standing[4], "weekly_hours", None)) == "20"


def test_a_file_is_not_exchanged_under_what_was_judged_of_it() -> None:
    assessed = fact(EvidenceAssessed, "2025-03-02", captured=4, verdict="accepted")
    story = Story.begun(captured(), assessed)

    assert refused(story, correction(4, sha256="b" * 64)) == "cannot-correct"
    assert refused(story, retraction(4)) == "relied-on"


def test_a_document_may_be_said_to_cover_what_was_recorded_after_it() -> None:
    story = Story.begun(captured(), tenancy("2025-03-01"))

    story.tell(correction(4, covers=[5]))

    assert story.household.relying_on(5) == [4]
    assert refused(story, correction(4, covers=[4])) == "no-such-entry"
    assert refused(story, correction(4, covers=[9])) == "no-such-entry"
    assert refused(story, retraction(5)) == "relied-on"


def test_which_households_a_split_binds_is_not_corrected_on_one_side() -> None:
    story = Story.begun(joined(BRUNO), parted(BRUNO))

    assert refused(story, correction(5, new=str(BRUNO))) == "cannot-correct"


def test_somebody_may_turn_out_to_have_left_on_the_day_of_coming() -> None:
    story = Story.begun(joined(BRUNO, "2025-03-01"), left(BRUNO, "2025-03-05"))

    story.tell(correction(5, effective_from="2025-03-01"))

    assert not story.household.is_member(BRUNO, day("2025-03-01"))


def test_a_leaving_may_be_corrected_to_an_earlier_day() -> None:
    story = Story.begun(
        joined(BRUNO), hired("2025-04-01", BRUNO), left(BRUNO, "2025-03-05"), hired("2025-02-01")
    )

    story.tell(correction(6, effective_from="2025-02-20"))

    assert not story.household.is_member(BRUNO, day("2025-02-20"))
    assert refused(story, correction(6, effective_from="2025-01-06")) == "not-a-member"


def test_a_correction_is_not_corrected_to_say_nothing() -> None:
    story = Story.begun(tenancy("2025-02-01"), correction(4, monthly_rent=1))

    assert refused(story, correction(5, changes={})) == "cannot-correct"


def test_the_reason_of_a_correction_can_be_corrected() -> None:
    story = Story.begun(tenancy("2025-02-01"), correction(4, monthly_rent=1))

    story.tell(correction(5, reason="typing-error"))

    assert story.read().find(5).current.reason == "typing-error"  # type: ignore[union-attr]
    assert refused(story, correction(5, reason="castle")) == "unknown-code"
    assert refused(story, correction(5, effective_from="2099-01-01")) == "in-the-future"


def test_a_long_chain_of_corrected_corrections_is_followed_to_its_end() -> None:
    story = Story.begun(tenancy("2025-02-01"), correction(4, monthly_rent=1))
    for target in range(5, 155):
        reason = "typing-error" if target % 2 else "wrong-date"
        story.household.apply(correction(target, reason=reason))
        story.record.clear()

    story.household.apply(correction(155, reason="wrong-amount"))

    assert refused(story, correction(156, reason="castle")) == "unknown-code"
    assert refused(story, correction(156, castle=1)) == "cannot-correct"


def test_a_restriction_does_not_keep_entries_from_being_set_right() -> None:
    story = Story.begun(
        housed("2025-02-01"), fact(ProcessingRestricted, "2025-03-01", ground="legal-hold")
    )

    story.tell(correction(4, kind="shelter"), retraction(4), retraction(7))

    assert getattr(story.household.standing[4], "kind", None) == "shelter"


def test_an_entry_overtaken_by_a_later_one_is_still_set_right_in_another_respect() -> None:
    story = Story.begun(
        joined(BRUNO), hired("2025-04-01", BRUNO), left(BRUNO, "2025-03-01"), joined(STRANGER)
    )

    story.tell(correction(5, contract_kind="permanent"))

    assert refused(story, correction(5, effective_from="2025-04-02")) == "not-a-member"
    assert refused(story, correction(5, member=str(HOME))) == "not-a-member"


def test_an_ended_enrolment_is_corrected_while_a_later_one_runs() -> None:
    story = Story.begun(enrolled(), exited("2025-03-01", 4), enrolled("2025-09-01"))

    story.tell(correction(4, cohort="a"))

    assert refused(story, correction(6, effective_from="2025-02-28")) == "already-there"
    assert story.tell(correction(6, effective_from="2025-03-01")).household.version == 8


def test_an_enrolment_inside_one_that_has_ended_is_refused() -> None:
    story = Story.begun(enrolled("2025-02-01"), exited("2025-06-01", 4))

    assert refused(story, enrolled("2025-02-01")) == "already-there"
    assert refused(story, enrolled("2025-05-31")) == "already-there"
    assert refused(story, back("2025-05-31", 4)) == "dates-out-of-order"
    assert story.tell(enrolled("2025-01-15"), exited("2025-02-01", 6)).household.version == 7


def test_a_withdrawal_told_late_leaves_a_later_enrolment_alone() -> None:
    story = Story.begun(
        enrolled(),
        exited("2025-06-01", 4),
        enrolled("2025-09-01"),
        fact(ParticipationWithdrawn, "2025-06-01"),
    )
    visit = {"kind": "home-visit"}

    assert story.household.withdrawn_on is None
    assert refused(story, fact(InterventionDelivered, "2025-06-01", **visit)) == (
        "participation-ended"
    )
    story.tell(fact(InterventionDelivered, "2025-09-01", **visit))
    story.tell(fact(ParticipationWithdrawn, "2025-09-01"))
    assert str(story.household.withdrawn_on) == "2025-09-01"


def test_somebody_who_left_did_not_leave_before_as_well() -> None:
    story = Story.begun(joined(BRUNO), left(BRUNO, "2025-06-01"))

    assert refused(story, left(BRUNO, "2025-03-01")) == "already-ended"
    partly = left(BRUNO, "2025-03-01", definitions=("isee",))
    assert story.tell(partly).household.is_member(BRUNO, partly.effective_from)


def test_how_a_person_lived_before_joining_can_be_a_baseline() -> None:
    told = {"measures": {"emergency-nights": 40}, "member": ALMA}
    story = Story.begun(fact(BaselineFixed, "2024-01-01", "2025-01-01", **told))

    assert list(story.household.baselines) == [ALMA]
    stranger = {**told, "member": STRANGER}
    assert refused(story, fact(BaselineFixed, "2024-01-01", "2025-01-01", **stranger)) == (
        "not-a-member"
    )
