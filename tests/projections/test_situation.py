"""How every household stood on any day, as known at any instant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.household.facts import (
    AddressProtected,
    BenefitGranted,
    HouseholdRegistered,
    HouseholdsMerged,
    HouseholdSplit,
    MemberLeft,
    ParticipationWithdrawn,
    ProcessingRestricted,
    Recorded,
    RestrictionLifted,
)
from projections.circumstances import Situation
from projections.engine import catch_up
from projections.situation import Situations, everyone, state
from projections.store import Views
from tests.journeys.household.lives import days, lives, tellings
from tests.journeys.household.story import (
    ALMA,
    BRUNO,
    DAY_US,
    HOME,
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
    referred,
    registered,
    retraction,
    tenancy,
)
from tests.projections.given import MemoryLog, household

OTHER = household(9)
instants = st.integers(instant("2025-01-01"), instant("2025-03-01"))


def on(views: Views, date: str, as_at: str | None = None) -> Situation | None:
    at = None if as_at is None else instant(as_at)
    states = {found.household: found.situation for found in everyone(views, day(date), at)}
    return states.get(HOME)


def told(views: Views, *facts: Any) -> None:
    catch_up(views, MemoryLog().add(HOME, *facts))


def test_a_household_is_not_there_before_it_was_known(views: Views) -> None:
    told(views, registered("2025-01-07"))

    assert on(views, "2025-01-06") is None
    assert on(views, "2025-01-07") is not None
    assert on(views, "2025-01-07", as_at="2025-01-07") is None


@pytest.mark.parametrize(
    ("date", "status"),
    [
        ("2025-01-07", "registered"),
        ("2025-01-10", "referred"),
        ("2025-01-20", "enrolled"),
        ("2025-03-01", "exited"),
        ("2025-04-01", "withdrawn"),
        ("2025-05-01", "enrolled"),
        ("2025-06-01", "merged"),
    ],
)
def test_the_status_is_what_says_most_on_that_day(views: Views, date: str, status: str) -> None:
    merged: dict[str, Any] = {
        "survivor": OTHER,
        "absorbed": HOME,
        "member_map": {},
        "tenancy_to": "survivor",
        "clock": "survivor-continues",
        "cap": "survivor-keeps",
        "decided_by": "comune-prato",
    }
    told(
        views,
        registered("2025-01-07"),
        referred("2025-01-10"),
        enrolled("2025-01-20"),
        exited("2025-03-01", enrolment=3),
        fact(ParticipationWithdrawn, "2025-04-01"),
        enrolled("2025-05-01"),
        fact(HouseholdsMerged, "2025-06-01", **merged),
    )

    found = on(views, date)

    assert found is not None
    assert found.status == status


def test_members_are_counted_by_the_days_on_which_they_belong(views: Views) -> None:
    told(
        views,
        registered("2025-01-07"),
        joined(ALMA, "2025-01-07"),
        joined(BRUNO, "2025-02-01", relation="partner"),
        fact(MemberLeft, "2025-03-01", member=ALMA, left_by="moved-out"),
    )

    found = [on(views, date) for date in ("2025-01-31", "2025-02-01", "2025-03-01")]

    assert [(f.members, f.head) for f in found if f] == [(1, ALMA), (2, ALMA), (1, None)]


def test_who_leaves_under_some_definitions_only_still_belongs(views: Views) -> None:
    leaving = fact(
        MemberLeft, "2025-03-01", member=ALMA, left_by="moved-out", definitions=("isee",)
    )
    told(views, registered(), joined(ALMA), leaving)

    found = on(views, "2025-03-01")

    assert found is not None
    assert found.members == 1


def test_a_split_takes_its_members_out_of_the_household_they_leave(views: Views) -> None:
    split: dict[str, Any] = {
        "origin": HOME,
        "new": OTHER,
        "members": (BRUNO,),
        "tenancy_to": "origin",
        "clock": "origin-continues",
        "cap": "origin-keeps",
        "decided_by": "comune-prato",
    }
    told(
        views,
        registered(),
        joined(ALMA),
        joined(BRUNO, relation="partner"),
        fact(HouseholdSplit, "2025-03-01", **split),
    )

    before, after = on(views, "2025-02-28"), on(views, "2025-03-01")

    assert before is not None
    assert after is not None
    assert (before.members, after.members) == (2, 1)


def test_the_reference_member_is_the_head_where_nobody_is_said_to_be(views: Views) -> None:
    told(views, registered(reference=BRUNO), joined(BRUNO, relation="partner"))

    found = on(views, "2025-02-01")

    assert found is not None
    assert found.head == BRUNO


def test_the_main_stay_is_the_households_own_that_began_last(views: Views) -> None:
    told(
        views,
        registered(),
        housed("2025-02-01", kind="hotel"),
        housed("2025-03-01", kind="shelter", provider="il-ponte", title="paid-placement"),
        housed("2025-03-02", kind="public-housing", members=(BRUNO,)),
        moved_out("2025-04-01", accommodation=3),
    )

    held = on(views, "2025-03-15")
    back = on(views, "2025-04-01")

    assert held is not None
    assert (held.accommodation, held.provider, held.title) == (
        "shelter",
        "il-ponte",
        "paid-placement",
    )
    assert held.housed_since == day("2025-03-01")
    assert back is not None
    assert back.accommodation == "hotel"


def test_work_tenancy_and_benefits_hold_until_they_end(views: Views) -> None:
    told(
        views,
        registered(),
        hired("2025-02-01", ALMA),
        hired("2025-02-01", BRUNO),
        tenancy("2025-02-01", "2025-06-01"),
        fact(BenefitGranted, "2025-02-01", measure="rent-contribution"),
        fact(BenefitGranted, "2025-02-01", measure="adi"),
        left_work("2025-03-01", employment=2),
    )

    before, after, end = on(views, "2025-02-28"), on(views, "2025-03-01"), on(views, "2025-06-01")

    assert before is not None
    assert (before.working, before.tenancies, before.benefits) == (2, 1, "adi rent-contribution")
    assert after is not None
    assert after.working == 1
    assert end is not None
    assert end.tenancies == 0


def test_programmes_and_contracts_are_those_of_open_enrolments(views: Views) -> None:
    told(
        views,
        registered(),
        enrolled("2025-02-01", programme="rigenerprato"),
        enrolled("2025-02-01", programme="housing-first", contract="regione-2025"),
        exited("2025-03-01", enrolment=2),
    )

    before, after = on(views, "2025-02-28"), on(views, "2025-03-01")

    assert before is not None
    assert (before.enrolments, before.programmes, before.contracts) == (
        2,
        "housing-first rigenerprato",
        "prato-2025 regione-2025",
    )
    assert after is not None
    assert (after.enrolments, after.programmes, after.status) == (1, "housing-first", "enrolled")


@pytest.mark.parametrize("withdrawn_last", [True, False])
def test_a_withdrawal_lasts_until_the_next_enrolment_whichever_was_recorded_first(
    views: Views, withdrawn_last: bool
) -> None:
    two = [enrolled("2025-03-01"), fact(ParticipationWithdrawn, "2025-02-01")]
    told(views, registered(), *(two if withdrawn_last else reversed(two)))

    between, after = on(views, "2025-02-01"), on(views, "2025-03-01")

    assert between is not None
    assert between.status == "withdrawn"
    assert after is not None
    assert after.status == "enrolled"


def test_restriction_and_protection_are_told(views: Views) -> None:
    told(
        views,
        registered(),
        fact(ProcessingRestricted, "2025-02-01", ground="accuracy-contested"),
        fact(AddressProtected, "2025-02-15"),
        fact(RestrictionLifted, "2025-03-01", restriction=2),
    )

    before, after = on(views, "2025-02-20"), on(views, "2025-03-01")

    assert before is not None
    assert (before.restricted, before.protected) == (1, 1)
    assert after is not None
    assert (after.restricted, after.protected) == (0, 1)


def test_a_correction_changes_the_days_it_names_from_its_own_recording_on(views: Views) -> None:
    story = Story.begun(housed("2025-02-01")).tell(
        correction(4, effective_from="2025-01-15"), recorded="2025-05-01"
    )
    catch_up(views, MemoryLog().add_record(story.record))

    as_known_then = on(views, "2025-01-20", as_at="2025-04-30")
    as_known_now = on(views, "2025-01-20")

    assert as_known_then is not None
    assert as_known_then.accommodation == ""
    assert as_known_now is not None
    assert as_known_now.accommodation == "hotel"


def test_a_row_says_which_fact_last_changed_it(views: Views) -> None:
    told(views, registered(), housed("2025-02-01"), retraction(2))

    [found] = everyone(views, day("2025-02-01"))

    assert found.told_by == 3


def test_all_households_are_told_at_once_in_the_order_of_their_ids(views: Views) -> None:
    log = MemoryLog()
    for number in (3, 1, 2):
        log.add(
            household(number),
            fact(HouseholdRegistered, "2025-01-07", unit="isee", reference_member=ALMA),
        )
    catch_up(views, log)

    assert [found.household for found in everyone(views, day("2025-01-07"))] == [
        household(1),
        household(2),
        household(3),
    ]


@pytest.fixture(scope="module")
def law_views(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Views]:
    views = Views.open(f"sqlite:///{tmp_path_factory.mktemp('laws')}/record.db", [Situations()])
    yield views
    views.close()


def emptied(views: Views) -> Views:
    with views.writing() as connection:
        connection.exec_driver_sql("DELETE FROM situation")
        connection.exec_driver_sql("UPDATE tracking SET position = 0")
    return views


@given(lives(), days.map(day), st.none() | instants, st.integers(1, 5))
def test_any_day_as_known_at_any_instant_stands_as_folding_from_the_start(
    law_views: Views, story: Story, as_of: dt.date, as_at: int | None, page: int
) -> None:
    views = emptied(law_views)
    catch_up(views, MemoryLog().add_record(story.record), [Situations()], page=page)

    told = [found.situation for found in everyone(views, as_of, as_at)]

    folded = state(HOME, story.record, as_of, as_at)
    assert told == ([] if folded is None else [folded])


@given(st.lists(tellings, max_size=12), days.map(day), st.none() | instants)
def test_facts_that_no_rule_let_through_stand_as_folding_from_the_start_too(
    law_views: Views, facts: list[Any], as_of: dt.date, as_at: int | None
) -> None:
    record = [
        Recorded(HOME, place, place, instant("2025-01-07") + place * DAY_US, told)
        for place, told in enumerate(facts, start=1)
    ]
    views = emptied(law_views)
    catch_up(views, MemoryLog().add_record(record), [Situations()])

    told = [found.situation for found in everyone(views, as_of, as_at)]

    folded = state(HOME, record, as_of, as_at)
    assert told == ([] if folded is None else [folded])
