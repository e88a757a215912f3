"""Where a record is, and the sentence when it is not there, not ours or not to be used."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest

from journeys.errors import Refusal, StoreUnavailable, WrongSetting, WrongStore
from journeys.record.failures import StoreFull, StoreUnreachable
from journeys.record.meta import MissingStore
from journeys.record.recorder import Recorder
from journeys.record.sqlite import SqliteRecorder
from journeys.record.sqlite_datastore import Datastore
from journeys.record.sqlite_store import create_sqlite, open_sqlite
from journeys.record.store import create_record, open_record
from journeys.record.verify import verify
from tests.journeys.record.given import event, events

HOME = UUID(int=1)


@contextmanager
def refused(kind: type[Refusal], sentence: str) -> Iterator[None]:
    """Exactly this refusal, and none of its descendants."""
    with pytest.raises(kind, match=sentence) as told:
        yield
    assert type(told.value) is kind


def altered(url: str, statement: str) -> None:
    """Do to the record's database what its triggers forbid."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as db, db:
            for (trigger,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
                db.execute(f"DROP TRIGGER {trigger}")
            db.execute(statement.replace("journeys.", ""))
    else:
        with psycopg.connect(url) as connection:
            connection.execute("ALTER TABLE journeys.store_meta DISABLE TRIGGER ALL")
            connection.execute(statement.encode())


# --- Making and opening ---------------------------------------------------------------------


def test_a_record_says_what_it_is(record_url: str) -> None:
    create_record(record_url, kind="demonstration", origin="prato.example/log").close()
    opened = open_record(record_url)
    assert opened.meta.kind == "demonstration"
    assert opened.meta.origin == "prato.example/log"
    assert opened.meta.schema == 1
    opened.close()


def test_making_a_record_again_opens_the_one_that_is_there(record_url: str) -> None:
    first = create_record(record_url, origin="first")
    first.append([event(HOME, 1)])
    again = create_record(record_url, origin="second")
    assert again.meta == first.meta
    assert again.size() == 1
    first.close()
    again.close()


def test_a_live_record_is_not_taken_for_a_demonstration(record_url: str) -> None:
    create_record(record_url).close()
    with refused(WrongStore, "There is a live record there already"):
        create_record(record_url, kind="demonstration")


def test_a_record_that_was_never_made_is_missing(record_url: str) -> None:
    with refused(MissingStore, "journeys init"):
        open_record(record_url)


def test_opening_makes_nothing(tmp_path: Path) -> None:
    with refused(MissingStore, "There is no record at"):
        open_record(f"sqlite:///{tmp_path}/none/record.db")
    assert list(tmp_path.iterdir()) == []


def test_a_record_of_a_newer_schema_is_left_alone(record_url: str) -> None:
    create_record(record_url).close()
    altered(record_url, "UPDATE journeys.store_meta SET value = '2' WHERE key = 'schema'")
    with refused(WrongStore, "has schema 2, and this version of the program only knows 1"):
        open_record(record_url)
    with refused(WrongStore, "has schema 2"):
        create_record(record_url)


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM journeys.store_meta WHERE key = 'kind'",
        "UPDATE journeys.store_meta SET value = 'one' WHERE key = 'schema'",
    ],
)
def test_a_record_that_does_not_say_what_it_is_is_refused(record_url: str, damage: str) -> None:
    create_record(record_url).close()
    altered(record_url, damage)
    with refused(WrongStore, "does not say what it is"):
        open_record(record_url)


def test_a_record_of_an_unknown_kind_is_refused(record_url: str) -> None:
    create_record(record_url).close()
    altered(record_url, "UPDATE journeys.store_meta SET value = 'toy' WHERE key = 'kind'")
    with refused(WrongStore, "unknown kind, «toy»"):
        open_record(record_url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "record.db",
        "sqlite://record.db",
        "sqlite:///",
        "sqlite:///dir/",
        "mysql://x/y",
        "sqlite",
    ],
)
def test_a_url_that_names_no_record_is_named(url: str) -> None:
    with refused(WrongSetting, "names no record: it is «sqlite:///path» or «postgresql://…»"):
        open_record(url)


def test_only_postgresql_has_a_role_for_the_application(tmp_path: Path) -> None:
    with refused(WrongSetting, "Only a record in PostgreSQL"):
        create_record(f"sqlite:///{tmp_path}/record.db", app_role="app")


def test_a_path_may_have_any_characters(tmp_path: Path) -> None:
    path = tmp_path / "comune di Prato #1?100%é" / "record.db"
    create_record(f"sqlite:///{path}").close()
    assert path.exists()
    open_record(f"sqlite:///{path}").close()


# --- Not ours, not readable -----------------------------------------------------------------


def test_another_programs_database_is_refused_and_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE invoices (number)")
    before = path.read_bytes()
    for take in (open_record, create_record):
        with refused(WrongStore, "is not a record of this program"):
            take(f"sqlite:///{path}")
    assert path.read_bytes() == before


