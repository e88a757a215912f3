"""A stay begins, a stay ends."""

from __future__ import annotations

import datetime as dt
from typing import Any

from journeys.household.facts import AccommodationEnded, AccommodationStarted
from journeys.intake.prato.case import Case
from journeys.intake.prato.names import STREETS
from journeys.intake.prato.telling import Entry


def stay(case: Case, day: dt.date, kind: str, title: str | None, payer: str, **more: Any) -> Entry:
    """A stay begins."""
    return case.tell(
        AccommodationStarted, day, kind=kind, title=title, payer=payer, **_costing(more)
    )


def end(
    case: Case, started: Entry, day: dt.date, ending: str, destination: str | None
) -> Entry | None:
    """A stay ends, if the cohort's end is not before it."""
    if day >= case.end:
        return None
    return case.tell(
        AccommodationEnded, day, accommodation=started, ending=ending, destination=destination
    )


def address(case: Case) -> str:
    """An invented address."""
    return f"{case.rng.choice(STREETS)} {case.rng.randint(1, 140)}, Prato"


def _costing(more: dict[str, Any]) -> dict[str, Any]:
    return more | {"currency": "EUR"} if more.get("nightly_cost") is not None else more
