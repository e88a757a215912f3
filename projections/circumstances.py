"""How a household stands: its situation on one day, and how that changes from day to day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Column, Date, SmallInteger, String, Uuid

from journeys.household.facts import (
    AccommodationStarted,
    AddressProtected,
    BenefitGranted,
    EmploymentStarted,
    Enrolled,
    Exited,
    Fact,
    HouseholdRegistered,
    HouseholdsMerged,
    MemberJoined,
    ParticipationWithdrawn,
    ProcessingRestricted,
    ReEnrolled,
    Referred,
    TenancyRegistered,
)
from projections.projection import Row
from projections.stretches import Stretch, Stretches

HEAD = "head"
"""The relation of the member whom the household is registered under."""


class Situation(NamedTuple):
    """How a household stands on one day.

    Codes and keys of which there may be several are joined by a space, in order; a text is empty
    where there is nothing to say.
    """

    status: str
    members: int
    working: int
    accommodation: str
    title: str
    provider: str
    tenancies: int
    benefits: str
    enrolments: int
    programmes: str
    contracts: str
    restricted: int
    protected: int
    head: UUID | None
    housed_since: dt.date | None


def columns() -> list[Column[Any]]:
    """The columns that hold a situation, in the order of its fields."""
    texts = {"status", "accommodation", "title", "provider", "benefits", "programmes", "contracts"}
    special: dict[str, Column[Any]] = {
        "head": Column("head", Uuid),
        "housed_since": Column("housed_since", Date),
    }
    return [
        special[field]
        if field in special
        else Column(field, String if field in texts else SmallInteger, nullable=False)
        for field in Situation._fields
    ]


def values(found: Situation) -> Row:
    """The situation as `columns` take it."""
    head, since = found.head, found.housed_since
    return (*found[:-2], head and head.hex, since and since.isoformat())


class Piece(NamedTuple):
    """Days `[start, end)` on each of which the household stands alike; `end` None goes on."""

    start: dt.date
    end: dt.date | None
    situation: Situation


UNKNOWN = Situation("unknown", 0, 0, "", "", "", 0, "", 0, "", "", 0, 0, None, None)
"""The situation of a household of which nothing is known on a day."""


def pieces(
    stretches: Stretches, first: dt.date, before: Piece | None = None, *, whole: bool = False
) -> Iterator[Piece]:
    """The household's situations from `first` on, as few and as long as can be.

    `before` is the piece that held until `first`, where one did: it is carried on if it still
    holds, and cut short if not. Days of which nothing is known are left out, unless `whole`.
    """
    start, held = (before.start, before.situation) if before else (first, None)
    for day in (first, *stretches.bounds(first)):
        found = situation(stretches.on(day)) or (UNKNOWN if whole else None)
        if found != held:
            if held is not None:
                yield Piece(start, day, held)
            start, held = day, found
    if held is not None:
        yield Piece(start, None, held)


def situation(holding: list[Stretch]) -> Situation | None:
    """What the stretches that hold on one day amount to; None where there are none."""
    if not holding:
        return None
    of: dict[type[Fact], list[Stretch]] = {}
    for stretch in holding:
        of.setdefault(type(stretch.fact), []).append(stretch)
    enrolments = of.get(Enrolled, []) + of.get(ReEnrolled, [])
    members = of.get(MemberJoined, [])
    where = _main_stay(of.get(AccommodationStarted, []))
    return Situation(
        status=_status(of),
        members=len({stretch.member for stretch in members}),
        working=len({stretch.member for stretch in of.get(EmploymentStarted, ())}),
        accommodation=where.kind if where else "",
        title=where.title or "" if where else "",
        provider=where.provider or "" if where else "",
        tenancies=len(of.get(TenancyRegistered, ())),
        benefits=_joined(of.get(BenefitGranted, ()), "measure"),
        enrolments=len(enrolments),
        programmes=_joined(enrolments, "programme"),
        contracts=_joined(enrolments, "contract"),
        restricted=int(ProcessingRestricted in of),
        protected=int(AddressProtected in of),
        head=_head(members, of.get(HouseholdRegistered, [])),
        housed_since=where.effective_from if where else None,
    )


_STATUSES: tuple[tuple[str, frozenset[type[Fact]]], ...] = (
    ("merged", frozenset({HouseholdsMerged})),
    ("withdrawn", frozenset({ParticipationWithdrawn})),
    ("enrolled", frozenset({Enrolled, ReEnrolled})),
    ("exited", frozenset({Exited})),
    ("referred", frozenset({Referred})),
)
STATUSES = (*(status for status, _ in _STATUSES), "registered", "unknown")
"""Every status, that which says most first."""


def _status(of: dict[type[Fact], list[Stretch]]) -> str:
    for status, kinds in _STATUSES:
        if not kinds.isdisjoint(of):
            return status
    return "registered"


def _head(members: list[Stretch], registered: list[Stretch]) -> UUID | None:
    for stretch in members:
        assert isinstance(stretch.fact, MemberJoined)
        if stretch.fact.relation == HEAD:
            return stretch.fact.member
    for stretch in registered:
        assert isinstance(stretch.fact, HouseholdRegistered)
        reference = stretch.fact.reference_member
        if any(member.member == reference for member in members):
            return reference
    return None


def _main_stay(stays: list[Stretch]) -> AccommodationStarted | None:
    """Of several stays the household's own, and of those the one that began last."""
    found: AccommodationStarted | None = None
    best: tuple[bool, dt.date, int] | None = None
    for stay in stays:
        assert isinstance(stay.fact, AccommodationStarted)
        rank = (not stay.fact.members, stay.start, stay.version)
        if best is None or rank > best:
            found, best = stay.fact, rank
    return found


def _joined(stretches: Sequence[Stretch], field: str) -> str:
    if not stretches:
        return ""
    found = {getattr(stretch.fact, field) for stretch in stretches}
    return " ".join(sorted(value for value in found if value))
