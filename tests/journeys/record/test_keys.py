"""The keyring gives each subject its key, tells what is wrong, and forgets without a trace."""

from __future__ import annotations

import datetime as dt
import sqlite3
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from threading import Barrier
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import psycopg
import pytest

from journeys.clock import microseconds
from journeys.errors import StoreUnavailable, WrongStore
from journeys.record.failures import StoreFull
from journeys.record.keyring import KeyTables
from journeys.record.keyring_sqlite import make_safe
from journeys.record.keys import (
    KeyLeavesTraces,
    LostKey,
    MissingKeyring,
    MissingMasterKey,
    PostgresKeyring,
    SqliteKeyring,
    SubjectErased,
    UnfitMasterKey,
    UnreadableKey,
    WrongMasterKey,
    create_keyring,
    load_master,
    open_keyring,
)
from journeys.record.wrapping import Wrapper

MASTER = bytes(range(32))
OTHER = bytes(reversed(range(32)))
MAY = microseconds(dt.datetime(2026, 5, 31, 23, 59, tzinfo=dt.UTC))
JUNE = microseconds(dt.datetime(2026, 6, 1, tzinfo=dt.UTC))
NOON = dt.datetime(2026, 6, 2, 12, 0, 0, 7, tzinfo=dt.UTC)
ANNA, BRUNO = UUID(int=1), UUID(int=2)


class Place:
    """Where a keyring is kept: makes and opens it, and looks behind its back."""

    def __init__(self, where: Path | str) -> None:
        self.where = where
        self.opened: list[KeyTables] = []

    def make(self, master: bytes = MASTER, **options: Any) -> KeyTables:
        if isinstance(self.where, Path):
            return self.keep(SqliteKeyring.create(self.where, master, **options))
        return self.keep(PostgresKeyring.create(self.where, master, **options))

    def open(self, master: bytes = MASTER, **options: Any) -> KeyTables:
        if isinstance(self.where, Path):
            return self.keep(SqliteKeyring(self.where, master, **options))
        return self.keep(PostgresKeyring(self.where, master, **options))

    def keep(self, keyring: KeyTables) -> KeyTables:
        self.opened.append(keyring)
        return keyring

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        if isinstance(self.where, Path):
            with closing(sqlite3.connect(self.where)) as db, db:
                return db.execute(statement).fetchall()
        with psycopg.connect(self.where, options="-c search_path=keyring") as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    embedded = request.param == "sqlite"
    there = Place(
        tmp_path / "keyring.db" if embedded else request.getfixturevalue("postgres_database")
    )
    yield there
    for keyring in there.opened:
        keyring.close()


def test_a_subject_keeps_its_key(place: Place) -> None:
    key = place.make().get_or_create(ANNA)

    again = place.open()

    assert len(key) == 32
    assert again.get(ANNA) == again.get_or_create(ANNA) == again.require(ANNA) == key


def test_each_subject_has_a_key_of_its_own(place: Place) -> None:
    keyring = place.make()
    assert keyring.get_or_create(ANNA) != keyring.get_or_create(BRUNO)


def test_a_subject_without_a_key_has_none(place: Place) -> None:
    assert place.make().get(ANNA) is None


def test_keys_of_many_subjects_are_made_at_once(place: Place) -> None:
    keyring = place.make()
    annas = keyring.get_or_create(ANNA)
    subjects = [uuid4() for _ in range(1_200)]

    keys = keyring.get_or_create_many([ANNA, *subjects, *subjects])

    assert keys[ANNA] == annas
    assert len(set(keys.values())) == 1_201
    assert keyring.get_many([*subjects, BRUNO, ANNA]) == keys


def test_no_keys_are_asked_for_in_vain(place: Place) -> None:
    keyring = place.make()
    assert keyring.get_or_create_many([]) == keyring.get_many([]) == {}


def test_two_at_once_are_given_the_same_key(place: Place) -> None:
    place.make()
    subjects = [uuid4() for _ in range(50)]
    together = Barrier(4)

    def ask(keyring: KeyTables) -> dict[UUID, bytes]:
        together.wait()
        return {subject: keyring.get_or_create(subject) for subject in subjects}

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(ask, [place.open() for _ in range(4)]))

    assert answers == [answers[0]] * 4


