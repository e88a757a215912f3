"""The one place that reads the clock. Everything else is given its dates and instants."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

ROME = ZoneInfo("Europe/Rome")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Clock = Callable[[], int]
"""Returns the present instant in whole microseconds since 1970-01-01T00:00:00Z."""


def now_us() -> int:
    """The present instant in whole microseconds since the epoch, UTC."""
    return time.time_ns() // 1_000


def now() -> datetime:
    """The present instant, UTC."""
    return instant(now_us())


def today(zone: ZoneInfo = ROME) -> date:
    """The present day in the calendar of `zone`."""
    return now().astimezone(zone).date()


def instant(microseconds: int) -> datetime:
    """The UTC instant that lies `microseconds` after the epoch; exact, no floats."""
    return EPOCH + timedelta(microseconds=microseconds)


def microseconds(moment: datetime) -> int:
    """Whole microseconds from the epoch to an aware instant.

    Raises ValueError for a naive one, whose instant nobody can know.
    """
    if moment.tzinfo is None:
        raise ValueError(f"an instant needs its offset: {moment.isoformat()}")
    return (moment - EPOCH) // timedelta(microseconds=1)
