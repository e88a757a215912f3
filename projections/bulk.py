"""Writing many rows fast: the driver's own bulk path, its SQL generated from the table.

SQLAlchemy's own `executemany` spends more on each row than folding it takes. Rows are given in
the form of `projections.projection.Row`, which both drivers take as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import psycopg
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy import Column, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.engine import Connection

from projections.projection import SCHEMA, Row

_SQLITE = sqlite.dialect(paramstyle="qmark")
_POSTGRES = PGDialect_psycopg(paramstyle="format")  # type: ignore[no-untyped-call]


def insert(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Add rows that are not there yet: with COPY on PostgreSQL."""
    for width, alike in _by_width(rows).items():
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(_insert(table, width), alike)
            continue
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        with driver.cursor() as cursor, cursor.copy(_copy(table, width)) as copy:
            for row in alike:
                copy.write_row(row)


def upsert(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Add rows, or change those that are there under the key of the table's unique index."""
    full = len(table.columns)
    if rows:
        on_sqlite = connection.dialect.name == "sqlite"
        whole = [row + (None,) * (full - len(row)) for row in rows]
        connection.exec_driver_sql(_upsert(table, on_sqlite), whole)


def _by_width(rows: Sequence[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(len(row), []).append(row)
    return found


@lru_cache(256)
def _insert(table: Table, width: int) -> str:
    names = [column.name for column in list(table.columns)[:width]]
    statement = sa.insert(table).values({name: sa.bindparam(name) for name in names})
    return str(
        statement.compile(
            dialect=_SQLITE, schema_translate_map={SCHEMA: "main"}, render_schema_translate=True
        )
    )


@lru_cache(256)
def _copy(table: Table, width: int) -> sql.Composed:
    return sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(*filter(None, (table.schema, table.name))),
        sql.SQL(", ").join(sql.Identifier(column.name) for column in list(table.columns)[:width]),
    )


@lru_cache(64)
def _upsert(table: Table, on_sqlite: bool) -> str:
    adding = (sqlite if on_sqlite else postgresql).insert(table)
    key = _key(table)
    changing = {
        column.name: adding.excluded[column.name] for column in table.columns if column not in key
    }
    statement = adding.on_conflict_do_update(index_elements=key, set_=changing)
    if not on_sqlite:
        return str(statement.compile(dialect=_POSTGRES))
    return str(
        statement.compile(
            dialect=_SQLITE, schema_translate_map={SCHEMA: "main"}, render_schema_translate=True
        )
    )


def _key(table: Table) -> list[Column[object]]:
    [unique] = [index for index in table.indexes if index.unique]
    return list(unique.columns)
