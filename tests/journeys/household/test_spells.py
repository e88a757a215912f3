"""Stretches of time in half-open days: their algebra, and what facts make of them."""

from __future__ import annotations

import datetime as dt
from itertools import combinations, pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from journeys.household.spells import (
    Spell,
    days,
    gaps,
    intersection,
    overlaps,
    spells,
    subtraction,
    union,
)
from journeys.values import Period
from tests.journeys.household.story import (
    ALMA,
    BRUNO,
    Story,
    absent,
    correction,
    day,
    hired,
    housed,
    joined,
    left_work,
    moved_out,
    retraction,
    tenancy,
)

FIRST, LAST = dt.date(2025, 1, 1), dt.date(2025, 3, 1)
dates = st.dates(FIRST, LAST)
periods = st.lists(st.builds(Period, dates, st.none() | dates), max_size=6)


def inside(some: list[Period]) -> set[dt.date]:
    """The days of the test's calendar that lie in any of the periods."""
    calendar = (FIRST + dt.timedelta(days=n) for n in range((LAST - FIRST).days + 30))
    return {d for d in calendar if any(d in p for p in some if p.end is None or p.start < p.end)}


def period(start: str, end: str | None = None) -> Period:
    return Period(day(start), None if end is None else day(end))


@given(periods)
def test_a_union_holds_the_same_days_in_disjoint_periods(some: list[Period]) -> None:
    joined_up = union(some)

    assert inside(joined_up) == inside(some)
    assert all(a.end is not None and a.end < b.start for a, b in pairwise(joined_up))


@given(periods, periods)
def test_intersection_and_subtraction_part_the_days(
    some: list[Period], others: list[Period]
) -> None:
    both, left = intersection(some, others), subtraction(some, others)

    assert inside(both) == inside(some) & inside(others)
    assert inside(left) == inside(some) - inside(others)


@given(periods)
def test_gaps_are_the_days_between_that_nothing_holds(some: list[Period]) -> None:
    joined_up = union(some)
    if not joined_up:
        assert gaps(some) == []
        return
    end = joined_up[-1].end or joined_up[-1].start
    hull = [Period(joined_up[0].start, end)]

    assert inside(gaps(some)) == inside(hull) - inside(some)


@given(periods, dates)
def test_days_are_counted_once(some: list[Period], until: dt.date) -> None:
    assert days(some, until) == len({d for d in inside(some) if d < until})


def test_an_end_fact_closes_its_spell() -> None:
    story = Story.begun(housed("2025-02-01"), moved_out("2025-03-01", 4))

    [spell] = spells(story.read())

    assert (spell.period, spell.versions) == (period("2025-02-01", "2025-03-01"), (4, 5))


def test_an_end_fact_shortens_an_end_known_from_the_start() -> None:
    story = Story.begun(housed("2025-02-01", until="2025-04-01"), moved_out("2025-03-01", 4))

    assert spells(story.read())[0].period == period("2025-02-01", "2025-03-01")


def test_a_spell_without_its_end_stays_open() -> None:
    story = Story.begun(hired("2025-02-01"))

    [spell] = spells(story.read(), "work")

    assert (spell.period.end, spell.end_version, spell.members) == (None, None, (ALMA,))


def test_spells_read_corrections_and_retractions() -> None:
    story = Story.begun(housed("2025-02-01"), moved_out("2025-03-01", 4), hired("2025-02-01"))
    story.tell(correction(5, effective_from="2025-03-15"), retraction(6))

    [spell] = spells(story.read())

    assert spell.period == period("2025-02-01", "2025-03-15")


def test_spells_come_by_kind_and_first_day() -> None:
    story = Story.begun(
        tenancy("2025-05-01"), absent("2025-06-01", "2025-06-08"), housed("2025-02-01")
    )

    assert [s.kind for s in spells(story.read())] == ["housing", "tenancy", "absence"]
    assert [s.start_version for s in spells(story.read(), "absence")] == [5]


def test_overlapping_stays_are_told_and_not_repaired() -> None:
    story = Story.begun(housed("2025-02-01", until="2025-03-01"), housed("2025-02-20"))

    [(one, other, shared)] = overlaps(spells(story.read()))

    assert (one.start_version, other.start_version) == (4, 5)
    assert shared == period("2025-02-20", "2025-03-01")


def test_the_jobs_of_two_people_do_not_overlap() -> None:
    story = Story.begun(joined(BRUNO, relation="partner"), hired("2025-02-01"))
    story.tell(hired("2025-02-01", BRUNO), left_work("2025-04-01", 5))

    assert overlaps(spells(story.read())) == []


def test_a_stay_of_the_household_meets_that_of_a_member() -> None:
    story = Story.begun(housed("2025-02-01"), housed("2025-03-01", members=(ALMA,)))

    assert [shared for _, _, shared in overlaps(spells(story.read()))] == [period("2025-03-01")]


def test_a_stay_that_ended_on_its_first_day_overlaps_nothing() -> None:
    story = Story.begun(
        housed("2025-02-01", until="2025-03-01"), housed("2025-02-10"), moved_out("2025-02-10", 5)
    )

    assert overlaps(spells(story.read())) == []
    assert not period("2025-02-10", "2025-02-10").overlaps(period("2025-02-01"))


@given(st.lists(st.tuples(st.sampled_from(["housing", "work"]), dates, st.none() | dates)))
def test_overlaps_are_the_pairs_of_a_kind_that_share_a_day(told: list[tuple[Any, ...]]) -> None:
    fact = housed("2025-02-01")
    among = [
        Spell(kind, Period(start, end), fact, version)
        for version, (kind, start, end) in enumerate(told, start=1)
    ]

    found = {
        frozenset((one.start_version, other.start_version)): shared
        for one, other, shared in overlaps(among)
    }

    assert found == {
        frozenset((one.start_version, other.start_version)): shared
        for one, other in combinations(among, 2)
        for shared in intersection([one.period], [other.period])
        if one.kind == other.kind
    }
    assert all(one.period.start <= other.period.start for one, other, _ in overlaps(among))
