"""Events to append in tests: real facts, so that whatever is recorded also verifies."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID, uuid4

from eventsourcing.persistence import StoredEvent

from journeys.household.facts import Fact
from journeys.record.codec import CODEC
from journeys.record.recorder import Recorder
from tests.journeys.household.story import referred

NOON = 1_790_000_000_000_000
"""An instant in 2026, in microseconds since the epoch."""


def event(household: UUID, version: int, fact: Fact | None = None) -> StoredEvent:
    """An event of a household, ready to be appended; a referral, where no fact is given."""
    fact = fact or referred()
    return StoredEvent(household, version, fact.TOPIC, CODEC.encode(fact))


def events(household: UUID, versions: Iterable[int]) -> list[StoredEvent]:
    """Events of one household."""
    return [event(household, version) for version in versions]


def fill(recorder: Recorder, size: int, households: int = 3) -> list[UUID]:
    """Append `size` events in one transaction, to new households in turn; the households."""
    ids = [uuid4() for _ in range(households)]
    recorder.append([event(ids[n % households], n // households + 1) for n in range(size)])
    return ids
