"""A store of each kind for the tests of the domain's door, the intake and the record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from journeys.application import Journeys
from journeys.clock import Clock
from journeys.record.keys import create_keyring
from journeys.record.meta import Kind
from journeys.record.store import create_record

Open = Callable[..., Journeys]


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a record of this test may be made: on real SQLite, then on real PostgreSQL."""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("postgres_database")
        return url
    return f"sqlite:///{tmp_path / 'record.db'}"


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Makes a store at a URL with its keys, and opens it; all are closed after the test."""
    doors: list[Journeys] = []

    def make(url: str, *, kind: Kind = "live", clock: Clock | None = None) -> Journeys:
        create_record(url, kind=kind).close()
        create_keyring(url, tmp_path).close()
        doors.append(Journeys.open(url, tmp_path, clock=clock))
        return doors[-1]

    yield make
    for door in doors:
        door.close()


@pytest.fixture
def journeys(opened: Open, store_url: str) -> Journeys:
    """The door to an empty live store."""
    return opened(store_url)
