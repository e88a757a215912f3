"""The agreed package of interventions, and what was delivered of it."""

from __future__ import annotations

from typing import Annotated, ClassVar
from uuid import UUID

from journeys.household.facts.envelope import Fact, Span
from journeys.values import Cents, Code, Currency, Key, Quantity, Version

Kind = Annotated[str, Code("intervention-kind")]
Goal = Annotated[str, Code("goal")]


class PlanAgreed(Fact, frozen=True, kw_only=True):
    """The household and the services signed a personal plan (patto, progetto personalizzato)."""

    TOPIC: ClassVar[str] = "household.plan-agreed.v1"

    goals: tuple[Goal, ...]
    package: tuple[Kind, ...]
    signatories: tuple[Key, ...]


class PlanRevised(Fact, frozen=True, kw_only=True):
    """A plan was changed; `plan` is the version of the `PlanAgreed` that it revises."""

    TOPIC: ClassVar[str] = "household.plan-revised.v1"

    plan: Version
    goals: tuple[Goal, ...]
    package: tuple[Kind, ...]
    signatories: tuple[Key, ...]


class InterventionStarted(Fact, frozen=True, kw_only=True):
    """A service began, for the members named or for the whole household where none is."""

    TOPIC: ClassVar[str] = "household.intervention-started.v1"
    SPAN: ClassVar[Span] = "open"

    kind: Kind
    members: tuple[UUID, ...] = ()
    provider: Key | None = None


class InterventionDelivered(Fact, frozen=True, kw_only=True):
    """A service was given on a day: its hours and what it cost."""

    TOPIC: ClassVar[str] = "household.intervention-delivered.v1"

    kind: Kind
    intervention: Version | None = None
    members: tuple[UUID, ...] = ()
    hours: Quantity | None = None
    provider: Key | None = None
    cost: Cents | None = None
    currency: Currency | None = None


class InterventionMissed(Fact, frozen=True, kw_only=True):
    """An appointment was not kept, and by whose doing."""

    TOPIC: ClassVar[str] = "household.intervention-missed.v1"

    kind: Kind
    missed_because: Annotated[str, Code("miss-cause")]
    intervention: Version | None = None
    members: tuple[UUID, ...] = ()
    provider: Key | None = None


class InterventionEnded(Fact, frozen=True, kw_only=True):
    """A service came to its end; `intervention` is the version of its start."""

    TOPIC: ClassVar[str] = "household.intervention-ended.v1"

    intervention: Version
    ending: Annotated[str, Code("intervention-ending")]