def test_threads_may_share_a_keyring(place: Place) -> None:
    keyring = place.make()
    subjects = [uuid4() for _ in range(100)]
    with ThreadPoolExecutor(4) as threads:
        first = list(threads.map(keyring.get_or_create, subjects))
        assert list(threads.map(keyring.get, subjects)) == first


def test_making_a_keyring_again_keeps_what_it_holds(place: Place) -> None:
    first = place.make()
    key = first.get_or_create(ANNA)

    again = place.make()

    assert again.get(ANNA) == key
    assert again.index_key == first.index_key


def test_the_key_of_the_blind_index_is_no_subjects_key(place: Place) -> None:
    keyring = place.make()
    assert len(keyring.index_key) == 32
    assert keyring.index_key not in (MASTER, keyring.get_or_create(ANNA))
    assert place.open().index_key == keyring.index_key


def test_no_key_is_kept_in_clear(place: Place) -> None:
    keyring = place.make()
    keys = [keyring.get_or_create(ANNA), keyring.index_key, MASTER]

    for row in place.sql("SELECT wrapped FROM data_key"):
        assert not any(key in bytes(row[0]) for key in keys)


def test_keys_are_wrapped_for_the_month_in_which_they_are_made(place: Place) -> None:
    place.make(now=lambda: MAY).get_or_create(ANNA)
    keyring = place.open(now=lambda: JUNE)
    keyring.get_or_create(BRUNO)

    rows = place.sql("SELECT epoch FROM data_key ORDER BY epoch")

    assert rows == [("2026-05",), ("2026-05",), ("2026-06",)]
    assert len(keyring.get_many([ANNA, BRUNO])) == 2


# --- Forgetting -----------------------------------------------------------------------------


def test_a_destroyed_key_is_gone_for_good(place: Place) -> None:
    keyring = place.make()
    keyring.get_or_create(ANNA)

    keyring.destroy(ANNA, NOON)

    assert keyring.get(ANNA) is None
    assert keyring.destroyed(ANNA) == place.open().destroyed(ANNA) == NOON
    for ask in (keyring.get_or_create, keyring.require):
        with pytest.raises(SubjectErased, match=str(ANNA)):
            ask(ANNA)


def test_a_batch_with_an_erased_subject_makes_no_keys(place: Place) -> None:
    keyring = place.make()
    keyring.destroy(ANNA, NOON)

    with pytest.raises(SubjectErased):
        keyring.get_or_create_many([BRUNO, ANNA])

    assert keyring.get(BRUNO) is None


def test_the_keys_of_others_stay(place: Place) -> None:
    keyring = place.make()
    brunos = keyring.get_or_create(BRUNO)

    keyring.destroy(ANNA, NOON)

    assert keyring.get(BRUNO) == brunos
    assert keyring.destroyed(BRUNO) is None


def test_destroying_twice_keeps_the_first_instant(place: Place) -> None:
    keyring = place.make()
    keyring.destroy(ANNA, NOON)
    keyring.destroy(ANNA, NOON + dt.timedelta(days=1))
    assert keyring.destroyed(ANNA) == NOON


def test_no_file_of_sqlite_keeps_a_destroyed_key(tmp_path: Path) -> None:
    place = Place(tmp_path / "keyring.db")
    keyring = place.make()
    keyring.get_or_create_many([ANNA, BRUNO])
    annas, brunos = _wrapped(place, ANNA), _wrapped(place, BRUNO)
    assert _holding(tmp_path, annas)

    keyring.destroy(ANNA, NOON)

    assert not _holding(tmp_path, annas)
    assert _holding(tmp_path, brunos)
    keyring.close()


def test_no_table_of_postgresql_keeps_a_destroyed_key(postgres_database: str) -> None:
    place = Place(postgres_database)
    keyring = place.make()
    keyring.get_or_create_many([ANNA, BRUNO])
    annas, brunos = _wrapped(place, ANNA), _wrapped(place, BRUNO)
    with psycopg.connect(postgres_database, autocommit=True) as server:
        [folder] = server.execute("SHOW data_directory").fetchone() or [""]
        server.execute("CHECKPOINT")
        assert _holding(Path(folder) / "base", annas)
        server.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        server.execute("SELECT * FROM pg_class")

        # A reader who could still see the dead row must not keep it alive.
        keyring.destroy(ANNA, NOON)

        server.execute("COMMIT")
        server.execute("CHECKPOINT")
    assert not _holding(Path(folder) / "base", annas)
    assert _holding(Path(folder) / "base", brunos)
    keyring.close()


