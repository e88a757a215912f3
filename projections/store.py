"""Where read models are kept: a SQLite file beside the record's, or a schema in its PostgreSQL.

One set of table definitions serves both. Everything here can be deleted at any time: it is
rebuilt from the record.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    Uuid,
    event,
)
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.schema import CreateSchema

from journeys.errors import StoreUnavailable, WrongSetting
from projections.catalogue import EVERY
from projections.projection import SCHEMA, Projection, definition

_KEEPING = MetaData(schema=SCHEMA)

TRACKING = Table(
    "tracking",
    _KEEPING,
    Column("projection", String, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("definition", String, nullable=False),
)
"""How far each projection has taken in the log; `generation` counts its rebuilds."""

REBUILDS = Table(
    "rebuilds",
    _KEEPING,
    Column("projection", String, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("phase", String, nullable=False),
    Column("definition", String, nullable=False),
)
"""Rebuilds under way and the position they go up to; `phase` is "filling", then "indexed"."""

PARTS = Table(
    "rebuild_parts",
    _KEEPING,
    Column("projection", String, primary_key=True),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("done", Uuid),
    Column("taken", BigInteger, nullable=False),
    Column("full", SmallInteger, nullable=False),
)
"""How far each part of a rebuild has filled its table: the last household that is done, how many
events are in, and whether (1) that was all."""

SET_ASIDE = Table(
    "set_aside",
    _KEEPING,
    Column("projection", String, primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("household", Uuid, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("topic", String, nullable=False),
    Column("reason", Text, nullable=False),
)
"""Facts that a projection could not take in, each with its reason."""

BUSY_SECONDS = 60
_SQLITE = "sqlite:///"
_CREATING = 7_203_155_201  # any number, as long as only creating the views locks it


class Views:
    """The store of read models. One per process; opened after a fork, never before."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @classmethod
    def open(cls, url: str, projections: Sequence[Projection] = EVERY) -> Views:
        """The views of the record at `url`, made where they are missing.

        `url` is the record's own: ``sqlite:///path`` or ``postgresql://…``. Raises `WrongSetting`
        for any other and `StoreUnavailable` where the database cannot be reached.
        """
        views = cls(_engine(url))
        views.prepare(projections)
        return views

    @property
    def sqlite(self) -> bool:
        """Whether the views are in SQLite rather than in PostgreSQL."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection on one consistent state of the views."""
        with _refusing(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes; it commits at the end, or not at all."""
        with _refusing(), self.engine.connect() as connection:
            if not self.sqlite:  # several readings in one transaction must see what others commit
                connection.execution_options(isolation_level="READ COMMITTED")
            connection.execution_options(writes=True)
            with connection.begin():
                yield connection

    def prepare(self, projections: Sequence[Projection]) -> None:
        """Make what is missing of the tables of `projections` and of their tracking."""
        with self.writing() as connection:
            if not self.sqlite:
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_CREATING)))
                connection.execute(CreateSchema(SCHEMA, if_not_exists=True))
            _KEEPING.create_all(connection)
            tracked = set(connection.scalars(sa.select(TRACKING.c.projection)))
            for projection in projections:
                if projection.name in tracked:
                    continue
                projection.table.create(connection)
                connection.execute(
                    sa.insert(TRACKING).values(
                        projection=projection.name,
                        position=0,
                        generation=0,
                        definition=definition(projection),
                    )
                )

    def close(self) -> None:
        """Give the connections back. The views can be used again afterwards."""
        self.engine.dispose()


def set_aside(connection: Connection, household: UUID | None = None) -> list[dict[str, Any]]:
    """Facts that projections set aside, of one household or of all, in log order."""
    query = sa.select(SET_ASIDE).order_by(SET_ASIDE.c.position, SET_ASIDE.c.projection)
    if household is not None:
        query = query.where(SET_ASIDE.c.household == household)
    return [dict(row) for row in connection.execute(query).mappings()]


def beside(record: Path) -> Path:
    """The file of the views for a record in a SQLite file: ``x.db`` has ``x.views.db``."""
    return record.with_name(f"{record.stem}.views{record.suffix}")


def _engine(url: str) -> Engine:
    if url.startswith(_SQLITE) and not url.endswith("/"):
        return _sqlite(Path(url.removeprefix(_SQLITE)))
    if url.startswith(("postgresql://", "postgres://")):
        return _postgres(make_url(url))
    raise WrongSetting(
        "The views are kept beside a record, at «sqlite:///path» or «postgresql://…».", url=url
    )


def _sqlite(record: Path) -> Engine:
    engine = sa.create_engine(
        URL.create("sqlite", database=str(beside(record))),
        connect_args={"timeout": BUSY_SECONDS},
        pool_size=1,
        max_overflow=8,
    ).execution_options(schema_translate_map={SCHEMA: "main"})
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)
    return engine


def _configure(connection: sqlite3.Connection, _: object) -> None:
    # The driver's own transactions begin late and never as writers: `_begin` opens them instead.
    connection.isolation_level = None
    connection.execute("PRAGMA page_size = 8192")
    connection.execute("PRAGMA journal_mode = WAL")
    # A power cut may take the last pages, rows and tracking together: they are caught up again.
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA cache_size = -65536")
    connection.execute("PRAGMA mmap_size = 1073741824")
    # Names must not linger in free pages after an erasure.
    connection.execute("PRAGMA secure_delete = ON")


def _begin(connection: Connection) -> None:
    # A reader that turns writer is refused at once when another wrote meanwhile, however long it
    # would wait; a transaction that is to write says so from its start.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgres(url: URL) -> Engine:
    return sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        isolation_level="REPEATABLE READ",
        pool_size=1,
        max_overflow=8,
        pool_pre_ping=True,
    )


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        raise StoreUnavailable(f"The views cannot be reached or written: {error.orig}.") from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise StoreUnavailable("The connection to the views was lost.") from error
        raise
