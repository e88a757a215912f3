"""Work, services, nights and contacts become facts on the day they were seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from journeys.household.facts import (
    AccommodationStarted,
    EmploymentEnded,
    EmploymentStarted,
    Enrolled,
    InterventionDelivered,
    MeasureObserved,
)
from journeys.intake.report import Report
from tests.journeys.intake.hmis.kit import Kit, facts, of_kind, reasons


@pytest.mark.parametrize(("employed", "value"), [("0", 0), ("1", 1)])
def test_each_answer_on_work_is_kept_with_its_occasion(
    tmp_path: Path, report: Report, employed: str, value: int
) -> None:
    kit = Kit().plain()
    kit.work("W1", "E1", "2023-02-01", employed, stage="3")
    told = facts(kit, tmp_path, report)
    [seen] = of_kind(MeasureObserved, told)
    assert (seen.measure, seen.value, seen.occasion) == ("hud-employed", value, "exit")
    assert told[seen.enrolment - 1] == of_kind(Enrolled, told)[0]
    assert len(of_kind(EmploymentStarted, told)) == value


@pytest.mark.parametrize("employed", ["", "8", "9", "99"])
def test_no_answer_on_work_is_kept_as_such_and_changes_nothing(
    tmp_path: Path, report: Report, employed: str
) -> None:
    kit = Kit().plain()
    kit.work("W1", "E1", "2023-02-01", "1")
    kit.work("W2", "E1", "2023-03-01", employed, stage="2")
    told = facts(kit, tmp_path, report)
    assert [fact.measure for fact in of_kind(MeasureObserved, told)] == [
        "hud-employed",
        "hud-employed-not-known",
    ]
    assert len(of_kind(EmploymentStarted, told)) == 1
    assert of_kind(EmploymentEnded, told) == []


def test_work_begins_with_a_yes_and_ends_with_a_no(tmp_path: Path, report: Report) -> None:
    kit = Kit().plain()
    for month, employed in (("02", "1"), ("03", "1"), ("04", "0"), ("05", "0"), ("06", "1")):
        kit.work(f"W{month}", "E1", f"2023-{month}-01", employed, "2", stage="2")
    told = facts(kit, tmp_path, report)
    first, second = of_kind(EmploymentStarted, told)
    [ended] = of_kind(EmploymentEnded, told)
    assert (first.contract_kind, first.effective_from.isoformat()) == ("hud-2", "2023-02-01")
    assert (ended.effective_from.isoformat(), ended.ending) == ("2023-04-01", "hud-seen-without")
    assert told[ended.employment - 1] == first
    assert second.effective_from.isoformat() == "2023-06-01"


@pytest.mark.parametrize(
    ("kinds", "started"),
    [
        (("2", "1"), ["hud-2", "hud-1"]),
        (("2", ""), ["hud-2"]),
        (("", "1"), ["hud-99"]),
        (("1", "1"), ["hud-1"]),
    ],
)
def test_another_kind_of_work_is_other_work_but_an_unknown_one_is_not(
    tmp_path: Path, report: Report, kinds: tuple[str, str], started: list[str]
) -> None:
    kit = Kit().plain()
    kit.work("W1", "E1", "2023-02-01", "1", kinds[0])
    kit.work("W2", "E1", "2023-03-01", "1", kinds[1], stage="2")
    told = facts(kit, tmp_path, report)
    assert [fact.contract_kind for fact in of_kind(EmploymentStarted, told)] == started
    assert [fact.ending for fact in of_kind(EmploymentEnded, told)] == (
        ["hud-seen-otherwise"] if len(started) == 2 else []
    )


def test_an_unknown_kind_of_work_is_a_finding(tmp_path: Path, report: Report) -> None:
    kit = Kit().plain()
    kit.work("W1", "E1", "2023-02-01", "1", "7")
    [started] = of_kind(EmploymentStarted, facts(kit, tmp_path, report))
    assert started.contract_kind == "hud-99"
    assert reasons(report) == [("unknown-code", "EmploymentEducation.csv", 2)]


@pytest.mark.parametrize(("stage", "code"), [("4", "unknown-code"), ("1", "bad-date")])
def test_an_answer_on_work_that_cannot_be_is_left_out(
    tmp_path: Path, report: Report, stage: str, code: str
) -> None:
    kit = Kit().plain()
    kit.work("W1", "E1", "2023-02-01" if code == "unknown-code" else "?", "1", stage=stage)
    assert of_kind(MeasureObserved, facts(kit, tmp_path, report)) == []
    assert reasons(report) == [(code, "EmploymentEducation.csv", 2)]


def test_a_service_is_an_intervention_with_its_cost(tmp_path: Path, report: Report) -> None:
    kit = Kit().plain()
    kit.service("S1", "E1", "2023-02-01", "152", "1", FAAmount="900.5")
    told = facts(kit, tmp_path, report)
    [given] = of_kind(InterventionDelivered, told)
    assert (given.kind, given.cost, given.currency) == ("hud-152-1", 90_050, "USD")
    assert given.members == (of_kind(Enrolled, told)[0].member,)
    assert given.provider == "hmis:TEST:P1"


def test_a_service_without_amount_has_no_cost(tmp_path: Path, report: Report) -> None:
    kit = Kit().plain()
    kit.service("S1", "E1", "2023-02-01", "144", "2")
    [given] = of_kind(InterventionDelivered, facts(kit, tmp_path, report))
    assert (given.cost, given.currency) == (None, None)


@pytest.mark.parametrize(
    ("record", "kind", "code"),
    [
        ("143", "2", "sensitive"),
        ("151", "1", "sensitive"),
        ("142", "28", "sensitive"),
        ("141", "14", "sensitive"),
        ("152", "99", "unknown-code"),
        ("", "", "unknown-code"),
    ],
)
def test_services_that_tell_of_health_or_that_hud_does_not_know_are_left_out(
    tmp_path: Path, report: Report, record: str, kind: str, code: str
) -> None:
    kit = Kit().plain()
    kit.service("S1", "E1", "2023-02-01", record, kind)
    assert of_kind(InterventionDelivered, facts(kit, tmp_path, report)) == []
    assert reasons(report) == [(code, "Services.csv", 2)]


def test_a_service_on_no_day_is_left_out(tmp_path: Path, report: Report) -> None:
    kit = Kit().plain()
    kit.service("S1", "E1", "", "144", "2")
    assert of_kind(InterventionDelivered, facts(kit, tmp_path, report)) == []
    assert reasons(report) == [("bad-date", "Services.csv", 2)]


def test_a_bed_night_is_a_stay_of_one_night(tmp_path: Path, report: Report) -> None:
    kit = Kit()
    kit.project(kind="1")
    kit.client("A")
    kit.enrol("E1")
    kit.exit("E1", "2023-02-09")
    for number, day in enumerate(("2023-02-01", "2023-02-03", "2023-02-03")):
        kit.service(f"S{number}", "E1", day, "200", "200")

    told = facts(kit, tmp_path, report)

    nights = of_kind(AccommodationStarted, told)
    assert [(fact.effective_from.day, fact.effective_until.day) for fact in nights] == [
        (1, 2),
        (3, 4),
    ]
    assert {fact.kind for fact in nights} == {"hud-bed-night"}
    assert reasons(report) == [("duplicate-night", "Services.csv", 4)]


@pytest.mark.parametrize(
    ("edition", "situation", "measure"),
    [(2024, "116", "hud-seen-116"), (2022, "16", "hud22-seen-16"), (2022, "37", "hud-seen-37")],
)
def test_a_contact_counts_where_the_person_was_seen(
    tmp_path: Path, report: Report, edition: int, situation: str, measure: str
) -> None:
    kit = Kit(edition).plain()  # type: ignore[arg-type]  # one of the editions
    kit.contact("C1", "E1", "2023-02-01", situation)
    [seen] = of_kind(MeasureObserved, facts(kit, tmp_path, report))
    assert (seen.measure, seen.value, seen.occasion) == (measure, 1, None)


@pytest.mark.parametrize(
    ("day", "situation", "code"),
    [("2023-02-01", "16", "unknown-code"), ("2023-01-01", "116", "before-entry")],
)
def test_a_contact_that_cannot_be_is_left_out(
    tmp_path: Path, report: Report, day: str, situation: str, code: str
) -> None:
    kit = Kit().plain()
    kit.contact("C1", "E1", day, situation)
    assert of_kind(MeasureObserved, facts(kit, tmp_path, report)) == []
    assert reasons(report) == [(code, "CurrentLivingSituation.csv", 2)]
