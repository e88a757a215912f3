"""Whom and what a fact names: people of its household, and other entries of its stream."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from uuid import UUID

from journeys.household.facts import (
    ENDS,
    Fact,
    HouseholdRegistered,
    HouseholdsMerged,
    HouseholdSplit,
    PersonalDataErased,
)

LINKS = ("enrolment", "intervention", "plan", "captured", "previous")
"""Fields that name another entry of the stream by its version, beside the ends of `ENDS`."""


def links(fact: Fact) -> dict[str, int]:
    """The versions of the same stream that a fact names: field (or field and place) to version."""
    found = {
        field: version
        for field in _link_fields(type(fact))
        if (version := getattr(fact, field)) is not None
    }
    for field in ("covers", "about"):
        found |= {
            f"{field}[{place}]": version for place, version in enumerate(getattr(fact, field, ()))
        }
    return found


_SAYS_PEOPLE_ITSELF = (HouseholdRegistered, HouseholdSplit, HouseholdsMerged, PersonalDataErased)


def people(fact: Fact) -> Iterator[tuple[str, UUID]]:
    """The members that a fact speaks of as members, with the field that names each."""
    if isinstance(fact, _SAYS_PEOPLE_ITSELF):
        return
    member = getattr(fact, "member", None)
    if member is not None:
        yield "member", member
    for named in getattr(fact, "members", ()):
        yield "members", named


@cache
def _link_fields(kind: type[Fact]) -> frozenset[str]:
    fields = {field for field in LINKS if field in kind.__struct_fields__}
    if kind in ENDS:
        fields.add(ENDS[kind][0])
    return frozenset(fields)
