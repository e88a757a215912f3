"""Setting an entry right: only what changed, with a reason, checked before it is recorded."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from journeys.household.facts import (
    AccommodationStarted,
    EntryCorrected,
    EntryRetracted,
    EvidenceCaptured,
    Fact,
)
from tests.journeys.household.story import HOME, fact, hired, moved_out
from tests.web.conftest import Site, confirm, hidden, send
from web.forms import Told
from web.pages.correct import changed_fields

ENTRIES = f"/households/{HOME}/entries"
CORRECT, RETRACT = f"{ENTRIES}/5/correct", f"{ENTRIES}/5/retract"
SAYS: dict[str, Any] = {"effective_from": "01/02/2025", "kind": "hotel"}
WHY = {"why": "wrong-date"}


def test_the_form_says_what_the_entry_says(caseworker: FlaskClient) -> None:
    page = caseworker.get(CORRECT)
    assert 'value="01/02/2025"' in page.text
    assert '<option value="hotel" selected>' in page.text


def test_only_what_changed_becomes_the_correction(site: Site, caseworker: FlaskClient) -> None:
    check = send(caseworker, CORRECT, "check", **SAYS | {"effective_from": "03/02/2025"}, **WHY)
    assert re.search(r"<del>[^<]*1 febbraio 2025</del>", check.text)
    assert re.search(r"<ins>[^<]*3 febbraio 2025</ins>", check.text)
    assert confirm(caseworker, CORRECT, check).status_code == 303
    fact = site.journeys.entries(HOME)[-1].fact
    assert isinstance(fact, EntryCorrected)
    assert (fact.changes, fact.reason) == ({"effective_from": "2025-02-03"}, "wrong-date")


def test_an_answer_taken_away_is_corrected_to_nothing(site: Site, caseworker: FlaskClient) -> None:
    site.record(hired("2025-03-01", until="2025-09-01"))
    told = {"effective_from": "01/03/2025", "contract_kind": "fixed-term", "effective_to": ""}
    path = f"{ENTRIES}/6/correct"
    member = {"member": hidden_choice(caseworker.get(path).text)}
    check = send(caseworker, path, "check", **told, **member, **WHY)
    confirm(caseworker, path, check)
    fact = site.journeys.entries(HOME)[-1].fact
    assert isinstance(fact, EntryCorrected)
    assert fact.changes == {"effective_until": None}


def test_a_correction_without_a_reason_is_refused(caseworker: FlaskClient) -> None:
    page = send(caseworker, CORRECT, "check", **SAYS | {"effective_from": "03/02/2025"})
    assert page.status_code == 422
    assert 'id="why-error"' in page.text


def test_a_correction_that_changes_nothing_is_refused(caseworker: FlaskClient) -> None:
    page = send(caseworker, CORRECT, "check", **SAYS, **WHY)
    assert page.status_code == 422
    assert "Non hai cambiato niente" in page.text


def test_a_corrected_entry_shows_what_it_said_before(site: Site, caseworker: FlaskClient) -> None:
    check = send(caseworker, CORRECT, "check", **SAYS | {"effective_from": "03/02/2025"}, **WHY)
    confirm(caseworker, CORRECT, check)
    page = caseworker.get(f"/households/{HOME}")
    assert "3 febbraio 2025" in page.text
    assert "Diceva prima" in page.text
    assert "Data sbagliata" in page.text


def test_a_retracted_entry_stays_readable_and_marked(site: Site, caseworker: FlaskClient) -> None:
    check = send(caseworker, RETRACT, "check", why="did-not-happen", why_note="Mai entrati.")
    assert confirm(caseworker, RETRACT, check).status_code == 303
    fact = site.journeys.entries(HOME)[-1].fact
    assert isinstance(fact, EntryRetracted)
    assert site.journeys.disclose(HOME)[6, "note"] == "Mai entrati."
    page = caseworker.get(f"/households/{HOME}")
    assert "Ritirato" in page.text
    assert "Ingresso in alloggio" in page.text


def test_what_others_rely_on_is_not_retracted(site: Site, caseworker: FlaskClient) -> None:
    site.record(moved_out("2025-03-01", 5))
    page = send(caseworker, RETRACT, "check", why="did-not-happen")
    assert page.status_code == 422
    assert "Altre voci si appoggiano a questa" in page.text


def test_sending_twice_corrects_once(site: Site, caseworker: FlaskClient) -> None:
    check = send(caseworker, CORRECT, "check", **SAYS | {"effective_from": "03/02/2025"}, **WHY)
    first, second = (confirm(caseworker, CORRECT, check) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert site.journeys.household(HOME).version == 6


def test_who_corrects_is_told_that_somebody_recorded_meanwhile(
    site: Site, caseworker: FlaskClient
) -> None:
    check = send(caseworker, CORRECT, "check", **SAYS | {"effective_from": "03/02/2025"}, **WHY)
    site.record(moved_out("2025-04-01", 5))
    page = confirm(caseworker, CORRECT, check)
    assert page.status_code == 422
    assert "qualcun altro ha registrato" in page.text
    assert 'value="03/02/2025"' in page.text
    again = {k: v for k, v in hidden(page).items() if k != "back"}
    told = SAYS | {"effective_from": "03/02/2025", "step": "check"}
    assert caseworker.post(CORRECT, data=again | told | WHY).status_code == 200


@pytest.mark.parametrize("path", [f"{ENTRIES}/1/retract", f"{ENTRIES}/99/correct"])
def test_what_cannot_be_set_right_is_not_found(caseworker: FlaskClient, path: str) -> None:
    assert caseworker.get(path).status_code == 404


def test_a_retracted_entry_is_not_corrected(site: Site, caseworker: FlaskClient) -> None:
    confirm(caseworker, RETRACT, send(caseworker, RETRACT, "check", why="did-not-happen"))
    assert caseworker.get(CORRECT).status_code == 404
    assert caseworker.get(f"{ENTRIES}/6/correct").status_code == 404
    assert caseworker.get(f"{ENTRIES}/6/retract").status_code == 200


def test_testimony_is_never_among_the_changes(site: Site) -> None:
    fact = site.journeys.entries(HOME)[4].fact
    assert isinstance(fact, AccommodationStarted)
    told = Told.of(fact, {})
    assert changed_fields(fact, told) == {}
    other = Told(told.kind, {**told.values, "kind": "shelter", "note": "a", "reason": "other"})
    assert changed_fields(fact, other) == {"kind": "shelter"}


def captured(on: str, **fields: Any) -> Fact:
    """A document taken in on a day."""
    about = {"kind": "payslip", "sha256": "0" * 64, "issuer": "comune-prato"}
    return fact(EvidenceCaptured, on, **about, **fields)


def hidden_choice(text: str) -> str:
    """The first person offered where one is to be chosen."""
    found = re.search(r'name="member" value="([0-9a-f-]{36})"', text)
    assert found is not None
    return found[1]


def test_a_name_is_corrected_in_the_vault(site: Site, caseworker: FlaskClient) -> None:
    path = f"{ENTRIES}/2/correct"
    page = caseworker.get(path)
    assert 'value="Alma"' in page.text
    told = {"effective_from": "07/01/2025", "joined_by": "at-registration", "relation": "head"}
    person = {"person-name": "Alba", "person-surname": "Bianchi", "person-birth_date": "03/04/1987"}
    check = send(caseworker, path, "check", **told, **person, why="typing-error")
    assert "Alba" in check.text
    assert confirm(caseworker, path, check).status_code == 303
    correction = site.journeys.entries(HOME)[-1].fact
    assert isinstance(correction, EntryCorrected)
    assert "Alba" not in str(correction)
    assert "Nucleo di Alba Bianchi" in caseworker.get(f"/households/{HOME}").text


def test_what_an_entry_names_is_offered_even_where_it_is_no_longer_to_be_chosen(
    site: Site, caseworker: FlaskClient
) -> None:
    site.record(moved_out("2025-03-01", 5))
    site.record(captured("2025-03-02", covers=(4,)))
    site.record(
        *(hired(f"2025-{month:02}-01", until=f"2025-{month:02}-20") for month in range(3, 12))
    )
    site.record(
        *(hired(f"2025-{month:02}-21", until=f"2025-{month:02}-27") for month in range(1, 12))
    )
    leaving = caseworker.get(f"{ENTRIES}/6/correct").text
    assert re.search(
        r'value="5" checked|<option value="5" selected>|name="accommodation" value="5"', leaving
    )
    assert "Ingresso in alloggio: Albergo, 1 febbraio 2025" in leaving
    document = caseworker.get(f"{ENTRIES}/7/correct").text
    assert re.search(r'name="covers" value="4" checked', document)