def _wrapped(place: Place, subject: UUID) -> bytes:
    rows = place.sql("SELECT subject, wrapped FROM data_key")
    return next(bytes(wrapped) for name, wrapped in rows if bytes(name) == subject.bytes)


def _holding(folder: Path, trace: bytes) -> list[Path]:
    found = []
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):
            if path.is_file() and trace in path.read_bytes():
                found.append(path)
    return found


def test_a_trace_that_a_reader_holds_is_told_and_swept_later(tmp_path: Path) -> None:
    place = Place(tmp_path / "keyring.db")
    keyring = place.keep(place.make())
    keyring.close()
    keyring = SqliteKeyring(tmp_path / "keyring.db", MASTER, patience=0.05)
    keyring.get_or_create(ANNA)
    annas = _wrapped(place, ANNA)
    with closing(sqlite3.connect(tmp_path / "keyring.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM data_key").fetchall()

        with pytest.raises(KeyLeavesTraces):
            keyring.destroy(ANNA, NOON)
        assert keyring.get(ANNA) is None

        reader.execute("COMMIT")
        keyring.destroy(ANNA, NOON)
    assert not _holding(tmp_path, annas)
    keyring.close()


def test_a_trace_that_cannot_be_swept_from_postgresql_is_told(postgres_database: str) -> None:
    place = Place(postgres_database)
    place.make().close()
    keyring = place.open(patience=0.2)
    keyring.get_or_create(ANNA)
    with psycopg.connect(postgres_database) as reader:
        reader.execute("SELECT * FROM keyring.data_key")

        with pytest.raises(KeyLeavesTraces):
            keyring.destroy(ANNA, NOON)

    assert keyring.destroyed(ANNA) == NOON
    keyring.destroy(ANNA, NOON)
    keyring.close()


# --- Wrong, lost and swapped keys -----------------------------------------------------------


def test_another_master_key_is_refused_when_the_keyring_is_opened(place: Place) -> None:
    place.make()
    for ask in (place.open, place.make):
        with pytest.raises(WrongMasterKey, match="put back the one that belongs to it"):
            ask(OTHER)


def test_a_keyring_that_lost_its_first_key_is_refused(place: Place) -> None:
    place.make()
    place.sql("DELETE FROM data_key")
    with pytest.raises(WrongMasterKey):
        place.open()


def test_a_lost_key_is_told_apart_from_an_erased_one(place: Place) -> None:
    with pytest.raises(LostKey, match=str(ANNA)):
        place.make().require(ANNA)


def test_swapped_keys_are_refused(place: Place) -> None:
    keyring = place.make()
    keyring.get_or_create_many([ANNA, BRUNO])
    literal = "'\\x{}'" if isinstance(place.where, str) else "x'{}'"
    place.sql(
        f"UPDATE data_key SET wrapped = {literal.format(_wrapped(place, BRUNO).hex())} "
        f"WHERE subject = {literal.format(ANNA.bytes.hex())}"
    )

    assert keyring.get(BRUNO) is not None
    with pytest.raises(UnreadableKey, match=str(ANNA)):
        keyring.get(ANNA)


def test_a_key_moved_to_another_month_is_refused(place: Place) -> None:
    keyring = place.make(now=lambda: MAY)
    keyring.get_or_create(ANNA)
    place.sql("UPDATE data_key SET epoch = '2026-06'")
    with pytest.raises(UnreadableKey):
        keyring.get(ANNA)


def test_a_wrapped_key_changed_in_any_byte_or_cut_is_refused() -> None:
    wrapper = Wrapper(MASTER)
    wrapped = wrapper.wrap(ANNA, "2026-05", OTHER)
    assert wrapper.unwrap(ANNA, "2026-05", wrapped) == OTHER
    for place in range(len(wrapped)):
        changed = bytearray(wrapped)
        changed[place] ^= 1
        for broken in (bytes(changed), wrapped[:place]):
            with pytest.raises(UnreadableKey):
                wrapper.unwrap(ANNA, "2026-05", broken)


def test_one_key_is_never_wrapped_the_same_way_twice() -> None:
    wrapper = Wrapper(MASTER)
    assert wrapper.wrap(ANNA, "2026-05", OTHER) != wrapper.wrap(ANNA, "2026-05", OTHER)


# --- Another master key ---------------------------------------------------------------------


def test_rewrapped_keys_open_with_the_new_master_key_alone(place: Place) -> None:
    keyring = place.make(now=lambda: MAY)
    keys = keyring.get_or_create_many([ANNA, BRUNO])
    index_key = keyring.index_key

    assert keyring.rewrap(OTHER) == 3

    assert keyring.get_many([ANNA, BRUNO]) == keys
    again = place.open(OTHER)
    assert again.get_many([ANNA, BRUNO]) == keys
    assert again.index_key == index_key
    with pytest.raises(WrongMasterKey):
        place.open(MASTER)


def test_a_keyring_with_one_unreadable_key_is_not_rewrapped(place: Place) -> None:
    keyring = place.make()
    keyring.get_or_create(ANNA)
    place.sql("UPDATE data_key SET epoch = '2000-01' WHERE epoch IS NOT NULL")
    before = place.sql("SELECT * FROM data_key ORDER BY subject")

    with pytest.raises(UnreadableKey):
        keyring.rewrap(OTHER)

    assert place.sql("SELECT * FROM data_key ORDER BY subject") == before


# --- The databases --------------------------------------------------------------------------


def test_a_missing_keyring_is_told(place: Place) -> None:
    with pytest.raises(MissingKeyring, match="journeys init"):
        place.open()


def test_the_file_and_its_journal_are_their_owners_alone(tmp_path: Path) -> None:
    keyring = SqliteKeyring.create(tmp_path / "keyring.db", MASTER)
    keyring.get_or_create(ANNA)
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}
    keyring.close()


