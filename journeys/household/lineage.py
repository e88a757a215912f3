"""A household across streams: splits, merges, identity matches and guests, both ways and back.

Facts stay where they were recorded. `follow` finds the streams that a household is bound to, as
known at an instant, and `joint` reads them as one timeline.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Literal
from uuid import UUID

from msgspec import Struct

from journeys.household.facts import (
    ENDS,
    EntryCorrected,
    EntryRetracted,
    Fact,
    GuestHosted,
    HouseholdsMerged,
    HouseholdSplit,
    IdentityMatched,
    IdentityUnmatched,
    Recorded,
)
from journeys.household.history import Entry, History, read
from journeys.household.named import people

Relation = Literal["split-from", "split-into", "merged-into", "absorbed", "matched", "hosts"]
Load = Callable[[UUID], Sequence[Recorded]]
"""Gives a household's stream in version order; empty for one that is not in the record."""

Homes = Callable[[UUID], Iterable[UUID]]
"""Gives the households in which a person is or was a member or a guest."""


class Bond(Struct, frozen=True):
    """What binds one household to another.

    `relation` is as seen from `household`, `day` is the day it took effect, `version` the entry
    that tells it. `people` maps a person's id here to the same person's id there.
    """

    household: UUID
    other: UUID
    relation: Relation
    day: date
    version: int
    people: dict[UUID, UUID] = {}


class Reach(Struct, frozen=True):
    """Which facts of a bound stream are part of the joint timeline.

    Those effective in `[start, until)` that tell of one of `persons` (None: of anybody), and
    those that tell of the household as a whole where `whole` says so.
    """

    start: date = date.min
    until: date = date.max
    persons: frozenset[UUID] | None = None
    whole: bool = True

    def covers(self, fact: Fact) -> bool:
        """Whether a fact of the stream, other than an end or a correction, is part of it."""
        if not self.start <= fact.effective_from < self.until:
            return False
        told = {member for _, member in people(fact)}
        if not told:
            return self.whole
        return self.persons is None or bool(told & self.persons)

    def over(self, bond: Bond) -> Reach:
        """The reach in the stream that `bond` leads to, from this reach in the one it leaves."""
        start, until, whole = self.start, self.until, self.whole
        if bond.relation == "split-from":
            until = min(until, bond.day)
        elif bond.relation in ("split-into", "merged-into"):
            start = max(start, bond.day)
        if bond.relation in ("split-into", "matched", "hosts"):
            whole = False
        return Reach(start, until, self._translated(bond), whole)

    def _translated(self, bond: Bond) -> frozenset[UUID] | None:
        everybody = bond.relation in ("absorbed", "merged-into")
        if self.persons is None:
            return None if everybody else frozenset(bond.people.values())
        here = self.persons if everybody else self.persons & bond.people.keys()
        return frozenset(bond.people.get(person, person) for person in here)


class Lineage(Struct, frozen=True):
    """The streams bound to `household`, itself first, in the order in which they are reached.

    `path` gives for each stream the bonds that lead to it from `household`, `reach` which of its
    facts belong to the joint timeline.
    """

    household: UUID
    histories: dict[UUID, History]
    path: dict[UUID, tuple[Bond, ...]]
    reach: dict[UUID, Reach]


def bonds(household: UUID, history: History, homes: Homes | None = None) -> list[Bond]:
    """What binds a household to others, as its history tells it."""
    unmatched = _unmatched(history)
    return [
        bond
        for entry in history.standing()
        if entry.version not in unmatched
        for bond in _bonds(household, entry, homes)
    ]


def follow(
    household: UUID,
    load: Load,
    *,
    as_of: date | None = None,
    as_at: int | None = None,
    homes: Homes | None = None,
    furthest: int = 50,
) -> Lineage:
    """Every stream that splits, merges, matches and guests lead to, over any number of steps.

    Guests are followed only where `homes` can tell where else a person lives. At most `furthest`
    streams are read, nearest first, so that a record full of matches cannot run away.
    """
    histories = {household: read(load(household), as_of, as_at)}
    path: dict[UUID, tuple[Bond, ...]] = {household: ()}
    reach = {household: Reach()}
    waiting = [household]
    while waiting:
        reached = waiting.pop(0)
        for bond in bonds(reached, histories[reached], homes):
            if bond.other in histories or len(histories) >= furthest:
                continue
            record = load(bond.other)
            there = read(record, as_of, as_at)
            if not record or _taken_back_there(bond, histories[reached], there):
                continue
            histories[bond.other] = there
            path[bond.other] = (*path[reached], bond)
            reach[bond.other] = reach[reached].over(bond)
            waiting.append(bond.other)
    return Lineage(household, histories, path, reach)


