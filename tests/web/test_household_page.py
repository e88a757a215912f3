"""A household's page reads it on two dates, says where each entry comes from, and what changed."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from journeys.household.facts import AddressProtected
from tests.journeys.household.story import (
    HOME,
    correction,
    fact,
    hired,
    housed,
    moved_out,
    retraction,
)
from tests.web.conftest import Site, token

PAGE = f"/households/{HOME}"


def titles(text: str) -> list[str]:
    return re.findall(r'jn-entry-title"><span>([^<]+)</span>', text)


def test_the_diary_is_read_newest_first_or_oldest_first(caseworker: FlaskClient) -> None:
    newest = titles(caseworker.get(PAGE).text)
    assert newest[0].startswith("Ingresso in alloggio")
    assert titles(caseworker.get(f"{PAGE}?order=oldest").text) == newest[::-1]


def test_facts_as_of_a_day_are_those_that_had_begun(caseworker: FlaskClient) -> None:
    page = caseworker.get(f"{PAGE}?as_of=19/01/2025")
    assert not any("Ingresso nel programma" in title for title in titles(page.text))
    assert any("Segnalazione" in title for title in titles(page.text))
    assert "fatti al 19 gennaio 2025" in page.text


def test_as_at_a_day_means_the_end_of_that_day(site: Site, caseworker: FlaskClient) -> None:
    site.now.days_later(1)
    site.record(hired("2025-03-01"))
    assert "Inizio di un lavoro" not in str(titles(caseworker.get(f"{PAGE}?as_at=30/06/2026").text))
    assert "Inizio di un lavoro" in str(titles(caseworker.get(f"{PAGE}?as_at=01/07/2026").text))


def test_as_at_a_minute_means_its_end_in_rome(site: Site, caseworker: FlaskClient) -> None:
    site.now.days_later(1)
    site.record(hired("2025-03-01"))
    before = caseworker.get(f"{PAGE}?as_at=01/07/2026 13:59").text
    after = caseworker.get(f"{PAGE}?as_at=01/07/2026 14:00").text
    assert "Inizio di un lavoro" not in str(titles(before))
    assert "Inizio di un lavoro" in str(titles(after))


def test_an_earlier_reading_offers_nothing_to_correct(caseworker: FlaskClient) -> None:
    assert "/correct" in caseworker.get(PAGE).text
    assert "/correct" not in caseworker.get(f"{PAGE}?as_at=30/06/2026").text


@pytest.mark.parametrize("typed", ["ieri", "31/02/2026", "1/1/1", "30/06/2026 25:00", "\ud7ff"])
def test_dates_typed_wrong_are_told_and_kept(caseworker: FlaskClient, typed: str) -> None:
    page = caseworker.get(PAGE, query_string={"as_at": typed})
    assert page.status_code == 422
    assert f'value="{typed}"' in page.text
    assert "as_at-error" in page.text


def test_an_entry_says_who_recorded_it_when_and_since_when_it_was_known(
    caseworker: FlaskClient,
) -> None:
    page = caseworker.get(PAGE).text
    assert "Registrato il 30 giugno 2026, ore 14:00" in page
    assert "da operatrice-01 (comune-prato)" in page


def test_an_entry_recorded_long_after_is_late(caseworker: FlaskClient) -> None:
    assert "Tardivo" in caseworker.get(PAGE).text


def test_corrections_show_by_themselves_only_when_asked_for(
    site: Site, caseworker: FlaskClient
) -> None:
    site.record(correction(5, kind="shelter"), retraction(4))
    assert "Correzione" not in str(titles(caseworker.get(PAGE).text))
    whole = titles(caseworker.get(f"{PAGE}?all=1").text)
    assert "Correzione" in str(whole)
    assert "Ritiro di una voce" in str(whole)


def test_the_situation_is_that_of_the_day(site: Site, caseworker: FlaskClient) -> None:
    site.record(moved_out("2025-06-01", 5), housed("2025-06-01", kind="shelter"))
    now = caseworker.get(PAGE).text
    assert "Albergo, dal" not in now
    assert "dal 1 giugno 2025" in now
    assert "Albergo, dal 1 febbraio 2025" in caseworker.get(f"{PAGE}?as_of=31/05/2025").text


def test_a_protected_address_is_shown_to_nobody(site: Site, caseworker: FlaskClient) -> None:
    address = {(0, "address"): "Via dei Pini 3"}
    site.record(housed("2025-07-01", kind="shelter"), personal=address)
    assert "Via dei Pini 3" in caseworker.get(PAGE).text
    site.record(fact(AddressProtected, "2025-08-01"))
    page = caseworker.get(PAGE).text
    assert "Via dei Pini 3" not in page
    assert "Protetto" in page


def test_the_difference_shows_before_and_after_side_by_side(
    site: Site, caseworker: FlaskClient
) -> None:
    site.now.days_later(1)
    site.record(correction(5, kind="shelter"), hired("2025-03-01"))
    page = caseworker.get(f"{PAGE}/difference?before=30/06/2026&as_at=01/07/2026").text
    assert re.search(r"<del>Che alloggio è: Albergo</del>", page)
    assert re.search(r"<ins>Che alloggio è: Struttura di accoglienza</ins>", page)
    assert "2 voci sono diverse" in page


def test_without_a_difference_it_says_so(caseworker: FlaskClient) -> None:
    page = caseworker.get(f"{PAGE}/difference?before=30/06/2026")
    assert "Non è cambiato niente" in page.text


def test_a_long_diary_is_shown_in_part_until_asked_for(site: Site, caseworker: FlaskClient) -> None:
    site.record(*(housed(f"2025-03-{day:02}", f"2025-03-{day + 1:02}") for day in range(1, 29)))
    site.record(*(housed(f"2025-04-{day:02}", f"2025-04-{day + 1:02}") for day in range(1, 29)))
    assert len(titles(caseworker.get(PAGE).text)) == 50
    assert len(titles(caseworker.get(f"{PAGE}?whole=1").text)) == 61


def test_the_page_is_read_in_english_too(caseworker: FlaskClient) -> None:
    told = {"language": "en", "back": PAGE, "csrf_token": token(caseworker.get(PAGE))}
    page = caseworker.post("/preferences", data=told, follow_redirects=True).text
    assert "Diary" in page
    assert "Hotel, from 1 February 2025" in page


def test_an_entry_is_proved_to_be_in_the_record(site: Site) -> None:
    page = site.reader("auditor").get(f"{PAGE}/entries/5").text
    assert "la sua impronta lo dimostra" in page
    assert "household.accommodation-started.v1" in page


def test_the_state_of_the_record_is_told(site: Site) -> None:
    page = site.reader("auditor").get("/log").text
    assert "timeline" in page
    assert "Aggiornata" in page


def test_personal_pages_are_kept_by_no_browser_and_framed_by_nobody(
    caseworker: FlaskClient,
) -> None:
    headers = caseworker.get(PAGE).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "unsafe" not in headers["Content-Security-Policy"]