def test_sqlite_acknowledges_what_is_on_disk_and_overwrites_what_is_deleted(
    tmp_path: Path,
) -> None:
    keyring = SqliteKeyring.create(tmp_path / "keyring.db", MASTER)
    with keyring._reading() as cursor:
        settings = [
            cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "secure_delete")
        ]
    assert settings == ["wal", 2, 1]
    keyring.close()


def test_a_keyring_that_cannot_be_kept_safely_is_refused() -> None:
    with closing(sqlite3.connect(":memory:")) as db, pytest.raises(WrongStore, match="has memory"):
        make_safe(db)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "keyring.db").write_bytes(b"no database" * 100)
    with pytest.raises(WrongStore):
        SqliteKeyring(tmp_path / "keyring.db", MASTER)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="cannot be made"):
        SqliteKeyring.create(tmp_path / "nowhere" / "keyring.db", MASTER)


def test_a_locked_keyring_makes_nothing_and_recovers(tmp_path: Path) -> None:
    SqliteKeyring.create(tmp_path / "keyring.db", MASTER).close()
    keyring = SqliteKeyring(tmp_path / "keyring.db", MASTER, patience=0.05)
    with closing(sqlite3.connect(tmp_path / "keyring.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable):
            keyring.get_or_create(ANNA)
        assert keyring.get(ANNA) is None
        other.execute("COMMIT")
    assert keyring.get_or_create(ANNA)
    keyring.close()


def test_a_full_disk_makes_nothing_and_recovers(tmp_path: Path) -> None:
    keyring = SqliteKeyring.create(tmp_path / "keyring.db", MASTER)
    many = [uuid4() for _ in range(2_000)]
    keyring._db.execute("PRAGMA max_page_count = 20")
    with pytest.raises(StoreFull):
        keyring.get_or_create_many(many)
    assert keyring.get_many(many) == {}

    keyring._db.execute("PRAGMA max_page_count = 2000")

    assert len(keyring.get_or_create_many(many)) == 2_000
    keyring.close()


def test_an_unreachable_server_is_told() -> None:
    with pytest.raises(StoreUnavailable):
        PostgresKeyring("postgresql://127.0.0.1:1/journeys", MASTER, patience=0.2)
    with pytest.raises(StoreUnavailable):
        PostgresKeyring.create("postgresql://127.0.0.1:1/journeys", MASTER)


def test_a_keyring_outlives_its_connections(postgres_database: str) -> None:
    keyring = PostgresKeyring.create(postgres_database, MASTER)
    key = keyring.get_or_create(ANNA)
    with psycopg.connect(postgres_database, autocommit=True) as server:
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert keyring.get(ANNA) == key
    keyring.close()


def test_the_applications_role_owns_the_keyring_and_nobody_else_reads_it(
    postgres_database: str,
) -> None:
    with psycopg.connect(postgres_database, autocommit=True) as server:
        for role in ("keyring_application", "keyring_stranger"):
            server.execute(f"CREATE ROLE {role} LOGIN".encode())
    try:
        PostgresKeyring.create(postgres_database, MASTER, owner="keyring_application").close()
        keyring = PostgresKeyring(_as(postgres_database, "keyring_application"), MASTER)
        keyring.get_or_create(ANNA)
        keyring.destroy(ANNA, NOON)
        keyring.close()
        with pytest.raises(MissingKeyring, match="this role may use"):
            PostgresKeyring(_as(postgres_database, "keyring_stranger"), MASTER)
    finally:
        with psycopg.connect(postgres_database, autocommit=True) as server:
            server.execute("DROP OWNED BY keyring_application CASCADE")
            server.execute("DROP ROLE keyring_application, keyring_stranger")


def _as(url: str, role: str) -> str:
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{role}@{place}").geturl()


# --- The master key -------------------------------------------------------------------------


def test_a_master_key_is_made_once(tmp_path: Path) -> None:
    home = tmp_path / "new" / "home"
    master = load_master(home, create=True)

    assert len(master) == 32
    assert load_master(home) == load_master(home, create=True) == master
    assert [path.name for path in home.iterdir()] == ["master.key"]
    assert stat.S_IMODE((home / "master.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_two_who_make_a_master_key_at_once_are_given_the_same(tmp_path: Path) -> None:
    together = Barrier(8)

    def make(_: int) -> bytes:
        together.wait()
        return load_master(tmp_path, create=True)

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(make, range(8)))) == 1


def test_a_missing_master_key_is_told_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(MissingMasterKey, match="put back the one"):
        load_master(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content",
    ["", "00" * 31, "00" * 33, "0g" * 32, "00" * 32 + "\n\n", "00" * 32 + "\n" * 99 + "0"],
)
def test_a_master_key_of_another_shape_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "master.key").write_text(content)
    (tmp_path / "master.key").chmod(0o600)
    with pytest.raises(UnfitMasterKey, match="64 hexadecimal digits"):
        load_master(tmp_path)


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o660, 0o602])
def test_a_master_key_that_others_may_touch_is_refused(tmp_path: Path, mode: int) -> None:
    load_master(tmp_path, create=True)
    (tmp_path / "master.key").chmod(mode)
    with pytest.raises(UnfitMasterKey, match="chmod 600"):
        load_master(tmp_path)


