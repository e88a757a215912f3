"""What went wrong in a database, told as a refusal: nobody above the record meets an SQL error."""

from __future__ import annotations

import sqlite3

import psycopg
import psycopg_pool

from journeys.errors import Refusal, StoreUnavailable, WrongStore


class StoreFull(StoreUnavailable):
    """No room is left where the record lies; nothing was recorded."""

    code = "store-full"


class StoreLocked(StoreUnavailable):
    """Another process kept the record locked for longer than we wait; nothing was recorded."""

    code = "store-locked"


class StoreUnreachable(StoreUnavailable):
    """The connection to the database was lost; what was being written may or may not be there."""

    code = "store-unreachable"


_FULL = "There is no room left where the record lies; nothing was recorded."
_LOCKED = "The record stayed locked by another process; nothing was recorded, please try again."

_SQLITE: dict[int, tuple[type[Refusal], str]] = {
    sqlite3.SQLITE_FULL: (StoreFull, _FULL),
    sqlite3.SQLITE_BUSY: (StoreLocked, _LOCKED),
    sqlite3.SQLITE_LOCKED: (StoreLocked, _LOCKED),
    sqlite3.SQLITE_CANTOPEN: (StoreUnavailable, "The record cannot be opened."),
    sqlite3.SQLITE_PERM: (StoreUnavailable, "The record may not be opened by this user."),
    sqlite3.SQLITE_READONLY: (StoreUnavailable, "The record may not be written by this user."),
    sqlite3.SQLITE_IOERR: (StoreUnavailable, "The disk under the record reports an error."),
    sqlite3.SQLITE_NOTADB: (WrongStore, "The file is not an SQLite database."),
    sqlite3.SQLITE_CORRUPT: (WrongStore, "The database file is damaged."),
}


SqliteFailure = (sqlite3.Error, UnicodeDecodeError)
"""What a call of SQLite raises: the words of its error may themselves be damaged."""


def from_sqlite(error: sqlite3.Error | UnicodeDecodeError) -> Refusal:
    """The refusal for an error of SQLite that no command expects."""
    if isinstance(error, UnicodeDecodeError):
        return WrongStore("The database file is damaged.", reason=str(error))
    extended: int = getattr(error, "sqlite_errorcode", 0)
    # The low byte is the primary code; the rest only says more about it.
    kind, sentence = _SQLITE.get(extended & 0xFF, (WrongStore, ""))
    return kind(sentence or f"The record's database refused: {error}.", reason=str(error))


_POSTGRES: tuple[tuple[tuple[type[Exception], ...], type[Refusal], str], ...] = (
    ((psycopg.errors.DiskFull,), StoreFull, _FULL),
    (
        (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected),
        StoreLocked,
        _LOCKED,
    ),
    (
        (psycopg.errors.ReadOnlySqlTransaction,),
        StoreUnavailable,
        "The record's database only allows reading.",
    ),
    (
        (
            psycopg.errors.UndefinedTable,
            psycopg.errors.UndefinedColumn,
            psycopg.errors.UndefinedFunction,
            psycopg.errors.InvalidSchemaName,
        ),
        WrongStore,
        "The database does not hold the tables of this version.",
    ),
    (
        (psycopg.errors.InsufficientPrivilege,),
        WrongStore,
        "The database role lacks a right that the record needs.",
    ),
    (
        (psycopg_pool.PoolTimeout, psycopg_pool.TooManyRequests),
        StoreUnavailable,
        "The record's database cannot be reached.",
    ),
    (
        (psycopg.OperationalError, psycopg.InterfaceError),
        StoreUnreachable,
        "The record's database cannot be reached.",
    ),
)


def from_postgres(error: BaseException) -> Refusal:
    """The refusal for an error of psycopg or its pool that no command expects."""
    for errors, kind, sentence in _POSTGRES:
        if isinstance(error, errors):
            return kind(sentence, reason=str(error))
    return WrongStore(f"The record's database refused: {error}.", reason=str(error))
