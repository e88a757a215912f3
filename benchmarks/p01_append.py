"""P1: one durable record on SQLite, the whole path, beside the least that any store must do.

Ours encodes the fact, and writes event, leaf, tile, instant and command key in one commit under
`synchronous=FULL`; the raw commit is one INSERT of ready bytes under the same.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from eventsourcing.persistence import StoredEvent

from benchmarks import slow_disk, stock
from benchmarks.bench import Bench
from benchmarks.harness import Goal, Rate, Rates, Table, measure, table
from benchmarks.population import Population
from benchmarks.versioned import django_history, sqlalchemy_continuum
from journeys.application import Journeys
from journeys.household.facts import ArrearsObserved, Fact
from journeys.record.codec import CODEC
from journeys.record.keys import create_keyring
from journeys.record.store import create_record
from journeys.record.wrapping import load_master

RAW, OURS, STOCK = "raw one-row commit", "ours, one record", "stock Application.save"
DECIDED = "ours, household loaded and fact decided"
DJANGO, CONTINUUM = "django-simple-history get + save", "SQLAlchemy-Continuum get + save"
HOUSEHOLDS = 200
"""Among how many households the writes go round."""

_PLAIN = (Goal(OURS, RAW, 0.45), Goal(OURS, STOCK, 1.5), Goal(OURS, DJANGO, 8))
_SLOW = (Goal(OURS, RAW, 0.9),)

Save = Callable[[int, Any], object]
"""Does something with one thing, for the household of that number."""


def measured(bench: Bench) -> Iterator[Table]:
    """The figure on this disk, and on one that takes a millisecond longer to sync."""
    title, unit = "One durable record on SQLite", "commits/s"
    rates, remarks = rates_of(bench.folder / "p1", bench.rounds, 1_000)
    yield table("P1", title, unit, rates, _PLAIN, remarks)
    slow, remarks = slow_disk.rates(bench.folder, "p1-slow", bench.rounds, 200)
    yield table("P1", f"{title}, each fsync 1 ms slower", unit, slow, _SLOW, remarks)


def rates_of(folder: Path, rounds: int, commits: int) -> tuple[Rates, list[str]]:
    """What every contender reaches, and which ones are not installed."""
    folder.mkdir()
    facts = [one.fact for _, told in Population(20_000, 1).batches() for one in told]
    states = [(fact.TOPIC, CODEC.encode(fact)) for fact in facts]
    contenders: dict[str, Rate] = {
        RAW: _saving(_as_it_is, _raw(folder / "raw.db"), states, commits),
        OURS: _saving(_as_it_is, _ours(folder / "ours.db"), facts, commits),
        DECIDED: _saving(_as_it_is, _decided(folder), facts, commits // 4),
        STOCK: _saving(*_stock(folder / "stock.db"), facts, commits // 2),
    }
    remarks = []
    for name, peer in ((DJANGO, django_history), (CONTINUUM, sqlalchemy_continuum)):
        try:
            save = peer(folder / f"{peer.__name__}.db", facts[:HOUSEHOLDS])
        except ModuleNotFoundError as error:
            remarks.append(f"«{error.name}» is not installed, so there is no {name}.")
        else:
            contenders[name] = _saving(_as_it_is, save, facts, commits // 4)
    return measure(contenders, rounds), remarks


def _as_it_is(_: int, thing: Any) -> Any:
    return thing


def _saving(prepare: Save, save: Save, things: Sequence[Any], commits: int) -> Rate:
    """The rate of `save` alone; the things are prepared lap by lap."""
    coming = cycle(things)

    def rate() -> float:
        taken = 0.0
        for start in range(0, commits, HOUSEHOLDS):
            lap = range(min(HOUSEHOLDS, commits - start))
            ready = [prepare(number, thing) for number, thing in zip(lap, coming, strict=False)]
            began = time.perf_counter()
            for number, thing in enumerate(ready):
                save(number, thing)
            taken += time.perf_counter() - began
        return commits / taken

    return rate


def _raw(path: Path) -> Save:
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.execute(
        "CREATE TABLE event (position INTEGER PRIMARY KEY, household BLOB, version INTEGER,"
        " topic TEXT, state BLOB, UNIQUE (household, version))"
    )
    homes, versions = [uuid4().bytes for _ in range(HOUSEHOLDS)], [0] * HOUSEHOLDS
    insert = "INSERT INTO event (household, version, topic, state) VALUES (?,?,?,?)"

    def save(number: int, state: tuple[str, bytes]) -> None:
        versions[number] += 1
        db.execute(insert, (homes[number], versions[number], *state))

    return save


def _ours(path: Path) -> Save:
    recorder = create_record(f"sqlite:///{path}")
    homes, versions = [uuid4() for _ in range(HOUSEHOLDS)], [0] * HOUSEHOLDS

    def save(number: int, fact: Fact) -> None:
        versions[number] += 1
        state = CODEC.encode(fact)
        event = StoredEvent(homes[number], versions[number], fact.TOPIC, state)
        recorder.append([event], command=uuid4())

    return save


def _decided(folder: Path) -> Save:
    url = f"sqlite:///{folder}/decided.db"
    load_master(folder, create=True)
    journeys = Journeys(create_record(url), create_keyring(url, folder))
    homes: list[UUID] = [uuid4() for _ in range(HOUSEHOLDS)]
    opening = [told.fact for _, [told] in islice(Population(250, 1).batches(1), 5)]
    for home in homes:
        journeys.recorder.append(
            [
                StoredEvent(home, version, fact.TOPIC, CODEC.encode(fact))
                for version, fact in enumerate(opening, start=1)
            ]
        )

    def save(number: int, fact: Fact) -> None:
        owed = ArrearsObserved(
            amount=12_000,
            currency="EUR",
            effective_from=fact.effective_from,
            by=fact.by,
            organisation=fact.organisation,
            role=fact.role,
        )
        journeys.record(homes[number], [owed], command=uuid4())

    return save


def _stock(path: Path) -> tuple[Save, Save]:
    app = stock.on_sqlite(path)
    homes = [stock.Home(uuid4()) for _ in range(HOUSEHOLDS)]
    app.save(*homes)

    def tell(number: int, fact: Fact) -> stock.Home:
        homes[number].tell(**stock.fields(fact))
        return homes[number]

    return tell, lambda _, home: app.save(home)
