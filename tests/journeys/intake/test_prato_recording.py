"""The cohort goes through the application's door into a store, each step at its own instant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import islice

import pytest

from journeys.application import Journeys
from journeys.errors import WrongSetting
from journeys.household.facts import MemberJoined
from journeys.intake.prato import Step, StepClock, cohort, record_cohort

START, END = dt.date(2024, 3, 1), dt.date(2026, 3, 1)


@pytest.fixture(scope="module")
def steps() -> list[Step]:
    return list(islice(cohort(1, 12, START, END), 150))


def facts_in(steps: list[Step]) -> int:
    return sum(len(batch.facts) for step in steps for batch in step.batches)


def test_every_fact_is_recorded_at_the_instant_of_its_step(
    opened: Callable[..., Journeys], store_url: str, steps: list[Step]
) -> None:
    clock = StepClock()
    door = opened(store_url, kind="demonstration", clock=clock)

    assert record_cohort(door, clock, steps) == facts_in(steps)

    first = steps[0]
    [told, *_] = door.entries(first.batches[0].household)
    assert told.recorded_at == first.at
    assert door.recorder.size() == facts_in(steps)
    assert steps[-1].at <= door.recorder.last_recorded_at() < steps[-1].at + 1_000


def test_a_cohort_that_was_cut_short_is_taken_up_where_it_stopped(
    opened: Callable[..., Journeys], store_url: str, steps: list[Step]
) -> None:
    clock = StepClock()
    door = opened(store_url, kind="demonstration", clock=clock)
    record_cohort(door, clock, steps[:40])

    record_cohort(door, clock, steps)

    assert door.recorder.size() == facts_in(steps)


def test_names_and_fiscal_codes_go_to_the_vault_and_are_found_by_the_code(
    opened: Callable[..., Journeys], store_url: str, steps: list[Step]
) -> None:
    clock = StepClock()
    door = opened(store_url, kind="demonstration", clock=clock)
    record_cohort(door, clock, steps[:5])

    batch = steps[0].batches[0]
    [place] = [
        place
        for place, fact in enumerate(batch.facts)
        if isinstance(fact, MemberJoined) and fact.relation == "head"
    ]
    person = batch.personal[place, "person"]
    assert door.disclose(batch.household)[place + 1, "person"] == person
    joined = batch.facts[place]
    assert isinstance(joined, MemberJoined)
    assert door.find_fiscal_code(person["fiscal_code"]) == [(joined.member, batch.household)]


def test_progress_is_told_step_by_step(
    opened: Callable[..., Journeys], store_url: str, steps: list[Step]
) -> None:
    clock = StepClock()
    door = opened(store_url, kind="demonstration", clock=clock)
    told: list[int] = []

    record_cohort(door, clock, steps[:10], told.append)

    assert told == [sum(len(batch.facts) for batch in step.batches) for step in steps[:10]]


def test_a_live_store_takes_no_clock_of_the_callers(
    opened: Callable[..., Journeys], store_url: str
) -> None:
    with pytest.raises(WrongSetting):
        opened(store_url, kind="live", clock=StepClock())
