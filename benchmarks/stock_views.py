"""The event library's own ways to keep a read model, with the rows that ours are compared to.

One row for each event and one for each household, written with the tracking in one transaction.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
from eventsourcing.dispatch import singledispatchmethod
from eventsourcing.persistence import InfrastructureFactory, Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from eventsourcing.sqlite import SQLiteTrackingRecorder
from eventsourcing.utils import Environment
from psycopg.sql import SQL

from benchmarks import stock
from benchmarks.harness import Rate, timed
from benchmarks.population import BATCH, Population

SECONDS = 4.0
"""How long the runner is watched in each turn."""

EVENTS = 20_000
"""How many events a reader by pages reads in each turn."""

_TABLES = (
    (
        "CREATE TABLE IF NOT EXISTS line (household {id}, version bigint, kind text,"
        " effective_from text, told_by text, details text, PRIMARY KEY (household, version))"
    ),
    (
        "CREATE TABLE IF NOT EXISTS latest (household {id} PRIMARY KEY, facts bigint, kind text,"
        " effective_from text)"
    ),
)
_LINE = "INSERT INTO line VALUES ({0},{0},{0},{0},{0},{0})"
_LATEST = (
    "INSERT INTO latest VALUES ({0},1,{0},{0}) ON CONFLICT (household) DO UPDATE SET"
    " facts = latest.facts + 1, kind = excluded.kind, effective_from = excluded.effective_from"
)


def _line(event: Any, household: Any) -> tuple[Any, ...]:
    shown = (event.kind, event.effective_from, event.by, repr(event.details))
    return (household, event.originator_version, *shown)


def _latest(event: Any, household: Any) -> tuple[Any, ...]:
    return (household, event.kind, event.effective_from)


class PostgresView(PostgresTrackingRecorder):
    """The rows, in PostgreSQL."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.sql_create_statements += [SQL(made).format(id=SQL("uuid")) for made in _TABLES]

    def add(self, events: Sequence[Any], tracking: Tracking) -> None:
        """Write what these events say, and how far that is."""
        lines = [_line(event, event.originator_id) for event in events]
        latest = [_latest(event, event.originator_id) for event in events]
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.executemany(_LINE.format("%s").encode(), lines)
            cursor.executemany(_LATEST.format("%s").encode(), latest)


class SqliteView(SQLiteTrackingRecorder):
    """The rows, in SQLite."""

    def construct_create_table_statements(self) -> list[str]:
        """The library's tables and ours."""
        made = [statement.format(id="text") for statement in _TABLES]
        return super().construct_create_table_statements() + made

    def add(self, events: Sequence[Any], tracking: Tracking) -> None:
        """Write what these events say, and how far that is."""
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.executemany(_LINE.format("?"), [_line(e, e.originator_id.hex) for e in events])
            cursor.executemany(
                _LATEST.format("?"), [_latest(e, e.originator_id.hex) for e in events]
            )


class Lines(Projection[PostgresView]):
    """The library's projection, which is given one event after the other."""

    name = "lines"

    @singledispatchmethod
    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        """Events of no interest."""

    @process_event.register
    def _(self, domain_event: stock.Home.Told, tracking: Tracking) -> None:
        self.view.add([domain_event], tracking)


def filled(url: str, population: Population) -> str:
    """The same database, with the library's own store of that population."""
    app = stock.Homes(env=stock.postgres_environment(url))
    stock.fill(app, population, 100)  # its pipeline has stood still with a thousand at once
    app.close()
    return url


def runner(url: str) -> Rate:
    """The library's runner, from the start of the log, for some seconds."""

    def rate() -> float:
        _forget(url)
        with ProjectionRunner(
            application_class=stock.Homes,
            projection_class=Lines,
            view_class=PostgresView,
            env=stock.postgres_environment(url),
        ) as running:
            name = running.app.name
            before: int | None
            while (before := running.view.max_tracking_id(name)) is None:
                time.sleep(0.002)
            began = time.perf_counter()
            time.sleep(SECONDS)
            after: int = running.view.max_tracking_id(name) or 0
            taken = time.perf_counter() - began
            return float(after - before) / taken

    return rate


def batched_on_postgres(url: str) -> Rate:
    """A loop of one's own over the library's log, mapper and tracking, a thousand at a time."""
    app = stock.Homes(env=stock.postgres_environment(url))

    def rate() -> float:
        _forget(url)
        factory: Any = InfrastructureFactory.construct(
            env=Environment("lines", stock.postgres_environment(url))
        )
        view = factory.tracking_recorder(PostgresView)
        try:
            return timed(EVENTS, lambda: _take_in(app, view))
        finally:
            factory.close()

    return rate


def batched_on_sqlite(app: stock.Homes, path: Path) -> Rate:
    """The same on SQLite."""

    def rate() -> float:
        for file in path.parent.glob(f"{path.name}*"):
            file.unlink()
        factory: Any = InfrastructureFactory.construct(
            env=Environment(
                "lines",
                {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(path)},
            )
        )
        view = factory.tracking_recorder(SqliteView)
        try:
            return timed(EVENTS, lambda: _take_in(app, view))
        finally:
            factory.close()

    return rate


def _take_in(app: stock.Homes, view: PostgresView | SqliteView) -> None:
    position = 0
    while position < EVENTS:
        log = app.recorder.select_notifications(position + 1, BATCH)
        if not log:
            return
        events = [app.mapper.to_domain_event(notification) for notification in log]
        position = log[-1].id
        told = [event for event in events if isinstance(event, stock.Home.Told)]
        view.add(told, Tracking(app.name, position))


def _forget(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute(
            "SELECT tablename FROM pg_tables WHERE tablename IN ('line', 'latest')"
            " OR tablename LIKE '%tracking'"
        ).fetchall()
        for (name,) in found:
            connection.execute(
                psycopg.sql.SQL("DROP TABLE {}").format(psycopg.sql.Identifier(name))
            )
