"""P5: fold every household of the store, in one process and in two."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from uuid import UUID

from benchmarks.bench import Bench
from benchmarks.crew import Crew
from benchmarks.harness import Goal, Rate, Table, measure, table, timed
from journeys.household.household import Household
from journeys.record.codec import CODEC
from journeys.record.recorder import Recorder
from journeys.record.store import open_record

RAW, ONE, TWO = "raw scan to tuples", "ours, one process", "ours, two processes"
STOCK = "stock log + mapper"
STOCK_EVENTS = 40_000
PAGE = 1_000
HALF = UUID(int=1 << 127)

_GOALS = (Goal(ONE, RAW, 0.4), Goal(ONE, STOCK, 5), Goal(TWO, ONE, 1.5))


def measured(bench: Bench) -> Iterator[Table]:
    """The figure. The stock log is read and mapped, and not even folded."""
    url = bench.large
    halves = ((url, None, UUID(int=HALF.int - 1)), (url, HALF, None))
    with closing(open_record(url)) as recorder, Crew(_half, halves) as pair:
        contenders: dict[str, Rate] = {
            RAW: _raw(bench),
            ONE: lambda: timed(bench.events, lambda: fold(recorder)),
            TWO: lambda: timed(bench.events, lambda: pair.do(None)),
            STOCK: _stock(bench),
        }
        rates = measure(contenders, bench.rounds)
    title = f"Fold of all {bench.population.count:,} households, {bench.events:,} events"
    yield table("P5", title, "events/s", rates, _GOALS)


def fold(recorder: Recorder, first: UUID | None = None, last: UUID | None = None) -> int:
    """Fold every household between two ids; answer how many facts stand."""
    decode = CODEC.decode
    standing = 0
    for household, rows in recorder.streams(first, last):
        folded = Household.fold(household, [decode(row[1], row[2]) for row in rows])
        standing += len(folded.standing)
    return standing


def _half(url: str, first: UUID | None, last: UUID | None) -> Callable[[None], int]:
    recorder = open_record(url)
    return lambda _: fold(recorder, first, last)


def _raw(bench: Bench) -> Rate:
    db = sqlite3.connect(bench.large.removeprefix("sqlite:///"), isolation_level=None)
    query = (
        "SELECT rowid, originator_id, originator_version, topic, state, recorded_at"
        " FROM stored_events ORDER BY rowid"
    )

    def scan() -> None:
        for _ in db.execute(query):
            pass

    return lambda: timed(bench.events, scan)


def _stock(bench: Bench) -> Rate:
    app = bench.stock
    events = min(STOCK_EVENTS, bench.stock_population.events)

    def read() -> None:
        for start in range(1, events + 1, PAGE):
            for notification in app.recorder.select_notifications(start, PAGE):
                app.mapper.to_domain_event(notification)

    return lambda: timed(events, read)
