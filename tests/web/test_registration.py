"""A household is registered with its first members; nothing typed is lost, nobody entered twice."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from journeys.household.facts import HouseholdRegistered, MemberJoined, Referred
from tests.web.conftest import ALMAS_PERSON, Site, confirm, send
from web.registration import MOST_MEMBERS

NEW = "/households/new"
TOLD: dict[str, Any] = {
    "effective_from": "01/05/2026",
    "unit": "registry",
    "members-0-name": "Ada",
    "members-0-surname": "Neri",
    "members-0-birth_date": "03/04/1990",
    "members-0-relation": "head",
}
CHILD = {
    "members-1-name": "Dino",
    "members-1-relation": "child",
    "members-1-birth_month": "01/2020",
}
REFERRAL = {"referral_source": "social-services", "referred_on": "20/04/2026"}


def test_a_household_is_registered_with_its_members_and_its_referral(
    site: Site, caseworker: FlaskClient
) -> None:
    check = send(caseworker, NEW, "check", **TOLD, **CHILD, **REFERRAL, programme="rigenerprato")
    for said in ("Ada", "3 aprile 1990", "gennaio 2020", "20 aprile 2026", "rigenerprato"):
        assert said in check.text
    answer = confirm(caseworker, NEW, check)
    home = UUID(answer.headers["Location"].split("/")[2])
    begun, first, second, sent = (entry.fact for entry in site.journeys.entries(home))
    assert isinstance(begun, HouseholdRegistered)
    assert isinstance(first, MemberJoined)
    assert begun.reference_member == first.member
    assert isinstance(second, MemberJoined)
    assert (second.relation, second.birth_month) == ("child", "2020-01")
    assert isinstance(sent, Referred)
    assert sent.effective_from.isoformat() == "2026-04-20"
    assert site.journeys.disclose(home)[2, "person"]["surname"] == "Neri"


def test_sending_twice_registers_one_household(site: Site, caseworker: FlaskClient) -> None:
    check = send(caseworker, NEW, "check", **TOLD)
    first, second = (confirm(caseworker, NEW, check) for _ in "12")
    assert first.headers["Location"] == second.headers["Location"]
    assert site.journeys.recorder.size() == 7


def test_adding_a_person_keeps_what_was_typed(caseworker: FlaskClient) -> None:
    page = send(caseworker, NEW, "add", **TOLD | {"effective_from": "ieri"})
    assert page.status_code == 200
    assert 'value="ieri"' in page.text
    assert 'id="members-1-name"' in page.text
    assert "-error" not in page.text


def test_what_is_wrong_stands_at_its_person(caseworker: FlaskClient) -> None:
    page = send(caseworker, NEW, "check", **TOLD, **CHILD | {"members-1-birth_month": "2020"})
    assert page.status_code == 422
    assert re.search(r'id="members-1-birth_month-error"', page.text)
    assert 'href="#members-1-birth_month"' in page.text


@pytest.mark.parametrize("wrong", [{"effective_from": "01/01/2030"}, {"unit": "clan"}])
def test_a_refusal_of_the_domain_is_told_above(
    site: Site, caseworker: FlaskClient, wrong: dict[str, str]
) -> None:
    page = send(caseworker, NEW, "check", **TOLD | wrong)
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert site.journeys.recorder.size() == 5


def test_a_fiscal_code_that_is_known_is_pointed_out(caseworker: FlaskClient) -> None:
    code = {"members-0-fiscal_code": ALMAS_PERSON["fiscal_code"].lower()}
    page = send(caseworker, NEW, "check", **TOLD, **code)
    assert page.status_code == 200
    assert "Questo codice fiscale è già nel registro" in page.text


def test_nobody_is_added_beyond_a_households_size(caseworker: FlaskClient) -> None:
    many = {f"members-{place}-relation": "child" for place in range(1, MOST_MEMBERS)}
    page = send(caseworker, NEW, "add", **TOLD, **many)
    assert f'id="members-{MOST_MEMBERS}-name"' not in page.text
    assert "Aggiungi una persona" not in page.text
