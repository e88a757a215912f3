"""The way into a programme and out of it."""

from __future__ import annotations

from typing import Annotated, ClassVar
from uuid import UUID

from journeys.household.facts.envelope import Fact, Span
from journeys.values import Code, Key, Quantity, Version


class Referred(Fact, frozen=True, kw_only=True):
    """The household was pointed to the programme."""

    TOPIC: ClassVar[str] = "household.referred.v1"

    source: Annotated[str, Code("referral-source")]
    programme: Key | None = None
    member: UUID | None = None


class EligibilityAssessed(Fact, frozen=True, kw_only=True):
    """Eligibility was decided under a named version of the rules, from named quantities."""

    TOPIC: ClassVar[str] = "household.eligibility-assessed.v1"

    rule_version: Key
    inputs: dict[Key, Quantity]
    result: Annotated[str, Code("eligibility-result")]


class Enrolled(Fact, frozen=True, kw_only=True):
    """The household, or one member where `member` is given, entered under a contract.

    `party` is the group that enrolled together where a source keeps such groups (HUD's
    HouseholdID), as a pseudonymous id.
    """

    TOPIC: ClassVar[str] = "household.enrolled.v1"

    contract: Key
    cohort: Key | None = None
    programme: Key | None = None
    project_type: Annotated[str, Code("project-type")] | None = None
    member: UUID | None = None
    relation: Annotated[str, Code("member-relation")] | None = None
    party: UUID | None = None


class BaselineFixed(Fact, frozen=True, kw_only=True):
    """How things stood before: measured quantities over a closed period, agreed once."""

    TOPIC: ClassVar[str] = "household.baseline-fixed.v1"
    SPAN: ClassVar[Span] = "closed"

    measures: dict[Annotated[str, Code("measure")], Quantity]
    member: UUID | None = None


class Exited(Fact, frozen=True, kw_only=True):
    """An enrolment came to its end; `enrolment` is the version of its `Enrolled`.

    `subsidy` is what helps to pay for the destination, where it is a subsidised home.
    """

    TOPIC: ClassVar[str] = "household.exited.v1"

    enrolment: Version
    destination: Annotated[str, Code("destination")]
    subsidy: Annotated[str, Code("housing-subsidy")] | None = None
    planned: bool | None = None


class ReEnrolled(Fact, frozen=True, kw_only=True):
    """The household came back; `previous` is the version of the enrolment that had ended."""

    TOPIC: ClassVar[str] = "household.re-enrolled.v1"

    previous: Version
    contract: Key
    cohort: Key | None = None
    programme: Key | None = None
    project_type: Annotated[str, Code("project-type")] | None = None
    member: UUID | None = None
    relation: Annotated[str, Code("member-relation")] | None = None
    party: UUID | None = None
