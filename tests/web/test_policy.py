"""Nobody does what the table does not allow, on any route, and each denial is noted."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.routing import Rule

from journeys.household.facts import FACTS, name_of
from tests.journeys.household.story import HOME
from tests.web.conftest import Site
from web.policy import (
    EVERYBODY,
    ROLES,
    SIGNED_IN,
    TABLE,
    action_of,
    may,
    may_record,
    requires,
)

VALUES = {"household": HOME, "version": 4, "kind": "intervention-delivered", "token": "x"}
OWN_KIND = {"verifier": "evidence-captured", "dpo": "processing-restricted"}


def routes(app: Flask, role: str | None = None) -> Iterator[tuple[Rule, str, str]]:
    """Every route with one of its methods and an address that it answers for the role."""
    told = VALUES | ({"kind": OWN_KIND[role]} if role in OWN_KIND else {})
    with app.test_request_context():
        adapter = app.create_url_adapter(None) or app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        values = {name: told.get(name, "app.css") for name in rule.arguments}
        path = adapter.build(rule.endpoint, values)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method, path


def test_every_route_has_an_action_of_the_table(site: Site) -> None:
    known = {EVERYBODY, SIGNED_IN}.union(*TABLE.values())
    wrong = [
        rule.rule
        for rule, _, _ in routes(site.app)
        if action_of(site.app, rule.endpoint) not in known
    ]
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_a_role_reaches_exactly_what_the_table_allows(site: Site, role: str) -> None:
    wrong = []
    call = site.program(role)
    for rule, method, path in routes(site.app, role):
        action = action_of(site.app, rule.endpoint)
        answer = call(method, path)
        answer.close()
        denied = answer.status_code in (401, 403)
        if denied == may(role, str(action)) and rule.endpoint != "signin.enter":
            wrong.append((method, path, answer.status_code))
    assert wrong == []


def test_nobody_in_particular_reaches_only_what_is_open(site: Site) -> None:
    client, wrong = site.app.test_client(), []
    for rule, method, path in routes(site.app):
        answer = client.open(path, method=method)
        answer.close()
        location = answer.headers.get("Location", "")
        turned_away = answer.status_code == 401 or location.startswith("/sign-in?")
        if turned_away == (action_of(site.app, rule.endpoint) == EVERYBODY):
            wrong.append((method, path, answer.status_code))
    assert wrong == []


def test_a_route_without_a_policy_is_closed_to_everybody(site: Site) -> None:
    site.app.add_url_rule("/open", "open", lambda: "all")
    answers = {role: site.program(role)("GET", "/open").status_code for role in ROLES}
    assert set(answers.values()) == {403}


def test_a_denial_is_noted_with_role_action_and_path(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger="web.policy"):
        site.reader("payer").get(f"/households/{HOME}")
    assert f"role=payer action=household.read method=GET path=/households/{HOME}" in caplog.text


def test_the_kinds_of_fact_of_a_role_are_those_of_the_table() -> None:
    assert [r for r in ROLES if may_record(r, "processing-restricted")] == ["dpo"]
    assert [r for r in ROLES if may_record(r, "evidence-assessed")] == [
        "caseworker",
        "supervisor",
        "verifier",
    ]
    assert {r for r in ROLES for kind in FACTS if may_record(r, name_of(kind))} == {
        "caseworker",
        "supervisor",
        "verifier",
        "dpo",
    }


@pytest.mark.parametrize("path", ["pages", "api"])
def test_a_kind_outside_the_role_is_denied(site: Site, path: str) -> None:
    household = f"/households/{HOME}"
    if path == "pages":
        answer = site.reader("verifier").get(f"{household}/record/member-left")
    else:
        body = {"fact": "member-left", "effective_from": "2026-01-01"}
        answer = site.program("verifier")("POST", f"/api/v1{household}/facts", json=body)
    assert answer.status_code == 403


def test_a_role_that_is_none_may_nothing() -> None:
    assert not may("root", SIGNED_IN)
    assert not may(None, "household.read")


def test_an_action_is_declared_on_the_view_itself() -> None:
    @requires("log.read")
    def view() -> None: ...

    assert getattr(view, "action", None) == "log.read"


def test_names_are_only_for_those_who_may_see_them(site: Site) -> None:
    for role in ROLES:
        if may(role, "household.read"):
            page = site.reader(role).get(f"/households/{HOME}")
            assert ("Alma" in page.text) is may(role, "person.read")
            told = site.program(role)("GET", f"/api/v1/households/{HOME}/history")
            assert ("Alma" in told.text) is may(role, "person.read")


def test_a_household_that_is_not_there_tells_no_more_than_one_that_is_closed(site: Site) -> None:
    payer = site.reader("payer")
    there, not_there = (payer.get(f"/households/{h}") for h in (HOME, UUID(int=7)))
    assert there.status_code == not_there.status_code == 403
