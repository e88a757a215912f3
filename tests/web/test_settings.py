"""Settings are read once, and a wrong one is named, never guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from journeys.errors import WrongSetting
from web.settings import DEFAULT_ORIGIN, read_settings

SECRET = "s" * 32


def test_without_any_setting_the_store_is_sqlite_under_home() -> None:
    settings = read_settings({})

    assert settings.home == Path.home() / ".journeys"
    assert settings.database == f"sqlite:///{settings.home / 'record.db'}"
    assert (settings.origin, settings.secret_key) == (DEFAULT_ORIGIN, None)


def test_the_store_lies_under_the_home_that_is_named() -> None:
    settings = read_settings({"JOURNEYS_HOME": "/srv/percorsi"})

    assert settings.database == "sqlite:////srv/percorsi/record.db"


def test_what_is_set_is_used() -> None:
    settings = read_settings(
        {
            "JOURNEYS_DATABASE": "postgresql://db/journeys",
            "JOURNEYS_SECRET_KEY": SECRET,
            "JOURNEYS_ORIGIN": "log.comune.example/percorsi",
            "JOURNEYS_TSA_URL": "https://tsa.example/ts",
            "JOURNEYS_OIDC_ISSUER": "https://id.example",
            "JOURNEYS_OIDC_CLIENT_ID": "percorsi",
            "JOURNEYS_OIDC_CLIENT_SECRET": "hidden",
            "PATH": "/usr/bin",
        }
    )

    assert settings.database == "postgresql://db/journeys"
    assert settings.oidc["issuer"] == "https://id.example"
    assert settings.problems() == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JOURNEYS_DATABASE", "mysql://db/journeys"),
        ("JOURNEYS_DATABASE", "sqlite://record.db"),
        ("JOURNEYS_DATABASE", "sqlite:///"),
        ("JOURNEYS_DATABASE", "postgresql://db"),
        ("JOURNEYS_DATABASE", " "),
        ("JOURNEYS_SECRET_KEY", "short"),
        ("JOURNEYS_ORIGIN", "two words"),
        ("JOURNEYS_ORIGIN", "plus+sign"),
        ("JOURNEYS_TSA_URL", "tsa.example"),
        ("JOURNEYS_DATABSE", "sqlite:///x.db"),
        ("JOURNEYS_OIDC_ISUER", "https://id.example"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(WrongSetting, match=name):
        read_settings({name: value})


def test_half_an_oidc_sign_in_is_refused() -> None:
    with pytest.raises(WrongSetting, match="JOURNEYS_OIDC_CLIENT_ID is missing"):
        read_settings({"JOURNEYS_OIDC_ISSUER": "https://id.example"})


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(WrongSetting) as refusal:
        read_settings({"JOURNEYS_ORIGIN": "two words", "JOURNEYS_SECRET_KEY": "short"})

    assert len(refusal.value.details["problems"]) == 2  # type: ignore[arg-type]
