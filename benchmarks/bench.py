"""What the figures of one run share: sizes, seed, folder, the large stores and the server."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from contextlib import ExitStack
from functools import cached_property
from itertools import count
from pathlib import Path

from eventsourcing.persistence import StoredEvent

from benchmarks import stock
from benchmarks.population import Population, Told
from benchmarks.postgres import Postgres, running
from journeys.record.codec import CODEC
from journeys.record.store import create_record, open_record

SEED = 20_260
STOCK_EVENTS = 100_000
"""How many facts the library's own store is given at most: its rates do not need more."""


class Bench:
    """One run. `events` is the size of its large store, `rounds` how often contenders take turns.

    What is opened for several figures is closed with `closing`.
    """

    def __init__(self, folder: Path, events: int, rounds: int, closing: ExitStack) -> None:
        self.folder = folder
        self.events = events
        self.rounds = rounds
        self.population = Population(events, SEED)
        self._closing = closing
        self._numbers = count(1)

    def path(self, name: str) -> Path:
        """A file that is not there yet."""
        return self.folder / f"{name}-{next(self._numbers)}.db"

    @cached_property
    def large(self) -> str:
        """The URL of the large store on SQLite: a demonstration record of 2021 to 2025."""
        url = f"sqlite:///{self.path('large')}"
        tell(f"making {self.population.count:,} households with {self.events:,} facts")
        fill(url, self.population)
        return url

    @cached_property
    def stock_population(self) -> Population:
        """The households in the library's own store: of the same mean length, but fewer."""
        return Population(min(self.events, STOCK_EVENTS), SEED)

    @cached_property
    def stock(self) -> stock.Homes:
        """The library's own application on SQLite, with those households."""
        tell(f"telling the stock library {self.stock_population.events:,} of them")
        app = stock.on_sqlite(self.path("stock"))
        stock.fill(app, self.stock_population)
        self._closing.callback(app.close)
        return app

    @cached_property
    def postgres(self) -> Postgres | None:
        """A PostgreSQL of this run; None where no server is installed."""
        return self._closing.enter_context(running())

    @property
    def postgres_version(self) -> str | None:
        """The server's version, where a figure made use of one."""
        server = self.__dict__.get("postgres")
        return server.version if server else None


def tell(what: str) -> None:
    """Say what is going on, beside the report."""
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


def stored(told: Iterable[Told]) -> list[StoredEvent]:
    """The events of these facts, encoded for the record."""
    encode = CODEC.encode
    return [StoredEvent(home, version, fact.TOPIC, encode(fact)) for home, version, fact in told]


def fill(url: str, population: Population) -> None:
    """Record all facts of the population in a new demonstration record."""
    create_record(url, kind="demonstration").close()
    instant = 0
    recorder = open_record(url, clock=lambda: instant)
    for instant, told in population.batches():  # noqa: B007  # the clock reads it
        recorder.append(stored(told))
    recorder.close()
