"""When things are written down: office hours, public holidays, and how late people are."""

from __future__ import annotations

import datetime as dt
from random import Random

from journeys.clock import ROME, instant, microseconds
from journeys.values import ONE_DAY

OPENS, CLOSES = dt.time(8, 30), dt.time(18, 0)
OFFICE_SECONDS = int((dt.timedelta(hours=18) - dt.timedelta(hours=8, minutes=30)).total_seconds())
MINUTE = 60 * 1_000_000

# The national holidays that have a fixed day, with 26 December, which is also Prato's own.
HOLIDAYS = frozenset(
    {(1, 1), (1, 6), (4, 25), (5, 1), (6, 2), (8, 15), (11, 1), (12, 8), (12, 25), (12, 26)}
)

DELAYS = {(0, 1): 55, (2, 7): 25, (8, 21): 13, (22, 75): 7}
"""How many days after the day things are written down, least and most, with weights."""


def is_working(day: dt.date) -> bool:
    """Whether the offices are open on that day."""
    return day.weekday() < 5 and (day.month, day.day) not in HOLIDAYS


def working_day(day: dt.date) -> dt.date:
    """The first day on or after `day` on which the offices are open."""
    while not is_working(day):
        day += ONE_DAY
    return day


def office_hours(rng: Random, day: dt.date) -> int:
    """An instant (microseconds, UTC) in the office hours of the first working day from `day`."""
    opening = dt.datetime.combine(working_day(day), OPENS, ROME)
    return microseconds(opening) + rng.randrange(OFFICE_SECONDS * 1_000_000)


def soon_after(rng: Random, at: int) -> int:
    """An instant some minutes after `at`, or the next morning when the office closes before."""
    later = at + rng.randrange(MINUTE, 6 * MINUTE)
    local = instant(later).astimezone(ROME)
    if local.time() < CLOSES:
        return later
    return office_hours(rng, local.date() + ONE_DAY)


def written_down(rng: Random, day: dt.date) -> dt.date:
    """The day on which what happened on `day` is written down.

    Most is written within two days. Who is weeks behind often catches up in one go, on the last
    Friday of the month.
    """
    [(least, most)] = rng.choices(list(DELAYS), list(DELAYS.values()))
    late = day + dt.timedelta(days=rng.randint(least, most))
    if least > 7 and rng.random() < 0.5:
        late = max(late, last_friday(late))
    return working_day(late)


def last_friday(day: dt.date) -> dt.date:
    """The last Friday of the month of `day`."""
    last = dt.date(day.year + day.month // 12, day.month % 12 + 1, 1) - ONE_DAY
    return last - ((last.weekday() - 4) % 7) * ONE_DAY


def day_of(at: int) -> dt.date:
    """The day of an instant in Prato."""
    return instant(at).astimezone(ROME).date()
