"""Where the household lives, under which title, and what threatens it."""

from __future__ import annotations

from typing import Annotated, ClassVar
from uuid import UUID

from journeys.household.facts.envelope import Fact, Span
from journeys.values import Cents, Code, Currency, Key, Text, Version


class AccommodationStarted(Fact, frozen=True, kw_only=True):
    """A stay began: hotel, shelter, utilizzo autorizzato, public housing, market tenancy.

    An end known from the start (one night, a fixed term) is `effective_until`; otherwise an
    `AccommodationEnded` closes it. No members named means the whole household.
    """

    TOPIC: ClassVar[str] = "household.accommodation-started.v1"
    SPAN: ClassVar[Span] = "open"

    kind: Annotated[str, Code("accommodation-kind")]
    title: Annotated[str, Code("accommodation-title")] | None = None
    payer: Annotated[str, Code("payer")] | None = None
    nightly_cost: Cents | None = None
    currency: Currency | None = None
    provider: Key | None = None
    members: tuple[UUID, ...] = ()
    enrolment: Version | None = None
    address: Text | None = None


class AccommodationEnded(Fact, frozen=True, kw_only=True):
    """A stay came to its end; the household did not sleep there on this day any more."""

    TOPIC: ClassVar[str] = "household.accommodation-ended.v1"

    accommodation: Version
    ending: Annotated[str, Code("accommodation-ending")]
    destination: Annotated[str, Code("destination")] | None = None


class AbsenceRecorded(Fact, frozen=True, kw_only=True):
    """The household, or one member, was away from where it lives, and why."""

    TOPIC: ClassVar[str] = "household.absence-recorded.v1"
    SPAN: ClassVar[Span] = "closed"

    away_because: Annotated[str, Code("absence-cause")]
    member: UUID | None = None


class TenancyRegistered(Fact, frozen=True, kw_only=True):
    """A lease in the household's own name was registered (Agenzia delle Entrate)."""

    TOPIC: ClassVar[str] = "household.tenancy-registered.v1"
    SPAN: ClassVar[Span] = "open"

    monthly_rent: Cents
    currency: Currency
    contract_kind: Annotated[str, Code("tenancy-contract")] | None = None
    registration: Text | None = None


class ArrearsObserved(Fact, frozen=True, kw_only=True):
    """Rent or charges owed on a day; zero says that nothing was owed."""

    TOPIC: ClassVar[str] = "household.arrears-observed.v1"

    amount: Cents
    currency: Currency


class EvictionStageReached(Fact, frozen=True, kw_only=True):
    """An eviction went a step further."""

    TOPIC: ClassVar[str] = "household.eviction-stage-reached.v1"

    stage: Annotated[str, Code("eviction-stage")]
