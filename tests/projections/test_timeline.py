"""The timeline says what reading the household's history says, on any day and at any instant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.household.facts import Recorded
from journeys.household.history import read
from projections.engine import catch_up
from projections.store import Views
from projections.timeline import Line, Timeline, timeline
from tests.journeys.household.lives import days, lives, tellings, versions
from tests.journeys.household.story import (
    DAY_US,
    HOME,
    Story,
    correction,
    day,
    housed,
    instant,
    retraction,
    tenancy,
)
from tests.projections.given import MemoryLog

instants = st.integers(instant("2025-01-01"), instant("2025-03-01"))
acts = st.one_of(
    st.builds(correction, versions, effective_from=days),
    st.builds(correction, versions, kind=st.sampled_from(["shelter", "hostel"])),
    st.builds(retraction, versions),
)
contested = st.lists(acts, max_size=10).map(
    lambda told: [housed("2025-02-01"), tenancy("2025-03-01"), *told]
)


def shown(views: Views, story: Story) -> list[Line]:
    catch_up(views, MemoryLog().add_record(story.record))
    return timeline(views, HOME)


def told_by_the_domain(
    record: list[Recorded], as_of: dt.date | None, as_at: int | None
) -> list[tuple[Any, ...]]:
    return [
        (
            entry.version,
            entry.recorded.position,
            entry.recorded.recorded_at,
            entry.current,
            entry.status,
            entry.corrected_by,
            entry.retracted_by,
        )
        for entry in read(record, as_of, as_at).entries
    ]


def told_by_the_projection(lines: list[Line]) -> list[tuple[Any, ...]]:
    return [
        (
            line.version,
            line.position,
            line.recorded_at,
            line.current,
            line.status,
            line.corrected_by,
            line.retracted_by,
        )
        for line in lines
    ]


def test_an_entry_is_told_with_who_recorded_it_and_when(views: Views) -> None:
    [line] = [line for line in shown(views, Story.begun(housed("2025-02-01"))) if line.version == 4]

    assert (line.kind, line.effective_from, line.status) == (
        "accommodation-started",
        day("2025-02-01"),
        "current",
    )
    assert (line.current.by, line.current.organisation, line.current.role) == (
        "operatrice-01",
        "comune-prato",
        "caseworker",
    )
    assert (line.position, line.recorded_at) == (4, instant("2025-01-11"))


def test_a_correction_closes_the_reading_before_it(views: Views) -> None:
    story = Story.begun(housed("2025-02-01")).tell(
        correction(4, kind="shelter"), recorded="2025-05-01"
    )
    shown(views, story)

    [before] = [e for e in timeline(views, HOME, as_at=instant("2025-04-30")) if e.version == 4]
    [after] = [e for e in timeline(views, HOME, as_at=instant("2025-05-01")) if e.version == 4]

    assert (before.status, getattr(before.current, "kind", None)) == ("current", "hotel")
    assert (after.status, getattr(after.current, "kind", None)) == ("corrected", "shelter")
    assert (after.corrected_by, after.told_by) == ((5,), 5)


def test_a_retraction_of_a_correction_gives_back_the_first_reading(views: Views) -> None:
    story = Story.begun(housed("2025-02-01"), correction(4, kind="shelter"), retraction(5))

    [line] = [line for line in shown(views, story) if line.version == 4]

    assert (line.status, getattr(line.current, "kind", None)) == ("current", "hotel")
    assert line.told_by == 6


def test_a_retracted_entry_stays_with_the_entry_that_retracted_it(views: Views) -> None:
    story = Story.begun(tenancy("2025-02-01"), retraction(4))

    [line] = [line for line in shown(views, story) if line.version == 4]

    assert (line.status, line.retracted_by) == ("retracted", 5)


def test_only_the_kinds_asked_for_are_told(views: Views) -> None:
    shown(views, Story.begun(housed("2025-02-01"), tenancy("2025-03-01")))

    lines = timeline(views, HOME, kinds=["accommodation-started"])

    assert [line.version for line in lines] == [4]


@pytest.fixture(scope="module")
def law_views(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Views]:
    views = Views.open(f"sqlite:///{tmp_path_factory.mktemp('laws')}/record.db", [Timeline()])
    yield views
    views.close()


def emptied(views: Views) -> Views:
    """Fresh views without making them anew, which every example would otherwise pay for."""
    with views.writing() as connection:
        connection.exec_driver_sql("DELETE FROM timeline")
        connection.exec_driver_sql("UPDATE tracking SET position = 0")
    return views


@given(lives(), st.none() | days.map(day), st.none() | instants, st.integers(1, 5))
def test_any_day_as_known_at_any_instant_reads_as_folding_from_the_start(
    law_views: Views, story: Story, as_of: dt.date | None, as_at: int | None, page: int
) -> None:
    views = emptied(law_views)
    catch_up(views, MemoryLog().add_record(story.record), [Timeline()], page=page)

    lines = timeline(views, HOME, as_of, as_at)

    assert told_by_the_projection(lines) == told_by_the_domain(story.record, as_of, as_at)


@given(st.lists(tellings, max_size=12) | contested, st.none() | instants)
def test_facts_that_no_rule_let_through_read_as_folding_from_the_start_too(
    law_views: Views, facts: list[Any], as_at: int | None
) -> None:
    record = [
        Recorded(HOME, place, place, instant("2025-01-07") + place * DAY_US, fact)
        for place, fact in enumerate(facts, start=1)
    ]
    views = emptied(law_views)
    catch_up(views, MemoryLog().add_record(record), [Timeline()])

    assert told_by_the_projection(timeline(views, HOME, None, as_at)) == told_by_the_domain(
        record, None, as_at
    )
