"""Rent that could not be paid, and what the court makes of it."""

from __future__ import annotations

import datetime as dt

from journeys.household.facts import ArrearsObserved, EvictionStageReached, OutcomeObserved
from journeys.intake.prato.case import Case
from journeys.intake.prato.stays import address, end, stay
from journeys.intake.prato.telling import Entry
from journeys.intake.prato.tenancy import keep

STAGES = ("reminder", "formal-notice", "summons", "grace-term", "validated", "writ")
LAST_STAGES = ("notice-of-access", "access-attempted", "executed")


def evicted(case: Case) -> dt.date | None:
    """A home is lost to the bailiff. The day of it, None where the household could stay."""
    home = stay(
        case,
        case.after(case.entered, -2500, -500),
        "market-tenancy",
        "registered-lease",
        "household",
        address=address(case),
    )
    rent = case.rng.randint(450, 780) * 100
    case.tell(
        ArrearsObserved,
        case.entered,
        actor=case.intake,
        amount=rent * case.rng.randint(4, 16),
        currency="EUR",
    )
    day = _until_the_writ(case)
    if case.chance(0.15):
        _averted(case, day, home)
        return None
    for stage in LAST_STAGES:
        day = case.after(max(day, case.entered), 8, 40)
        if day >= case.end:
            return day
        case.tell(EvictionStageReached, day, actor=case.intake, stage=stage)
    end(case, home, day, "evicted", None)
    return day


def _until_the_writ(case: Case) -> dt.date:
    """What the court did before the household came is told at the first interview."""
    interview = case.sit(case.entered, case.intake, prompt=True)
    day = case.after(case.entered, -260, -220)
    for stage in STAGES:
        if stage != "grace-term" or case.chance(0.3):
            past = day <= case.entered
            case.tell(
                EvictionStageReached,
                day,
                sitting=interview if past else None,
                actor=case.intake,
                stage=stage,
            )
        day = case.after(day, 18, 40)
    return day


def _averted(case: Case, day: dt.date, home: Entry) -> None:
    """The landlord is paid and the court closes the matter: they stay where they are."""
    day = case.after(max(day, case.entered), 20, 60)
    case.tell(EvictionStageReached, day, actor=case.intake, stage="closed")
    case.tell(OutcomeObserved, day, outcome="eviction-averted")
    keep(case, case.after(day, 60, 90), home, troubles=0.3)
