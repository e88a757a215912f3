"""IncomeBenefits rows become incomes from each source, a total, and changes of benefits."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.household.facts import (
    BenefitEnded,
    BenefitGranted,
    Enrolled,
    IncomeObserved,
    MeasureObserved,
)
from journeys.intake.hmis.answers import cents
from journeys.intake.report import Report
from tests.journeys.intake.hmis.kit import Kit, facts, of_kind, reasons


def test_incomes_are_told_by_source_and_in_total_with_their_occasion(
    tmp_path: Path, report: Report
) -> None:
    kit = Kit().plain()
    kit.income(
        "I1",
        "E1",
        "2023-04-02",
        stage="5",
        IncomeFromAnySource="1",
        TotalMonthlyIncome="1250.50",
        Earned="1",
        EarnedAmount="1000",
        SSI="1",
        SSIAmount="250.5",
        OtherIncomeSource="0",
    )

    told = facts(kit, tmp_path, report)

    incomes = of_kind(IncomeObserved, told)
    assert [(fact.source, fact.amount) for fact in incomes] == [
        ("hud-earned", 100_000),
        ("hud-ssi", 25_050),
        ("total", 125_050),
    ]
    [enrolled] = of_kind(Enrolled, told)
    for fact in incomes:
        assert (fact.currency, fact.every, fact.occasion) == ("USD", "month", "annual")
        assert (fact.effective_from.isoformat(), fact.member) == ("2023-04-02", enrolled.member)
        assert told[fact.enrolment - 1] == enrolled
    assert reasons(report) == []


def test_no_income_at_all_is_a_total_of_zero(tmp_path: Path, report: Report) -> None:
    kit = Kit().plain()
    kit.income("I1", "E1", "2023-04-02", IncomeFromAnySource="0")
    [total] = of_kind(IncomeObserved, facts(kit, tmp_path, report))
    assert (total.source, total.amount, total.occasion) == ("total", 0, "start")


@pytest.mark.parametrize("said", ["", "1", "8", "9", "99"])
def test_a_total_that_nobody_told_is_not_made_up(tmp_path: Path, report: Report, said: str) -> None:
    kit = Kit().plain()
    kit.income("I1", "E1", "2023-04-02", IncomeFromAnySource=said, Earned="1", EarnedAmount="10")
    told = facts(kit, tmp_path, report)
    assert [fact.source for fact in of_kind(IncomeObserved, told)] == ["hud-earned"]
    [unknown] = of_kind(MeasureObserved, told)
    assert (unknown.measure, unknown.value, unknown.occasion) == (
        "hud-income-not-known",
        1,
        "start",
    )


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"IncomeFromAnySource": "0", "TotalMonthlyIncome": "5"}, "contradiction"),
        ({"IncomeFromAnySource": "0", "GA": "1", "GAAmount": "5"}, "contradiction"),
        ({"IncomeFromAnySource": "1", "TotalMonthlyIncome": "5"}, "total-differs"),
        ({"TotalMonthlyIncome": "0", "Pension": "1"}, "no-amount"),
        ({"TotalMonthlyIncome": "0", "Pension": "0", "PensionAmount": "5"}, "contradiction"),
        ({"TotalMonthlyIncome": "0", "Pension": "1", "PensionAmount": "-5"}, "bad-amount"),
        ({"TotalMonthlyIncome": "lots"}, "bad-amount"),
    ],
)
def test_what_does_not_add_up_is_said(
    tmp_path: Path, report: Report, row: dict[str, str], code: str
) -> None:
    kit = Kit().plain()
    kit.income("I1", "E1", "2023-04-02", **row)
    facts(kit, tmp_path, report)
    assert reasons(report) == [(code, "IncomeBenefits.csv", 2)]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"InformationDate": "2023-13-01"}, "bad-date"),
        ({"InformationDate": "2023-01-09"}, "before-entry"),
        ({"InformationDate": "2024-06-02"}, "in-the-future"),
        ({"DataCollectionStage": "4"}, "unknown-code"),
        ({"PersonalID": "B"}, "wrong-person"),
        ({"DateDeleted": "2024-01-01"}, "deleted"),
        ({"EnrollmentID": "E9"}, "orphan"),
        ({"EnrollmentID": ""}, "no-id"),
        ({"IncomeBenefitsID": "i" * 65}, "over-long"),
    ],
)
def test_a_row_that_cannot_be_is_left_out(
    tmp_path: Path, report: Report, change: dict[str, str], code: str
) -> None:
    kit = Kit().plain()
    kit.income("I1", "E1", "2023-04-02", TotalMonthlyIncome="5")
    kit.rows["IncomeBenefits.csv"][0] |= change
    told = facts(kit, tmp_path, report)
    assert of_kind(IncomeObserved, told) == of_kind(MeasureObserved, told) == []
    assert reasons(report) == [(code, "IncomeBenefits.csv", 2)]


def test_the_second_row_of_an_id_is_left_out(tmp_path: Path, report: Report) -> None:
    kit = Kit().plain()
    kit.income("I1", "E1", "2023-04-02", IncomeFromAnySource="0")
    kit.income("I1", "E1", "2023-05-02", IncomeFromAnySource="0")
    [total] = of_kind(IncomeObserved, facts(kit, tmp_path, report))
    assert total.effective_from.isoformat() == "2023-04-02"
    assert reasons(report) == [("duplicate-key", "IncomeBenefits.csv", 3)]


def test_an_answer_after_the_exit_is_taken_and_said(tmp_path: Path, report: Report) -> None:
    kit = Kit().plain()
    kit.exit("E1", "2023-04-01")
    kit.income("I1", "E1", "2023-04-02", stage="6", IncomeFromAnySource="0")
    [total] = of_kind(IncomeObserved, facts(kit, tmp_path, report))
    assert total.occasion == "follow-up"
    assert reasons(report) == [("after-exit", "IncomeBenefits.csv", 2)]


def test_a_benefit_begins_with_the_first_yes_and_ends_with_the_first_no_after_it(
    tmp_path: Path, report: Report
) -> None:
    kit = Kit().plain()
    for day, flag in (("02", "0"), ("03", "1"), ("04", "1"), ("05", "8"), ("06", "0"), ("07", "1")):
        kit.income(f"I{day}", "E1", f"2023-{day}-02", stage="2", SNAP=flag)

    told = facts(kit, tmp_path, report)

    granted, again = of_kind(BenefitGranted, told)
    [ended] = of_kind(BenefitEnded, told)
    assert (granted.measure, granted.effective_from.isoformat()) == ("hud-snap", "2023-03-02")
    assert (ended.effective_from.isoformat(), ended.ending) == ("2023-06-02", "hud-seen-without")
    assert told[ended.benefit - 1] == granted
    assert again.effective_from.isoformat() == "2023-07-02"


def test_no_benefit_at_all_answers_for_the_empty_columns(tmp_path: Path, report: Report) -> None:
    kit = Kit().plain()
    kit.income("I1", "E1", "2023-02-02", BenefitsFromAnySource="1", SNAP="1", WIC="1")
    kit.income("I2", "E1", "2023-03-02", stage="3", BenefitsFromAnySource="0", WIC="1")
    told = facts(kit, tmp_path, report)
    [ended] = of_kind(BenefitEnded, told)
    assert told[ended.benefit - 1].measure == "hud-snap"


def test_each_enrolment_sees_benefits_for_itself(tmp_path: Path, report: Report) -> None:
    kit = Kit().plain()
    kit.exit("E1", "2023-03-01")
    kit.income("I1", "E1", "2023-02-02", SNAP="1")
    kit.enrol("E2", household="H2", entry="2023-04-01")
    kit.income("I2", "E2", "2023-04-01", SNAP="1")
    kit.income("I3", "E2", "2023-05-01", stage="2", SNAP="0")
    told = facts(kit, tmp_path, report)
    _, second = of_kind(BenefitGranted, told)
    [ended] = of_kind(BenefitEnded, told)
    assert told[ended.benefit - 1] == second


def test_each_person_has_benefits_of_their_own(tmp_path: Path, report: Report) -> None:
    kit = Kit().plain()
    kit.client("B")
    kit.enrol("E2", "B", relation="3")
    kit.income("I1", "E1", "2023-02-02", SNAP="1")
    kit.income("I2", "E2", "2023-02-02", SNAP="1", person="B")
    kit.income("I3", "E2", "2023-03-02", SNAP="0", person="B", stage="2")
    told = facts(kit, tmp_path, report)
    granted = of_kind(BenefitGranted, told)
    assert len({fact.member for fact in granted}) == 2
    [ended] = of_kind(BenefitEnded, told)
    assert told[ended.benefit - 1] == granted[1]


@given(st.decimals(0, 10**9, places=2))
def test_dollars_and_cents_are_exact(amount: object) -> None:
    dollars, part = str(amount).split(".")
    assert cents(str(amount)) == int(dollars) * 100 + int(part)


@pytest.mark.parametrize(
    ("text", "amount"),
    [("12", 1200), ("12.", 1200), ("0.005", 1), ("0.0049", 0), ("1100.0000", 110_000)],
)
def test_other_ways_of_writing_dollars_go_to_the_nearest_cent(text: str, amount: int) -> None:
    assert cents(text) == amount


@pytest.mark.parametrize("text", ["-1", "1e3", "1,000", "$5", "NaN", "∞", "٣", "9" * 13, "1 0"])
def test_what_is_no_amount_is_none(text: str) -> None:
    assert cents(text) is None
