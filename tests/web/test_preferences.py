"""A reader's language and colours, and the frame that every page has."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.web.style_pages import style_app


@pytest.fixture
def client() -> FlaskClient:
    app = style_app()
    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client()


def page(client: FlaskClient, **headers: str) -> str:
    return client.get("/list", headers=headers).get_data(as_text=True)


def test_a_page_is_in_italian_where_the_browser_asks_for_nothing_we_speak(
    client: FlaskClient,
) -> None:
    assert '<html lang="it" data-bs-theme="auto">' in page(client)
    assert '<html lang="it"' in page(client, **{"Accept-Language": "fr-FR"})


def test_a_page_is_in_english_where_the_browser_asks_for_it(client: FlaskClient) -> None:
    shown = page(client, **{"Accept-Language": "en-GB,en;q=0.9"})
    assert '<html lang="en"' in shown
    assert "Skip to main content" in shown


def test_a_chosen_language_outlives_what_the_browser_asks_for(client: FlaskClient) -> None:
    answer = client.post("/preferences", data={"language": "it", "back": "/list?q=1"})
    assert (answer.status_code, answer.location) == (303, "/list?q=1")
    assert '<html lang="it"' in page(client, **{"Accept-Language": "en"})


def test_a_chosen_theme_is_kept(client: FlaskClient) -> None:
    client.post("/preferences", data={"theme": "dark"})
    assert 'data-bs-theme="dark"' in page(client)


def test_a_preference_that_does_not_exist_changes_nothing(client: FlaskClient) -> None:
    answer = client.post("/preferences", data={"theme": "pink", "language": "xx"})
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "back",
    ["//elsewhere.example", "/\\elsewhere.example", "https://elsewhere.example", "", "/\n/x"],
)
def test_choosing_never_leads_to_another_site(client: FlaskClient, back: str) -> None:
    assert client.post("/preferences", data={"theme": "dark", "back": back}).location == "/"


def test_a_preference_is_kept_from_scripts(client: FlaskClient) -> None:
    cookie = client.post("/preferences", data={"theme": "dark"}).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_the_title_of_a_refused_form_begins_with_the_error(client: FlaskClient) -> None:
    refused = client.get("/form").get_data(as_text=True)
    assert "<title>Errore: Ingresso in alloggio – Percorsi</title>" in refused
    assert "Errore:" not in client.get("/form?right=1").get_data(as_text=True)


def test_the_frame_says_who_is_signed_in_and_that_the_data_are_invented(
    client: FlaskClient,
) -> None:
    shown = page(client)
    for said in ("Comune di Prato", "M. Bianchi", "Operatrice", "Dati di prova", "Versione 0.1.0"):
        assert said in shown
    assert '<a href="/list" aria-current="page">Nuclei</a>' in shown
