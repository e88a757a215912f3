"""How the events of many households lie best in an SQLite file: docs/decisions/0011.

`python -m benchmarks.layouts 200000` gives the same events, in the same order, to three layouts
of the same columns: bare tables without triggers, leaves and receipts.
"""

from __future__ import annotations

import random
import sqlite3
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from benchmarks.bench import SEED, stored
from benchmarks.harness import Rate, Rates, Table, measure, ratio, table, timed
from benchmarks.machine import machine
from benchmarks.population import Population
from benchmarks.report import Report, show

ROUNDS = 7
SINGLE, BULK, LOADED = 300, 1_000, 300

_COLUMNS = "version INTEGER NOT NULL, topic TEXT NOT NULL, state BLOB NOT NULL, at INTEGER NOT NULL"
_HEAP = """CREATE TABLE ev (position INTEGER PRIMARY KEY, household {} NOT NULL, {},
    UNIQUE (household, version)) STRICT"""
_CLUSTERED = """CREATE TABLE ev (position INTEGER NOT NULL UNIQUE, household BLOB NOT NULL, {},
    PRIMARY KEY (household, version)) STRICT, WITHOUT ROWID"""
_INSERT = "INSERT INTO ev VALUES (?,?,?,?,?,?)"
_LOAD = "SELECT version, topic, state, at, position FROM ev WHERE household = ? ORDER BY version"
_SCAN = "SELECT position, household, version, topic, state, at FROM ev ORDER BY position"


class Layout:
    """A file with one of the layouts, fed from events of its own."""

    def __init__(
        self, path: Path, statement: str, key: Callable[[UUID], object], population: Population
    ) -> None:
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=FULL")
        self.db.execute(f"PRAGMA cache_size={-32 * 1024}")
        self.db.execute(statement)
        self._key = key
        self._events = enumerate(_events(population), start=1)
        self._households = population.households
        self._chance = random.Random(SEED)

    def rows(self, count: int) -> list[tuple[object, ...]]:
        """The next events as rows."""
        return [
            (
                position,
                self._key(event.originator_id),  # type: ignore[arg-type]  # uuid ids throughout
                event.originator_version,
                event.topic,
                event.state,
                position,
            )
            for position, event in islice(self._events, count)
        ]

    def bulk(self, count: int = BULK) -> float:
        """Rows a second in one transaction."""
        rows = self.rows(count)

        def write() -> None:
            self.db.execute("BEGIN")
            self.db.executemany(_INSERT, rows)
            self.db.execute("COMMIT")

        return timed(count, write)

    def single(self) -> float:
        """Rows a second, each in a transaction of its own."""
        rows = self.rows(SINGLE)
        return timed(SINGLE, lambda: [self.db.execute(_INSERT, row) for row in rows])

    def load(self) -> float:
        """Events a second, household by household, in no order."""
        keys = [self._key(one) for one in self._chance.sample(self._households, LOADED)]
        found: list[int] = []

        def read() -> None:
            found.extend(len(self.db.execute(_LOAD, (key,)).fetchall()) for key in keys)

        return timed(1, read) * sum(found)

    def scan(self) -> float:
        """Events a second, in the order of the log."""
        [(size,)] = self.db.execute("SELECT count(*) FROM ev").fetchall()
        return timed(size, lambda: [None for _ in self.db.execute(_SCAN)])


def _events(population: Population) -> Iterator[StoredEvent]:
    for _, told in population.batches():
        yield from stored(told)


def layouts(folder: Path, events: int) -> list[Table]:
    """All figures, on files that hold `events` before the first is taken."""
    population = Population(events + (ROUNDS + 1) * (SINGLE + BULK), SEED)
    made = {
        "log, 16-byte ids (ours)": Layout(
            folder / "heap.db", _HEAP.format("BLOB", _COLUMNS), lambda one: one.bytes, population
        ),
        "log, hexadecimal ids": Layout(
            folder / "text.db", _HEAP.format("TEXT", _COLUMNS), lambda one: one.hex, population
        ),
        "clustered by household": Layout(
            folder / "tree.db", _CLUSTERED.format(_COLUMNS), lambda one: one.bytes, population
        ),
    }
    for layout in made.values():
        layout.bulk(events)
    figures: dict[str, Callable[[Layout], Rate]] = {
        "Events appended, one in a transaction": lambda layout: layout.single,
        "Events appended, 1,000 in a transaction": lambda layout: layout.bulk,
        "Events loaded, household by household": lambda layout: layout.load,
        "Events read in the order of the log": lambda layout: layout.scan,
    }
    return [
        _table(title, measure(_each(figure, made), ROUNDS)) for title, figure in figures.items()
    ]


def _table(title: str, rates: Rates) -> Table:
    ours, *others = rates
    remarks = [f"{other}: {ratio(rates, other, ours):.2f} × ours" for other in others]
    return table("-", title, "events/s", rates, remarks=remarks)


def _each(figure: Callable[[Layout], Rate], made: dict[str, Layout]) -> dict[str, Rate]:
    return {name: figure(layout) for name, layout in made.items()}


if __name__ == "__main__":
    size = int(sys.argv[1])
    with TemporaryDirectory(prefix="journeys-layouts-") as made_in:
        tables = layouts(Path(made_in), size)
        show(Report(machine(Path(made_in), None), SEED, size, ROUNDS, tables))
