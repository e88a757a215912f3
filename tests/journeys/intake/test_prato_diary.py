"""Offices write on weekdays in office hours, most of it soon, some of it weeks later."""

from __future__ import annotations

import datetime as dt
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.clock import ROME, instant
from journeys.intake.prato import diary

DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2035, 12, 31))
RANDOMS = st.integers(0, 10_000).map(Random)


@given(RANDOMS, DAYS)
def test_an_instant_lies_in_the_office_hours_of_the_next_working_day(
    rng: Random, day: dt.date
) -> None:
    local = instant(diary.office_hours(rng, day)).astimezone(ROME)

    assert local.date() == diary.working_day(day)
    assert diary.OPENS <= local.time() < diary.CLOSES


@given(RANDOMS, DAYS)
def test_what_follows_comes_minutes_later_or_the_next_working_morning(
    rng: Random, day: dt.date
) -> None:
    before = diary.office_hours(rng, day)
    after = diary.soon_after(rng, before)
    local = instant(after).astimezone(ROME)

    assert after > before
    assert diary.is_working(local.date())
    assert diary.OPENS <= local.time() < diary.CLOSES


@given(RANDOMS, DAYS)
def test_nothing_is_written_down_before_it_happened(rng: Random, day: dt.date) -> None:
    assert diary.written_down(rng, day) >= day


def test_half_is_written_within_two_days_and_some_after_three_weeks() -> None:
    rng, day = Random(1), dt.date(2024, 4, 9)
    lags = [(diary.written_down(rng, day) - day).days for _ in range(5000)]

    assert 0.45 < sum(lag <= 2 for lag in lags) / 5000 < 0.70
    assert 0.05 < sum(lag > 21 for lag in lags) / 5000 < 0.20


@pytest.mark.parametrize(
    ("day", "friday"),
    [
        (dt.date(2024, 2, 3), dt.date(2024, 2, 23)),
        (dt.date(2024, 12, 31), dt.date(2024, 12, 27)),
        (dt.date(2024, 5, 31), dt.date(2024, 5, 31)),
    ],
)
def test_the_last_friday_of_a_month(day: dt.date, friday: dt.date) -> None:
    assert diary.last_friday(day) == friday


def test_christmas_is_no_working_day() -> None:
    assert diary.working_day(dt.date(2024, 12, 25)) == dt.date(2024, 12, 27)
