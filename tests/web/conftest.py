"""The application over a real store, with one household in it, and readers of every role."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from msgspec import Struct
from werkzeug.test import TestResponse

from journeys.application import Journeys
from journeys.household.facts import Fact
from journeys.record.keys import create_keyring
from journeys.record.store import create_record
from projections.catalogue import with_names
from projections.engine import catch_up
from projections.store import Views
from tests.journeys.household.story import (
    ALMA,
    DAY_US,
    HOME,
    enrolled,
    housed,
    instant,
    joined,
    referred,
    registered,
)
from web import create_app
from web.signin import bearer_token

SECRET = "for the tests only, and long enough"
ALMAS_PERSON = {
    "name": "Alma",
    "surname": "Bianchi",
    "birth_date": "1987-04-03",
    "fiscal_code": "BNCLMA87D43G999S",
}


class Now:
    """A clock that a test moves; it begins at noon of 30 June 2026."""

    def __init__(self) -> None:
        self.at = instant("2026-06-30")

    def __call__(self) -> int:
        return self.at

    def days_later(self, days: int) -> None:
        """Let days pass."""
        self.at += days * DAY_US


class Site(Struct):
    """The application with its stores, and `HOME`, the household of Alma, in the record."""

    app: Flask
    journeys: Journeys
    views: Views
    now: Now

    def reader(self, role: str) -> FlaskClient:
        """Somebody who signed in with a role."""
        client = self.app.test_client()
        page = client.get("/sign-in")
        client.post("/sign-in", data={"role": role, "csrf_token": token(page)})
        return client

    def program(self, role: str) -> Callable[..., TestResponse]:
        """A program that calls the API with a role's token: `call(method, path, **options)`."""
        client = self.app.test_client()
        headers = {"Authorization": f"Bearer {bearer_token(SECRET, role)}"}

        def call(method: str, path: str, **options: Any) -> TestResponse:
            options["headers"] = headers | options.get("headers", {})
            return client.open(path, method=method, **options)

        return call

    def record(self, *facts: Fact, household: UUID = HOME, **options: Any) -> int:
        """Record facts past the pages; the version of the last."""
        receipt = self.journeys.record(household, facts, **options)
        catch_up(self.views, self.journeys.recorder, with_names(self.journeys.disclose))
        return receipt.versions[-1]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """The application over a store of its own, signing in by role allowed."""
    url, now = f"sqlite:///{tmp_path}/record.db", Now()
    create_record(url, kind="demonstration").close()
    create_keyring(url, tmp_path).close()
    journeys, views = Journeys.open(url, tmp_path, clock=now), Views.open(url)
    app = create_app(journeys, views, secret_key=SECRET, development_sign_in=True)
    told = Site(app, journeys, views, now)
    told.record(registered(), joined(ALMA), referred(), personal={(1, "person"): ALMAS_PERSON})
    told.record(enrolled(), housed("2025-02-01"))
    yield told
    views.close()
    journeys.close()


@pytest.fixture
def caseworker(site: Site) -> FlaskClient:
    """A caseworker who signed in."""
    return site.reader("caseworker")


def token(page: TestResponse) -> str:
    """The token against forgery of the page's first form."""
    [found, *_] = re.findall(r'name="csrf_token" value="([^"]+)"', page.text)
    return str(found)


def hidden(page: TestResponse) -> dict[str, str]:
    """What the page's forms carry along unseen, the last of each name."""
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text))


def send(client: FlaskClient, path: str, step: str, **answers: Any) -> TestResponse:
    """Fill in the form at `path` and press one of its buttons."""
    page = client.get(path)
    carried = {name: value for name, value in hidden(page).items() if name != "back"}
    return client.post(path, data=carried | {"step": step} | answers)


def confirm(
    client: FlaskClient, path: str, page: TestResponse, expected: int = 200
) -> TestResponse:
    """Press «Registra» on the page where answers are checked."""
    assert page.status_code == expected, page.text
    pairs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text)
    data: dict[str, list[str]] = {}
    for name, value in pairs:
        if name != "back":
            data.setdefault(name, []).append(unescaped(value))
    data["csrf_token"] = data["csrf_token"][:1]
    return client.post(path, data={**data, "step": "record"})


def unescaped(value: str) -> str:
    """An attribute's value as a browser reads it."""
    pairs = {"&lt;": "<", "&gt;": ">", "&#34;": '"', "&#39;": "'", "&amp;": "&"}
    for written, meant in pairs.items():
        value = value.replace(written, meant)
    return value
