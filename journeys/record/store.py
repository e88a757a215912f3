"""Where a record is: making one, opening one, and saying in a sentence why it cannot be opened."""

from __future__ import annotations

from pathlib import Path

from journeys.clock import Clock
from journeys.errors import WrongSetting
from journeys.record.meta import Kind
from journeys.record.postgres_store import create_postgres, open_postgres
from journeys.record.recorder import Recorder
from journeys.record.sqlite_store import create_sqlite, open_sqlite

ORIGIN = "journeys.invalid/log"
"""The name of a log that was given none: reserved, so that it can be no one's."""

_SQLITE = "sqlite:///"
_POSTGRES = ("postgresql://", "postgres://")


def open_record(url: str, *, clock: Clock | None = None) -> Recorder:
    """Open the record at `sqlite:///path` or `postgresql://…`.

    A `clock` of one's own is for demonstration records (`WrongSetting` otherwise). Raises
    `MissingStore` where none was made yet, `StoreUnavailable` where it cannot be reached, and
    `WrongStore` for other tables, another schema or a database that cannot be made durable.
    """
    if url.startswith(_POSTGRES):
        return open_postgres(url, clock=clock)
    return open_sqlite(_path(url), clock=clock)


def create_record(
    url: str, *, kind: Kind = "live", origin: str = ORIGIN, app_role: str | None = None
) -> Recorder:
    """Make the record and open it; where it was made before, only open it.

    `app_role` is the PostgreSQL role that the application will sign in with, which owns no table
    (`WrongSetting` for SQLite, whose file its user owns). Refuses a database that holds something
    else, or a record of the other kind (`WrongStore`).
    """
    if url.startswith(_POSTGRES):
        return create_postgres(url, kind=kind, origin=origin, app_role=app_role)
    if app_role is not None:
        raise WrongSetting("Only a record in PostgreSQL has a role for the application.")
    return create_sqlite(_path(url), kind=kind, origin=origin)


def _path(url: str) -> Path:
    path = url.removeprefix(_SQLITE)
    if path == url or not path or path.endswith("/"):
        raise WrongSetting(
            f"«{url}» names no record: it is «sqlite:///path» or «postgresql://…».", url=url
        )
    return Path(path)
