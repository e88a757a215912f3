"""A log in memory, to give projections exactly the facts that a test tells of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from journeys.household.facts import Fact, Recorded
from journeys.record.codec import CODEC
from journeys.record.recorder import LogRow, StreamRow
from tests.journeys.household.story import DAY_US, HOME, instant


def household(number: int) -> UUID:
    """The id of the household with that number; ids are in the order of their numbers."""
    return UUID(int=HOME.int + (number << 64))


class MemoryLog:
    """A record in memory: `projections.projection.Log`, and a way to add to it."""

    def __init__(self) -> None:
        self.rows: list[LogRow] = []

    def add(self, home: UUID, *facts: Fact) -> MemoryLog:
        """Record facts on a household, each a day after whatever was recorded last."""
        for fact in facts:
            self.add_stored(home, fact.TOPIC, CODEC.encode(fact))
        return self

    def add_stored(self, home: UUID, topic: str, state: bytes) -> MemoryLog:
        """Record bytes as they are, readable or not."""
        last = self.rows[-1][5] if self.rows else instant("2025-01-07")
        version = sum(1 for row in self.rows if row[1] == home) + 1
        self.rows.append((len(self.rows) + 1, home, version, topic, state, last + DAY_US))
        return self

    def add_record(self, record: Iterable[Recorded]) -> MemoryLog:
        """Take over what was recorded elsewhere, its places and instants included."""
        for entry in record:
            fact = entry.fact
            place = (entry.position, entry.household, entry.version)
            self.rows.append((*place, fact.TOPIC, CODEC.encode(fact), entry.recorded_at))
        return self

    def size(self) -> int:
        return len(self.rows)

    def log(self, after: int, limit: int) -> list[LogRow]:
        return self.rows[after : after + limit]

    def stream(self, household: UUID, after: int = 0) -> list[StreamRow]:
        return [
            (version, topic, state, recorded_at, position)
            for position, home, version, topic, state, recorded_at in self.rows
            if home == household and version > after
        ]

    def streams(
        self, first: UUID | None = None, last: UUID | None = None
    ) -> Iterator[tuple[UUID, list[StreamRow]]]:
        for home in sorted({row[1] for row in self.rows}, key=lambda home: home.hex):
            if (first is None or first <= home) and (last is None or home <= last):
                yield home, self.stream(home)
