"""The databases that the tests stand on are what they claim to be."""

import sqlite3

import psycopg
import pytest


def test_postgresql_is_a_version_that_is_still_maintained(postgres_database: str) -> None:
    with psycopg.connect(postgres_database) as connection:
        assert connection.info.server_version >= 15_00_00


def test_postgresql_keeps_text_as_utf_8(postgres_database: str) -> None:
    with psycopg.connect(postgres_database) as connection:
        row = connection.execute("SELECT getdatabaseencoding(), 'perché ≥ 6'").fetchone()
    assert row == ("UTF8", "perché ≥ 6")


def test_postgresql_acknowledges_only_what_is_on_disk(postgres_database: str) -> None:
    with psycopg.connect(postgres_database) as connection:
        row = connection.execute(
            "SELECT current_setting('fsync'), current_setting('synchronous_commit')"
        ).fetchone()
    assert row == ("on", "on")


@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_gets_an_empty_database(postgres_database: str, turn: int) -> None:
    tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    with psycopg.connect(postgres_database) as connection:
        found = connection.execute(tables).fetchone()
        connection.execute(f"CREATE TABLE left_behind_{turn} ()".encode())
    assert found == (0,)


def test_sqlite_can_return_upsert_and_query_json() -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE tally (name TEXT PRIMARY KEY, n INTEGER) STRICT")
    row = connection.execute(
        "INSERT INTO tally VALUES ('a', 1) ON CONFLICT (name) DO UPDATE SET n = n + 1"
        " RETURNING n, json_extract('{\"k\": [1, 2]}', '$.k[1]')"
    ).fetchone()
    connection.close()
    assert row == (1, 2)
