"""Days as HMIS writes them."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from journeys.values import EARLIEST, LATEST


@lru_cache(maxsize=1 << 14)
def day(text: str) -> dt.date | None:
    """The day of ``YYYY-MM-DD``, with or without a time; None for anything else."""
    if len(text) < 10 or text[4] != "-" or text[7] != "-" or text[10:11] not in ("", " ", "T"):
        return None
    try:
        told = dt.date.fromisoformat(text[:10])
    except ValueError:
        return None
    return told if EARLIEST <= told < LATEST else None
