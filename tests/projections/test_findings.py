"""What does not fit in a record is found, with the facts behind it, until they are corrected."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given

from journeys.household.facts import (
    EmploymentStarted,
    Fact,
    IncomeObserved,
    InterventionDelivered,
    MemberJoined,
    MemberLeft,
    Recorded,
)
from projections.engine import catch_up
from projections.findings import Findings, Found, counts, findings
from projections.projection import Journey
from projections.store import Views
from tests.journeys.household.lives import lives
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
    instant,
    joined,
    left_work,
    moved_out,
    registered,
    retraction,
    tenancy,
)
from tests.projections.given import MemoryLog, household

RECORDED = "2025-09-01"
ALONE = (registered("2025-08-01"), joined(ALMA, "2025-08-01"))


def found(*facts: Fact, recorded: str = RECORDED, **settings: Any) -> list[tuple[Any, ...]]:
    """Kind, day and versions of what is found when all is recorded on one day."""
    record = [
        Recorded(HOME, place, place, instant(recorded) + place, told)
        for place, told in enumerate(facts, start=1)
    ]
    rows = Findings(**settings).rows(Journey(HOME, record))
    return [(row[1], row[2], row[3]) for row in rows]


def test_a_record_without_flaws_has_no_findings() -> None:
    assert found(*ALONE, enrolled("2025-08-02"), housed("2025-08-03"), hired("2025-08-04")) == []


def test_stays_that_share_days_are_found_with_their_beginnings_and_ends() -> None:
    facts = [*ALONE, housed("2025-08-01"), housed("2025-08-05"), moved_out("2025-08-10", 3)]

    assert found(*facts) == [("overlapping-stays", "2025-08-05", "[3,4,5]")]


def test_a_stay_that_begins_on_the_day_another_ends_does_not_overlap() -> None:
    assert found(*ALONE, housed("2025-08-01", "2025-08-05"), housed("2025-08-05")) == []


def test_stays_of_different_members_do_not_overlap() -> None:
    both = [joined(BRUNO, "2025-08-01", relation="child")]
    stays = [housed("2025-08-02", members=(ALMA,)), housed("2025-08-02", members=(BRUNO,))]

    assert found(*ALONE, *both, *stays) == []


def test_two_jobs_of_a_member_at_once_are_found() -> None:
    facts = [*ALONE, hired("2025-08-01"), hired("2025-08-05")]

    assert found(*facts) == [("overlapping-jobs", "2025-08-05", "[3,4]")]
    assert found(*facts, left_work("2025-08-05", 3)) == []


def test_a_stay_that_goes_on_after_its_enrolment_ended_is_found() -> None:
    facts = [
        *ALONE,
        enrolled("2025-08-01"),
        housed("2025-08-02", enrolment=3),
        exited("2025-08-20", 3),
    ]

    assert found(*facts) == [("stay-open-after-exit", "2025-08-20", "[4,5]")]
    assert found(*facts, moved_out("2025-08-20", 4)) == []


def test_a_stay_of_no_enrolment_is_found_once_all_have_ended() -> None:
    facts = [
        *ALONE,
        enrolled("2025-08-01"),
        enrolled("2025-08-01", contract="regione-2025"),
        housed("2025-08-02"),
        exited("2025-08-20", 3),
    ]

    assert found(*facts) == []
    assert found(*facts, exited("2025-08-25", 4)) == [
        ("stay-open-after-exit", "2025-08-25", "[5,7]")
    ]


def test_a_stay_that_begins_at_the_exit_is_where_the_household_went() -> None:
    facts = [*ALONE, enrolled("2025-08-01"), exited("2025-08-20", 3), housed("2025-08-20")]

    assert found(*facts) == []


def test_an_entry_recorded_long_after_its_day_is_late() -> None:
    facts = [*ALONE, tenancy("2025-06-01")]

    assert found(*facts, late_after_days=92) == []
    assert found(*facts, late_after_days=91) == [("late-entry", "2025-06-01", "[3]")]


def test_an_imported_entry_is_late_by_what_its_source_says_was_known() -> None:
    imported = {"cause": "import:run-1"}
    old = fact(InterventionDelivered, "2025-01-01", kind="case-management", **imported)
    known = fact(
        InterventionDelivered,
        "2025-01-01",
        kind="case-management",
        known_on=day("2025-08-01"),
        **imported,
    )

    assert found(*ALONE, old, known) == [("late-entry", "2025-01-01", "[4]")]


def test_a_day_still_to_come_when_it_was_recorded_is_found() -> None:
    late = fact(InterventionDelivered, "2025-09-02", kind="case-management")

    assert found(*ALONE, late) == [("recorded-before-it-happened", "2025-09-02", "[3]")]
    assert found(*ALONE, tenancy("2026-09-02")) == []
    assert found(*ALONE, tenancy("2026-09-03")) == [
        ("recorded-before-it-happened", "2026-09-03", "[3]")
    ]


def test_an_end_before_its_beginning_is_found() -> None:
    facts = [*ALONE, housed("2025-08-10"), moved_out("2025-08-05", 3)]

    assert found(*facts) == [("ends-before-it-begins", "2025-08-05", "[3,4]")]
    assert found(*ALONE, housed("2025-08-10", "2025-08-10")) == [
        ("ends-before-it-begins", "2025-08-10", "[3]")
    ]


def test_a_fact_before_the_members_birth_is_found() -> None:
    born = fact(
        MemberJoined,
        "2025-08-01",
        member=BRUNO,
        joined_by="birth",
        relation="child",
        birth_month="2025-08",
    )

    assert found(*ALONE, born) == []
    assert found(*ALONE, born, correction(3, birth_month="2025-09")) == [
        ("before-birth", "2025-08-01", "[3]")
    ]


def test_members_without_a_head_are_found_from_the_first_day_on() -> None:
    facts = [
        *ALONE,
        joined(BRUNO, "2025-08-02", relation="child"),
        fact(MemberLeft, "2025-08-10", member=ALMA, left_by="moved-out"),
        joined(STRANGER, "2025-08-12", relation="other-relative"),
    ]

    assert found(*facts) == [("no-head", "2025-08-10", "[3]")]


def test_a_household_without_members_is_found() -> None:
    assert found(registered("2025-08-01")) == [("no-members", "2025-08-01", "[1]")]


def test_two_heads_at_once_are_found() -> None:
    assert found(*ALONE, joined(BRUNO, "2025-08-05")) == [("two-heads", "2025-08-05", "[2,3]")]


def test_a_head_after_another_is_no_finding() -> None:
    left = fact(MemberLeft, "2025-08-05", member=ALMA, left_by="moved-out")

    assert found(*ALONE, left, joined(BRUNO, "2025-08-05")) == []


def test_a_fact_about_somebody_who_did_not_belong_is_found() -> None:
    early = fact(
        IncomeObserved,
        "2025-07-15",
        member=ALMA,
        source="total",
        amount=0,
        currency="EUR",
    )

    assert found(*ALONE, early) == [("outside-membership", "2025-07-15", "[2,3]")]
    assert found(*ALONE, hired("2025-08-02", STRANGER)) == [
        ("outside-membership", "2025-08-02", "[3]")
    ]


def test_what_ends_on_the_day_of_leaving_is_not_outside() -> None:
    left = fact(MemberLeft, "2025-08-20", member=ALMA, left_by="moved-out")
    income = fact(
        IncomeObserved, "2025-08-20", member=ALMA, source="total", amount=0, currency="EUR"
    )

    assert found(*ALONE, left, income) == []


def test_a_code_that_its_list_does_not_have_is_found_by_name() -> None:
    odd = fact(EmploymentStarted, "2025-08-05", member=ALMA, contract_kind="piracy")

    assert found(*ALONE, odd) == [("unknown-code", "2025-08-05", "[3]")]


@pytest.mark.parametrize(
    "setting_right",
    [
        correction(4, kind="shelter", effective_from="2025-08-03", effective_until="2025-08-04"),
        retraction(4),
    ],
)
def test_a_finding_goes_away_when_the_fact_behind_it_is_set_right(setting_right: Fact) -> None:
    facts = [*ALONE, housed("2025-08-01", "2025-08-03"), housed("2025-08-02", "2025-08-03")]

    assert [kind for kind, _, _ in found(*facts)] == ["overlapping-stays"]
    assert found(*facts, setting_right) == []


@given(lives())
def test_every_finding_names_entries_of_the_record_that_stand(story: Story) -> None:
    standing = {entry.version for entry in story.read().standing()}

    for kind, _, versions in found(*(entry.fact for entry in story.record)):
        named = {int(version) for version in versions.strip("[]").split(",")}
        assert named
        assert named <= standing, kind


def test_findings_are_listed_by_household_and_kind(views: Views) -> None:
    log = MemoryLog().add(household(0), registered()).add(household(1), registered())
    log.add(household(1), joined(ALMA), joined(BRUNO))
    catch_up(views, log)

    [of_one] = findings(views, household(1))

    assert of_one == Found(household(1), "two-heads", day("2025-01-07"), (2, 3), {})
    assert [f.household for f in findings(views)] == [household(0), household(1)]
    assert [f.household for f in findings(views, kinds=["no-members"])] == [household(0)]
    assert findings(views, households=[]) == []
    assert counts(views) == {"no-members": 1, "two-heads": 1}
    assert counts(views, [household(0)]) == {"no-members": 1}


def test_another_threshold_or_code_list_asks_for_a_rebuild() -> None:
    assert Findings().settings != Findings(late_after_days=7).settings


def test_details_say_what_the_finding_speaks_of(views: Views) -> None:
    odd = fact(EmploymentStarted, "2025-02-05", member=ALMA, contract_kind="piracy")
    catch_up(views, MemoryLog().add(HOME, registered(), joined(ALMA), odd))

    [finding] = findings(views, HOME, kinds=["unknown-code"])

    assert finding.day == dt.date(2025, 2, 5)
    assert finding.details == {
        "field": "contract_kind",
        "list": "employment-contract",
        "code": "piracy",
    }
