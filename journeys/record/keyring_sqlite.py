"""A keyring in an SQLite file, beside the record's."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Self
from urllib.parse import quote

from journeys.clock import Clock, now_us
from journeys.errors import StoreUnavailable, WrongStore
from journeys.record.failures import from_sqlite
from journeys.record.keyring import KeyLeavesTraces, KeyTables, MissingKeyring, first_row

_TABLES = (
    """CREATE TABLE IF NOT EXISTS data_key (
        subject BLOB PRIMARY KEY, epoch TEXT NOT NULL, wrapped BLOB NOT NULL
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS destroyed_key (
        subject BLOB PRIMARY KEY, destroyed_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID""",
)
_DURABLE_AND_CLEAN = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1}
_PATIENCE = 5.0


class SqliteKeyring(KeyTables):
    """A keyring in the file `path`; `master` is the 32 bytes of the master key.

    Another process is waited for `patience` seconds.
    """

    def __init__(
        self, path: Path, master: bytes, *, now: Clock = now_us, patience: float = _PATIENCE
    ) -> None:
        super().__init__(master, now)
        if not path.exists():
            raise MissingKeyring(f"There is no keyring at {path}: make one with «journeys init».")
        self._lock = threading.Lock()
        self._db = _connect(path, patience)
        try:
            self._unlock()
        except BaseException:
            self.close()
            raise

    @classmethod
    def create(cls, path: Path, master: bytes, *, now: Clock = now_us) -> Self:
        """Make the keyring in a new file that only its owner may read, or open what is there."""
        try:
            # The journal beside it takes the same rights.
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
        except OSError as error:
            raise StoreUnavailable(f"The keyring {path} cannot be made: {error}.") from error
        with closing(_connect(path, _PATIENCE)) as db, _telling():
            db.execute("BEGIN IMMEDIATE")
            for statement in _TABLES:
                db.execute(statement)
            db.execute(
                "INSERT INTO data_key VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                first_row(master, now),
            )
            db.execute("COMMIT")
        return cls(path, master, now=now)

    def close(self) -> None:
        """Give back the file."""
        self._db.close()

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Cursor]:
        with self._lock, _telling(), closing(self._db.cursor()) as cursor:
            yield cursor

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Cursor]:
        with self._reading() as cursor:
            cursor.execute("BEGIN IMMEDIATE")
            try:
                yield cursor
                cursor.execute("COMMIT")
            except BaseException:
                # A full disk rolls back by itself.
                if self._db.in_transaction:
                    cursor.execute("ROLLBACK")
                raise

    def _sweep(self) -> None:
        with self._reading() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            [(blocked, _, _)] = cursor.fetchall()
        if blocked:
            raise KeyLeavesTraces(
                "The key is destroyed, but another process keeps its trace in the keyring's "
                "journal: erase again when it is done."
            )

    def _sql(self, statement: str) -> str:
        return statement


def _connect(path: Path, patience: float) -> sqlite3.Connection:
    with _telling():
        db = sqlite3.connect(
            f"file:{quote(str(path.absolute()))}?mode=rw",
            uri=True,
            timeout=patience,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            make_safe(db)
        except BaseException:
            db.close()
            raise
    return db


def make_safe(db: sqlite3.Connection) -> None:
    """Have every commit on disk before it is acknowledged, and what is deleted overwritten."""
    for setting, wanted in _DURABLE_AND_CLEAN.items():
        db.execute(f"PRAGMA {setting}={wanted}")
        [found] = db.execute(f"PRAGMA {setting}").fetchone()
        if found != wanted:
            raise WrongStore(
                f"The keyring cannot be kept here: it needs {setting}={wanted}, but the "
                f"database has {found}."
            )


@contextmanager
def _telling() -> Iterator[None]:
    """Tell the errors of SQLite as refusals."""
    try:
        yield
    except sqlite3.Error as error:
        raise from_sqlite(error) from error
