"""Where the household lives: what is lost, the paid nights between, and what comes after."""

from __future__ import annotations

import datetime as dt

from journeys.household.facts import (
    AbsenceRecorded,
    AddressProtected,
)
from journeys.intake.prato.actors import GUEST_HOUSES, HOTELS, SUPERVISOR
from journeys.intake.prato.case import Case
from journeys.intake.prato.eviction import evicted
from journeys.intake.prato.evidence import capture
from journeys.intake.prato.stays import address, end, stay
from journeys.intake.prato.telling import Entry
from journeys.intake.prato.tenancy import keep, sign

BEFORE = {
    "eviction": 40.0,
    "with-relatives": 20.0,
    "with-friends": 10.0,
    "makeshift": 8.0,
    "homeless": 6.0,
    "reception-centre": 8.0,
    "refuge": 5.0,
    "none": 3.0,
}
"""Where households come from; the shares are assumed."""

NEXT = {
    "authorised-use": 42.0,
    "lease": 26.0,
    "transitional-flat": 14.0,
    "with-relatives": 8.0,
    "lost": 10.0,
}


def course(case: Case) -> None:
    """The whole way, until the cohort ends or the household is lost."""
    day = _before(case)
    if day is not None:
        rehouse(case, day)


def rehouse(case: Case, day: dt.date) -> None:
    """From the day on which they have nowhere to live: paid nights, and what comes after."""
    if day >= case.end:
        return
    day, last = _emergency(case, day)
    if day >= case.end:
        return
    if not case.careless:
        end(case, last, day, "planned-move", None)
    chosen = case.pick(NEXT)
    if chosen == "authorised-use":
        _authorised_use(case, day)
    elif chosen == "lease":
        _lease(case, day)
    elif chosen == "transitional-flat":
        _transitional(case, day)
    elif chosen == "with-relatives":
        stay(case, day, "with-relatives", "hospitality", "relatives")
        _leave(case, day, 10, "with-relatives-lasting")
    else:
        _leave(case, day, 1, case.rng.choice(("not-known", "another-municipality", "abroad")))


def _before(case: Case) -> dt.date | None:
    """What they lived in when they came; the day it was over, None if they could stay."""
    before = case.pick(BEFORE)
    if before == "eviction":
        return evicted(case)
    over = case.after(case.entered, 2, 45)
    if before == "none":
        return over
    titles = {"with-relatives": "hospitality", "with-friends": "hospitality"}
    payers = {"reception-centre": "ministry", "refuge": "municipality"}
    title = titles.get(before, "no-title" if before in ("makeshift", "homeless") else None)
    since = case.after(case.entered, -200, -5)
    started = stay(case, since, before, title, payers.get(before, "household"))
    if before == "refuge":
        case.tell(AddressProtected, case.entered, actor=SUPERVISOR, reason="safety")
        over = case.after(case.entered, 60, 150)
    end(case, started, over, case.rng.choice(("term-ended", "unplanned-move")), None)
    return over


def _emergency(case: Case, day: dt.date) -> tuple[dt.date, Entry]:
    """Nights that the municipality pays: one stay or several, and the bills for them."""
    while True:
        started = _paid_stay(case, day)
        if case.chance(0.12):
            _away(case, day)
        over = case.after(day, 25, 150)
        if over >= case.end or case.chance(0.7):
            return over, started
        end(case, started, over, "unplanned-move", "hotel")
        day = over


def _paid_stay(case: Case, day: dt.date) -> Entry:
    size = case.size(day)
    kind = case.pick({"hotel": 50.0, "guest-house": 18.0, "shelter": 24.0, "night-shelter": 8.0})
    if kind == "night-shelter" and size > 1:
        kind = "shelter"
    provider = {
        "hotel": case.rng.choice(HOTELS),
        "guest-house": case.rng.choice(GUEST_HOUSES),
    }.get(kind, case.provider)
    nightly = {"hotel": 5_000 + 1_500 * size, "guest-house": 4_000 + 1_200 * size}.get(
        kind, 2_800 * size
    )
    nightly += case.rng.randrange(0, 1_000, 50)
    started = stay(
        case,
        day,
        kind,
        "municipal-placement",
        "municipality",
        nightly_cost=nightly,
        provider=provider,
    )
    if kind in ("hotel", "guest-house"):
        bill = case.after(day, 28, 33)
        capture(case, None, "hotel-invoice", provider, bill, (started,))
    return started


def _authorised_use(case: Case, day: dt.date) -> None:
    """Provisional use of a public home: two years, three at most (L.R. Toscana 2/2019)."""
    started = stay(
        case,
        day,
        "authorised-use",
        "authorised-use-order",
        "municipality-and-household",
        address=address(case),
    )
    capture(case, None, "placement-order", "comune-prato", day, (started,))
    over = case.after(day, 200, 730)
    if over >= case.end:
        return
    if case.chance(0.35):
        end(case, started, over, "title-converted", "public-housing")
        stay(case, over, "public-housing", "public-housing-assignment", "household")
        _leave(case, over, 30, "public-housing")
    else:
        end(case, started, over, "planned-move", "registered-agreed-tenancy")
        _lease(case, over)


def _lease(case: Case, day: dt.date) -> None:
    home = sign(case, day, address(case))
    keep(case, case.after(day, 80, 100), home, troubles=0.25)
    _leave(case, day, 200, "registered-agreed-tenancy")


def _transitional(case: Case, day: dt.date) -> None:
    started = stay(
        case,
        day,
        "transitional-flat",
        "hosting-agreement",
        "service-provider",
        provider=case.provider,
    )
    over = case.after(day, 120, 400)
    if over >= case.end:
        return
    if case.chance(0.6):
        end(case, started, over, "planned-move", "registered-agreed-tenancy")
        _lease(case, over)
    else:
        end(case, started, over, "left-by-choice", "with-relatives-for-now")
        _leave(case, over, 1, "with-relatives-for-now")


def _away(case: Case, day: dt.date) -> None:
    gone = case.any_day(day, 5, 20)
    back = case.any_day(gone, 3, 24)
    if back < case.end:
        cause = case.rng.choice(("travel-abroad", "hospital", "work-away", "family-care"))
        case.tell(AbsenceRecorded, gone, effective_until=back, away_because=cause)


def _leave(case: Case, day: dt.date, most: int, destination: str) -> None:
    """The programme lets the household go some time after `day`."""
    case.leaves = max(case.after(day, 0, most), case.after(case.entered, 60, 90))
    case.destination = destination
