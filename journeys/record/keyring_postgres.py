"""A keyring in a PostgreSQL schema of its own, with backups of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

import psycopg
from psycopg import sql
from psycopg_pool import ConnectionPool

from journeys.clock import Clock, now_us
from journeys.errors import StoreUnavailable
from journeys.record.failures import from_postgres
from journeys.record.keyring import KeyLeavesTraces, KeyTables, MissingKeyring, first_row

_TABLES = (
    """CREATE TABLE IF NOT EXISTS keyring.data_key (
        subject bytea PRIMARY KEY, epoch text NOT NULL, wrapped bytea NOT NULL
    )""",
    """CREATE TABLE IF NOT EXISTS keyring.destroyed_key (
        subject bytea PRIMARY KEY, destroyed_at bigint NOT NULL
    )""",
)
_PATIENCE = 5.0

# VACUUM would keep what an older snapshot could still see. TRUNCATE gives the table new files
# whoever reads, and the temporary table never held what was deleted.
_SWEEP = """
LOCK TABLE data_key IN ACCESS EXCLUSIVE MODE;
CREATE TEMPORARY TABLE kept ON COMMIT DROP AS SELECT * FROM data_key;
TRUNCATE data_key;
INSERT INTO data_key SELECT * FROM kept;
"""


class PostgresKeyring(KeyTables):
    """A keyring in the schema `keyring` of the database at `url`; `master` is 32 bytes.

    A lock or a connection is waited for `patience` seconds.
    """

    def __init__(
        self, url: str, master: bytes, *, now: Clock = now_us, patience: float = _PATIENCE
    ) -> None:
        super().__init__(master, now)
        self._pool = ConnectionPool(
            url,
            kwargs={"autocommit": True, "options": _options(patience)},
            min_size=0,
            max_size=4,
            timeout=patience,
            check=ConnectionPool.check_connection,
            open=True,
        )
        try:
            self._unlock()
        except BaseException:
            self.close()
            raise

    @classmethod
    def create(
        cls, url: str, master: bytes, *, owner: str | None = None, now: Clock = now_us
    ) -> Self:
        """Make the keyring, or open what is there.

        `owner` is the role that the application signs in with. Unlike the log's, the keyring's
        tables are its own: it must be able to destroy keys and to sweep after that.
        """
        with _telling(), psycopg.connect(url) as connection:
            connection.execute("CREATE SCHEMA IF NOT EXISTS keyring")
            for statement in _TABLES:
                connection.execute(statement)
            connection.execute(
                "INSERT INTO keyring.data_key VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
                first_row(master, now),
            )
            if owner is not None:
                _give_to(connection, owner)
        return cls(url, master, now=now)

    def close(self) -> None:
        """Give back the connections."""
        self._pool.close()

    @contextmanager
    def _reading(self) -> Iterator[psycopg.Cursor[Any]]:
        with _telling(), self._pool.connection() as connection, connection.cursor() as cursor:
            yield cursor

    @contextmanager
    def _writing(self) -> Iterator[psycopg.Cursor[Any]]:
        with self._reading() as cursor, cursor.connection.transaction():
            cursor.execute("LOCK TABLE data_key IN SHARE ROW EXCLUSIVE MODE")
            yield cursor

    def _sweep(self) -> None:
        try:
            with self._reading() as cursor, cursor.connection.transaction():
                cursor.execute(_SWEEP)
        except StoreUnavailable as error:
            raise KeyLeavesTraces(
                "The key is destroyed, but others are at work in the keyring and its trace is "
                "still there: erase again when they are done."
            ) from error

    def _sql(self, statement: str) -> bytes:
        return statement.replace("?", "%s").encode()


def _options(patience: float) -> str:
    return f"-c search_path=keyring,pg_temp -c lock_timeout={int(patience * 1000)}"


def _give_to(connection: psycopg.Connection[Any], owner: str) -> None:
    role = sql.Identifier(owner)
    connection.execute(sql.SQL("ALTER SCHEMA keyring OWNER TO {}").format(role))
    for table in ("data_key", "destroyed_key"):
        name = sql.Identifier("keyring", table)
        connection.execute(sql.SQL("ALTER TABLE {} OWNER TO {}").format(name, role))


@contextmanager
def _telling() -> Iterator[None]:
    """Tell the errors of psycopg and its pool as refusals."""
    try:
        yield
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName) as error:
        raise MissingKeyring(
            "There is no keyring in the database that this role may use: make one with "
            "«journeys init»."
        ) from error
    except psycopg.Error as error:
        raise from_postgres(error) from error
