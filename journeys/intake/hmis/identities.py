"""The same person in several households: matched, never merged.

HMIS tells a person by PersonalID. Who belongs to several households of the record (who left the
parents' home, or is a member here and a head there) is a member of each, and the households are
bound by an identity match on both streams. Nobody is said to have left one for the other: the
source does not know.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from journeys.application import Journeys
from journeys.household.commands import Batch, Source
from journeys.household.facts import IdentityMatched, MemberJoined, PersonalDataErased
from journeys.household.history import Entry
from journeys.intake.hmis.compare import stamp
from journeys.intake.hmis.draft import Run
from journeys.intake.hmis.told import person_key

METHOD, CONFIDENCE = "source-id", 100


class Membership(NamedTuple):
    """A person as a member of one household, and the other households already matched there."""

    household: UUID
    entry: Entry
    member: UUID
    matched: frozenset[UUID]


def match_people(journeys: Journeys, run: Run, persons: Iterable[str]) -> int:
    """Match each person across the households that have them; how many matches were recorded."""
    matches = 0
    for person in persons:
        for one, other in _apart(memberships(journeys, run, person)):
            journeys.record_all(_batches(run, person, one, other))
            matches += 1
    return matches


def memberships(journeys: Journeys, run: Run, person: str) -> list[Membership]:
    """Where the record has a person of the source, in the order in which they joined."""
    key = f"{person_key(run.setting.seal, person)}.joined"
    rows = journeys.recorder.sources(run.source, [key]).get(key, [])
    found = []
    for household in sorted({row.household for row in rows}, key=str):
        version = min(row.version for row in rows if row.household == household)
        history = journeys.history(household)
        entry = history.find(version)
        if entry is None or entry.retracted_by is not None:
            continue
        assert isinstance(entry.current, MemberJoined)
        member = entry.current.member
        matched = frozenset(
            fact.other_household
            for fact in history.facts()
            if isinstance(fact, IdentityMatched) and fact.member == member
        )
        found.append(Membership(household, entry, member, matched))
    return sorted(found, key=lambda one: (one.entry.current.effective_from, one.household.hex))


def was_erased(journeys: Journeys, run: Run, person: str) -> bool:
    """Whether the personal data of a person of the source was erased in any household."""
    return any(
        isinstance(fact, PersonalDataErased) and fact.subject in (one.member, one.household)
        for one in memberships(journeys, run, person)
        for fact in journeys.history(one.household).facts()
    )


def _apart(found: Sequence[Membership]) -> Iterator[tuple[Membership, Membership]]:
    """Pairs to match, so that all households of a person hang together; none that do already."""
    together: list[set[UUID]] = [{one.household, *one.matched} for one in found]
    for place in range(1, len(found)):
        first, mine = together[0], together[place]
        if first & mine:
            first |= mine
            continue
        yield found[0], found[place]
        first |= mine


def _batches(run: Run, person: str, one: Membership, other: Membership) -> list[Batch]:
    """The match, on both streams."""
    day = max(one.entry.current.effective_from, other.entry.current.effective_from)
    row = person_key(run.setting.seal, person)
    batches = []
    for mine, theirs in ((one, other), (other, one)):
        fact = IdentityMatched(
            **run.envelope(),
            effective_from=day,
            known_on=max(day, min(run.export.day, run.setting.today)),
            member=mine.member,
            other_household=theirs.household,
            other_member=theirs.member,
            method=METHOD,
            confidence=CONFIDENCE,
        )
        key = f"m{row[1:]}.{theirs.household.hex}"
        source = Source(run.source, key, stamp("", run.export.made))
        batches.append(Batch(household=mine.household, facts=[fact], sources={0: source}))
    return batches
