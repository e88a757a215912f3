"""A caseworker's day in a real browser, on a phone, without script; what every page promises."""

from __future__ import annotations

import re
from collections.abc import Iterator
from threading import Thread

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request, expect
from werkzeug.serving import make_server

from journeys.application import Journeys
from journeys.record.keys import create_keyring
from journeys.record.store import create_record
from projections.catalogue import with_names
from projections.engine import catch_up
from projections.store import Views
from tests.journeys.household.story import (
    ALMA,
    BRUNO,
    HOME,
    correction,
    enrolled,
    hired,
    housed,
    joined,
    referred,
    registered,
)
from web import create_app
from web.policy import ROLES
from web.signin import sign_in_links

pytestmark = pytest.mark.browser

SECRET = "for the tests only, and long enough"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
HOUSEHOLD = f"/households/{HOME}"
PAGES = (
    "/households",
    "/households?q=nessuno",
    "/households?accommodation=hotel",
    "/households/new",
    HOUSEHOLD,
    f"{HOUSEHOLD}?as_of=30/06/2025&as_at=01/01/2090&all=1",
    f"{HOUSEHOLD}/difference?before=01/01/2020",
    f"{HOUSEHOLD}/record",
    f"{HOUSEHOLD}/record/accommodation-started",
    f"{HOUSEHOLD}/record/member-joined",
    f"{HOUSEHOLD}/record/assessment-scored",
    f"{HOUSEHOLD}/record/split",
    f"{HOUSEHOLD}/entries/6",
    f"{HOUSEHOLD}/entries/6/receipt",
    f"{HOUSEHOLD}/entries/6/correct",
    f"{HOUSEHOLD}/entries/6/retract",
    "/findings?finding=late-entry",
    "/log",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The application on loopback over a store of its own, with Alma's household in it."""
    home = tmp_path_factory.mktemp("site")
    url = f"sqlite:///{home}/record.db"
    create_record(url, kind="demonstration").close()
    create_keyring(url, home).close()
    journeys, views = Journeys.open(url, home), Views.open(url)
    people = {
        (1, "person"): {"name": "Alma", "surname": "Bianchi", "birth_date": "1987-04-03"},
        (2, "person"): {"name": "Bruno", "surname": "Bianchi"},
    }
    begun = [registered(), joined(ALMA), joined(BRUNO, "2025-01-08", "partner"), referred()]
    journeys.record(HOME, begun, personal=people)
    told = [enrolled(), housed("2025-02-01"), hired("2025-03-01"), correction(6, kind="shelter")]
    journeys.record(HOME, told)
    catch_up(views, journeys.recorder, with_names(journeys.disclose))
    app = create_app(journeys, views, secret_key=SECRET, development_sign_in=True)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    views.close()
    journeys.close()


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    """A phone's browser that runs no script."""
    context = chromium.new_context(
        java_script_enabled=False, viewport={"width": 390, "height": 844}, locale="it-IT"
    )
    yield context.new_page()
    context.close()


@pytest.fixture(params=[(390, "light"), (1280, "dark")], ids=str, scope="module")
def reader(request: pytest.FixtureRequest, chromium: Browser, site: str) -> Iterator[Page]:
    """A supervisor's browser, which fails on whatever it complains of."""
    width, scheme = request.param
    context = chromium.new_context(
        viewport={"width": width, "height": 844}, color_scheme=scheme, locale="it-IT"
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("requestfailed", lambda failed: complaints.extend(_lost(failed)))
    page.goto(dict(sign_in_links(SECRET, site))["supervisor"])
    yield page
    context.close()
    assert complaints == []


def _lost(failed: Request) -> list[str]:
    """The address of a request that failed by itself, not because its page was left."""
    return [] if "ERR_ABORTED" in (failed.failure or "") else [failed.url]


def test_a_caseworkers_day(phone: Page, site: str) -> None:
    """Sign in, search, open, record, receipt, correct, and see the difference."""
    phone.goto(site)
    phone.get_by_role("button", name="Assistente sociale").click()

    phone.get_by_label("Cerca", exact=True).fill("bianchi")
    phone.get_by_role("button", name="Cerca").click()
    phone.get_by_role("link", name="Bianchi Alma").click()
    expect(phone.get_by_role("heading", name="Diario")).to_be_visible()

    phone.get_by_role("link", name="Registra un fatto").click()
    phone.get_by_role("link", name=re.compile("^Intervento svolto")).first.click()
    phone.get_by_label("Giorno", exact=True).fill("31/02/2026")
    phone.get_by_label("Tipo").select_option(label="Visita domiciliare")
    phone.get_by_label("Nota").fill("Nucleo presente, utenze attive.")
    phone.get_by_role("button", name="Continua").click()
    expect(phone.get_by_role("alert")).to_be_focused()
    phone.get_by_role("alert").get_by_role("link").click()
    expect(phone.get_by_label("Giorno", exact=True)).to_be_focused()
    expect(phone.get_by_label("Nota")).to_have_value("Nucleo presente, utenze attive.")
    phone.get_by_label("Giorno", exact=True).fill("12/05/2026")
    phone.get_by_role("button", name="Continua").click()

    expect(phone.get_by_text("Non è ancora registrato.")).to_be_visible()
    expect(phone.get_by_text("12 maggio 2026")).to_be_visible()
    phone.get_by_role("button", name="Registra", exact=True).click()
    expect(phone.get_by_text("Impronta", exact=True)).to_be_visible()
    receipt = phone.url
    phone.reload()
    assert phone.url == receipt

    phone.get_by_role("link", name="Torna al nucleo").click()
    visit = phone.get_by_role("article").filter(has_text="Nucleo presente, utenze attive.")
    visit.get_by_role("link", name=re.compile("^Correggi")).click()
    phone.get_by_label("Giorno", exact=True).fill("13/05/2026")
    phone.get_by_label("Perché la voce va cambiata").select_option(label="Data sbagliata")
    phone.get_by_role("button", name="Continua").click()
    expect(phone.locator("del")).to_have_text("12 maggio 2026")
    expect(phone.locator("ins")).to_have_text("13 maggio 2026")
    phone.get_by_role("button", name="Registra la correzione").click()

    phone.get_by_role("link", name="Torna al nucleo").click()
    phone.get_by_role("link", name="Che cosa è cambiato fra due date").click()
    phone.get_by_label("Noto prima, al").fill("01/01/2025")
    phone.get_by_role("button", name="Confronta").click()
    expect(phone.get_by_text("Intervento svolto: Visita domiciliare").first).to_be_visible()


def test_a_household_is_registered_on_a_phone(phone: Page, site: str) -> None:
    phone.goto(dict(sign_in_links(SECRET, site))["caseworker"])
    phone.get_by_role("link", name="Registra un nucleo").click()
    phone.get_by_label("Da quando è noto al programma").fill("01/05/2026")
    phone.get_by_label("Nome (facoltativo)", exact=True).fill("Carla")
    phone.get_by_label("Cognome (facoltativo)").fill("Neri")
    phone.get_by_role("button", name="Aggiungi una persona").click()
    expect(phone.get_by_label("Nome (facoltativo)", exact=True).first).to_have_value("Carla")
    phone.get_by_label("Nome (facoltativo)", exact=True).nth(1).fill("Dino")
    relation = phone.get_by_label("Che rapporto ha con la persona di riferimento").nth(1)
    relation.select_option(label="Figlio o figlia")
    phone.get_by_role("button", name="Continua").click()
    phone.get_by_role("button", name="Registra", exact=True).click()
    phone.get_by_role("link", name="Torna al nucleo").click()
    expect(phone.get_by_role("link", name="Nucleo di Carla Neri")).to_be_visible()
    expect(phone.get_by_text("Dino").first).to_be_visible()


def test_leaving_quickly_leaves_nothing_to_go_back_to(phone: Page, site: str) -> None:
    phone.goto(dict(sign_in_links(SECRET, site))["caseworker"])
    phone.goto(f"{site}{HOUSEHOLD}")
    phone.route(re.compile("^https://"), lambda route: route.fulfill(body="Previsioni del tempo"))
    phone.get_by_role("link", name="Esci subito").click()
    expect(phone.get_by_text("Previsioni del tempo")).to_be_visible()
    phone.go_back()
    assert "Alma" not in (phone.text_content("body") or "")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_breaks_no_rule_and_fits_its_screen(reader: Page, site: str, path: str) -> None:
    reader.goto(site + path)
    found = Axe().run(reader, options={"runOnly": WCAG}).response["violations"]
    assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in found] == []
    assert reader.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("role", ROLES)
def test_every_role_has_a_first_page(phone: Page, site: str, role: str) -> None:
    phone.goto(dict(sign_in_links(SECRET, site))[role])
    expect(phone.get_by_role("heading", level=1)).to_be_visible()
    for link in phone.get_by_role("navigation").first.get_by_role("link").all():
        answer = phone.request.get(site + (link.get_attribute("href") or ""))
        assert answer.status == 200
