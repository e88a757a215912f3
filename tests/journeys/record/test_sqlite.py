"""What an SQLite record promises beyond every record: triggers, durability, many writers."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from journeys.errors import Conflict, StoreUnavailable
from journeys.record.recorder import SourceRow
from journeys.record.sqlite import SqliteRecorder
from journeys.record.sqlite_schema import INSERT_ONLY
from journeys.record.sqlite_store import create_sqlite, open_sqlite
from journeys.record.vault import seal
from tests.journeys.record.given import event, events

HOME, OTHER = UUID(int=1), UUID(int=2)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "record.db"


@pytest.fixture
def recorder(path: Path) -> Iterator[SqliteRecorder]:
    """A record with a row in every table."""
    recorder = create_sqlite(path, kind="live", origin="test")
    recorder.append(
        events(HOME, range(1, 257)),
        command=uuid4(),
        vault=[seal(bytes(32), OTHER, HOME, 1, "note", "sigillato")],
        indexes=[(b"digest", OTHER, HOME)],
        sources=[SourceRow("hmis", "1", HOME, 1, "d")],
    )
    yield recorder
    recorder.close()


@pytest.fixture
def stranger(path: Path, recorder: SqliteRecorder) -> Iterator[sqlite3.Connection]:
    """Somebody else's connection to the same file, with none of our settings."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


def columns(stranger: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in stranger.execute(f"PRAGMA table_info({table})")]


def content(stranger: sqlite3.Connection, table: str) -> list[tuple[object, ...]]:
    return stranger.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()


@pytest.mark.parametrize("table", [*INSERT_ONLY, "vault_item", "blind_index"])
def test_no_column_of_any_row_can_be_updated(stranger: sqlite3.Connection, table: str) -> None:
    before = content(stranger, table)
    for column in columns(stranger, table):
        for how in ("UPDATE", "UPDATE OR REPLACE", "UPDATE OR IGNORE"):
            with pytest.raises(sqlite3.IntegrityError, match="only grows"):
                stranger.execute(f"{how} {table} SET {column} = {column}")
    assert content(stranger, table) == before != []


@pytest.mark.parametrize("table", INSERT_ONLY)
def test_no_row_can_be_deleted(stranger: sqlite3.Connection, table: str) -> None:
    before = content(stranger, table)
    with pytest.raises(sqlite3.IntegrityError, match="only grows"):
        stranger.execute(f"DELETE FROM {table}")
    assert content(stranger, table) == before


@pytest.mark.parametrize("table", [*INSERT_ONLY, "vault_item"])
@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_no_row_can_be_replaced(stranger: sqlite3.Connection, table: str, recursive: str) -> None:
    stranger.execute(f"PRAGMA recursive_triggers = {recursive}")
    before = content(stranger, table)
    with pytest.raises(sqlite3.IntegrityError, match=r"there already|not the next"):
        stranger.execute(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1")
    assert content(stranger, table) == before


def test_an_event_cannot_be_replaced_by_its_version_at_a_new_position(
    stranger: sqlite3.Connection,
) -> None:
    before = content(stranger, "stored_events")
    with pytest.raises(sqlite3.IntegrityError, match="not the next version"):
        stranger.execute(
            "INSERT OR REPLACE INTO stored_events"
            " SELECT 257, originator_id, originator_version, topic, x'00', recorded_at"
            " FROM stored_events WHERE rowid = 3"
        )
    assert content(stranger, "stored_events") == before


@pytest.mark.parametrize("position", [0, -1, 256, 258, None])
def test_an_event_or_leaf_goes_to_the_next_position_only(
    stranger: sqlite3.Connection, position: int | None
) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="not the next"):
        stranger.execute(
            "INSERT INTO stored_events VALUES (?, ?, 257, 't', x'00', 1)", (position, HOME.bytes)
        )
    with pytest.raises(sqlite3.IntegrityError, match="not the next"):
        stranger.execute("INSERT INTO log_leaf VALUES (?, x'00')", (position,))


def test_an_upsert_changes_nothing(stranger: sqlite3.Connection) -> None:
    before = content(stranger, "store_meta")
    with pytest.raises(sqlite3.IntegrityError):
        stranger.execute(
            "INSERT INTO store_meta VALUES ('kind', 'demonstration')"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value"
        )
    assert content(stranger, "store_meta") == before


@pytest.mark.parametrize("table", ["vault_item", "blind_index"])
def test_personal_data_can_be_deleted(stranger: sqlite3.Connection, table: str) -> None:
    stranger.execute(f"DELETE FROM {table}")
    assert content(stranger, table) == []


def test_what_is_deleted_is_overwritten(recorder: SqliteRecorder) -> None:
    with recorder.datastore.database() as db:
        assert db.execute("PRAGMA secure_delete").fetchone()[0] == 1


def test_every_connection_waits_for_the_disk(recorder: SqliteRecorder) -> None:
    with recorder.datastore.database() as one, recorder.datastore.database() as two:
        assert one is not two
        for db in (one, two):
            assert db.execute("PRAGMA synchronous").fetchone()[0] == 2
            assert db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


# --- Many at once ---------------------------------------------------------------------------


def test_threads_that_record_on_one_household_each_win_or_are_told(path: Path) -> None:
    recorder = create_sqlite(path, kind="live", origin="test")

    def try_ten_times(_: int) -> tuple[int, int]:
        won = lost = 0
        for _ in range(10):
            try:
                recorder.append([event(HOME, len(recorder.stream(HOME)) + 1)])
                won += 1
            except Conflict:
                lost += 1
        return won, lost

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(try_ten_times, range(8)))

    assert sum(won + lost for won, lost in told) == 80
    assert recorder.size() == len(recorder.stream(HOME)) == sum(won for won, _ in told)
    recorder.close()


def test_a_writer_that_waits_too_long_is_told(
    path: Path, recorder: SqliteRecorder, stranger: sqlite3.Connection
) -> None:
    hasty = open_sqlite(path, lock_timeout=1)
    stranger.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match="locked by another process") as refused:
        hasty.append([event(OTHER, 1)])
    assert refused.value.code == "store-locked"

    stranger.execute("ROLLBACK")
    hasty.append([event(OTHER, 1)])
    hasty.close()


def test_readers_do_not_wait_for_a_writer(
    recorder: SqliteRecorder, stranger: sqlite3.Connection
) -> None:
    stranger.execute("BEGIN IMMEDIATE")
    assert recorder.size() == 256
    stranger.execute("ROLLBACK")


def test_closing_a_record_that_others_are_reading_harms_nobody(recorder: SqliteRecorder) -> None:
    begun, closed = threading.Event(), threading.Event()

    def read() -> int:
        with recorder.datastore.database() as db:
            rows = db.execute("SELECT state FROM stored_events")
            rows.fetchone()
            begun.set()
            closed.wait(10)
            return 1 + len(rows.fetchall())

    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(read)
        begun.wait(10)
        recorder.close()
        closed.set()
        assert reading.result() == 256
    with pytest.raises(StoreUnavailable, match="busy or closed"):
        recorder.size()
