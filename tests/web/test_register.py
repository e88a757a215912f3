"""Households are found by name, code and filters, page by page, and taken away safely."""

from __future__ import annotations

import csv
import io
import re
from uuid import UUID, uuid5

import pytest
from flask.testing import FlaskClient

from journeys.household.facts import Fact
from projections.circumstances import STATUSES as KNOWN_STATUSES
from tests.journeys.household.story import (
    ALMA,
    HOME,
    enrolled,
    housed,
    joined,
    referred,
    registered,
)
from tests.web.conftest import ALMAS_PERSON, Site
from web.sheets import harmless
from web.words.findings import STATUSES


def register(site: Site, number: int, surname: str, *facts: Fact) -> UUID:
    """Another household, of somebody called Zoe."""
    home, person = uuid5(HOME, str(number)), uuid5(ALMA, str(number))
    told = {(1, "person"): {"name": "Zoë", "surname": surname}}
    begun = [registered(reference=person), joined(person)]
    site.record(*begun, household=home, personal=told)
    for fact in facts:
        site.record(fact, household=home)
    return home


def found(client: FlaskClient, query: str) -> list[str]:
    """The names of the households that an address lists."""
    page = client.get(f"/households?{query}")
    assert page.status_code == 200
    return re.findall(r'<th scope="row"[^>]*><a href="[^"]+">\s*([^<]+)</a>', page.text)


@pytest.fixture
def three(site: Site) -> list[UUID]:
    """Beside Alma Bianchi's: Zoë D'Amicò referred, Zoë Rossi in a shelter."""
    return [
        register(site, 1, "D’Amicò", referred()),
        register(
            site,
            2,
            "Rossi",
            referred(),
            enrolled("2025-03-01"),
            housed("2025-04-01", kind="shelter"),
        ),
    ]


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Bianchi Alma", "D’Amicò Zoë", "Rossi Zoë"]),
        ("q=zoe", ["D’Amicò Zoë", "Rossi Zoë"]),
        ("q=AMICO+zoe", ["D’Amicò Zoë"]),
        ("q=nessuno", []),
        (f"q={ALMAS_PERSON['fiscal_code'].lower()}", ["Bianchi Alma"]),
        (f"q={HOME}", ["Bianchi Alma"]),
        ("status=referred", ["D’Amicò Zoë"]),
        ("accommodation=shelter", ["Rossi Zoë"]),
        ("accommodation=shelter&status=referred", []),
        ("q=%25", []),
        ("sort=last_on", ["Rossi Zoë", "Bianchi Alma", "D’Amicò Zoë"]),
    ],
)
def test_households_are_found(site: Site, query: str, names: list[str]) -> None:
    assert found(site.reader("caseworker"), query) == names


@pytest.mark.usefixtures("three")
def test_a_chosen_filter_can_be_taken_away(caseworker: FlaskClient) -> None:
    page = caseworker.get("/households?accommodation=shelter&q=zoe").text
    assert "Alloggio: Struttura di accoglienza" in page
    assert 'href="/households?q=zoe"' in page


def test_pages_follow_one_another_without_gap_or_repeat(
    site: Site, caseworker: FlaskClient
) -> None:
    for number in range(30):
        register(site, number, f"Verdi{number:02}")
    seen, address = [], "/households"
    while address:
        page = caseworker.get(address).text
        seen += re.findall(r'<th scope="row"[^>]*><a href="[^"]+">\s*([^<]+)</a>', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = following[1].replace("&amp;", "&") if following else ""
    assert seen == ["Bianchi Alma", *(f"Verdi{number:02} Zoë" for number in range(30))]
    assert "31 nuclei" in caseworker.get("/households").text


@pytest.mark.parametrize("path", ["/households?after=x", "/api/v1/households?after=x"])
def test_a_cursor_that_no_page_gave_is_refused(site: Site, path: str) -> None:
    assert site.program("caseworker")("GET", path).status_code == 422


def test_who_may_not_see_names_finds_none_by_name(site: Site) -> None:
    auditor = site.reader("auditor")
    assert found(auditor, "q=alma") == []
    assert found(auditor, f"q={ALMAS_PERSON['fiscal_code']}") == []
    assert found(auditor, "") == [f"Nucleo {str(HOME)[:8]}"]
    assert "Alma" not in site.program("auditor")("GET", "/api/v1/households").text


def test_the_export_has_a_row_for_each_household(site: Site, three: list[UUID]) -> None:
    answer = site.reader("supervisor").get("/households.csv?q=zoe")
    assert answer.text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row["household"] for row in rows] == [str(home) for home in three]
    assert (rows[1]["accommodation"], rows[1]["members"]) == ("shelter", "1")


@pytest.mark.parametrize("surname", ["=1+1", "+39", "-2", "@SUM(A1)", "\t=1", "  =1", "\r=1"])
def test_no_cell_of_the_export_is_a_formula(site: Site, surname: str) -> None:
    register(site, 1, surname)
    answer = site.reader("supervisor").get("/households.csv")
    names = [row["name"] for row in csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")))]
    assert all(not name.lstrip().startswith(("=", "+", "-", "@")) for name in names)


def test_harmless_text_stays_as_it_is() -> None:
    assert harmless("Rossi-Bianchi") == "Rossi-Bianchi"
    assert harmless(None) == ""


def test_a_new_household_is_in_the_register_at_once(site: Site) -> None:
    call = site.program("caseworker")
    body = {
        "effective_from": "2026-05-01",
        "unit": "registry",
        "members": [{"name": "Ada", "surname": "Neri", "relation": "head"}],
    }
    call("POST", "/api/v1/households", json=body)
    told = call("GET", "/api/v1/households", query_string={"q": "neri"}).get_json()
    assert (told["total"], told["households"][0]["name"]) == (1, "Neri Ada")


def test_findings_lead_to_the_entries_behind_them(site: Site, caseworker: FlaskClient) -> None:
    site.record(housed("2025-05-01", kind="shelter"))
    page = caseworker.get("/findings?finding=overlapping-stays").text
    assert "Due alloggi negli stessi giorni" in page
    assert f'href="/households/{HOME}?whole=1#v5"' in page
    own = caseworker.get(f"/households/{HOME}").text
    assert "Due alloggi negli stessi giorni (2)" in own


def test_the_diary_and_the_findings_call_the_same_entries_late(caseworker: FlaskClient) -> None:
    page = caseworker.get(f"/households/{HOME}").text
    assert f"Registrato molto dopo che è successo ({page.count('Tardivo')})" in page


def test_every_status_has_words() -> None:
    assert set(KNOWN_STATUSES) <= set(STATUSES)
