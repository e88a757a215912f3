"""The settings of an installation: read once from the environment, each checked and named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

from journeys.errors import WrongSetting

DEFAULT_ORIGIN = "journeys.invalid/log"
SHORTEST_SECRET = 32


class Settings(Struct, frozen=True):
    """Where things are kept and how the installation calls itself.

    * `database` (``JOURNEYS_DATABASE``): ``sqlite:///path`` or ``postgresql://…``
    * `home` (``JOURNEYS_HOME``): the folder of keys, evidence and snapshots
    * `secret_key` (``JOURNEYS_SECRET_KEY``): signs sessions; None where it was not set
    * `origin` (``JOURNEYS_ORIGIN``): the name of the log on its checkpoints
    * `tsa_url` (``JOURNEYS_TSA_URL``): the time-stamping authority, where there is one
    * `oidc` (``JOURNEYS_OIDC_…``): the municipality's sign-in, by lower-case name
    """

    database: str
    home: Path
    secret_key: str | None = None
    origin: str = DEFAULT_ORIGIN
    tsa_url: str | None = None
    oidc: dict[str, str] = {}

    def problems(self) -> list[str]:
        """One sentence for everything that cannot be used; empty when all is well."""
        return [
            *_database_problems(self.database),
            *_secret_problems(self.secret_key),
            *_origin_problems(self.origin),
            *_url_problems("JOURNEYS_TSA_URL", self.tsa_url),
            *_oidc_problems(self.oidc),
        ]


KNOWN = ("DATABASE", "HOME", "SECRET_KEY", "ORIGIN", "TSA_URL")
OIDC = ("issuer", "client_id", "client_secret")


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings that the environment gives, with defaults for the rest.

    Raises `WrongSetting`, naming every setting that cannot be used: an unknown one is a mistake
    in its name more often than not, so it is refused and never guessed.
    """
    given = {
        name.removeprefix("JOURNEYS_"): value
        for name, value in environment.items()
        if name.startswith("JOURNEYS_") and not name.startswith("JOURNEYS_TEST_")
    }
    problems = [
        f"JOURNEYS_{name} is not a setting."
        for name in sorted(given)
        if name not in KNOWN and not name.startswith("OIDC_")
    ]
    problems += [f"JOURNEYS_{name} is empty." for name, value in given.items() if not value.strip()]
    home = Path(given.get("HOME") or Path.home() / ".journeys").expanduser()
    settings = Settings(
        database=given.get("DATABASE") or f"sqlite:///{home.absolute() / 'record.db'}",
        home=home,
        secret_key=given.get("SECRET_KEY"),
        origin=given.get("ORIGIN", DEFAULT_ORIGIN),
        tsa_url=given.get("TSA_URL"),
        oidc={
            name.removeprefix("OIDC_").lower(): value
            for name, value in given.items()
            if name.startswith("OIDC_")
        },
    )
    problems += settings.problems()
    if problems:
        raise WrongSetting(" ".join(problems), problems=problems)
    return settings


def _database_problems(url: str) -> Iterable[str]:
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        if parts.netloc or len(parts.path) < 2:
            yield "JOURNEYS_DATABASE must name a file, as in sqlite:///folder/record.db."
    elif parts.scheme in ("postgresql", "postgres"):
        if len(parts.path) < 2:
            yield "JOURNEYS_DATABASE must name a database, as in postgresql://host/journeys."
    else:
        yield "JOURNEYS_DATABASE must begin with sqlite:/// or postgresql://."


def _secret_problems(secret: str | None) -> Iterable[str]:
    if secret is not None and len(secret) < SHORTEST_SECRET:
        yield f"JOURNEYS_SECRET_KEY needs at least {SHORTEST_SECRET} characters."


def _origin_problems(origin: str) -> Iterable[str]:
    # C2SP tlog-checkpoint: one line, no spaces or plus signs.
    if not re.fullmatch(r"[^\s+]{1,200}", origin):
        yield "JOURNEYS_ORIGIN must be one word without spaces or plus signs."


def _url_problems(name: str, url: str | None) -> Iterable[str]:
    if url is not None and (
        urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc
    ):
        yield f"{name} must be an http or https address."


def _oidc_problems(oidc: Mapping[str, str]) -> Iterable[str]:
    for name in oidc:
        if name not in OIDC:
            yield f"JOURNEYS_OIDC_{name.upper()} is not a setting."
    if oidc:
        for name in OIDC:
            if name not in oidc:
                yield f"JOURNEYS_OIDC_{name.upper()} is missing."
    yield from _url_problems("JOURNEYS_OIDC_ISSUER", oidc.get("issuer"))
