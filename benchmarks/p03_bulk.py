"""P3: bulk append, a thousand events per transaction, with leaves and tiles."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from benchmarks import stock
from benchmarks.bench import SEED, Bench, stored
from benchmarks.harness import Goal, Rate, Table, measure, table
from benchmarks.population import BATCH, Population, Told
from journeys.record.recorder import Recorder
from journeys.record.store import create_record

RAW, READY = "raw executemany", "ours, events ready"
OURS, STOCK = "ours, facts encoded meanwhile", "stock save(*many)"
BATCHES = 10

_GOALS = (Goal(READY, RAW, 0.6), Goal(OURS, STOCK, 1.8))


def measured(bench: Bench) -> Iterator[Table]:
    """The figure. Raw rows and ready events are given as bytes; the others encode theirs."""
    contenders = {
        RAW: _raw(bench.path("p3-raw"), bench.rounds),
        READY: ready(create_record(f"sqlite:///{bench.path('p3-ready')}"), bench.rounds),
        OURS: _ours(create_record(f"sqlite:///{bench.path('p3-ours')}"), bench.rounds),
        STOCK: _stock(bench.path("p3-stock"), bench.rounds),
    }
    rates = measure(contenders, bench.rounds)
    title = f"Bulk append, {BATCH:,} per transaction"
    yield table("P3", title, "events/s", rates, _GOALS)


def ready(recorder: Recorder, rounds: int) -> Rate:
    """Our append of events whose bytes are ready."""
    return _in_turn(rounds, stored, recorder.append)


def _in_turn(
    rounds: int, prepare: Callable[[list[Told]], Any], append: Callable[[Any], object]
) -> Rate:
    """The rate of `append` alone over the next batches, each of them prepared before it."""
    coming = Population((rounds + 1) * BATCHES * BATCH, SEED).batches()

    def rate() -> float:
        taken = 0.0
        for _, told in islice(coming, BATCHES):
            batch = prepare(told)
            began = time.perf_counter()
            append(batch)
            taken += time.perf_counter() - began
        return BATCHES * BATCH / taken

    return rate


def _raw(path: Path, rounds: int) -> Rate:
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.execute(
        "CREATE TABLE event (position INTEGER PRIMARY KEY, household BLOB, version INTEGER,"
        " topic TEXT, state BLOB, UNIQUE (household, version))"
    )
    insert = "INSERT INTO event (household, version, topic, state) VALUES (?,?,?,?)"

    def rows(told: list[Told]) -> list[tuple[object, ...]]:
        return [_row(event) for event in stored(told)]

    def append(batch: list[tuple[object, ...]]) -> None:
        db.execute("BEGIN IMMEDIATE")
        db.executemany(insert, batch)
        db.execute("COMMIT")

    return _in_turn(rounds, rows, append)


def _row(event: StoredEvent) -> tuple[object, ...]:
    assert isinstance(event.originator_id, UUID)
    return (event.originator_id.bytes, event.originator_version, event.topic, event.state)


def _ours(recorder: Recorder, rounds: int) -> Rate:
    return _in_turn(rounds, list, lambda told: recorder.append(stored(told)))


def _stock(path: Path, rounds: int) -> Rate:
    app = stock.on_sqlite(path)
    homes: dict[UUID, stock.Home] = {}
    return _in_turn(rounds, lambda told: stock.tell(homes, told), lambda many: app.save(*many))
