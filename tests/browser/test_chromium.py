"""The browser that the page tests stand on renders and runs scripts, and asks nobody else."""

import pytest
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


def test_a_page_is_laid_out_at_the_width_asked_for(chromium: Browser) -> None:
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    page.set_content("<p style='width: 50vw'>perché</p>")
    box = page.locator("p").bounding_box()
    page.close()
    assert box is not None
    assert box["width"] == 195


def test_scripts_can_be_switched_off(chromium: Browser) -> None:
    without = chromium.new_context(java_script_enabled=False).new_page()
    without.set_content("<p>said</p><script>document.querySelector('p').textContent = ''</script>")
    said = without.locator("p").text_content()
    without.context.close()
    assert said == "said"
