"""Enrolments become who came how, stayed where, and left to what."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from journeys.household.facts import (
    AccommodationEnded,
    AccommodationStarted,
    Enrolled,
    Exited,
    HouseholdRegistered,
    MemberJoined,
    ReEnrolled,
    Referred,
)
from journeys.intake.report import Report
from tests.journeys.intake.hmis.kit import Kit, facts, of_kind, reasons


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def test_a_household_follows_its_head_and_has_everybody_who_enrolled_together(
    tmp_path: Path, report: Report
) -> None:
    kit = Kit().plain()
    kit.client("B", born="2015-01-01")
    kit.enrol("E2", "B", relation="2", entry="2023-02-01")

    told = facts(kit, tmp_path, report)

    [registered] = of_kind(HouseholdRegistered, told)
    one, two = of_kind(MemberJoined, told)
    assert registered.reference_member == one.member != two.member
    assert (registered.unit, registered.effective_from) == ("hud-household", day("2023-01-10"))
    assert (one.relation, two.relation) == ("hud-1", "hud-2")
    assert (two.effective_from, two.birth_month) == (day("2023-02-01"), "2015-01")
    enrolled = of_kind(Enrolled, told)
    assert [fact.member for fact in enrolled] == [one.member, two.member]
    assert enrolled[0].party == enrolled[1].party


def test_an_enrolment_says_its_project_and_type(tmp_path: Path, report: Report) -> None:
    [enrolled] = of_kind(Enrolled, facts(Kit().plain(), tmp_path, report))
    assert (enrolled.contract, enrolled.programme) == ("hmis:TEST", "hmis:TEST:P1")
    assert (enrolled.project_type, enrolled.relation) == ("hud-13", "hud-1")


def test_two_households_of_the_same_head_are_one_with_two_parties(
    tmp_path: Path, report: Report
) -> None:
    kit = Kit().plain()
    kit.project("P2", "0")
    kit.enrol("E2", household="H2", project="P2", entry="2023-03-01")

    told = facts(kit, tmp_path, report)

    assert len(of_kind(HouseholdRegistered, told)) == len(of_kind(MemberJoined, told)) == 1
    assert len({fact.party for fact in of_kind(Enrolled, told)}) == 2


@pytest.mark.parametrize(
    ("relations", "code", "head"),
    [(("1", "1"), "several-heads", "A"), (("2", "3"), "no-head", "A"), (("2", "1"), None, "B")],
)
def test_without_exactly_one_head_the_lowest_id_is_taken_and_a_finding_says_so(
    tmp_path: Path, report: Report, relations: tuple[str, str], code: str | None, head: str
) -> None:
    kit = Kit()
    kit.project()
    for enrolment, person, relation in zip(("E1", "E2"), "AB", relations, strict=True):
        kit.client(person)
        kit.enrol(enrolment, person, relation=relation)

    told = facts(kit, tmp_path, report)

    [registered] = of_kind(HouseholdRegistered, told)
    members = [fact.member for fact in of_kind(MemberJoined, told)]
    assert members.index(registered.reference_member) == "AB".index(head)
    assert len(of_kind(Enrolled, told)) == 2
    assert [reason for reason, _, _ in reasons(report)] == ([code] if code else [])


def test_an_enrolment_without_household_stands_alone(tmp_path: Path, report: Report) -> None:
    told = facts(Kit().plain(household=""), tmp_path, report)
    assert len(of_kind(Enrolled, told)) == 1
    assert reasons(report) == [("no-household", "Enrollment.csv", 2)]


@pytest.mark.parametrize(("source", "recorded"), [("30", "hud-30"), ("", None), ("99", None)])
def test_a_referral_is_told_when_its_source_is_known(
    tmp_path: Path, report: Report, source: str, recorded: str | None
) -> None:
    told = facts(Kit().plain(ReferralSource=source), tmp_path, report)
    assert [fact.source for fact in of_kind(Referred, told)] == ([recorded] if recorded else [])


def test_an_exit_keeps_its_destination_subsidy_and_whether_it_was_planned(
    tmp_path: Path, report: Report
) -> None:
    kit = Kit().plain()
    kit.exit("E1", "2023-06-01", "435", DestinationSubsidyType="419", ProjectCompletionStatus="1")
    told = facts(kit, tmp_path, report)
    [exited] = of_kind(Exited, told)
    assert (exited.destination, exited.subsidy, exited.planned) == ("hud-435", "hud-419", True)
    assert told[exited.enrolment - 1] == of_kind(Enrolled, told)[0]


@pytest.mark.parametrize(
    ("edition", "number", "code"),
    [
        (2022, "10", "hud22-10"),
        (2022, "24", "hud-24"),
        (2024, "410", "hud-410"),
        (2026, "30", "hud-30"),
    ],
)
def test_destinations_keep_the_number_of_their_edition(
    tmp_path: Path, report: Report, edition: int, number: str, code: str
) -> None:
    kit = Kit(edition).plain()  # type: ignore[arg-type]  # one of the three editions
    kit.exit("E1", "2023-06-01", number)
    [exited] = of_kind(Exited, facts(kit, tmp_path, report))
    assert exited.destination == code


@pytest.mark.parametrize(
    ("edition", "kind", "tracking", "code"),
    [(2022, "1", "0", "hud-0"), (2022, "1", "3", "hud-1"), (2024, "1", "", "hud-1")],
)
def test_shelters_of_2022_are_told_apart_by_their_tracking_method(
    tmp_path: Path, report: Report, edition: int, kind: str, tracking: str, code: str
) -> None:
    kit = Kit(edition)  # type: ignore[arg-type]  # one of the three editions
    kit.project(kind=kind, **({"TrackingMethod": tracking} if edition == 2022 else {}))
    kit.client("A")
    kit.enrol("E1")
    [enrolled] = of_kind(Enrolled, facts(kit, tmp_path, report))
    assert enrolled.project_type == code


@pytest.mark.parametrize(
    ("kind", "stay"), [("0", "hud-emergency"), ("2", "hud-transitional"), ("8", "hud-safe-haven")]
)
def test_a_shelter_stay_runs_from_entry_to_exit(
    tmp_path: Path, report: Report, kind: str, stay: str
) -> None:
    kit = Kit()
    kit.project(kind=kind)
    kit.client("A")
    kit.enrol("E1")
    kit.exit("E1", "2023-02-01", "101")

    told = facts(kit, tmp_path, report)

    [started] = of_kind(AccommodationStarted, told)
    [ended] = of_kind(AccommodationEnded, told)
    assert (started.kind, started.effective_from) == (stay, day("2023-01-10"))
    assert started.members == (of_kind(MemberJoined, told)[0].member,)
    assert (ended.effective_from, ended.destination) == (day("2023-02-01"), "hud-101")
    assert told[ended.accommodation - 1] == started


@pytest.mark.parametrize(("kind", "stay"), [("3", "hud-supportive"), ("13", "hud-rapid-rehousing")])
def test_a_home_runs_from_move_in_to_exit(
    tmp_path: Path, report: Report, kind: str, stay: str
) -> None:
    kit = Kit()
    kit.project(kind=kind)
    kit.client("A")
    kit.enrol("E1", MoveInDate="2023-03-01")
    kit.exit("E1", "2023-09-01")

    told = facts(kit, tmp_path, report)

    [started] = of_kind(AccommodationStarted, told)
    assert (started.kind, started.effective_from) == (stay, day("2023-03-01"))
    assert [fact.effective_from for fact in of_kind(AccommodationEnded, told)] == [
        day("2023-09-01")
    ]


@pytest.mark.parametrize(
    ("kind", "moved", "code"),
    [
        ("13", "2023-01-09", "before-entry"),
        ("13", "2023-09-02", "after-exit"),
        ("13", "soon", "bad-date"),
        ("4", "2023-03-01", "not-permanent-housing"),
    ],
)
def test_a_move_in_that_cannot_be_is_left_out_and_the_enrolment_taken(
    tmp_path: Path, report: Report, kind: str, moved: str, code: str
) -> None:
    kit = Kit()
    kit.project(kind=kind)
    kit.client("A")
    kit.enrol("E1", MoveInDate=moved)
    kit.exit("E1", "2023-09-01")

    told = facts(kit, tmp_path, report)

    assert of_kind(AccommodationStarted, told) == of_kind(AccommodationEnded, told) == []
    assert len(of_kind(Enrolled, told)) == len(of_kind(Exited, told)) == 1
    assert reasons(report) == [(code, "Enrollment.csv", 2)]


def test_a_move_in_of_today_or_later_waits(tmp_path: Path, report: Report) -> None:
    told = facts(Kit().plain(MoveInDate="2024-06-02"), tmp_path, report)
    assert of_kind(AccommodationStarted, told) == []
    assert reasons(report) == [("in-the-future", "Enrollment.csv", 2)]


def test_who_comes_back_to_a_project_after_leaving_it_is_enrolled_again(
    tmp_path: Path, report: Report
) -> None:
    kit = Kit().plain()
    kit.exit("E1", "2023-06-01")
    kit.enrol("E2", household="H2", entry="2023-06-01")
    kit.exit("E2", "2023-06-01")
    kit.enrol("E3", household="H3", entry="2023-12-01")

    told = facts(kit, tmp_path, report)

    [first] = of_kind(Enrolled, told)
    second, third = of_kind(ReEnrolled, told)
    assert told[second.previous - 1] == first
    assert told[third.previous - 1] == second


def test_who_comes_to_another_project_or_before_leaving_is_enrolled_anew(
    tmp_path: Path, report: Report
) -> None:
    kit = Kit().plain()
    kit.project("P2")
    kit.exit("E1", "2023-06-01")
    kit.enrol("E2", household="H2", project="P2", entry="2023-07-01")
    kit.enrol("E3", household="H3", entry="2023-05-01")
    assert len(of_kind(Enrolled, facts(kit, tmp_path, report))) == 3


def test_who_is_enrolled_twice_at_a_time_in_one_group_is_taken_twice_and_a_finding_says_so(
    tmp_path: Path, report: Report
) -> None:
    kit = Kit().plain()
    kit.exit("E1", "2023-06-01")
    kit.enrol("E2", entry="2023-05-01")
    kit.enrol("E3", entry="2023-07-01", relation="2")

    told = [
        fact for fact in facts(kit, tmp_path, report) if isinstance(fact, Enrolled | ReEnrolled)
    ]

    assert [fact.party == told[0].party for fact in told] == [True, False, True]
    assert reasons(report) == [
        ("several-heads", "Enrollment.csv", 2),
        ("doubled-enrolment", "Enrollment.csv", 3),
    ]


def test_the_source_claims_when_it_learned_it_but_not_before_it_happened(
    tmp_path: Path, report: Report
) -> None:
    kit = Kit().plain(DateCreated="2023-01-20 08:00:00")
    kit.exit("E1", "2023-06-01", DateCreated="2023-01-20 08:00:00")
    kit.enrol("E2", household="H2", entry="2023-08-01", DateCreated="2024-05-02 08:00:00")

    told = facts(kit, tmp_path, report)

    one, two = [fact for fact in told if isinstance(fact, Enrolled | ReEnrolled)]
    assert one.known_on == day("2023-01-20")
    assert of_kind(Exited, told)[0].known_on == day("2023-06-01")
    assert two.known_on is None, "made after the export: the claim is dropped"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"EntryDate": "2023-02-30"}, "bad-date"),
        ({"EntryDate": "30/01/2023"}, "bad-date"),
        ({"EntryDate": "1023-01-01"}, "bad-date"),
        ({"EntryDate": "2024-06-02"}, "in-the-future"),
        ({"DateDeleted": "2024-01-01 00:00:00"}, "deleted"),
        ({"PersonalID": "Z"}, "orphan"),
    ],
)
def test_an_enrolment_that_cannot_be_is_left_out_with_its_rows(
    tmp_path: Path, report: Report, change: dict[str, str], code: str
) -> None:
    kit = Kit().plain()
    kit.rows["Enrollment.csv"][0] |= change
    kit.exit("E1", "2023-06-01")
    assert facts(kit, tmp_path, report) == []
    assert reasons(report) == [
        (code, "Enrollment.csv", 2),
        ("enrolment-not-taken", "Exit.csv", 2),
    ]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ExitDate": ""}, "bad-date"),
        ({"ExitDate": "2023-01-09"}, "before-entry"),
        ({"ExitDate": "2024-06-02"}, "in-the-future"),
        ({"Destination": "777"}, "unknown-code"),
        ({"PersonalID": "Z"}, "wrong-person"),
        ({"DateDeleted": "2024-01-01"}, "deleted"),
    ],
)
def test_an_exit_that_cannot_be_is_left_out_and_the_enrolment_stays_open(
    tmp_path: Path, report: Report, change: dict[str, str], code: str
) -> None:
    kit = Kit().plain()
    kit.exit("E1", "2023-06-01")
    kit.rows["Exit.csv"][0] |= change
    told = facts(kit, tmp_path, report)
    assert (len(of_kind(Enrolled, told)), of_kind(Exited, told)) == (1, [])
    assert reasons(report) == [(code, "Exit.csv", 2)]


def test_the_second_exit_of_an_enrolment_is_left_out(tmp_path: Path, report: Report) -> None:
    kit = Kit().plain()
    kit.exit("E1", "2023-06-01")
    kit.exit("E1", "2023-07-01", ExitID="other")
    [exited] = of_kind(Exited, facts(kit, tmp_path, report))
    assert exited.effective_from == day("2023-06-01")
    assert reasons(report) == [("duplicate-key", "Exit.csv", 3)]


def test_an_exit_without_destination_is_one_that_was_not_collected(
    tmp_path: Path, report: Report
) -> None:
    kit = Kit().plain()
    kit.exit("E1", "2023-06-01", "")
    [exited] = of_kind(Exited, facts(kit, tmp_path, report))
    assert exited.destination == "hud-99"


@pytest.mark.parametrize(
    ("change", "file", "code"),
    [
        ({"ProjectID": "P9"}, "Enrollment.csv", "unknown-project"),
        ({"RelationshipToHoH": "7"}, "Enrollment.csv", "unknown-code"),
        ({"ReferralSource": "77"}, "Enrollment.csv", "unknown-code"),
        ({"EntryDate": "2024-05-02"}, "Enrollment.csv", "after-export"),
    ],
)
def test_what_is_odd_about_an_enrolment_is_said_and_it_is_taken(
    tmp_path: Path, report: Report, change: dict[str, str], file: str, code: str
) -> None:
    kit = Kit().plain()
    kit.rows["Enrollment.csv"][0] |= change
    assert len(of_kind(Enrolled, facts(kit, tmp_path, report))) == 1
    assert (code, file, 2) in reasons(report)


def test_an_unknown_project_type_is_a_finding_and_left_open(tmp_path: Path, report: Report) -> None:
    kit = Kit()
    kit.project(kind="5")
    kit.client("A")
    kit.enrol("E1")
    [enrolled] = of_kind(Enrolled, facts(kit, tmp_path, report))
    assert enrolled.project_type is None
    assert reasons(report) == [("unknown-code", "Project.csv", 2)]


def test_an_exit_after_the_export_is_taken_and_said(tmp_path: Path, report: Report) -> None:
    kit = Kit().plain()
    kit.exit("E1", "2024-05-02", "435")
    [exited] = of_kind(Exited, facts(kit, tmp_path, report))
    assert (exited.destination, exited.subsidy) == ("hud-435", None)
    assert reasons(report) == [("after-export", "Exit.csv", 2)]


def test_an_unknown_subsidy_is_a_finding(tmp_path: Path, report: Report) -> None:
    kit = Kit().plain()
    kit.exit("E1", "2023-06-01", "435", DestinationSubsidyType="1")
    [exited] = of_kind(Exited, facts(kit, tmp_path, report))
    assert (exited.destination, exited.subsidy) == ("hud-435", None)
    assert reasons(report) == [("unknown-code", "Exit.csv", 2)]


def test_an_id_that_programmes_cannot_have_is_written_otherwise(
    tmp_path: Path, report: Report
) -> None:
    kit = Kit()
    kit.export["SourceID"] = " CoC «1» "
    kit.project("p 1/ü")
    kit.client("A")
    kit.enrol("E1", project="p 1/ü")
    [enrolled] = of_kind(Enrolled, facts(kit, tmp_path, report))
    assert enrolled.programme == "hmis:CoC-1:p-1--"
