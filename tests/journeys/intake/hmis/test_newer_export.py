"""A newer export of the same source adds what changed, as corrections and retractions."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import pytest

from journeys.household.facts import (
    AccommodationStarted,
    BenefitEnded,
    BenefitGranted,
    Enrolled,
    EntryCorrected,
    EntryRetracted,
    EvidenceCaptured,
    Exited,
    Fact,
    HouseholdRegistered,
    IdentityMatched,
    IncomeObserved,
    MemberJoined,
    PersonalDataErased,
    ReEnrolled,
)
from journeys.intake.hmis.edition import Edition
from tests.journeys.intake.hmis.conftest import Intake
from tests.journeys.intake.hmis.kit import ACTOR, Kit

LATER = "2024-05-02 09:00:00"
ENVELOPE: dict[str, Any] = {
    "by": ACTOR.id,
    "organisation": ACTOR.organisation,
    "role": ACTOR.role,
    "effective_from": dt.date(2024, 5, 1),
}


def first(edition: Edition = 2024, made: str = "2024-05-01 09:00:00") -> Kit:
    """One person with an enrolment, a home, an exit, an income and a benefit."""
    kit = Kit(edition, made)
    kit.project()
    kit.client("A")
    kit.enrol("E1", MoveInDate="2023-02-01")
    kit.exit("E1", "2023-09-01", "410" if edition > 2022 else "10")
    kit.income("I1", "E1", "2023-03-01", TotalMonthlyIncome="100", Earned="1", EarnedAmount="100")
    kit.income("I2", "E1", "2023-04-01", stage="2", SNAP="1")
    return kit


def newer(**more: str) -> Kit:
    """The same export a day later."""
    kit = first(made=LATER)
    kit.export |= more
    return kit


def corrections(intake: Intake) -> list[dict[str, Any]]:
    return [fact.changes for fact in intake.standing(EntryCorrected)]


def retracted(intake: Intake) -> list[Fact]:
    """What was taken back, in the order of the log."""
    return [entry.current for entry in intake.entries() if entry.retracted_by is not None]


def test_nothing_but_stamps_changed_adds_nothing(intake: Intake) -> None:
    intake.take(first())
    kit = newer()
    for rows in kit.rows.values():
        for row in rows:
            row["DateUpdated"] = row["DateCreated"] = "2024-04-01 00:00:00"
    assert intake.take(kit).facts == 0


def test_a_row_that_says_otherwise_corrects_only_what_changed(either_intake: Intake) -> None:
    either_intake.take(first())
    kit = newer()
    kit.rows["Exit.csv"][0]["ExitDate"] = "2023-09-03"
    kit.rows["IncomeBenefits.csv"][0] |= {"TotalMonthlyIncome": "120", "EarnedAmount": "120"}

    outcome = either_intake.take(kit)

    assert (outcome.changed, outcome.corrections, outcome.facts) == (1, 4, 4)
    assert sorted(corrections(either_intake), key=str) == [
        {"amount": 12_000},
        {"amount": 12_000},
        {"effective_from": "2023-09-03", "known_on": "2023-09-03"},
        {"effective_from": "2023-09-03", "known_on": "2023-09-03"},
    ]
    [exited] = either_intake.standing(Exited)
    assert exited.effective_from == dt.date(2023, 9, 3)
    [corrected, *_] = either_intake.standing(EntryCorrected)
    assert corrected.reason == "source-changed"
    assert either_intake.take(kit).facts == 0


def test_an_enrolment_that_moves_in_time_takes_its_exit_along(intake: Intake) -> None:
    for days in ("2022-01-10", "2022-02-01"), ("2023-10-10", "2023-11-01"):
        kit = Kit(made=f"2024-05-0{1 if days[0] < '2023' else 3}")
        kit.project(kind="0")
        kit.client("A")
        kit.enrol("E1", entry=days[0])
        kit.exit("E1", days[1])
        intake.take(kit)
    [exited] = intake.standing(Exited)
    [stay] = intake.standing(AccommodationStarted)
    assert (stay.effective_from, exited.effective_from) == (
        dt.date(2023, 10, 10),
        dt.date(2023, 11, 1),
    )
    assert intake.codes() == []


def test_an_earlier_enrolment_makes_the_membership_begin_earlier(intake: Intake) -> None:
    intake.take(first())
    kit = newer()
    kit.enrol("E0", household="H0", entry="2022-05-05")
    outcome = intake.take(kit)
    [joined] = intake.standing(MemberJoined)
    [registered] = intake.standing(HouseholdRegistered)
    assert joined.effective_from == registered.effective_from == dt.date(2022, 5, 5)
    assert (outcome.corrections, len(intake.standing(Enrolled))) == (2, 2)
    assert intake.take(kit).facts == 0


def test_an_enrolment_told_late_may_lie_before_a_referral_to_another_project(
    intake: Intake,
) -> None:
    kit = first()
    kit.rows["Enrollment.csv"][0]["ReferralSource"] = "30"
    intake.take(kit)
    later = newer()
    later.rows["Enrollment.csv"][0]["ReferralSource"] = "30"
    later.project("P2", "4")
    later.enrol("E0", household="H0", project="P2", entry="2022-05-05")
    assert intake.take(later).not_taken == 0
    assert len(intake.standing(Enrolled)) == 2


def test_what_is_new_is_added_to_the_household_that_is_there(intake: Intake) -> None:
    intake.take(first())
    kit = newer()
    kit.client("B")
    kit.enrol("E2", "B", relation="3")
    kit.enrol("E3", household="H3", entry="2024-01-01")
    kit.income("I3", "E3", "2024-01-01", SNAP="0")
    outcome = intake.take(kit)
    assert (outcome.new, outcome.changed, outcome.corrections) == (0, 1, 0)
    [home] = intake.standing(HouseholdRegistered)
    assert home.reference_member in {fact.member for fact in intake.standing(MemberJoined)}
    [again] = intake.standing(ReEnrolled)
    entries = {entry.version: entry.current for entry in intake.entries()}
    assert isinstance(entries[again.previous], Enrolled)


def test_a_deleted_row_is_taken_back_with_what_it_told(intake: Intake) -> None:
    intake.take(first())
    kit = newer()
    kit.rows["IncomeBenefits.csv"][0]["DateDeleted"] = "2024-05-01 00:00:00"
    outcome = intake.take(kit)
    assert (outcome.retractions, outcome.facts) == (2, 2)
    assert {type(fact) for fact in retracted(intake)} == {IncomeObserved}
    assert {fact.reason for fact in intake.standing(EntryRetracted)} == {"source-deleted"}
    assert intake.codes() == ["deleted"]
    assert intake.take(kit).facts == 0


def test_a_deleted_enrolment_is_taken_back_with_all_its_rows(intake: Intake) -> None:
    intake.take(first())
    kit = newer()
    kit.rows["Enrollment.csv"][0]["DateDeleted"] = "2024-05-01 00:00:00"
    intake.take(kit)
    left = [e.current for e in intake.entries() if e.retracted_by is None]
    kinds = {type(fact) for fact in left}
    assert kinds == {HouseholdRegistered, MemberJoined, EntryRetracted}
    assert intake.take(kit).facts == 0


def test_a_row_that_comes_back_is_recorded_anew(intake: Intake) -> None:
    intake.take(first())
    kit = newer()
    kit.rows["Exit.csv"][0]["DateDeleted"] = "2024-05-01"
    intake.take(kit)
    back = newer(ExportDate="2024-05-03")
    back.rows["Exit.csv"][0]["ExitDate"] = "2023-09-09"

    intake.take(back)

    [exited] = intake.standing(Exited)
    assert exited.effective_from == dt.date(2023, 9, 9)
    assert intake.take(back).facts == 0


@pytest.mark.parametrize(
    ("file", "taken_back"),
    [("IncomeBenefits.csv", {IncomeObserved, BenefitGranted}), ("Exit.csv", {Exited})],
)
def test_a_row_missing_from_a_full_export_that_covers_it_is_taken_back(
    intake: Intake, file: str, taken_back: set[type[Fact]]
) -> None:
    intake.take(first())
    kit = newer()
    kit.rows[file].clear()
    intake.take(kit)
    assert {type(fact) for fact in retracted(intake)} >= taken_back
    assert {fact.reason for fact in intake.standing(EntryRetracted)} == {"source-deleted"}
    assert intake.take(kit).facts == 0


def test_an_enrolment_missing_from_a_full_export_that_covers_it_is_taken_back(
    intake: Intake,
) -> None:
    intake.take(first())
    kit = newer()
    for file in ("Enrollment.csv", "Exit.csv", "IncomeBenefits.csv"):
        kit.rows[file].clear()
    outcome = intake.take(kit)
    assert (outcome.households, outcome.changed) == (0, 1)
    left = {type(e.current) for e in intake.entries() if e.retracted_by is None}
    assert left == {HouseholdRegistered, MemberJoined, EntryRetracted}


@pytest.mark.parametrize(
    "export",
    [
        {"ExportDirective": "1"},
        {"ExportPeriodType": "1"},
        {"ExportStartDate": "2023-10-01"},
        {"ExportEndDate": "2023-01-09"},
        {"ExportEndDate": "2019-01-01"},
        {"ExportEndDate": ""},
    ],
)
def test_what_an_export_does_not_cover_stays(intake: Intake, export: dict[str, str]) -> None:
    intake.take(first())
    kit = newer(**export)
    for file in ("Enrollment.csv", "Exit.csv", "IncomeBenefits.csv"):
        kit.rows[file].clear()
    assert intake.take(kit).facts == 0


def test_what_another_project_exports_says_nothing_of_this_one(intake: Intake) -> None:
    intake.take(first())
    kit = Kit(made=LATER)
    kit.project("P2")
    assert intake.take(kit).facts == 0


def test_a_row_that_cannot_be_read_any_more_is_not_taken_back(intake: Intake) -> None:
    intake.take(first())
    kit = newer()
    kit.rows["IncomeBenefits.csv"][0]["InformationDate"] = "2023-99-99"
    assert intake.take(kit).facts == 0
    assert intake.codes() == ["bad-date"]


def test_nothing_is_taken_back_for_a_file_with_unreadable_rows(intake: Intake) -> None:
    intake.take(first())
    kit = newer()
    kit.rows["IncomeBenefits.csv"][0]["InformationDate"] = "x\x01"
    assert intake.take(kit).facts == 0
    assert intake.codes() == ["control-character"]


def test_no_enrolment_is_taken_back_while_its_file_is_damaged(intake: Intake) -> None:
    intake.take(first())
    kit = newer()
    for file in ("Exit.csv", "IncomeBenefits.csv"):
        kit.rows[file].clear()
    kit.rows["Enrollment.csv"][0]["EntryDate"] = "\x01"
    assert intake.take(kit).facts == 0


def test_what_was_taken_back_here_is_not_taken_back_again(intake: Intake) -> None:
    intake.take(first())
    [granted] = intake.entries(BenefitGranted)
    fact = EntryRetracted(target=granted.version, reason="did-not-happen", **ENVELOPE)
    intake.journeys.record(granted.recorded.household, [fact])
    kit = newer()
    del kit.rows["IncomeBenefits.csv"][1]
    outcome = intake.take(kit)
    assert outcome.retractions == 1, "the measure of the same row"


def test_what_somebody_relies_on_here_is_not_taken_back_and_named(intake: Intake) -> None:
    intake.take(first())
    [granted] = intake.entries(BenefitGranted)
    letter = EvidenceCaptured(
        kind="other-document",
        sha256="0" * 64,
        issuer="office",
        covers=(granted.version,),
        **ENVELOPE,
    )
    intake.journeys.record(granted.recorded.household, [letter])
    kit = newer()
    del kit.rows["IncomeBenefits.csv"][1]
    assert intake.take(kit).retractions == 1
    [remark] = intake.report.remarks("not-taken")
    assert (remark.code, remark.file, remark.line) == ("relied-on", "record", granted.version)


def test_what_was_corrected_here_as_the_source_now_says_is_no_change(intake: Intake) -> None:
    intake.take(first())
    [exited] = intake.entries(Exited)
    changes = {"destination": "hud-422"}
    fact = EntryCorrected(
        target=exited.version, changes=changes, reason="document-differs", **ENVELOPE
    )
    intake.journeys.record(exited.recorded.household, [fact])
    kit = newer()
    kit.rows["Exit.csv"][0]["Destination"] = "422"
    assert intake.take(kit).corrections == 1, "the end of the stay says so too"


def test_a_membership_taken_back_here_is_not_matched(intake: Intake) -> None:
    kit = first()
    intake.take(kit)
    gone = newer()
    gone.rows["Enrollment.csv"][0]["DateDeleted"] = "2024-05-01"
    intake.take(gone)
    [joined] = intake.entries(MemberJoined)
    fact = EntryRetracted(target=joined.version, reason="wrong-household", **ENVELOPE)
    intake.journeys.record(joined.recorded.household, [fact])
    later = Kit(made="2024-05-03")
    later.project("P2")
    later.client("A")
    later.client("B")
    later.enrol("E8", "A", project="P2", household="H8", entry="2024-01-05", relation="3")
    later.enrol("E9", "B", project="P2", household="H8", entry="2024-01-05")
    intake.take(later)
    assert intake.standing(IdentityMatched) == []


def test_a_move_in_that_is_no_longer_told_is_taken_back(intake: Intake) -> None:
    intake.take(first())
    kit = newer(ExportDirective="1")
    kit.rows["Enrollment.csv"][0]["MoveInDate"] = ""
    outcome = intake.take(kit)
    assert outcome.retractions == 2
    assert {fact.reason for fact in intake.standing(EntryRetracted)} == {"source-changed"}
    assert intake.standing(AccommodationStarted) == []


def test_an_older_export_changes_nothing(intake: Intake) -> None:
    intake.take(newer())
    kit = first()
    kit.rows["Exit.csv"][0]["ExitDate"] = "2023-08-08"
    kit.rows["IncomeBenefits.csv"].clear()
    assert intake.take(kit).facts == 0


def test_what_was_taken_back_here_stays_so_and_a_finding_says_that_the_source_changed(
    intake: Intake,
) -> None:
    intake.take(first())
    [exited] = intake.entries(Exited)
    [ended] = [e for e in intake.entries() if type(e.current).__name__ == "AccommodationEnded"]
    for entry in (ended, exited):
        fact = EntryRetracted(target=entry.version, reason="did-not-happen", **ENVELOPE)
        intake.journeys.record(entry.recorded.household, [fact])
    kit = newer()
    kit.rows["Exit.csv"][0]["ExitDate"] = "2023-09-03"
    assert intake.take(kit).facts == 0
    assert intake.codes() == ["retracted-here", "retracted-here"]


def test_a_correction_made_here_stays_until_the_source_says_otherwise(intake: Intake) -> None:
    intake.take(first())
    [exited] = intake.entries(Exited)
    changes = {"destination": "hud-421"}
    fact = EntryCorrected(
        target=exited.version, changes=changes, reason="document-differs", **ENVELOPE
    )
    intake.journeys.record(exited.recorded.household, [fact])

    assert intake.take(newer()).facts == 0
    kit = newer(ExportDate="2024-05-03")
    kit.rows["Exit.csv"][0]["Destination"] = "422"
    intake.take(kit)
    [exit_now] = intake.standing(Exited)
    assert exit_now.destination == "hud-422"


def test_the_same_destination_in_another_edition_is_no_change(intake: Intake) -> None:
    kit = first(2022)
    kit.rows["Exit.csv"][0]["Destination"] = "19"
    intake.take(kit)
    later = newer()
    later.rows["Exit.csv"][0] |= {"Destination": "435", "DestinationSubsidyType": "419"}
    assert intake.take(later).facts == 0
    [exited] = intake.standing(Exited)
    assert exited.destination == "hud22-19"


def test_an_enrolment_moved_to_another_household_moves(intake: Intake) -> None:
    kit = first()
    kit.client("B")
    kit.enrol("E2", "B", household="H2")
    intake.take(kit)
    later = newer()
    later.client("B")
    later.enrol("E2", "B", household="H1", relation="3")

    intake.take(later)

    [here] = [entry for entry in intake.entries(Enrolled) if entry.retracted_by is not None]
    [there] = [
        entry
        for entry in intake.entries(Enrolled)
        if isinstance(entry.current, Enrolled) and entry.current.relation == "hud-3"
    ]
    assert here.recorded.household != there.recorded.household
    assert len(intake.standing(Enrolled)) == 2
    assert len(intake.standing(IdentityMatched)) == 2
    assert intake.take(later).facts == 0


def test_a_household_keeps_its_stream_when_its_head_changes(intake: Intake) -> None:
    kit = first()
    kit.client("B")
    kit.enrol("E2", "B", relation="3")
    intake.take(kit)
    later = newer()
    later.rows["Enrollment.csv"][0]["RelationshipToHoH"] = "3"
    later.client("B")
    later.enrol("E2", "B", relation="1")

    outcome = intake.take(later)

    assert (outcome.new, outcome.changed) == (0, 1)
    assert sorted(map(str, corrections(intake))) == [
        "{'relation': 'hud-1'}",
        "{'relation': 'hud-3'}",
    ]
    assert intake.take(later).facts == 0


def test_a_client_that_the_source_merged_corrects_the_member(intake: Intake) -> None:
    intake.take(first())
    kit = newer()
    for file in ("Client.csv", "Enrollment.csv", "Exit.csv", "IncomeBenefits.csv"):
        for row in kit.rows[file]:
            row["PersonalID"] = "A2"
    intake.take(kit)
    one, two = intake.standing(MemberJoined)
    assert {fact.member for fact in intake.standing(Enrolled)} == {two.member} != {one.member}
    assert {fact.member for fact in intake.standing(IncomeObserved)} == {two.member}
    assert intake.take(kit).facts == 0


def test_who_left_before_an_export_of_a_later_time_comes_back_in_it(intake: Intake) -> None:
    intake.take(first())
    later = Kit(made=LATER)
    later.export["ExportStartDate"] = "2024-01-01"
    later.project()
    later.client("A")
    later.enrol("E2", household="H2", entry="2024-01-05")

    outcome = intake.take(later)

    assert outcome.retractions == outcome.corrections == 0
    [back] = intake.standing(ReEnrolled)
    entries = {entry.version: entry.current for entry in intake.entries()}
    assert entries[back.previous].effective_from == dt.date(2023, 1, 10)
    assert intake.take(later).facts == 0
    assert intake.take(first()).facts == 0


def test_a_benefit_seen_earlier_than_thought_begins_earlier(intake: Intake) -> None:
    kit = first()
    kit.income("I3", "E1", "2023-05-01", stage="2", SNAP="0")
    intake.take(kit)
    later = newer()
    later.income("I3", "E1", "2023-05-01", stage="2", SNAP="0")
    later.income("I0", "E1", "2023-03-15", stage="2", SNAP="1")

    intake.take(later)

    [granted] = intake.standing(BenefitGranted)
    [ended] = intake.standing(BenefitEnded)
    entries = {entry.version: entry.current for entry in intake.entries()}
    assert granted.effective_from == dt.date(2023, 3, 15)
    assert entries[ended.benefit] == granted
    assert intake.take(later).facts == 0


def test_a_changed_name_is_sealed_anew(intake: Intake) -> None:
    intake.take(first())
    kit = newer()
    kit.rows["Client.csv"][0] |= {"FirstName": "Anne", "DOB": "1980-06-17"}
    outcome = intake.take(kit)
    [joined] = intake.entries(MemberJoined)
    assert (outcome.corrections, joined.status) == (1, "corrected")
    assert isinstance(joined.current, MemberJoined)
    assert joined.current.birth_month == "1980-06"
    told = intake.journeys.disclose(joined.recorded.household)
    [version] = joined.corrected_by
    assert told[version, "person"]["name"] == "Anne"
    assert intake.take(kit).facts == 0


def erase(intake: Intake, household: UUID, member: UUID) -> None:
    """Erase a member's personal data, as far as an import can tell."""
    fact = PersonalDataErased(
        subject=member, scope="member", legal_basis="consent-withdrawn", **ENVELOPE
    )
    intake.journeys.record(household, [fact])
    intake.journeys.keyring.destroy(member, dt.datetime(2024, 5, 1, tzinfo=dt.UTC))


