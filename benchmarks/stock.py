"""The event library as it comes: the same facts on the same households, nothing tuned.

Facts are told to an aggregate as its documentation shows, and it keeps what stands by version,
which is a part of what our household keeps.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import msgspec
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from benchmarks.population import BATCH, Population, Told
from journeys.household.facts import Fact, name_of

_ENVELOPE = ("effective_from", "by", "organisation", "role")


class Home(Aggregate):
    """A household as the library's documentation would have it."""

    def __init__(self, household: UUID) -> None:
        self.household = household
        self.standing: dict[int, dict[str, Any]] = {}
        self.latest: dict[str, str] = {}
        self.last_told_by: tuple[str, ...] = ()

    @staticmethod
    def create_id(household: UUID) -> UUID:
        """The household's own id, so that both stores have the same streams."""
        return household

    class Told(Aggregate.Event):
        """What was told of a household."""

        kind: str
        effective_from: str
        by: str
        organisation: str
        role: str
        details: dict[str, Any]

    @event(Told)
    def tell(
        self,
        kind: str,
        effective_from: str,
        by: str,
        organisation: str,
        role: str,
        details: dict[str, Any],
    ) -> None:
        """Take in one fact."""
        self.standing[self.version] = details
        self.latest[kind] = effective_from
        self.last_told_by = (by, organisation, role)


class Homes(Application[UUID]):
    """The library's application, at its defaults."""


def fields(fact: Fact) -> dict[str, Any]:
    """What `Home.tell` takes for a fact."""
    details = msgspec.to_builtins(fact)
    return {
        "kind": name_of(fact),
        **{name: details.pop(name) for name in _ENVELOPE},
        "details": details,
    }


def tell(homes: dict[UUID, Home], told: Iterable[Told]) -> list[Home]:
    """Tell the facts to their households; the households that now have something to save."""
    touched: dict[UUID, Home] = {}
    for household, _, fact in told:
        home = homes.get(household)
        if home is None:
            home = homes[household] = Home(household)
        home.tell(**fields(fact))
        touched[household] = home
    return list(touched.values())


def on_sqlite(path: Path) -> Homes:
    """The application over its SQLite recorder."""
    return Homes(env={"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(path)})


def postgres_environment(url: str) -> dict[str, str]:
    """The library's settings for the database at a local-socket URL."""
    parts = urlsplit(url)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": parts.path.lstrip("/"),
        "POSTGRES_HOST": parse_qs(parts.query)["host"][0],
        "POSTGRES_PORT": str(parts.port or 5432),
        "POSTGRES_USER": parts.username or "postgres",
        "POSTGRES_PASSWORD": parts.password or "",
        "POSTGRES_POOL_SIZE": "1",  # 16 writers at once are as many as the server takes
    }


def fill(app: Homes, population: Population, size: int = BATCH) -> None:
    """Tell the application everything of the population, `size` facts in a transaction."""
    homes: dict[UUID, Home] = {}
    for _, told in population.batches(size):
        app.save(*tell(homes, told))
