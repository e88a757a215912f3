"""Requests that touch more than one household, as batches to be recorded in one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

import msgspec

from journeys.errors import NotFound
from journeys.household.facts import (
    EntryRetracted,
    Fact,
    HouseholdRegistered,
    HouseholdsMerged,
    HouseholdSplit,
    IdentityMatched,
    MemberJoined,
)
from journeys.household.household import Household
from journeys.household.lineage import mirrored
from journeys.values import Actor

SPLIT, MERGE = "split", "merge"
"""The codes of `join-cause` for members who come through a split or a merge."""


class Source(msgspec.Struct, frozen=True):
    """Which outside row a fact was made from: the source, its key there, a digest of the row."""

    source: str
    key: str
    digest: str


class Batch(msgspec.Struct, kw_only=True):
    """Facts to be recorded on one household, together and in this order.

    `personal` gives the content of personal fields by the place of the fact in `facts` and the
    field's name; `sources` the outside row of a fact by its place. `expected` is the version that
    the asker has seen: the batch is refused when the household has moved on.
    """

    household: UUID
    facts: Sequence[Fact]
    personal: Mapping[tuple[int, str], Any] = {}
    sources: Mapping[int, Source] = {}
    expected: int | None = None


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What was agreed when households part or join, and by whom it is told and decided."""

    day: dt.date
    clock: str
    cap: str
    decided_by: str
    by: Actor

    def envelope(self) -> dict[str, Any]:
        """The envelope fields that every fact of the command shares."""
        return envelope(self.by, self.day)


def envelope(by: Actor, day: dt.date) -> dict[str, Any]:
    """Envelope fields of a fact that `by` tells of `day`."""
    return {
        "by": by.id,
        "organisation": by.organisation,
        "role": by.role,
        "effective_from": day,
    }


def split(
    origin: Household,
    new: UUID,
    members: Sequence[UUID],
    tenancy_to: Literal["origin", "new", "none"],
    terms: Terms,
) -> list[Batch]:
    """Members leave `origin` and form the household `new`; the first of them is its reference."""
    if not members:
        raise NotFound("A split names the members who leave.")
    shared = terms.envelope()
    parted = HouseholdSplit(
        origin=origin.id,
        new=new,
        members=tuple(members),
        tenancy_to=tenancy_to,
        clock=terms.clock,
        cap=terms.cap,
        decided_by=terms.decided_by,
        **shared,
    )
    unit = _registration(origin).unit
    begun = HouseholdRegistered(unit=unit, reference_member=members[0], **shared)
    joined = [_joining(origin, member, member, SPLIT, shared) for member in members]
    return [
        Batch(household=origin.id, facts=[parted]),
        Batch(household=new, facts=[begun, *joined, parted]),
    ]


def merge(
    survivor: Household,
    absorbed: Household,
    member_map: Mapping[UUID, UUID],
    tenancy_to: Literal["survivor", "absorbed", "none"],
    terms: Terms,
) -> list[Batch]:
    """`absorbed` goes on as part of `survivor`; its members join there.

    `member_map` names the persons known in both, by their id in the absorbed household.
    """
    shared = terms.envelope()
    merged = HouseholdsMerged(
        survivor=survivor.id,
        absorbed=absorbed.id,
        member_map=dict(member_map),
        tenancy_to=tenancy_to,
        clock=terms.clock,
        cap=terms.cap,
        decided_by=terms.decided_by,
        **shared,
    )
    joining = [
        _joining(absorbed, member, member_map.get(member, member), MERGE, shared)
        for member in absorbed.members
        if absorbed.is_member(member, terms.day)
        and not survivor.is_member(member_map.get(member, member), terms.day)
    ]
    return [
        Batch(household=survivor.id, facts=[merged, *joining]),
        Batch(household=absorbed.id, facts=[merged]),
    ]


def match(
    one: Household,
    member: UUID,
    other: Household,
    other_member: UUID,
    method: str,
    confidence: int,
    by: Actor,
    day: dt.date,
) -> list[Batch]:
    """A member of one household is the same person as a member of another."""

    def matched(mine: UUID, household: UUID, theirs: UUID) -> IdentityMatched:
        return IdentityMatched(
            member=mine,
            other_household=household,
            other_member=theirs,
            method=method,
            confidence=confidence,
            **envelope(by, day),
        )

    return [
        Batch(household=one.id, facts=[matched(member, other.id, other_member)]),
        Batch(household=other.id, facts=[matched(other_member, one.id, member)]),
    ]


def undo(one: Household, other: Household, day: dt.date, reason: str, by: Actor) -> list[Batch]:
    """Take back the split, merge or match between two households, with the joinings it brought.

    Facts recorded since on either household stay; where one relies on what is taken back, the
    refusal names it. Raises `NotFound` where nothing binds the two.
    """
    version, mirror = _binding(one, other)
    return [
        Batch(
            household=home.id,
            facts=[
                EntryRetracted(target=target, reason=reason, **envelope(by, day))
                for target in (bound, *_brought(home, bound))
            ],
        )
        for home, bound in ((one, version), (other, mirror))
    ]


def _binding(one: Household, other: Household) -> tuple[int, int]:
    """The versions on both of what was told last to bind the two, and holds on both."""
    for version in _standing_last_first(one):
        for mirror in _standing_last_first(other):
            if mirrored(one.standing[version], one.id, other.standing[mirror], other.id):
                return version, mirror
    raise NotFound(f"Nothing binds {one.id} to {other.id}.")


def _standing_last_first(household: Household) -> list[int]:
    binding = (HouseholdSplit, HouseholdsMerged, IdentityMatched)
    return [
        version
        for version, fact in sorted(household.standing.items(), reverse=True)
        if isinstance(fact, binding) and version not in household.ended
    ]


def _brought(household: Household, version: int) -> list[int]:
    """The joinings that a split or a merge brought, the last first: those told right beside it."""
    fact = household.standing[version]
    if isinstance(fact, HouseholdSplit) and fact.new == household.id:
        cause, beside = SPLIT, range(version - 1, 0, -1)
    elif isinstance(fact, HouseholdsMerged) and fact.survivor == household.id:
        cause, beside = MERGE, range(version + 1, household.version + 1)
    else:
        return []
    joinings = []
    for at in beside:
        told = household.facts[at - 1]
        if not isinstance(told, MemberJoined) or told.joined_by != cause:
            break
        if at in household.standing:
            joinings.append(at)
    return sorted(joinings, reverse=True)


def _registration(household: Household) -> HouseholdRegistered:
    registered = household.standing.get(1)
    if not isinstance(registered, HouseholdRegistered):
        raise NotFound(f"No household {household.id} is in the record.")
    return registered


def _joining(
    source: Household, member: UUID, known_as: UUID, cause: str, shared: Mapping[str, Any]
) -> MemberJoined:
    """The person's own joining elsewhere, as a joining here. The sealed person stays behind."""
    joined = next(
        (
            fact
            for fact in reversed(source.standing.values())
            if isinstance(fact, MemberJoined) and fact.member == member
        ),
        None,
    )
    if joined is None:
        raise NotFound(f"{member} never was a member of {source.id}.")
    return MemberJoined(
        member=known_as,
        joined_by=cause,
        relation=joined.relation,
        definitions=joined.definitions,
        birth_month=joined.birth_month,
        municipality=joined.municipality,
        **shared,
    )
