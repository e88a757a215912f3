"""Published scenarios of HUD's system performance measures hold on the imported facts.

The facts are enough to count a measure as its specification does; no measure is part of the import.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from journeys.household.facts import (
    AccommodationEnded,
    AccommodationStarted,
    Exited,
    Fact,
    IncomeObserved,
)
from journeys.intake.report import Report
from tests.journeys.intake.hmis.kit import Kit, facts

CASES = [
    "m1-total-negation",
    "m1-exit-equals-movein",
    "m1-overlap-one-day",
    "m1-start-before-ph-exit",
    "m1-start-equals-ph-exit",
    "m1-zero-night",
    "m1-movein-before-entry-discarded",
    "m1-contiguity-gap",
    "m1-overlapping-stays-counted-once",
    "m1-single-stay",
]
START, END = dt.date(2022, 10, 1), dt.date(2023, 9, 30)
ONE_DAY = dt.timedelta(days=1)


@pytest.fixture
def cases(shared_data: Path) -> dict[str, Any]:
    told = json.loads((shared_data / "hmis" / "spm_scenarios.json").read_text("utf-8"))
    return {case["id"]: case for case in told["cases"]}


def exported(stays: list[dict[str, Any]]) -> Kit:
    """One person with those enrolments, each in a project of its own."""
    kit = Kit()
    kit.client("A")
    types = {"ES": "0", "TH": "2", "PSH": "3", "SO": "4"}
    for number, stay in enumerate(stays):
        kit.project(f"P{number}", types[stay["type"]])
        kit.enrol(
            f"E{number}",
            household=f"H{number}",
            project=f"P{number}",
            entry=stay["entry"],
            MoveInDate=stay.get("move_in") or "",
        )
        if stay["exit"]:
            kit.exit(f"E{number}", stay["exit"], str(stay.get("destination", 99)))
    return kit


def nights(told: list[Fact], kind: str) -> set[dt.date]:
    """The nights spent in accommodation of a kind, from start to the day before its end."""
    ends = {f.accommodation: f.effective_from for f in told if isinstance(f, AccommodationEnded)}
    spent = set()
    for version, fact in enumerate(told, start=1):
        if isinstance(fact, AccommodationStarted) and fact.kind == kind:
            end = ends.get(version, END + ONE_DAY)
            spent |= {
                fact.effective_from + n * ONE_DAY for n in range((end - fact.effective_from).days)
            }
    return spent


@pytest.mark.parametrize("name", CASES)
def test_nights_in_shelters_are_counted_as_measure_1_counts_them(
    cases: dict[str, Any], tmp_path: Path, report: Report, name: str
) -> None:
    case = cases[name]
    told = facts(exported(case["enrolments"]), tmp_path, report)
    homeless = nights(told, "hud-emergency") - nights(told, "hud-supportive")
    reported = sorted(night for night in homeless if START <= night <= END)
    first = reported[0] if reported else None
    while first is not None and first - ONE_DAY in homeless:
        first -= ONE_DAY

    expected = case["expect"]
    counted = {
        "clients": int(bool(reported)),
        "days_homeless": len(reported),
        "first_date": first and first.isoformat(),
        "last_date": reported[-1].isoformat() if reported else None,
    }
    assert {key: counted[key] for key in expected} == expected


def test_a_return_after_an_exit_to_a_home_is_found_as_measure_2_finds_it(
    cases: dict[str, Any], tmp_path: Path, report: Report
) -> None:
    case = cases["m2-return-181-365"]
    told = facts(exported(case["enrolments"]), tmp_path, report)
    [left] = [f for f in told if isinstance(f, Exited) and f.destination.startswith("hud-4")]
    back = min(night for night in nights(told, "hud-emergency") if night > left.effective_from)
    assert (back - left.effective_from).days == case["expect"]["days_to_return"]


@pytest.mark.parametrize("name", ["m4-stayer-income", "m4-leaver-income"])
def test_changes_of_income_are_found_as_measure_4_finds_them(
    cases: dict[str, Any], tmp_path: Path, report: Report, name: str
) -> None:
    case = cases[name]
    kit = Kit().plain(entry="2022-01-01")
    stages = {"start": "1", "annual": "5", "exit": "3"}
    for number, row in enumerate(case["income"]):
        kit.income(
            f"I{number}",
            "E1",
            row["date"],
            stages[row["stage"]],
            IncomeFromAnySource="1",
            TotalMonthlyIncome=str(row["earned"] + row["other"]),
            Earned="1",
            EarnedAmount=str(row["earned"]),
            OtherIncomeSource="1",
            OtherIncomeAmount=str(row["other"]),
        )
    told = [f for f in facts(kit, tmp_path, report) if isinstance(f, IncomeObserved)]

    def increased(source: str) -> bool:
        before, after = [fact.amount for fact in told if fact.source == source]
        return after > before

    assert case["expect"] == {
        "increased_earned": increased("hud-earned"),
        "increased_other": increased("hud-other"),
        "increased_total": increased("total"),
    }
