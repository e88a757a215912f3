"""What was measured, scored, reached, proved and attested."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, ClassVar
from uuid import UUID

from journeys.household.facts.economy import Occasion
from journeys.household.facts.envelope import Fact, Span
from journeys.values import Code, Digest, Key, Quantity, Version, Within

Score = Annotated[int, Within(-1_000, 1_000)]


class AssessmentScored(Fact, frozen=True, kw_only=True):
    """A self-sufficiency or other instrument was scored, domain by domain.

    `look_back` is the number of days before the assessment that it takes into account (the
    self-sufficiency matrix disregards information older than 30 days).
    """

    TOPIC: ClassVar[str] = "household.assessment-scored.v1"

    instrument: Annotated[str, Code("instrument")]
    instrument_version: Key
    scores: dict[Annotated[str, Code("assessment-domain")], Score]
    rater: Key
    look_back: Annotated[int, Within(0, 3660)] = 30
    member: UUID | None = None


class MeasureObserved(Fact, frozen=True, kw_only=True):
    """A counted quantity: school absence, exclusions, offences, nights in jail or hospital."""

    TOPIC: ClassVar[str] = "household.measure-observed.v1"
    SPAN: ClassVar[Span] = "open"

    measure: Annotated[str, Code("measure")]
    value: Quantity
    member: UUID | None = None
    occasion: Occasion | None = None
    enrolment: Version | None = None


class OutcomeObserved(Fact, frozen=True, kw_only=True):
    """An outcome that no other fact expresses."""

    TOPIC: ClassVar[str] = "household.outcome-observed.v1"

    outcome: Annotated[str, Code("outcome")]
    unit: Annotated[str, Code("outcome-unit")] | None = None
    value: Quantity | None = None
    member: UUID | None = None


class EvidenceCaptured(Fact, frozen=True, kw_only=True):
    """A document was taken in; `covers` are the versions of the entries that it supports."""

    TOPIC: ClassVar[str] = "household.evidence-captured.v1"

    kind: Annotated[str, Code("evidence-kind")]
    sha256: Digest
    issuer: Key
    issued_on: dt.date | None = None
    covers: tuple[Version, ...] = ()


class EvidenceAssessed(Fact, frozen=True, kw_only=True):
    """Somebody judged a document; `captured` is the version that took it in."""

    TOPIC: ClassVar[str] = "household.evidence-assessed.v1"

    captured: Version
    verdict: Annotated[str, Code("evidence-verdict")]


class AttestationGiven(Fact, frozen=True, kw_only=True):
    """Somebody with authority vouched for entries."""

    TOPIC: ClassVar[str] = "household.attestation-given.v1"

    attestor: Key
    authority: Annotated[str, Code("attestation-authority")]
    about: tuple[Version, ...]