def test_another_programs_schema_is_refused_and_not_touched(empty_database: str) -> None:
    with psycopg.connect(empty_database) as connection:
        connection.execute("CREATE SCHEMA journeys; CREATE TABLE journeys.invoices ()")
    with refused(WrongStore, "holds something else"):
        create_record(empty_database)
    with psycopg.connect(empty_database) as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'journeys'"
        ).fetchall()
    assert tables == [("invoices",)]


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Gentile signora, " * 100)
    for take in (open_record, create_record):
        with refused(WrongStore, "letter.txt: The file is not an SQLite database"):
            take(f"sqlite:///{path}")


def test_a_folder_is_no_record(tmp_path: Path) -> None:
    for take in (open_record, create_record):
        with refused(StoreUnavailable, "cannot be opened"):
            take(f"sqlite:///{tmp_path}")


def test_a_record_below_a_file_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with refused(StoreUnavailable, "cannot be made"):
        create_record(f"sqlite:///{tmp_path}/file/record.db")


def test_a_database_that_cannot_be_made_durable_is_refused() -> None:
    datastore = Datastore("file:record?mode=memory")
    with refused(WrongStore, "needs journal_mode=wal and synchronous=2"), datastore.database():
        pass


def test_a_record_that_another_program_keeps_to_itself_is_told(tmp_path: Path) -> None:
    create_sqlite(tmp_path / "record.db", kind="live", origin="test").close()
    with closing(sqlite3.connect(tmp_path / "record.db")) as db:
        db.execute("PRAGMA locking_mode=EXCLUSIVE")
        db.execute("PRAGMA journal_mode=DELETE")
        db.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreUnavailable, match=r"record\.db: .* locked by another process"):
            open_sqlite(tmp_path / "record.db", lock_timeout=1)


def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    with refused(StoreUnreachable, r"The record's database cannot be reached\. .*No such file"):
        open_record(f"postgresql://nobody@/nothing?host={tmp_path}")


def test_a_database_that_is_not_there_is_told(empty_database: str) -> None:
    with refused(StoreUnreachable, r"cannot be reached\. .* does not exist"):
        open_record(empty_database.replace("/journeys_", "/nothing_"))


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes"])
def test_a_server_that_does_not_wait_for_the_disk_is_refused(
    empty_database: str, setting: str
) -> None:
    create_record(empty_database).close()
    with psycopg.connect(empty_database, autocommit=True) as server:
        try:
            server.execute(f"ALTER SYSTEM SET {setting} = off".encode())
            server.execute("SELECT pg_reload_conf(), pg_sleep(0.3)")
            with refused(WrongStore, f"runs with {setting} off"):
                open_record(empty_database)
        finally:
            server.execute(f"ALTER SYSTEM RESET {setting}".encode())
            server.execute("SELECT pg_reload_conf(), pg_sleep(0.3)")
    open_record(empty_database).close()


# --- Full, lost, closed ---------------------------------------------------------------------


def append_until_full(recorder: SqliteRecorder, version: int) -> int:
    """Append fifty events at a time; the version that was reached when no room was left."""
    while True:
        try:
            recorder.append(events(HOME, range(version + 1, version + 51)))
        except StoreFull:
            return version
        version += 50


def test_a_full_disk_is_told_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    recorder = create_sqlite(tmp_path / "record.db", kind="live", origin="test")
    recorder.append([event(HOME, 1)])
    with recorder.datastore.database() as db:
        [pages] = db.execute("PRAGMA page_count").fetchone()
        db.execute(f"PRAGMA max_page_count = {pages + 20}")
    version = append_until_full(recorder, 1)

    assert recorder.size() == len(recorder.stream(HOME)) == version
    assert verify(recorder).whole

    with recorder.datastore.database() as db:
        db.execute("PRAGMA max_page_count = 1000000")
    [placed] = recorder.append([event(HOME, version + 1)])
    assert placed.position == version + 1
    recorder.close()


def test_a_closed_record_says_so(recorder: Recorder) -> None:
    recorder.close()
    with pytest.raises(StoreUnavailable, match="closed"):
        recorder.size()
    with pytest.raises(StoreUnavailable, match="closed"):
        recorder.append([event(HOME, 1)])


def test_tables_that_vanish_are_told(recorder: Recorder, record_url: str) -> None:
    drop = "DROP TABLE journeys.stored_events"
    altered(record_url, drop)
    with pytest.raises(WrongStore):
        recorder.size()
    with pytest.raises(WrongStore):
        recorder.append([event(HOME, 1)])


def test_a_connection_that_the_server_ended_is_made_anew(empty_database: str) -> None:
    recorder = create_record(empty_database)
    recorder.append([event(HOME, 1)])
    with psycopg.connect(empty_database, autocommit=True) as server:
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert recorder.size() == 1
    [placed] = recorder.append([event(HOME, 2)])
    assert placed.position == 2
    recorder.close()


def test_a_command_whose_connection_was_lost_is_asked_again(empty_database: str) -> None:
    recorder = create_record(empty_database)
    recorder.append([event(HOME, 1)])
    with psycopg.connect(empty_database, autocommit=True) as server:
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    [placed] = recorder.append([event(HOME, 2)], command=uuid4())
    assert placed.position == 2
    recorder.close()
