"""A real Chromium, driven by Playwright; every test that uses it is marked `browser`."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tools.chromium import MISSING, find


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One headless Chromium for this test process. Without one, the tests fail and say why."""
    program = find()
    if program is None:
        pytest.fail(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--disable-gpu", "--disable-quic"]
        )
        yield browser
        browser.close()
