"""An operator with the database's own rights: triggers gone, any statement goes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any
from uuid import UUID

import psycopg

from journeys.record.sqlite_schema import INSERT_ONLY

Run = Callable[[str, Sequence[Any]], list[tuple[Any, ...]]]


class Operator:
    """Runs statements; tables by their bare names, `rowid` for the position, `?` for values."""

    def __init__(self, run: Run, household: Callable[[UUID], Any]) -> None:
        self._run = run
        self.household = household

    def __call__(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        return self._run(statement, values)


@contextmanager
def operator(url: str) -> Iterator[Operator]:
    """Whoever may do anything to the record's database at `url`; no trigger is left."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as db:
            names = db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for (name,) in names:
                db.execute(f"DROP TRIGGER {name}")
            yield Operator(
                lambda statement, values: db.execute(statement, values).fetchall(),
                lambda household: household.bytes,
            )
    else:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("SET search_path = journeys")
            for table in (*INSERT_ONLY, "vault_item", "blind_index"):
                connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL".encode())

            def run(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
                words = statement.replace("rowid", "notification_id").replace("?", "%b")
                cursor = connection.execute(words.encode(), values, binary=True)
                return cursor.fetchall() if cursor.description else []

            yield Operator(run, lambda household: household)


def flipped(value: Any) -> list[Any]:
    """The value once with each of its bytes changed; seven of the eight of a number."""
    match value:
        case int():
            return [value ^ (1 << 8 * place) for place in range(7)]
        case UUID():
            return [UUID(bytes=other) for other in flipped(value.bytes)]
        case str():
            return [other.decode() for other in flipped(value.encode())]
        case _:
            return [
                bytes([*value[:place], value[place] ^ 0x10, *value[place + 1 :]])
                for place in range(len(value))
            ]
