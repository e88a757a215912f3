"""What the household lives on."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from journeys.household.facts.envelope import Fact, Span
from journeys.values import Cents, Code, Currency, Quantity, Text, Version

Occasion = Annotated[str, Code("occasion")]
"""At which point of an enrolment an observation was made: start, update, annual, exit."""


class IncomeObserved(Fact, frozen=True, kw_only=True):
    """Income of a member from one source. `source` "total" is the sum over all sources.

    `every` says what the amount is per; ``period`` means the whole of the effective period.
    """

    TOPIC: ClassVar[str] = "household.income-observed.v1"
    SPAN: ClassVar[Span] = "open"

    member: UUID
    source: Annotated[str, Code("income-source")]
    amount: Cents
    currency: Currency
    every: Literal["week", "month", "year", "period"] = "month"
    occasion: Occasion | None = None
    enrolment: Version | None = None


class IseeAttested(Fact, frozen=True, kw_only=True):
    """An ISEE was attested: kind, value, validity, and any discrepancy (difformità) noted."""

    TOPIC: ClassVar[str] = "household.isee-attested.v1"
    SPAN: ClassVar[Span] = "open"

    kind: Annotated[str, Code("isee-kind")]
    value: Cents
    currency: Currency = "EUR"
    discrepancy: Annotated[str, Code("isee-discrepancy")] | None = None
    protocol: Text | None = None


class EmploymentStarted(Fact, frozen=True, kw_only=True):
    """A member began to work. An end known from the start is `effective_until`."""

    TOPIC: ClassVar[str] = "household.employment-started.v1"
    SPAN: ClassVar[Span] = "open"

    member: UUID
    contract_kind: Annotated[str, Code("employment-contract")]
    weekly_hours: Quantity | None = None
    employer: Text | None = None


class EmploymentEnded(Fact, frozen=True, kw_only=True):
    """A job came to its end; this is the first day without it."""

    TOPIC: ClassVar[str] = "household.employment-ended.v1"

    employment: Version
    ending: Annotated[str, Code("employment-ending")]


class BenefitGranted(Fact, frozen=True, kw_only=True):
    """A support measure began (Assegno di Inclusione, SFL, rent contribution, SNAP …)."""

    TOPIC: ClassVar[str] = "household.benefit-granted.v1"
    SPAN: ClassVar[Span] = "open"

    measure: Annotated[str, Code("benefit")]
    member: UUID | None = None
    amount: Cents | None = None
    currency: Currency | None = None


class BenefitEnded(Fact, frozen=True, kw_only=True):
    """A support measure came to its end; `benefit` is the version that granted it."""

    TOPIC: ClassVar[str] = "household.benefit-ended.v1"

    benefit: Version
    ending: Annotated[str, Code("benefit-ending")]


class QualificationAwarded(Fact, frozen=True, kw_only=True):
    """A member gained a qualification of a level."""

    TOPIC: ClassVar[str] = "household.qualification-awarded.v1"

    member: UUID
    level: Annotated[str, Code("qualification-level")]
