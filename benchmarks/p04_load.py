"""P4: load and fold one household of 50, 200 and 1,000 events."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from uuid import UUID

from benchmarks import stock
from benchmarks.bench import SEED, Bench, stored
from benchmarks.harness import Goal, Rate, Table, measure, table, timed
from benchmarks.population import Population, Told
from journeys.application import Journeys
from journeys.record.keys import create_keyring
from journeys.record.store import create_record
from journeys.record.wrapping import load_master

OURS, RAW, STOCK = "ours", "raw fetch + orjson + fold", "stock repository.get"
LENGTHS = (50, 200, 1_000)
HOUSEHOLDS = 30
EVENTS_A_TURN = 12_000

_GOALS = (Goal(OURS, STOCK, 15), Goal(OURS, RAW, 1))


def measured(bench: Bench) -> Iterator[Table]:
    """The figure for each length. All households of a length are told at the same time, so that
    the events of one lie far apart, as they do in a store that has grown."""
    for length in LENGTHS:
        folder = bench.folder / f"p4-{length}"
        folder.mkdir()
        together = _told(length)
        homes = [told.household for told in together[:HOUSEHOLDS]]
        contenders = {
            OURS: _loading(_ours(folder, together), homes, length),
            STOCK: _loading(_stock(folder, together), homes, length * 10),
        }
        remarks = []
        try:
            contenders[RAW] = _loading(_raw(folder), homes, length)
        except ModuleNotFoundError as error:
            remarks.append(f"«{error.name}» is not installed, so there is no {RAW}.")
        rates = measure(contenders, bench.rounds)
        yield table("P4", f"One household of {length:,} events", "loads/s", rates, _GOALS, remarks)


def _told(length: int) -> list[Told]:
    streams = [
        [one for _, told in Population(length, SEED + number, 1).batches() for one in told]
        for number in range(HOUSEHOLDS)
    ]
    return [one for together in zip(*streams, strict=True) for one in together]


def _loading(load: Callable[[UUID], object], homes: list[UUID], weight: int) -> Rate:
    coming = cycle(homes)
    loads = max(HOUSEHOLDS, EVENTS_A_TURN // weight)

    def some() -> None:
        for home in islice(coming, loads):
            load(home)

    return lambda: timed(loads, some)


def _ours(folder: Path, together: list[Told]) -> Callable[[UUID], object]:
    url = f"sqlite:///{folder}/ours.db"
    load_master(folder, create=True)
    journeys = Journeys(create_record(url), create_keyring(url, folder))
    journeys.recorder.append(stored(together))
    return journeys.household


def _stock(folder: Path, together: list[Told]) -> Callable[[UUID], object]:
    app = stock.on_sqlite(folder / "stock.db")
    homes: dict[UUID, stock.Home] = {}
    for start in range(0, len(together), HOUSEHOLDS):
        app.save(*stock.tell(homes, together[start : start + HOUSEHOLDS]))

    def load(home: UUID) -> object:  # and hold the application, which closes when it is let go
        return app.repository.get(home)

    return load


def _raw(folder: Path) -> Callable[[UUID], object]:
    """As one would write it by hand over the same table: the same rows, plain dictionaries."""
    import orjson  # noqa: PLC0415

    db = sqlite3.connect(folder / "ours.db", isolation_level=None)
    loads = orjson.loads
    query = (
        "SELECT originator_version, topic, state FROM stored_events"
        " WHERE originator_id = ? ORDER BY originator_version"
    )

    def load(home: UUID) -> object:
        standing: dict[int, dict[str, Any]] = {}
        latest: dict[str, str] = {}
        for version, topic, state in db.execute(query, (home.bytes,)):
            fact = standing[version] = loads(state)
            latest[topic] = fact["effective_from"]
        return standing, latest

    return load
