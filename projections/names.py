"""Names of people, for display and search: the one projection that holds personal data.

It is folded only where the caller can open the vault. What was erased there is gone from here
with the fact that tells of the erasure.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Index, Table, Text, Uuid

from journeys.household.facts import (
    Fact,
    GuestHosted,
    HouseholdRegistered,
    MemberJoined,
)
from journeys.household.history import resolve
from projections.projection import VIEWS, Journey, Row

Disclose = Callable[[UUID], Mapping[tuple[int, str], Any]]
"""Opens a household's vault: plain content by version and field (`Journeys.disclose`)."""

NAMES = Table(
    "names",
    VIEWS,
    Column("household", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("sorts_as", Text, nullable=False),
    Column("search", Text, nullable=False),
    Column("position", BigInteger, nullable=False),
)
"""`name` is the head's, with its folded form to sort by, and `search` holds everybody's, folded;
as of log `position`."""

Index("names_key", NAMES.c.household, unique=True)


class Names:
    """The projection. Without a way to disclose it has no rows; it is then never caught up."""

    name = "names"
    version = 1
    settings = ""
    table = NAMES
    closes = False
    personal = True

    def __init__(self, disclose: Disclose | None = None) -> None:
        self._disclose = disclose

    def rows(self, journey: Journey, since: int = 0) -> list[Row]:  # noqa: ARG002  # rows are replaced
        """The household's names, if any can be disclosed."""
        if self._disclose is None:
            return []
        disclosed = self._disclose(journey.household)
        people = {person: told for person, told in _people(journey, disclosed) if told.strip()}
        if not people:
            return []
        name = people.get(_reference(journey)) or next(iter(people.values()))
        search = folded(" ".join(people.values()))
        return [(journey.household.hex, name, folded(name), search, journey.entries[-1].position)]


def folded(text: str) -> str:
    """Text without case, accents and repeated spaces, so that «Nicolò» is found by «nicolo»."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(bare.casefold().split())


def _people(
    journey: Journey, disclosed: Mapping[tuple[int, str], Any]
) -> Iterator[tuple[UUID | None, str]]:
    """Members and guests with surname and name, by the latest correction that told it."""
    readings = resolve([entry.fact for entry in journey.entries])
    for version, (fact, corrected_by, retracted_by) in enumerate(readings, start=1):
        if retracted_by is None and isinstance(fact, MemberJoined | GuestHosted):
            told: Mapping[str, str] = next(
                (
                    disclosed[place, "person"]
                    for place in (*reversed(corrected_by), version)
                    if (place, "person") in disclosed
                ),
                {},
            )
            yield _who(fact), f"{told.get('surname', '')} {told.get('name', '')}".strip()


def _who(fact: Fact) -> UUID | None:
    return getattr(fact, "member", None) or getattr(fact, "guest", None)


def _reference(journey: Journey) -> UUID | None:
    """Under whom the household is looked up: its head, or else its reference member."""
    heads = [
        entry.fact.member
        for entry in journey.entries
        if isinstance(entry.fact, MemberJoined) and entry.fact.relation == "head"
    ]
    references = [
        entry.fact.reference_member
        for entry in journey.entries
        if isinstance(entry.fact, HouseholdRegistered)
    ]
    return next(iter(heads + references), None)