def test_a_master_key_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "master.key").mkdir()
    with pytest.raises(UnfitMasterKey, match="cannot be read"):
        load_master(tmp_path)


def test_a_master_key_has_32_bytes(tmp_path: Path) -> None:
    with pytest.raises(UnfitMasterKey, match="32 bytes, not 16"):
        SqliteKeyring.create(tmp_path / "keyring.db", bytes(16))


@pytest.mark.parametrize("embedded", [True, False])
def test_an_installation_makes_and_opens_its_keyring(
    tmp_path: Path, embedded: bool, request: pytest.FixtureRequest
) -> None:
    url = "sqlite:///record.db" if embedded else request.getfixturevalue("postgres_database")
    with closing(create_keyring(url, tmp_path)) as keyring:
        key = keyring.get_or_create(ANNA)
    with closing(open_keyring(url, tmp_path)) as keyring:
        assert keyring.get(ANNA) == key
    assert (tmp_path / "keyring.db").exists() is embedded


def test_every_refusal_has_a_code_of_its_own() -> None:
    refusals = [
        KeyLeavesTraces,
        LostKey,
        MissingKeyring,
        MissingMasterKey,
        SubjectErased,
        UnfitMasterKey,
        UnreadableKey,
        WrongMasterKey,
    ]
    assert len({refusal.code for refusal in refusals}) == len(refusals)
