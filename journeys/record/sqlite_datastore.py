"""Connections to one SQLite file that acknowledge only what is on disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from eventsourcing.domain import EventSourcingError
from eventsourcing.persistence import ConnectionPoolClosedError, ConnectionUnavailableError
from eventsourcing.sqlite import (
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteDatastore,
    SQLiteTransaction,
)

from journeys.errors import StoreUnavailable, WrongStore
from journeys.record.failures import SqliteFailure, from_sqlite

LOCK_TIMEOUT = 5
"""How long to wait for another writer, in seconds."""

_CACHE_KIB = 32 * 1024
"""The most memory that one connection keeps pages in; a household's events lie far apart."""


class _Transaction(SQLiteTransaction):
    """A writer takes the lock before it reads, or two writers that both read first would fail."""

    def __enter__(self) -> Any:
        cursor = self.connection.cursor()
        cursor.execute("BEGIN IMMEDIATE" if self.commit else "BEGIN")
        return cursor


class Connection(SQLiteConnection):
    """A connection of the pool; `db` is the database itself."""

    def __init__(self, db: sqlite3.Connection, max_age: float | None) -> None:
        super().__init__(db, max_age)
        self.db = db

    @contextmanager
    def transaction(self, *, commit: bool) -> Iterator[Any]:
        with _Transaction(self, commit=commit) as cursor, cursor:
            yield cursor


class _Pool(SQLiteConnectionPool):
    admit: Callable[[sqlite3.Connection], None]

    def _create_connection(self) -> SQLiteConnection:
        db = sqlite3.connect(
            self.db_name,
            uri=True,
            check_same_thread=False,
            isolation_level=None,
            # The library asks for a cache of one, so that every statement is compiled anew.
            cached_statements=64,
            timeout=self.lock_timeout or LOCK_TIMEOUT,
        )
        try:
            self.admit(db)
            _make_durable(db)
        except BaseException:
            db.close()
            raise
        db.row_factory = sqlite3.Row
        return Connection(db, self.max_age)

    def get_connection(
        self, timeout: float | None = None, *, is_writer: bool | None = None
    ) -> SQLiteConnection:
        """A connection for one thread; at most one at a time for writing.

        The library's own way takes five locks, which is longer than reading a household takes.
        """
        if self._closed:
            raise ConnectionPoolClosedError
        patience = self.pool_timeout if timeout is None else timeout
        if is_writer and not self._writer_lock.acquire(timeout=patience):
            raise ConnectionUnavailableError("Timed out waiting for return of writer")
        try:
            connection = self._idle() or self._create_connection()
        except BaseException:
            if is_writer:
                self._writer_lock.release()
            raise
        connection.is_writer = is_writer
        return connection

    def put_connection(self, conn: SQLiteConnection) -> None:
        """Take a connection back; the pool may have been closed meanwhile."""
        was_writer, conn.is_writer = conn.is_writer, None
        if len(self._pool) >= self.pool_size:
            conn.close()
        else:
            self._pool.append(conn)
            if self._closed:
                self.close()
        if was_writer:
            self._writer_lock.release()

    def _idle(self) -> SQLiteConnection | None:
        try:
            return self._pool.pop()
        except IndexError:
            return None

    def close(self) -> None:
        """Close what lies idle. SQLite dies when another thread's connection is closed."""
        with self._put_condition:
            self._closed = True
            while self._pool:
                self._pool.popleft().close()


def _make_durable(db: sqlite3.Connection) -> None:
    """Have every commit on disk before it is acknowledged, and what is deleted overwritten."""
    db.execute("PRAGMA synchronous=FULL")
    db.execute("PRAGMA secure_delete=ON")
    db.execute(f"PRAGMA cache_size=-{_CACHE_KIB}")
    [journal] = db.execute("PRAGMA journal_mode=WAL").fetchone()
    [synchronous] = db.execute("PRAGMA synchronous").fetchone()
    if (journal, synchronous) != ("wal", 2):
        raise WrongStore(
            "The record cannot be made durable here: it needs journal_mode=wal and "
            f"synchronous=2, but the database has {journal} and {synchronous}.",
            journal=journal,
            synchronous=synchronous,
        )


def _anything(db: sqlite3.Connection) -> None:
    """Admit whatever is there."""


class Datastore(SQLiteDatastore):
    """The library's datastore over durable connections to one file.

    `location` is an SQLite URI such as `file:/path?mode=rw`; `lock_timeout` is in seconds. `admit`
    looks at each new connection before anything is set, and refuses a file that is not ours.
    """

    def __init__(
        self,
        location: str,
        *,
        admit: Callable[[sqlite3.Connection], None] = _anything,
        lock_timeout: int = LOCK_TIMEOUT,
    ) -> None:
        self.pool = _Pool(
            db_name=location, lock_timeout=lock_timeout, pool_timeout=2.0 * lock_timeout
        )
        self.pool.admit = admit
        self.single_row_tracking = True
        self.originator_id_type = "uuid"

    @contextmanager
    def database(self, *, writing: bool = False) -> Iterator[sqlite3.Connection]:
        """A connection of the pool in autocommit mode; errors come out as refusals."""
        try:
            connection = cast("Connection", self.pool.get_connection(is_writer=writing))
        except EventSourcingError as error:
            raise StoreUnavailable("The record is busy or closed.", reason=str(error)) from error
        except SqliteFailure as error:
            raise from_sqlite(error) from error
        try:
            yield connection.db
        except SqliteFailure as error:
            raise from_sqlite(error) from error
        finally:
            self.pool.put_connection(connection)
