"""Every error is told in the reader's language, without its trace, and loses nothing typed."""

from __future__ import annotations

import logging

import pytest
from flask import abort

from journeys.application import Receipt
from journeys.errors import StoreUnavailable
from tests.journeys.household.story import HOME, moved_out
from tests.web.conftest import Site, confirm, hidden, send, token
from web.policy import EVERYBODY, requires

VISIT = f"/households/{HOME}/record/intervention-delivered"
TOLD = {"effective_from": "12/05/2026", "kind": "home-visit"}
STATUSES = (400, 401, 403, 404, 405, 409, 413, 500, 503)


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("language", ["it", "en"])
def test_every_error_has_its_page_in_both_languages(site: Site, status: int, language: str) -> None:
    site.app.add_url_rule("/wrong", "wrong", requires(EVERYBODY)(lambda: abort(status)))
    answer = site.app.test_client().get("/wrong", headers={"Accept-Language": language})
    assert answer.status_code == status
    assert f'<html lang="{language}"' in answer.text
    assert ("Torna alla pagina iniziale" in answer.text) is (language == "it")


def test_a_defect_is_noted_with_its_trace_and_told_without(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> str:
        raise ZeroDivisionError("secret detail")

    site.app.add_url_rule("/broken", "broken", requires(EVERYBODY)(broken))
    with caplog.at_level(logging.ERROR, logger="web.errors"):
        answer = site.app.test_client().get("/broken")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert "secret detail" in caplog.text


def test_a_store_that_fails_while_recording_loses_nothing_and_tells_nothing_twice(
    site: Site,
) -> None:
    client = site.reader("caseworker")
    check = send(client, VISIT, "check", **TOLD)
    record_all = site.journeys.record_all

    def lost(*given: object, **named: object) -> list[Receipt]:
        record_all(*given, **named)  # type: ignore[arg-type]
        raise StoreUnavailable("The connection was lost.")

    site.journeys.record_all = lost  # type: ignore[method-assign]
    page = confirm(client, VISIT, check)
    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
    assert 'value="12/05/2026"' in page.text
    site.journeys.record_all = record_all  # type: ignore[method-assign]
    assert confirm(client, VISIT, page, expected=503).status_code == 303
    assert site.journeys.household(HOME).version == 6


def test_views_that_cannot_be_reached_do_not_undo_what_was_recorded(site: Site) -> None:
    client = site.reader("caseworker")
    check = send(client, VISIT, "check", **TOLD)
    site.views.close()

    def gone() -> object:
        raise StoreUnavailable("The views cannot be reached.")

    site.views.writing = gone  # type: ignore[method-assign,assignment]
    assert confirm(client, VISIT, check).status_code == 303
    assert site.journeys.household(HOME).version == 6


def test_entries_that_stand_in_the_way_are_named(site: Site) -> None:
    site.record(moved_out("2025-03-01", 5))
    client, path = site.reader("caseworker"), f"/households/{HOME}/entries/5/retract"
    page = send(client, path, "check", why="did-not-happen")
    assert "Prima sistema queste voci" in page.text
    assert f'href="/households/{HOME}/entries/6"' in page.text


def test_a_token_of_ones_own_role_is_shown(site: Site) -> None:
    page = site.reader("auditor").get("/token")
    told = page.text.partition("Bearer ")[2].partition("<")[0].strip()
    headers = {"Authorization": f"Bearer {told}"}
    answer = site.app.test_client().get(f"/api/v1/households/{HOME}", headers=headers)
    assert answer.status_code == 200
    assert "Alma" not in answer.text


def test_a_page_that_is_too_old_is_shown_again_with_a_fresh_token(site: Site) -> None:
    client = site.reader("caseworker")
    page = client.post(VISIT, data=TOLD | {"step": "check", "csrf_token": "old"})
    assert page.status_code == 400
    kept = {k: v for k, v in hidden(page).items() if k != "back"}
    assert kept["csrf_token"] == token(page)
    assert client.post(VISIT, data=kept | {"step": "check"}).status_code == 200