def test_erased_personal_data_does_not_come_back_with_a_newer_export(intake: Intake) -> None:
    intake.take(first())
    [joined] = intake.entries(MemberJoined)
    assert isinstance(joined.current, MemberJoined)
    erase(intake, joined.recorded.household, joined.current.member)
    kit = newer()
    kit.rows["Client.csv"][0]["FirstName"] = "Anne"
    kit.client("B")
    kit.enrol("E7", household="H7", entry="2024-01-01", relation="3")
    kit.enrol("E8", "B", household="H7", entry="2024-01-01")

    intake.take(kit)

    elsewhere = [f for f in intake.standing(MemberJoined) if f.member != joined.current.member]
    assert sorted(fact.person is None for fact in elsewhere) == [False, True]
    assert intake.codes() == ["erased", "erased"]
    assert intake.journeys.disclose(joined.recorded.household) == {}


def test_somebody_known_from_another_export_is_matched(intake: Intake) -> None:
    intake.take(first())
    kit = Kit(made=LATER)
    kit.export["ExportStartDate"] = "2024-01-01"
    kit.project("P2")
    kit.client("A")
    kit.client("B")
    kit.enrol("E8", "A", project="P2", household="H8", entry="2024-01-05", relation="3")
    kit.enrol("E9", "B", project="P2", household="H8", entry="2024-01-05")
    outcome = intake.take(kit)
    assert (outcome.new, len(intake.standing(IdentityMatched))) == (1, 2)
    assert intake.take(kit).facts == 0


def test_somebody_else_recording_meanwhile_is_no_hindrance(intake: Intake) -> None:
    intake.take(first())
    [registered] = intake.entries(HouseholdRegistered)
    home = registered.recorded.household
    kit = newer()
    kit.rows["Exit.csv"][0]["ExitDate"] = "2023-09-03"

    class Busy(type(intake.journeys)):  # type: ignore[misc]  # a class made on the spot
        done = False

        def record_all(self, batches: Any, **more: Any) -> Any:
            if not self.done:
                self.done = True
                note = EntryCorrected(
                    target=1, changes={"unit": "isee"}, reason="wrong-code", **ENVELOPE
                )
                super().record(home, [note])
            return super().record_all(batches, **more)

    busy = Busy(intake.journeys.recorder, intake.journeys.keyring)
    assert intake.take(kit, busy).corrections == 2
    [exited] = intake.standing(Exited)
    assert exited.effective_from == dt.date(2023, 9, 3)
