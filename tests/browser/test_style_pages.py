"""Every macro in a real browser: readable by all, at each width, in each scheme, with no script."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Thread

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from tests.web.style_pages import PAGES, style_app

pytestmark = pytest.mark.browser

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The sample pages on loopback."""
    server = make_server("127.0.0.1", 0, style_app(), threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=[(390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")], ids=str)
def page(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    """A page of the width and scheme, which fails on whatever the browser complains of."""
    width, scheme = request.param
    context = chromium.new_context(
        viewport={"width": width, "height": 844}, color_scheme=scheme, locale="it-IT"
    )
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("requestfailed", lambda failed: complaints.append(failed.url))
    opened.on(
        "response", lambda answer: complaints.append(answer.url) if answer.status >= 400 else None
    )
    yield opened
    context.close()
    assert complaints == []


@pytest.mark.parametrize("name", PAGES)
def test_no_rule_of_wcag_is_broken(page: Page, site: str, name: str) -> None:
    page.goto(f"{site}/{name}")
    found = Axe().run(page, options={"runOnly": WCAG}).response["violations"]
    assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in found] == []


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_wider_than_the_screen(page: Page, site: str, name: str) -> None:
    page.goto(f"{site}/{name}")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_page_reflows_at_320_pixels(chromium: Browser, site: str) -> None:
    context = chromium.new_context(viewport={"width": 320, "height": 640})
    page = context.new_page()
    wide = []
    for name in PAGES:
        page.goto(f"{site}/{name}")
        wide.append(page.evaluate("document.documentElement.scrollWidth - innerWidth"))
    context.close()
    assert wide == [0] * len(PAGES)


@pytest.fixture
def without_script(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(
        java_script_enabled=False, viewport={"width": 390, "height": 844}, locale="it-IT"
    )
    yield context.new_page()
    context.close()


def test_a_refused_form_puts_the_reader_at_its_errors(without_script: Page, site: str) -> None:
    without_script.goto(f"{site}/form")
    assert without_script.locator(":focus").get_attribute("class") == (
        "jn-notice jn-notice-error jn-error-summary"
    )
    without_script.get_by_role("link", name="Scegli il titolo di godimento.").click()
    assert without_script.locator(":focus").get_attribute("id") == "title"


def test_the_colours_that_a_reader_chose_win_over_the_devices(
    without_script: Page, site: str
) -> None:
    without_script.goto(f"{site}/list")
    without_script.get_by_role("button", name="Scuri").click()
    background = without_script.locator("body").evaluate("e => getComputedStyle(e).backgroundColor")
    assert background == "rgb(16, 22, 29)"
    assert without_script.url == f"{site}/list"


def test_a_reader_changes_the_language_without_a_script(without_script: Page, site: str) -> None:
    without_script.goto(f"{site}/list")
    without_script.get_by_role("button", name="English").click()
    assert without_script.locator("html").get_attribute("lang") == "en"
    assert without_script.get_by_role("button", name="Search").is_visible()


def test_the_keyboard_skips_to_the_content(without_script: Page, site: str) -> None:
    without_script.goto(f"{site}/list")
    without_script.keyboard.press("Tab")
    without_script.keyboard.press("Enter")
    without_script.keyboard.press("Tab")
    assert without_script.locator(":focus").text_content() == "Registra un nucleo"


def test_whose_page_it_is_stays_in_sight(without_script: Page, site: str) -> None:
    without_script.goto(f"{site}/record")
    without_script.get_by_text("Ritirata: riguardava").scroll_into_view_if_needed()
    box = without_script.get_by_role("link", name="Esci subito").bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 100
