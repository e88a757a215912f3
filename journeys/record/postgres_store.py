"""Making and opening a record in a PostgreSQL database."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import psycopg
from psycopg import sql

from journeys.clock import Clock
from journeys.errors import Refusal, WrongStore
from journeys.record.failures import from_postgres
from journeys.record.meta import Kind, Meta, MissingStore, check_same_kind, new_meta, read_meta
from journeys.record.postgres import PostgresRecorder
from journeys.record.postgres_datastore import PATIENCE, SCHEMA, Datastore

_GRANTS = (
    "GRANT USAGE ON SCHEMA {schema} TO {role}",
    "GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role}",
    "GRANT DELETE ON {schema}.vault_item, {schema}.blind_index TO {role}",
    "GRANT EXECUTE ON FUNCTION {schema}.journeys_append TO {role}",
    "GRANT CREATE ON DATABASE {database} TO {role}",
)

Database = psycopg.Connection[tuple[Any, ...]]


def open_postgres(
    url: str, *, clock: Clock | None = None, schema: str = SCHEMA, patience: int = PATIENCE
) -> PostgresRecorder:
    """Open the record that `create_postgres` made; see `store.open_record`.

    A connection or a lock is waited for `patience` seconds.
    """
    try:
        with _connected(url) as db:
            if "store_meta" not in _tables(db, schema):
                raise MissingStore("There is no record yet: make one with «journeys init».")
            meta = _meta(db, schema)
    except psycopg.Error as error:
        raise _told(error) from error
    return PostgresRecorder(Datastore(url, schema=schema, patience=patience), meta, clock=clock)


def create_postgres(
    url: str, *, kind: Kind, origin: str, app_role: str | None = None, schema: str = SCHEMA
) -> PostgresRecorder:
    """Make the record, as the role that will own its tables; open it where it is there already.

    `app_role` is made if need be, without a password, and may do no more than the application
    needs: read, append, and delete personal data. It may also make schemas of its own, for what
    is derived from the record.
    """
    try:
        with _connected(url) as db:
            # Two that make it at the same time would trip over each other's catalogue rows.
            db.execute("SELECT pg_advisory_lock(hashtextextended(%s, 1))", (schema,))
            tables = _tables(db, schema)
            if tables and "store_meta" not in tables:
                raise WrongStore(f"The schema {schema} holds something else.", schema=schema)
            with db.transaction():
                _create(db, schema, kind, origin)
                if app_role is not None:
                    _grant(db, schema, app_role)
            check_same_kind(_meta(db, schema), kind)
    except psycopg.Error as error:
        raise _told(error) from error
    return open_postgres(url, schema=schema)


def _told(error: psycopg.Error) -> Refusal:
    """The refusal with the server's own words, for whoever sets it up."""
    refusal = from_postgres(error)
    reason, *_ = str(error).splitlines() or [""]
    return type(refusal)(f"{refusal.sentence} {reason}", **refusal.details)


def _connected(url: str) -> Database:
    return psycopg.connect(url, autocommit=True, connect_timeout=PATIENCE)


def _tables(db: Database, schema: str) -> set[str]:
    statement = "SELECT tablename FROM pg_tables WHERE schemaname = %s"
    return {name for (name,) in db.execute(statement, (schema,))}


def _create(db: Database, schema: str, kind: Kind, origin: str) -> None:
    script = files("journeys.record").joinpath("postgres_schema.sql").read_text()
    script = script.replace("{schema}", sql.Identifier(schema).as_string())
    db.execute(script.replace("{name}", sql.Literal(schema).as_string()).encode())
    meta = sql.SQL("{}.store_meta").format(sql.Identifier(schema))
    if db.execute(sql.SQL("SELECT FROM {}").format(meta)).fetchone() is None:
        with db.cursor() as cursor:
            insert = sql.SQL("INSERT INTO {} VALUES (%s, %s)").format(meta)
            cursor.executemany(insert, new_meta(kind, origin).items())


def _grant(db: Database, schema: str, role: str) -> None:
    if db.execute("SELECT FROM pg_roles WHERE rolname = %s", (role,)).fetchone() is None:
        db.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
    for grant in _GRANTS:
        db.execute(
            sql.SQL(grant).format(
                schema=sql.Identifier(schema),
                role=sql.Identifier(role),
                database=sql.Identifier(db.info.dbname),
            )
        )


def _meta(db: Database, schema: str) -> Meta:
    """What the store says of itself, once it is clear that the server keeps what it promises."""
    for setting in ("fsync", "full_page_writes"):
        found = db.execute("SELECT current_setting(%s)", (setting,)).fetchone()
        if found != ("on",):
            raise WrongStore(f"The server runs with {setting} off: a record would not be safe.")
    statement = sql.SQL("SELECT key, value FROM {}.store_meta").format(sql.Identifier(schema))
    return read_meta(dict(db.execute(statement).fetchall()))
