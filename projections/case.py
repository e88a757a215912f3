"""A household's record laid out for the rules that look for findings in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from journeys.clock import ROME, instant
from journeys.household.facts import Fact, MemberJoined
from journeys.household.history import read
from journeys.household.spells import Spell, spells
from projections.projection import Journey
from projections.readings import standing
from projections.stretches import Stretch, Stretches


class Finding(NamedTuple):
    """Something that does not fit, since `day`, because of the entries of these versions."""

    kind: str
    day: dt.date
    versions: tuple[int, ...]
    details: dict[str, Any]


Rule = Callable[["Case"], Iterator[Finding]]
"""Looks for one kind of finding. Pure: it reads the case and nothing else."""


class Case:
    """What the rules look at; each part is made when the first rule asks for it."""

    def __init__(self, journey: Journey) -> None:
        self.journey = journey

    @cached_property
    def facts(self) -> list[tuple[int, Fact]]:
        """Version and content of what stands, in the order of versions."""
        return standing(self.journey.entries)

    @cached_property
    def content(self) -> dict[int, Fact]:
        """The same by version."""
        return dict(self.facts)

    @cached_property
    def stretches(self) -> Stretches:
        """What holds over which days."""
        return Stretches(self.journey.household, self.facts)

    @cached_property
    def memberships(self) -> dict[UUID, list[Stretch]]:
        """Each member's stretches of belonging to the household."""
        found: dict[UUID, list[Stretch]] = {}
        for stretch in self.stretches.all:
            if isinstance(stretch.fact, MemberJoined):
                found.setdefault(stretch.fact.member, []).append(stretch)
        return found

    @cached_property
    def spells(self) -> list[Spell]:
        """Housing, work, benefits and absence as the domain tells them."""
        return spells(read(self.journey.entries))

    def recorded_on(self, version: int) -> dt.date:
        """The day in Rome on which an entry was recorded."""
        return instant(self.journey.entries[version - 1].recorded_at).astimezone(ROME).date()
