"""Logs that give projections the facts that a test tells of, and what projections made of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from eventsourcing.persistence import StoredEvent

from journeys.household.facts import Fact, Recorded
from journeys.record.codec import CODEC
from journeys.record.recorder import LogRow, Recorder, StreamRow
from projections.catalogue import ALL
from projections.engine import catch_up
from projections.projection import Log, Projection
from projections.store import Views
from tests.journeys.household.story import (
    ALMA,
    DAY_US,
    HOME,
    correction,
    enrolled,
    hired,
    housed,
    instant,
    joined,
    referred,
    registered,
    retraction,
    tenancy,
)


def household(number: int) -> UUID:
    """The id of the household of that number, at most 15: it is the id's first digit."""
    return UUID(int=HOME.int + (number << 124))


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


def recorded(recorder: Recorder, home: UUID, *facts: Fact) -> int:
    """Append facts to a household of a real record; the position of the last."""
    known = len(recorder.stream(home))
    events = [
        StoredEvent(home, version, fact.TOPIC, CODEC.encode(fact))
        for version, fact in enumerate(facts, start=known + 1)
    ]
    return recorder.append(events)[-1].position


def busy_lives(recorder: Recorder, households: int, seed: int = 0) -> None:
    """Append a few dozen facts on each household, corrections among them, in mixed order."""
    draw = Random(seed)
    for _ in range(12):
        for number in draw.sample(range(households), households):
            home = household(number)
            known = len(recorder.stream(home))
            recorded(recorder, home, *_chapter(draw, known))


def _chapter(draw: Random, known: int) -> list[Fact]:
    on = f"2025-{draw.randint(1, 12):02d}-{draw.randint(1, 28):02d}"
    if known == 0:
        return [registered(), joined(ALMA), referred()]
    return draw.choice(
        [
            [housed(on), tenancy(on)],
            [hired(on), enrolled(on, programme="rigenerprato")],
            [correction(draw.randint(1, known), effective_from=on)],
            [retraction(draw.randint(2, known))],
        ]
    )


def contents(views: Views, projections: Iterable[Projection] = ALL) -> dict[str, list[Any]]:
    """Every row of the projections, in an order of its own."""
    found: dict[str, list[Any]] = {}
    with views.reading() as connection:
        for projection in projections:
            rows = connection.execute(sa.select(projection.table))
            found[projection.name] = sorted((tuple(row) for row in rows), key=repr)
    return found


def replayed(recorder: Log, folder: Path, projections: Sequence[Projection] = ALL) -> Any:
    """What a full replay from the start gives, in fresh views of its own."""
    views = Views.open(f"sqlite:///{folder}/replay-{uuid4()}.db", projections)
    try:
        catch_up(views, recorder, projections)
        return contents(views, projections)
    finally:
        views.close()
