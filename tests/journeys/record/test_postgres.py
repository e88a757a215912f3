"""What a PostgreSQL record promises beyond every record: who may do what, and order."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg.errors import InsufficientPrivilege, RestrictViolation

from journeys.errors import StoreUnavailable
from journeys.record.postgres import PostgresRecorder
from journeys.record.postgres_store import create_postgres, open_postgres
from journeys.record.recorder import SourceRow
from journeys.record.sqlite_schema import INSERT_ONLY
from journeys.record.vault import seal
from tests.journeys.record.given import event, events

HOME, OTHER = UUID(int=1), UUID(int=2)
ROLE = "journeys_app"
Connection = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def owner(empty_database: str) -> Iterator[PostgresRecorder]:
    """A record with a row in every table, opened by the role that owns it."""
    recorder = create_postgres(empty_database, kind="live", origin="test", app_role=ROLE)
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
def app_url(owner: PostgresRecorder, empty_database: str) -> str:
    """With what the application's role signs in."""
    return make_conninfo(empty_database, user=ROLE)


@pytest.fixture
def app(app_url: str) -> Iterator[Connection]:
    """A connection of the application's role, free to try anything."""
    with psycopg.connect(app_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def master(owner: PostgresRecorder, empty_database: str) -> Iterator[Connection]:
    """A connection of the tables' owner, free to try anything."""
    with psycopg.connect(empty_database, autocommit=True) as connection:
        yield connection


TABLES = [*INSERT_ONLY, "vault_item", "blind_index"]


def content(connection: Connection, table: str) -> list[tuple[object, ...]]:
    return connection.execute(f"SELECT * FROM journeys.{table} ORDER BY 1, 2".encode()).fetchall()


def test_not_even_the_owner_changes_or_empties_a_table(master: Connection) -> None:
    for table in TABLES:
        before = content(master, table)
        columns = master.execute(f"SELECT * FROM journeys.{table}".encode()).description
        assert columns
        for deed in ("UPDATE journeys.{} SET {} = NULL", "TRUNCATE journeys.{}"):
            with pytest.raises(RestrictViolation, match=f"{table}: only grows"):
                master.execute(deed.format(table, columns[0].name).encode())
        assert content(master, table) == before != []


def test_not_even_the_owner_deletes_a_row(master: Connection) -> None:
    for table in INSERT_ONLY:
        with pytest.raises(RestrictViolation, match=f"{table}: only grows"):
            master.execute(f"DELETE FROM journeys.{table}".encode())
        assert content(master, table) != []


def test_a_session_that_plays_a_replica_does_not_get_around_the_triggers(
    master: Connection,
) -> None:
    master.execute("SET session_replication_role = replica")
    with pytest.raises(RestrictViolation):
        master.execute("DELETE FROM journeys.stored_events")


@pytest.mark.parametrize(
    "attempt",
    [
        "INSERT INTO journeys.{} SELECT * FROM journeys.{}",
        "ALTER TABLE journeys.{} DISABLE TRIGGER ALL",
        "DROP TABLE journeys.{}",
        "TRUNCATE journeys.{}",
    ],
)
def test_the_applications_role_owns_nothing(app: Connection, attempt: str) -> None:
    for table in TABLES:
        with pytest.raises(InsufficientPrivilege):
            app.execute(attempt.format(table, table).encode())


def test_the_applications_role_deletes_nothing_but_personal_data(app: Connection) -> None:
    for table in INSERT_ONLY:
        with pytest.raises(InsufficientPrivilege):
            app.execute(f"DELETE FROM journeys.{table}".encode())
    for table in ("vault_item", "blind_index"):
        app.execute(f"DELETE FROM journeys.{table}".encode())
        assert content(app, table) == []


def test_the_applications_role_makes_nothing_in_the_schema(app: Connection) -> None:
    with pytest.raises(InsufficientPrivilege):
        app.execute("CREATE TABLE journeys.mine ()")
    with pytest.raises(InsufficientPrivilege):
        app.execute("SELECT journeys.journeys_tiles(0, 256)")


def test_the_applications_role_reads_and_appends(app_url: str) -> None:
    recorder = open_postgres(app_url)
    command = uuid4()

    placed = recorder.append([event(OTHER, 1)], command=command)

    assert recorder.receipt(command) == placed
    assert [row[0] for row in recorder.stream(OTHER)] == [1]
    recorder.close()


def test_a_planted_function_is_not_called_by_the_append(app_url: str, app: Connection) -> None:
    app.execute("CREATE SCHEMA planted")
    app.execute(
        "CREATE FUNCTION planted.journeys_leaf(bigint, uuid, bigint, bytea, bigint, bytea)"
        " RETURNS bytea LANGUAGE sql AS $$ SELECT '\\x00'::bytea $$"
    )
    app.execute("CREATE TEMPORARY TABLE stored_events (notification_id bigint, recorded_at bigint)")
    app.execute("SET search_path = planted, pg_temp")

    row = app.execute(
        "SELECT placed_at, placed_leaf FROM journeys.journeys_append("
        "ARRAY[%s]::uuid[], '{1}', '{t}', ARRAY['x'::bytea], NULL, NULL, NULL)",
        (OTHER,),
    ).fetchone()

    assert row is not None
    assert row[0] == 257
    assert row[1] != b"\0"


def test_a_live_record_takes_no_instant_whoever_asks(master: Connection) -> None:
    with pytest.raises(psycopg.Error, match="keeps its own time"):
        master.execute(
            "SELECT * FROM journeys.journeys_append("
            "ARRAY[%s]::uuid[], '{1}', '{t}', ARRAY['x'::bytea], NULL, 1, NULL)",
            (OTHER,),
        )


def test_an_append_is_on_disk_even_where_the_session_would_not_wait(master: Connection) -> None:
    master.execute("SET synchronous_commit = off")
    with master.transaction():
        master.execute(
            "SELECT * FROM journeys.journeys_append("
            "ARRAY[%s]::uuid[], '{1}', '{t}', ARRAY['x'::bytea], NULL, NULL, NULL)",
            (OTHER,),
        )
        row = master.execute("SHOW synchronous_commit").fetchone()
    assert row == ("on",)


def test_making_the_record_again_changes_nothing(
    owner: PostgresRecorder, empty_database: str
) -> None:
    again = create_postgres(empty_database, kind="live", origin="another", app_role=ROLE)
    assert again.meta == owner.meta
    assert again.log(0, 300) == owner.log(0, 300)
    again.close()


def test_many_that_make_the_record_at_once_make_one(empty_database: str) -> None:
    def make(_: int) -> PostgresRecorder:
        return create_postgres(empty_database, kind="live", origin="test", app_role=ROLE)

    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(make, range(6)))

    assert len({recorder.meta for recorder in made}) == 1
    for recorder in made:
        recorder.close()


