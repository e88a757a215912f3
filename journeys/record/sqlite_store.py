"""Making and opening a record in an SQLite file."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from urllib.parse import quote

from journeys.clock import Clock
from journeys.errors import Refusal, StoreUnavailable, WrongStore
from journeys.record.meta import Kind, MissingStore, check_same_kind, new_meta, read_meta
from journeys.record.sqlite import SqliteRecorder
from journeys.record.sqlite_datastore import LOCK_TIMEOUT, Datastore
from journeys.record.sqlite_schema import STATEMENTS


def open_sqlite(
    path: Path, *, clock: Clock | None = None, lock_timeout: int = LOCK_TIMEOUT
) -> SqliteRecorder:
    """Open the record in a file that `create_sqlite` made; see `store.open_record`.

    A writer waits for another one for `lock_timeout` seconds.
    """

    def admit(db: sqlite3.Connection) -> None:
        if not _is_record(db, path):
            raise _missing(path)

    if not path.exists():
        raise _missing(path)
    return _open(Datastore(_location(path), admit=admit, lock_timeout=lock_timeout), path, clock)


def create_sqlite(path: Path, *, kind: Kind, origin: str) -> SqliteRecorder:
    """Make the record in a new or empty file; open it where it was made before."""

    def admit(db: sqlite3.Connection) -> None:
        _is_record(db, path)

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnavailable(f"The folder {path.parent} cannot be made: {error}.") from error
    datastore = Datastore(_location(path, "rwc"), admit=admit)
    try:
        with datastore.database(writing=True) as db:
            _create(db, kind, origin)
    except Refusal as refusal:
        datastore.close()
        raise _about(path, refusal) from refusal
    recorder = _open(datastore, path, None)
    try:
        check_same_kind(recorder.meta, kind)
    except WrongStore:
        recorder.close()
        raise
    return recorder


def _create(db: sqlite3.Connection, kind: Kind, origin: str) -> None:
    db.execute("BEGIN IMMEDIATE")
    try:
        for statement in STATEMENTS:
            db.execute(statement)
        if db.execute("SELECT 1 FROM store_meta").fetchone() is None:
            rows = new_meta(kind, origin).items()
            db.executemany("INSERT INTO store_meta VALUES (?,?)", rows)
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.rollback()
        raise


def _open(datastore: Datastore, path: Path, clock: Clock | None) -> SqliteRecorder:
    try:
        with datastore.database() as db:
            rows = dict(db.execute("SELECT key, value FROM store_meta").fetchall())
        return SqliteRecorder(datastore, read_meta(rows), clock=clock)
    except Refusal as refusal:
        datastore.close()
        raise _about(path, refusal) from refusal


def _location(path: Path, mode: str = "rw") -> str:
    return f"file:{quote(str(path.absolute()))}?mode={mode}"


def _missing(path: Path) -> MissingStore:
    return MissingStore(f"There is no record at {path}: make one with «journeys init».")


def _is_record(db: sqlite3.Connection, path: Path) -> bool:
    """Whether there is a record, or nothing. Refuses the database of another program."""
    tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master")}
    if tables and "store_meta" not in tables:
        raise WrongStore(f"The database at {path} is not a record of this program.", path=path)
    return bool(tables)


def _about(path: Path, refusal: Refusal) -> Refusal:
    """The refusal with the path, which at this point is what is wrong more often than not."""
    if str(path) in refusal.sentence:
        return refusal
    return type(refusal)(f"{path}: {refusal.sentence}", **refusal.details)
