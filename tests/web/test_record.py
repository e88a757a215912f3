"""Recording a fact: ask, check, record, receipt; nothing typed is lost, nothing told twice."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from journeys.household.facts import (
    AccommodationStarted,
    HouseholdSplit,
    InterventionDelivered,
    MemberJoined,
)
from tests.journeys.household.story import ALMA, BRUNO, HOME, exited, joined, moved_out
from tests.web.conftest import Site, confirm, hidden, send, token
from web.recording import RECORDABLE

RECORD = f"/households/{HOME}/record"
VISIT = f"{RECORD}/intervention-delivered"
TOLD: dict[str, Any] = {"effective_from": "12/05/2026", "kind": "home-visit", "hours": "1,5"}


@pytest.mark.parametrize("kind", RECORDABLE)
def test_every_kind_of_fact_can_be_asked_for(site: Site, kind: str) -> None:
    roles = ("caseworker", "dpo")
    pages = [site.reader(role).get(f"{RECORD}/{kind}") for role in roles]
    assert 200 in [page.status_code for page in pages]
    assert all(page.status_code in (200, 403) for page in pages)


def test_a_fact_is_recorded_in_three_steps(site: Site, caseworker: FlaskClient) -> None:
    check = send(caseworker, VISIT, "check", **TOLD)
    assert "Non è ancora registrato" in check.text
    assert site.journeys.household(HOME).version == 5
    receipt = confirm(caseworker, VISIT, check)
    assert receipt.status_code == 303
    fact = site.journeys.entries(HOME)[-1].fact
    assert isinstance(fact, InterventionDelivered)
    assert (fact.kind, str(fact.hours), fact.by) == ("home-visit", "1.5", "demo-caseworker")


def test_the_receipt_gives_number_time_and_fingerprint(site: Site, caseworker: FlaskClient) -> None:
    answer = confirm(caseworker, VISIT, send(caseworker, VISIT, "check", **TOLD))
    page = caseworker.get(answer.headers["Location"])
    [leaf] = site.journeys.recorder.entries(0, 5, 6)
    shown = re.sub(r"<[^>]+>|\s", "", page.text)
    assert leaf.hex() in shown
    assert "30 giugno 2026, ore 14:00" in page.text


def test_sending_twice_answers_with_the_first_receipt(site: Site, caseworker: FlaskClient) -> None:
    check = send(caseworker, VISIT, "check", **TOLD)
    first, second = (confirm(caseworker, VISIT, check) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert site.journeys.household(HOME).version == 6


def test_going_back_to_change_an_answer_tells_another_fact(
    site: Site, caseworker: FlaskClient
) -> None:
    check = send(caseworker, VISIT, "check", **TOLD)
    confirm(caseworker, VISIT, check)
    carried = {k: v for k, v in hidden(check).items() if k != "back"}
    again = caseworker.post(VISIT, data=carried | TOLD | {"hours": "3", "step": "check"})
    confirm(caseworker, VISIT, again)
    facts = [entry.fact for entry in site.journeys.entries(HOME)[5:]]
    assert [str(getattr(fact, "hours", None)) for fact in facts] == ["1.5", "3"]


def test_a_wrong_answer_keeps_everything_typed(caseworker: FlaskClient) -> None:
    page = send(caseworker, VISIT, "check", **TOLD | {"effective_from": "ieri", "note": "<b>a"})
    assert page.status_code == 422
    assert 'value="ieri"' in page.text
    assert 'value="1,5"' in page.text
    assert "&lt;b&gt;a</textarea>" in page.text
    assert 'href="#effective_from"' in page.text


def test_a_refusal_of_the_domain_stands_beside_its_question(caseworker: FlaskClient) -> None:
    page = send(caseworker, VISIT, "check", **TOLD | {"effective_from": "01/01/2030"})
    assert page.status_code == 422
    assert re.search(r'id="effective_from-error".*deve ancora venire', page.text)


def test_a_refusal_about_the_whole_stands_above(site: Site, caseworker: FlaskClient) -> None:
    leave = f"{RECORD}/accommodation-ended"
    told = {"effective_from": "01/03/2026", "ending": "planned-move"}
    site.record(moved_out("2026-02-01", 5))
    page = send(caseworker, leave, "check", accommodation="5", **told)
    assert page.status_code == 422
    assert "risulta già finito" in page.text


def test_only_what_goes_on_can_be_ended(site: Site, caseworker: FlaskClient) -> None:
    ask = f"{RECORD}/exited"
    assert 'value="4"' in caseworker.get(ask).text
    site.record(exited("2026-06-01", 4))
    assert 'value="4"' not in caseworker.get(ask).text
    assert "Registra prima l’inizio" in caseworker.get(ask).text


def test_a_new_member_is_named_and_sealed(site: Site, caseworker: FlaskClient) -> None:
    path = f"{RECORD}/member-joined"
    told = {"effective_from": "01/05/2026", "joined_by": "birth", "relation": "child"}
    person = {"person-name": "Ada", "person-birth_date": "01/05/2026"}
    answer = confirm(caseworker, path, send(caseworker, path, "check", **told, **person))
    assert answer.status_code == 303
    fact = site.journeys.entries(HOME)[-1].fact
    assert isinstance(fact, MemberJoined)
    assert fact.birth_month == "2026-05"
    assert site.journeys.disclose(HOME)[6, "person"]["name"] == "Ada"
    assert "Ada" in caseworker.get(f"/households/{HOME}").text


def test_a_wrong_fiscal_code_is_told_before_anything_is_recorded(
    site: Site, caseworker: FlaskClient
) -> None:
    told = {"effective_from": "01/05/2026", "joined_by": "birth", "relation": "child"}
    wrong = {"person-fiscal_code": "BNCLMA87D43G999X"}
    page = send(caseworker, f"{RECORD}/member-joined", "check", **told, **wrong)
    assert page.status_code == 422
    assert re.search(r'id="person-fiscal_code-error"', page.text)
    assert site.journeys.household(HOME).version == 5


def test_a_split_is_recorded_on_both_households(site: Site, caseworker: FlaskClient) -> None:
    site.record(joined(BRUNO, "2025-01-08", relation="partner"))
    path = f"{RECORD}/split"
    told = {
        "effective_from": "01/05/2026",
        "members": [str(BRUNO)],
        "tenancy_to": "origin",
        "clock": "origin-continues",
        "cap": "origin-keeps",
        "decided_by": "comune-prato",
    }
    assert confirm(caseworker, path, send(caseworker, path, "check", **told)).status_code == 303
    parted = site.journeys.entries(HOME)[-1].fact
    assert isinstance(parted, HouseholdSplit)
    assert BRUNO in site.journeys.household(parted.new).members
    assert str(parted.new) in caseworker.get(f"/households/{HOME}").text


def test_an_amount_is_told_in_its_currency(site: Site, caseworker: FlaskClient) -> None:
    path = f"{RECORD}/accommodation-started"
    told = {"effective_from": "01/05/2026", "kind": "hotel", "nightly_cost": "68,50"}
    confirm(caseworker, path, send(caseworker, path, "check", currency="EUR", **told))
    fact = site.journeys.entries(HOME)[-1].fact
    assert isinstance(fact, AccommodationStarted)
    assert (fact.nightly_cost, fact.currency) == (6850, "EUR")


def test_a_form_without_its_token_is_not_taken_and_not_lost(
    site: Site, caseworker: FlaskClient
) -> None:
    page = caseworker.post(VISIT, data=TOLD | {"step": "record", "note": "detto a voce"})
    assert page.status_code == 400
    assert site.journeys.household(HOME).version == 5
    assert 'value="detto a voce"' in page.text
    assert 'value="edit"' in page.text


def test_what_was_typed_outlives_the_session(site: Site, caseworker: FlaskClient) -> None:
    carried = {k: v for k, v in hidden(caseworker.get(VISIT)).items() if k != "back"}
    caseworker.post("/sign-out", data={"csrf_token": token(caseworker.get(VISIT))})
    page = caseworker.post(VISIT, data=carried | TOLD | {"step": "record"})
    assert page.status_code == 401
    kept = {k: v for k, v in hidden(page).items() if k != "back"}
    resumed = caseworker.post("/sign-in", data=kept | {"role": "caseworker"})
    again = {k: v for k, v in hidden(resumed).items() if k != "back"}
    form = caseworker.post(VISIT, data=again | {"step": "edit"})
    assert 'value="12/05/2026"' in form.text
    assert site.journeys.household(HOME).version == 5


def test_a_kind_is_found_by_a_word_without_its_accents(caseworker: FlaskClient) -> None:
    page = caseworker.get(f"{RECORD}?q=AFFITTO")
    assert "Contratto di affitto registrato" in page.text
    assert "Appuntamento mancato" not in page.text


@pytest.mark.parametrize(
    "kind", ["registered", "entry-corrected", "nothing", "personal-data-erased"]
)
def test_what_no_form_tells_is_not_found(caseworker: FlaskClient, kind: str) -> None:
    assert caseworker.get(f"{RECORD}/{kind}").status_code == 404


def test_a_household_that_is_not_there_is_not_found(caseworker: FlaskClient) -> None:
    nobody = UUID(int=7)
    assert caseworker.get(f"/households/{nobody}/record").status_code == 404


def test_a_reader_who_may_not_see_names_reads_none(site: Site) -> None:
    page = site.reader("auditor").get(f"/households/{HOME}")
    assert "Alma" not in page.text
    assert str(ALMA)[:8] in page.text or "Persona 1" in page.text


def test_what_else_is_told_of_a_split_is_kept(site: Site, caseworker: FlaskClient) -> None:
    site.record(joined(BRUNO, "2025-01-08", relation="partner"))
    told = {
        "effective_from": "01/05/2026",
        "members": [str(BRUNO)],
        "tenancy_to": "origin",
        "clock": "origin-continues",
        "cap": "origin-keeps",
        "decided_by": "comune-prato",
        "known_on": "03/05/2026",
        "note": "Accordo davanti al mediatore.",
    }
    path = f"{RECORD}/split"
    confirm(caseworker, path, send(caseworker, path, "check", **told))
    parted = site.journeys.entries(HOME)[-1]
    assert str(parted.fact.known_on) == "2026-05-03"
    assert site.journeys.disclose(HOME)[parted.version, "note"] == told["note"]