def test_a_writer_that_waits_too_long_is_told(
    owner: PostgresRecorder, empty_database: str, master: Connection
) -> None:
    hasty = open_postgres(empty_database, patience=1)
    with master.transaction():
        master.execute(
            "SELECT * FROM journeys.journeys_append("
            "ARRAY[%s]::uuid[], '{1}', '{t}', ARRAY['x'::bytea], NULL, NULL, NULL)",
            (OTHER,),
        )
        with pytest.raises(StoreUnavailable, match="locked by another process") as refused:
            hasty.append([event(HOME, 257)])
    assert refused.value.code == "store-locked"
    hasty.append([event(HOME, 257)])
    hasty.close()


def test_a_reader_that_follows_the_log_misses_nothing_and_sees_nothing_twice(
    owner: PostgresRecorder, app_url: str
) -> None:
    stop = threading.Event()
    seen: list[int] = []

    def follow() -> None:
        reader = open_postgres(app_url)
        while True:
            stopping = stop.is_set()
            rows = reader.log(seen[-1] if seen else 0, 500)
            seen.extend(row[0] for row in rows)
            if stopping and not rows:
                reader.close()
                return

    def write(size: int) -> None:
        writer = open_postgres(app_url)
        for _ in range(40):
            writer.append(events(uuid4(), range(1, size + 1)))
        writer.close()

    with ThreadPoolExecutor(5) as pool:
        following = pool.submit(follow)
        list(pool.map(write, [1, 2, 3, 100]))
        stop.set()
        following.result()

    assert seen == list(range(1, owner.size() + 1))