def joint(lineage: Lineage) -> list[Entry]:
    """The timeline of the household with what its bonds bring, by effective day.

    A split-off household takes along what was true before the split of the household or of its
    members; a survivor takes along all of an absorbed household, and an absorbed one what follows
    in the survivor; a match or a guest brings what concerns the persons who are matched. What
    sets an entry right comes with it, and so does the end of what it began for a person.
    """
    found = []
    for stream, history in lineage.histories.items():
        facts = {entry.version: entry.current for entry in history.entries}
        reach = lineage.reach[stream]
        found += [e for e in history.entries if reach.covers(_subject(e.current, facts))]
    return sorted(found, key=lambda entry: (entry.current.effective_from, entry.recorded.position))


def mirrored(one: Fact, household: UUID, other: Fact, there: UUID) -> bool:
    """Whether a fact of `household` and a fact of `there` tell the same bond from both sides."""
    if isinstance(one, HouseholdSplit) and isinstance(other, HouseholdSplit):
        return (one.origin, one.new) == (other.origin, other.new)
    if isinstance(one, HouseholdsMerged) and isinstance(other, HouseholdsMerged):
        return (one.survivor, one.absorbed) == (other.survivor, other.absorbed)
    if isinstance(one, IdentityMatched) and isinstance(other, IdentityMatched):
        mine = (household, one.member, one.other_household, one.other_member)
        return mine == (other.other_household, other.other_member, there, other.member)
    return False


def _taken_back_there(bond: Bond, here: History, there: History) -> bool:
    """Whether the other household told the bond too and has taken it back since."""
    told = here.find(bond.version)
    assert told is not None
    unmatched = _unmatched(there)
    sides = [
        entry.retracted_by is None and entry.version not in unmatched
        for entry in there.entries
        if mirrored(told.current, bond.household, entry.current, bond.other)
    ]
    return bool(sides) and not any(sides)


def _unmatched(history: History) -> set[int]:
    return {
        entry.current.matched
        for entry in history.standing()
        if isinstance(entry.current, IdentityUnmatched)
    }


def _subject(fact: Fact, facts: Mapping[int, Fact]) -> Fact:
    """What decides where a fact belongs: the entry that it sets right, or that began what it ends.

    An end of something that concerns the household as a whole belongs where its own day does.
    """
    while isinstance(fact, EntryCorrected | EntryRetracted) and fact.target in facts:
        fact = facts[fact.target]
    if type(fact) in ENDS:
        start = facts.get(getattr(fact, ENDS[type(fact)][0]))
        if start is not None and any(people(start)):
            return start
    return fact


def _bonds(household: UUID, entry: Entry, homes: Homes | None) -> Iterator[Bond]:
    fact, version = entry.current, entry.version
    day = fact.effective_from
    if isinstance(fact, HouseholdSplit):
        same = {member: member for member in fact.members}
        if household == fact.origin:
            yield Bond(household, fact.new, "split-into", day, version, same)
        else:
            yield Bond(household, fact.origin, "split-from", day, version, same)
    elif isinstance(fact, HouseholdsMerged):
        if household == fact.survivor:
            back = {here: there for there, here in fact.member_map.items()}
            yield Bond(household, fact.absorbed, "absorbed", day, version, back)
        else:
            yield Bond(household, fact.survivor, "merged-into", day, version, fact.member_map)
    elif isinstance(fact, IdentityMatched):
        person = {fact.member: fact.other_member}
        yield Bond(household, fact.other_household, "matched", day, version, person)
    elif isinstance(fact, GuestHosted) and homes is not None:
        for home in homes(fact.guest):
            if home != household:
                person = {fact.guest: fact.guest}
                yield Bond(household, home, "hosts", day, version, person)
