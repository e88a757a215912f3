"""A household's timeline as it was on one date, as known at another."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.errors import Refusal
from journeys.household.facts import TenancyRegistered
from journeys.household.history import Change, History, difference, read, resolve
from journeys.household.household import Household
from journeys.values import Period
from tests.journeys.household.lives import lives, tellings
from tests.journeys.household.story import (
    DAY_US,
    Story,
    correction,
    day,
    housed,
    referred,
    retraction,
    tenancy,
)


def statuses(history: History) -> dict[int, str]:
    return {entry.version: entry.status for entry in history.entries}


def content(history: History, version: int, field: str) -> Any:
    entry = history.find(version)
    assert entry is not None
    return getattr(entry.current, field)


def changes(before: History, after: History) -> list[tuple[str, int, dict[str, Any]]]:
    return [(c.kind, c.entry.version, c.fields) for c in difference(before, after)]


def test_as_at_reads_only_what_had_been_recorded() -> None:
    story = Story.begun().tell(tenancy("2025-02-01"), recorded="2025-05-10")

    assert story.read(as_at="2025-05-09").find(4) is None
    assert story.read(as_at="2025-05-10").find(4) is not None


def test_a_record_with_a_correction_of_nothing_can_still_be_read() -> None:
    story = Story.begun(tenancy("2025-02-01"))
    astray = [correction(target, monthly_rent=1) for target in (0, 5, 99)]

    for told in [*astray, retraction(8)]:
        story.household.apply(told)

    assert [r.current for r in resolve(story.household.facts)] == story.household.facts
    assert story.household.standing.keys() == {1, 2, 3, 4}


def test_a_fact_of_a_day_is_true_of_that_day_alone() -> None:
    assert referred("2025-01-10").effective == Period(day("2025-01-10"), day("2025-01-11"))
    assert housed("2025-01-10").effective == Period(day("2025-01-10"))


def test_as_of_reads_only_what_was_effective_by_then() -> None:
    story = Story.begun(tenancy("2025-06-01"), housed("2025-03-01"))

    assert [e.version for e in story.read(as_of="2025-05-31").entries] == [1, 2, 3, 5]


def test_entries_stand_in_the_order_of_their_days() -> None:
    story = Story.begun(tenancy("2025-06-01"), housed("2025-03-01"), housed("2025-06-01"))

    assert [e.version for e in story.read().entries] == [1, 2, 3, 5, 4, 6]


def test_a_correction_changes_only_the_fields_that_it_names() -> None:
    story = Story.begun(tenancy("2025-02-01", rent=52_000))

    story.tell(correction(4, effective_from="2025-03-01"))

    entry = story.read().find(4)
    assert entry is not None
    assert (entry.status, entry.corrected_by) == ("corrected", (5,))
    assert entry.current.effective_from == day("2025-03-01")
    assert content(story.read(), 4, "monthly_rent") == 52_000
    assert entry.recorded.fact.effective_from == day("2025-02-01")


def test_later_corrections_of_one_field_win() -> None:
    story = Story.begun(tenancy("2025-02-01"))

    story.tell(correction(4, monthly_rent=50_000), correction(4, monthly_rent=48_000))

    assert content(story.read(), 4, "monthly_rent") == 48_000


def test_a_null_takes_an_optional_value_away() -> None:
    story = Story.begun(tenancy("2025-02-01", until="2025-08-01"))

    story.tell(correction(4, effective_until=None))

    assert content(story.read(), 4, "effective_until") is None


def test_a_correction_may_itself_be_corrected() -> None:
    story = Story.begun(tenancy("2025-02-01"), correction(4, monthly_rent=50_000))

    story.tell(correction(5, changes={"monthly_rent": 47_000}))

    assert content(story.read(), 4, "monthly_rent") == 47_000
    assert statuses(story.read())[5] == "corrected"


def test_retracting_a_correction_gives_back_the_first_reading() -> None:
    story = Story.begun(tenancy("2025-02-01"))
    first = story.read().find(4)

    story.tell(correction(4, monthly_rent=50_000), retraction(5))

    again = story.read().find(4)
    assert (first and first.current) == (again and again.current)
    assert statuses(story.read())[4] == "current"


def test_retracting_a_retraction_restores_the_entry() -> None:
    story = Story.begun(tenancy("2025-02-01"), retraction(4))
    assert statuses(story.read())[4] == "retracted"

    story.tell(retraction(5))

    assert statuses(story.read())[4] == "current"
    assert [type(f) for f in story.read().facts()][-1] is TenancyRegistered


def test_a_correction_counts_from_its_own_recording() -> None:
    story = Story.begun(tenancy("2025-02-01"))
    story.tell(correction(4, on="2025-02-02", monthly_rent=1), recorded="2025-09-01")

    assert content(story.read(as_at="2025-08-31"), 4, "monthly_rent") == 52_000
    assert content(story.read(as_at="2025-09-01"), 4, "monthly_rent") == 1


def test_the_difference_names_the_fields_with_both_values() -> None:
    story = Story.begun(tenancy("2025-02-01"))
    story.tell(correction(4, monthly_rent=50_000), recorded="2025-09-01")

    told = changes(story.read(as_at="2025-08-01"), story.read(as_at="2025-09-02"))

    assert told == [("changed", 4, {"monthly_rent": (52_000, 50_000)}), ("added", 5, {})]


def test_the_difference_tells_retracted_restored_and_removed() -> None:
    story = Story.begun(tenancy("2025-02-01"))
    whole = story.read()
    retracted = story.tell(retraction(4)).read()
    restored = story.tell(retraction(5)).read()

    assert changes(whole, retracted)[0] == ("retracted", 4, {})
    assert changes(retracted, restored)[0] == ("restored", 4, {})
    assert changes(whole, story.read(as_of="2025-01-31"))[0] == ("removed", 4, {})


def test_an_entry_corrected_to_a_later_day_leaves_an_earlier_reading() -> None:
    story = Story.begun(tenancy("2025-02-01"))
    before = story.read(as_of="2025-02-15")
    story.tell(correction(4, effective_from="2025-03-01"))

    assert ("removed", 4, {}) in changes(before, story.read(as_of="2025-02-15"))


def test_nothing_differs_between_a_reading_and_itself() -> None:
    story = Story.begun(tenancy("2025-02-01"), correction(4, monthly_rent=50_000))

    assert difference(story.read(), story.read()) == []


def test_a_change_speaks_of_its_newest_entry() -> None:
    story = Story.begun(tenancy("2025-02-01"))
    [added] = difference(story.read(as_of="2025-01-31"), story.read())

    assert added == Change("added", None, story.read().find(4))


def state(household: Household) -> dict[str, Any]:
    return {name: getattr(household, name) for name in household.__slots__}


@given(lives())
def test_replaying_the_stream_equals_the_live_state(story: Story) -> None:
    replayed = Household.fold(story.household.id, story.household.facts)

    assert state(replayed) == state(story.household)


@given(lives())
def test_what_stands_in_the_history_stands_in_the_state(story: Story) -> None:
    standing = {entry.version: entry.current for entry in story.read().standing()}

    assert standing == story.household.standing


@given(lives(), st.data())
def test_an_as_at_reading_never_changes_when_later_facts_arrive(
    story: Story, data: st.DataObject
) -> None:
    instants = st.integers(story.record[0].recorded_at, story.record[-1].recorded_at)
    as_at = data.draw(instants)
    before = read(story.record, as_at=as_at)

    for told in data.draw(st.lists(tellings, max_size=5)):
        try:
            story.tell(told)
        except Refusal:
            continue

    assert read(story.record, as_at=as_at) == before


@given(lives(), st.data())
def test_correcting_and_retracting_the_correction_gives_back_the_reading(
    story: Story, data: st.DataObject
) -> None:
    version = data.draw(st.sampled_from(sorted(story.household.standing)))
    known = story.record[-1].recorded_at
    before = story.read().find(version)
    try:
        story.tell(correction(version, on="2025-01-01", effective_from="2025-02-03"))
        story.tell(retraction(story.household.version))
    except Refusal:
        return

    assert story.read().find(version) == before
    assert difference(read(story.record, as_at=known), story.read())[0].kind == "added"


@given(lives(), st.dates(dt.date(2025, 1, 1), dt.date(2026, 6, 1)), st.integers(0, 400))
def test_as_of_and_as_at_cut_independently(story: Story, as_of: dt.date, days: int) -> None:
    as_at = story.record[0].recorded_at + days * DAY_US
    both = read(story.record, as_of, as_at)
    known = read(story.record, as_at=as_at)

    assert both.entries == tuple(
        entry for entry in known.entries if entry.current.effective_from <= as_of
    )


@pytest.mark.parametrize("as_at", [0, -1])
def test_before_the_first_recording_nothing_was_known(as_at: int) -> None:
    assert read(Story.begun().record, as_at=as_at).entries == ()
