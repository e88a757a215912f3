"""The invented cohort obeys every rule of the household and looks like an office's record."""

from __future__ import annotations

import datetime as dt
import tracemalloc
from collections import Counter
from itertools import islice
from random import Random
from uuid import UUID

import msgspec
import pytest

from journeys.clock import ROME, instant
from journeys.codes import shipped
from journeys.household.facts import (
    FACTS,
    AccommodationStarted,
    EntryCorrected,
    EntryRetracted,
    HouseholdSplit,
    MemberJoined,
    PersonalDataErased,
    name_of,
)
from journeys.household.household import Household
from journeys.household.personal import plaintext
from journeys.household.rules import decide
from journeys.intake.prato import Step, cohort, diary
from journeys.intake.prato.cohort import story

START, END = dt.date(2023, 9, 1), dt.date(2026, 3, 1)


def told(steps: list[Step]) -> bytes:
    """Everything about the steps, as bytes to compare."""
    return msgspec.json.encode(
        [
            (step.at, step.command, batch.household, batch.facts, sorted(batch.personal.items()))
            for step in steps
            for batch in step.batches
        ]
    )


def recorded(steps: list[Step]) -> dict[UUID, Household]:
    """The households that the steps make, every fact decided on its recording day."""
    households: dict[UUID, Household] = {}
    codes = shipped()
    for step in steps:
        today = diary.day_of(step.at)
        for batch in step.batches:
            household = households.setdefault(batch.household, Household(batch.household))
            for (place, field), content in batch.personal.items():
                plaintext(batch.facts[place], field, content)
            for fact in batch.facts:
                decide(household, fact, today=today, codes=codes)
                household.apply(fact)
    return households


@pytest.fixture(scope="module")
def steps() -> list[Step]:
    return list(cohort(1, 120, START, END))


@pytest.fixture(scope="module")
def households(steps: list[Step]) -> dict[UUID, Household]:
    return recorded(steps)


@pytest.mark.parametrize("seed", [2, 3])
def test_no_step_is_ever_refused(seed: int) -> None:
    assert recorded(list(cohort(seed, 60, START, END)))


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (dt.date(2021, 1, 1), dt.date(2024, 6, 1)),
        (dt.date(2025, 11, 1), dt.date(2026, 2, 1)),
        (dt.date(2025, 1, 1), dt.date(2025, 1, 10)),
        (dt.date(2024, 1, 1), dt.date(2024, 7, 1)),
        (dt.date(2024, 1, 1), dt.date(2024, 10, 1)),
    ],
)
def test_no_step_is_refused_in_other_years(start: dt.date, end: dt.date) -> None:
    assert recorded(list(cohort(5, 60, start, end)))


def test_nothing_is_done_for_a_household_after_it_has_withdrawn() -> None:
    withdraws = 13
    for seed in range(60):
        steps = list(story(Random(seed), withdraws, dt.date(2024, 1, 8), END))
        [household] = recorded(steps).values()
        assert household.withdrawn_on is not None


def test_the_same_seed_tells_the_same_facts_and_another_seed_others() -> None:
    first, again, other = (list(cohort(seed, 20, START, END)) for seed in (7, 7, 8))

    assert told(first) == told(again)
    assert told(first) != told(other)


def test_as_many_households_come_as_were_asked_for(households: dict[UUID, Household]) -> None:
    split_off = {
        fact.new
        for household in households.values()
        for fact in household.facts
        if isinstance(fact, HouseholdSplit)
    }

    assert len(households.keys() - split_off) == 120
    assert split_off


def test_steps_come_in_order_on_weekdays_in_office_hours(steps: list[Step]) -> None:
    instants = [step.at for step in steps]

    assert instants == sorted(set(instants))
    for at in instants:
        local = instant(at).astimezone(ROME)
        assert START <= local.date() < END
        assert local.weekday() < 5
        assert diary.is_working(local.date())
        assert diary.OPENS <= local.time() < diary.CLOSES


def test_every_kind_of_fact_occurs_but_an_erasure(steps: list[Step]) -> None:
    kinds = {type(fact) for step in steps for batch in step.batches for fact in batch.facts}

    assert kinds == set(FACTS) - {PersonalDataErased}


def test_some_things_are_written_down_weeks_later(steps: list[Step]) -> None:
    lags = [
        (diary.day_of(step.at) - fact.effective_from).days
        for step in steps
        for batch in step.batches
        for fact in batch.facts
        if name_of(fact) in ("intervention-delivered", "accommodation-ended")
    ]

    assert 0.03 < sum(lag > 21 for lag in lags) / len(lags) < 0.25


def test_corrections_are_themselves_corrected_and_taken_back() -> None:
    targets: Counter[str] = Counter()
    for household in recorded(list(cohort(4, 240, START, END))).values():
        for fact in household.facts:
            if isinstance(fact, EntryCorrected | EntryRetracted):
                assert fact.reason is not None
                targets[f"{name_of(fact)} {name_of(household.facts[fact.target - 1])}"] += 1

    assert targets["entry-corrected entry-corrected"]
    assert targets["entry-retracted entry-corrected"]
    assert targets["entry-retracted intervention-delivered"]


def test_some_stays_overlap_because_nobody_ended_the_first(
    households: dict[UUID, Household],
) -> None:
    def careless(household: Household) -> bool:
        stays = [
            (version, fact)
            for version, fact in household.standing.items()
            if isinstance(fact, AccommodationStarted) and version not in household.ended
        ]
        return any(
            paid.payer == "municipality"
            and paid.effective_until is None
            and paid.effective_from < after.effective_from
            for _, paid in stays
            for _, after in stays
        )

    assert 2 <= sum(careless(household) for household in households.values()) <= 12


def test_a_household_is_without_its_head_for_some_weeks(
    steps: list[Step],
) -> None:
    registered: dict[UUID, int] = {}
    weeks = []
    for step in steps:
        for batch in step.batches:
            registered.setdefault(batch.household, step.at)
            weeks += [
                (step.at - registered[batch.household]) / (7 * 86_400_000_000)
                for fact in batch.facts
                if isinstance(fact, MemberJoined)
                and fact.relation == "head"
                and fact.joined_by == "at-registration"
            ]

    assert sum(week > 4 for week in weeks) == 2


def test_no_personal_data_is_in_the_facts_themselves(steps: list[Step]) -> None:
    for step in steps[:800]:
        for batch in step.batches:
            persons = [c for c in batch.personal.values() if isinstance(c, dict)]
            for person in persons:
                assert person["fiscal_code"].encode() not in msgspec.json.encode(batch.facts)


def test_nothing_comes_of_a_cohort_that_ends_before_it_begins() -> None:
    assert list(cohort(1, 10, END, START)) == []


def test_a_large_cohort_is_told_little_by_little() -> None:
    tracemalloc.start()
    list(islice(cohort(1, 20_000, START, END), 100))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 20_000_000
