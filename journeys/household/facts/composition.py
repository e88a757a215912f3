"""Who belongs to the household, and how households part, join and turn out to be the same."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from journeys.household.facts.envelope import Fact, Span
from journeys.values import Code, Key, Month, Person, Version, Within

Definition = Annotated[str, Code("household-definition")]


class HouseholdRegistered(Fact, frozen=True, kw_only=True):
    """The household is known to the programme, under the definition of the unit in use.

    There are at least four legal definitions of a household (ISEE, registry office, public
    housing, the contract's own), so the one meant is always said.
    """

    TOPIC: ClassVar[str] = "household.registered.v1"

    unit: Definition
    reference_member: UUID


class MemberJoined(Fact, frozen=True, kw_only=True):
    """A person belongs to the household from this day, under the definitions named.

    Birth is kept in clear as year and month, place as municipality; names, birth day and fiscal
    code are in the vault (`person`).
    """

    TOPIC: ClassVar[str] = "household.member-joined.v1"

    member: UUID
    joined_by: Annotated[str, Code("join-cause")]
    relation: Annotated[str, Code("member-relation")]
    definitions: tuple[Definition, ...] = ()
    birth_month: Month | None = None
    municipality: Key | None = None
    person: Person | None = None


class MemberLeft(Fact, frozen=True, kw_only=True):
    """A person no longer belongs to the household from this day; without definitions, to none."""

    TOPIC: ClassVar[str] = "household.member-left.v1"

    member: UUID
    left_by: Annotated[str, Code("leave-cause")]
    definitions: tuple[Definition, ...] = ()


class GuestHosted(Fact, frozen=True, kw_only=True):
    """Somebody stays with the household without belonging to it. A guest is not a member."""

    TOPIC: ClassVar[str] = "household.guest-hosted.v1"
    SPAN: ClassVar[Span] = "open"

    guest: UUID
    person: Person | None = None


class HouseholdSplit(Fact, frozen=True, kw_only=True):
    """Members leave `origin` to form `new`. Recorded on both streams in one transaction.

    `clock` says whose running sustainment goes on, `cap` who keeps the payment cap.
    """

    TOPIC: ClassVar[str] = "household.split.v1"

    origin: UUID
    new: UUID
    members: tuple[UUID, ...]
    tenancy_to: Literal["origin", "new", "none"]
    clock: Annotated[str, Code("clock-policy")]
    cap: Annotated[str, Code("cap-policy")]
    decided_by: Key


class HouseholdsMerged(Fact, frozen=True, kw_only=True):
    """`absorbed` goes on as part of `survivor`. Recorded on both streams in one transaction.

    `member_map` gives, for a person known in both, the absorbed household's id and the survivor's.
    """

    TOPIC: ClassVar[str] = "household.merged.v1"

    survivor: UUID
    absorbed: UUID
    member_map: dict[UUID, UUID]
    tenancy_to: Literal["survivor", "absorbed", "none"]
    clock: Annotated[str, Code("clock-policy")]
    cap: Annotated[str, Code("cap-policy")]
    decided_by: Key


class IdentityMatched(Fact, frozen=True, kw_only=True):
    """A member is the same person as a member of another household. Recorded on both streams."""

    TOPIC: ClassVar[str] = "household.identity-matched.v1"

    member: UUID
    other_household: UUID
    other_member: UUID
    method: Annotated[str, Code("match-method")]
    confidence: Annotated[int, Within(0, 100)]


class IdentityUnmatched(Fact, frozen=True, kw_only=True):
    """A match was mistaken; `matched` is the version that recorded it on this stream."""

    TOPIC: ClassVar[str] = "household.identity-unmatched.v1"

    matched: Version
    method: Annotated[str, Code("match-method")]
