"""Tell a household's story in a test: facts with sensible defaults, decided as the product does."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from journeys.codes import shipped
from journeys.household.facts import (
    AbsenceRecorded,
    AccommodationEnded,
    AccommodationStarted,
    EmploymentEnded,
    EmploymentStarted,
    Enrolled,
    EntryCorrected,
    EntryRetracted,
    Exited,
    Fact,
    HouseholdRegistered,
    MemberJoined,
    Recorded,
    Referred,
    TenancyRegistered,
)
from journeys.household.history import History, read
from journeys.household.household import Household
from journeys.household.rules import decide
from journeys.values import Actor

ANNA = Actor("operatrice-01", "comune-prato", "caseworker")
TOLD_BY: dict[str, Any] = {"by": ANNA.id, "organisation": ANNA.organisation, "role": ANNA.role}

HOME = UUID("00000000-0000-4000-8000-000000000001")
ALMA = UUID("00000000-0000-4000-8000-0000000000a1")
BRUNO = UUID("00000000-0000-4000-8000-0000000000b2")
STRANGER = UUID("00000000-0000-4000-8000-0000000000ff")

TODAY = dt.date(2026, 6, 30)
DAY_US = 86_400_000_000


def day(text: str) -> dt.date:
    """A day as YYYY-MM-DD."""
    return dt.date.fromisoformat(text)


def instant(text: str) -> int:
    """Noon UTC of a day, in microseconds since the epoch."""
    return (day(text) - dt.date(1970, 1, 1)).days * DAY_US + DAY_US // 2


def fact(of: type[Fact], on: str, until: str | None = None, **fields: Any) -> Fact:
    """A fact told by Anna, effective from `on`, its end given as the first day after."""
    end = None if until is None else day(until)
    return of(**TOLD_BY, effective_from=day(on), effective_until=end, **fields)


def registered(on: str = "2025-01-07", reference: UUID = ALMA) -> Fact:
    return fact(HouseholdRegistered, on, unit="registry", reference_member=reference)


def joined(member: UUID, on: str = "2025-01-07", relation: str = "head", **fields: Any) -> Fact:
    told = {"member": member, "joined_by": "at-registration", "relation": relation, **fields}
    return fact(MemberJoined, on, **told)


def referred(on: str = "2025-01-10", **fields: Any) -> Fact:
    return fact(Referred, on, source="social-services", **fields)


def enrolled(on: str = "2025-01-20", **fields: Any) -> Fact:
    return fact(Enrolled, on, **{"contract": "prato-2025", **fields})


def exited(on: str, enrolment: int) -> Fact:
    return fact(Exited, on, enrolment=enrolment, destination="registered-market-tenancy")


def housed(on: str, until: str | None = None, **fields: Any) -> Fact:
    return fact(AccommodationStarted, on, until, **{"kind": "hotel", **fields})


def moved_out(on: str, accommodation: int) -> Fact:
    return fact(AccommodationEnded, on, accommodation=accommodation, ending="planned-move")


def tenancy(on: str, until: str | None = None, rent: int = 52_000) -> Fact:
    return fact(TenancyRegistered, on, until, monthly_rent=rent, currency="EUR")


def hired(on: str, member: UUID = ALMA, until: str | None = None) -> Fact:
    return fact(EmploymentStarted, on, until, member=member, contract_kind="fixed-term")


def left_work(on: str, employment: int) -> Fact:
    return fact(EmploymentEnded, on, employment=employment, ending="term-ended")


def absent(on: str, until: str) -> Fact:
    return fact(AbsenceRecorded, on, until, away_because="travel-abroad")


def correction(target: int, /, on: str = "2026-06-01", **changes: Any) -> Fact:
    return fact(EntryCorrected, on, target=target, changes=changes, reason="wrong-date")


def retraction(target: int, on: str = "2026-06-01") -> Fact:
    return fact(EntryRetracted, on, target=target, reason="did-not-happen")


class Story:
    """A household with its record, told fact by fact; each is recorded a day after the last."""

    def __init__(self, *facts: Fact, household: UUID = HOME) -> None:
        self.household = Household(household)
        self.record: list[Recorded] = []
        self.tell(*facts)

    @classmethod
    def begun(cls, *facts: Fact) -> Story:
        """Alma's household, registered and referred (versions 1 to 3), then `facts` from 4 on."""
        return cls(registered(), joined(ALMA), referred(), *facts)

    def tell(self, *facts: Fact, recorded: str | None = None) -> Story:
        """Decide and record facts, on a day where one is given."""
        for told in facts:
            decide(self.household, told, today=TODAY, codes=shipped())
            self.household.apply(told)
            last = self.record[-1].recorded_at if self.record else instant("2025-01-07")
            at = last + DAY_US if recorded is None else max(instant(recorded), last + 1)
            version = self.household.version
            self.record.append(Recorded(self.household.id, version, version, at, told))
        return self

    def read(self, as_of: str | None = None, as_at: str | None = None) -> History:
        """The history as of a day, as known at noon of another."""
        return read(
            self.record,
            None if as_of is None else day(as_of),
            None if as_at is None else instant(as_at),
        )
