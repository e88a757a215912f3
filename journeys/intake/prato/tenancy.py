"""A home in the household's own name: signing, paying, falling behind."""

from __future__ import annotations

import datetime as dt

from journeys.household.facts import (
    AccommodationStarted,
    ArrearsObserved,
    EvictionStageReached,
    OutcomeObserved,
    TenancyRegistered,
)
from journeys.intake.prato.case import Case
from journeys.intake.prato.evidence import attest, capture, judge
from journeys.intake.prato.telling import Entry

TERMS = {"agreed-rent-3-2": 3, "free-rent-4-4": 4, "transitory": 1}
"""Years of the first term by kind of contract (L. 431/1998; a transitory one has 18 months at
most)."""


def sign(case: Case, day: dt.date, address: str) -> Entry:
    """A lease is signed and registered, and the household moves in. Gives back the stay."""
    contract = case.pick({"agreed-rent-3-2": 70.0, "free-rent-4-4": 20.0, "transitory": 10.0})
    rent = case.rng.randrange(42_000, 72_000, 1_000)
    landlord = f"locatore-{case.rng.randrange(1, 400):04d}"
    sitting = case.sit(day)
    lease = case.tell(
        TenancyRegistered,
        day,
        sitting=sitting,
        effective_until=dt.date(day.year + TERMS[contract], day.month, min(day.day, 28)),
        monthly_rent=rent,
        currency="EUR",
        contract_kind=contract,
        registration=f"TZD {day.year} 3T {case.rng.randrange(10**6):06d}",
    )
    home = case.tell(
        AccommodationStarted,
        day,
        sitting=sitting,
        kind="market-tenancy",
        title="registered-lease",
        payer="household",
        address=address,
    )
    registered = case.after(day, 3, 28)
    if registered < case.end:
        paper = capture(
            case, None, "lease-registration", "agenzia-entrate", registered, (lease, home)
        )
        judge(case, paper, case.after(registered, 5, 30))
    if case.chance(0.35):
        attest(case, case.after(day, 20, 60), landlord, "landlord", (lease,))
    return home


def keep(case: Case, day: dt.date, home: Entry, *, troubles: float) -> None:
    """Every three months somebody asks whether the rent is paid; some fall behind."""
    behind = 0
    while day < case.end:
        before = behind
        falls = case.chance(troubles / 3)
        behind = behind + case.rng.randint(1, 3) if falls else max(0, behind - 2)
        case.tell(ArrearsObserved, day, amount=behind * 55_000, currency="EUR")
        if falls and behind > 3:
            case.tell(EvictionStageReached, case.after(day, 5, 30), stage="reminder")
        elif before > behind == 0 and case.takes_part(day):
            case.tell(OutcomeObserved, day, outcome="arrears-cleared")
        elif behind == 0 and case.chance(0.15):
            capture(case, None, "landlord-letter", "locatore", day, (home,))
        day = case.after(day, 80, 100)
