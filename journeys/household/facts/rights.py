"""What people decide about their own data."""

from __future__ import annotations

from typing import Annotated, ClassVar
from uuid import UUID

from journeys.household.facts.envelope import Fact
from journeys.values import Code, Version


class ParticipationWithdrawn(Fact, frozen=True, kw_only=True):
    """The household no longer takes part from this day."""

    TOPIC: ClassVar[str] = "household.participation-withdrawn.v1"


class ProcessingRestricted(Fact, frozen=True, kw_only=True):
    """Processing is limited (GDPR art. 18)."""

    TOPIC: ClassVar[str] = "household.processing-restricted.v1"

    ground: Annotated[str, Code("restriction-ground")]


class RestrictionLifted(Fact, frozen=True, kw_only=True):
    """A restriction ended; `restriction` is the version that set it."""

    TOPIC: ClassVar[str] = "household.restriction-lifted.v1"

    restriction: Version


class AddressProtected(Fact, frozen=True, kw_only=True):
    """The household's address must not be shown (domestic violence, protection orders)."""

    TOPIC: ClassVar[str] = "household.address-protected.v1"


class PersonalDataErased(Fact, frozen=True, kw_only=True):
    """A subject's personal data was erased (GDPR art. 17); the facts themselves stay."""

    TOPIC: ClassVar[str] = "household.personal-data-erased.v1"

    subject: UUID
    scope: Annotated[str, Code("erasure-scope")]
    legal_basis: Annotated[str, Code("legal-basis")]
