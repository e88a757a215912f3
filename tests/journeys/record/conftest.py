"""A record on each database in turn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from journeys.record.recorder import Recorder
from journeys.record.store import create_record, open_record
from tests.journeys.record.given import NOON


class SettableClock:
    """A clock that shows what it was last set to, in microseconds since the epoch."""

    def __init__(self) -> None:
        self.instant = NOON

    def __call__(self) -> int:
        return self.instant


@pytest.fixture(scope="session")
def shared_database(postgres_url: str, database_numbers: Iterator[int]) -> str:
    """A database for many tests, which saves making one for each."""
    name = f"journeys_{next(database_numbers)}"
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'".encode())
    return urlsplit(postgres_url)._replace(path=f"/{name}").geturl()


@pytest.fixture
def empty_database(shared_database: str) -> Iterator[str]:
    """The URL of that database without a record in it."""
    yield shared_database
    with psycopg.connect(shared_database, autocommit=True) as server:
        server.execute("SET client_min_messages = error")
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        server.execute("DROP SCHEMA IF EXISTS journeys, planted CASCADE")


@pytest.fixture(params=["sqlite", "postgres"])
def record_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a record that is not there yet, on each database in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/record.db"
    url: str = request.getfixturevalue("empty_database")
    return url


@pytest.fixture
def recorder(record_url: str) -> Iterator[Recorder]:
    """An empty live record."""
    recorder = create_record(record_url)
    yield recorder
    recorder.close()


@pytest.fixture
def clock() -> SettableClock:
    """A clock for the demonstration record."""
    return SettableClock()


@pytest.fixture
def demonstration(record_url: str, clock: SettableClock) -> Iterator[Recorder]:
    """An empty demonstration record that goes by `clock`."""
    create_record(record_url, kind="demonstration").close()
    recorder = open_record(record_url, clock=clock)
    yield recorder
    recorder.close()
