"""Connections to one PostgreSQL database that acknowledge only what is on disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, LiteralString

import psycopg
from eventsourcing.postgres import PostgresDatastore
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row

from journeys.errors import StoreUnavailable
from journeys.record.failures import from_postgres

SCHEMA = "journeys"
"""The schema that holds the record."""

PATIENCE = 5
"""How long to wait for a connection or a lock, in seconds."""

_CONNECTIONS = 10

Database = psycopg.Connection[dict[str, Any]]


class Datastore(PostgresDatastore):
    """The library's datastore for a URL, with every setting that a URL can name.

    Opens no connection before the first use, and then as few as are needed: a server of many
    processes shares what the database allows. Not to be carried over a fork.
    """

    def __init__(self, url: str, *, schema: str = SCHEMA, patience: int = PATIENCE) -> None:
        self._patience = patience
        self._statements: dict[str, bytes] = {}
        self._closed = False
        super().__init__(
            "",
            "",
            "",
            "",
            "",
            schema=schema,
            pool_size=1,
            max_overflow=_CONNECTIONS - 1,
            connect_timeout=patience,
            lock_timeout=patience,
        )
        self.pool.kwargs = {
            "connect_timeout": patience,
            **conninfo_to_dict(url),
            "row_factory": dict_row,
        }

    def after_connect_func(self) -> Callable[[psycopg.Connection[Any]], None]:
        """What is set on each new connection."""
        settings = sql.SQL("SET lock_timeout = {}; SET synchronous_commit = on").format(
            sql.Literal(f"{self._patience}s")
        )

        def after_connect(connection: psycopg.Connection[Any]) -> None:
            connection.autocommit = True
            connection.execute(settings)

        return after_connect

    def register_type_adapters(self) -> None:
        """Nothing to do: the library's composite type is not used."""

    def statement(self, template: LiteralString) -> bytes:
        """The statement with the schema's name where the template has braces."""
        try:
            return self._statements[template]
        except KeyError:
            named = sql.SQL(template).format(sql.Identifier(self.schema)).as_bytes(None)
            return self._statements.setdefault(template, named)

    @contextmanager
    def database(self) -> Iterator[Database]:
        """A connection of the pool in autocommit mode; errors come out as refusals."""
        if self._closed:
            raise StoreUnavailable("The record is closed.")
        try:
            self.pool.open()
            with self.pool.connection() as connection:
                yield connection
        except psycopg.Error as error:
            raise from_postgres(error) from error

    def drop_dead(self) -> None:
        """Give up the connections that the server has ended, so that new ones are made."""
        self.pool.check()

    def close(self) -> None:
        """Close every connection; one that is in use, when its user is done."""
        self._closed = True
        super().close()
