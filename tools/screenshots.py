"""Take a picture of every kind of page that each role of the demo can reach.

`python -m tools.screenshots FOLDER` serves the demo on a free port of this machine, signs in with
each link that it prints, follows the links of the pages, and writes one full-page PNG for each
kind of page and width. Two pages are of one kind when their paths differ only in ids and numbers.
"""

import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urldefrag, urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from tools.chromium import MISSING, find

WIDTHS = {390: 844, 1280: 900}
PATIENCE_S = 120
MOST_PAGES = 40
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+")


def free_port() -> int:
    """A port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def listening(port: int) -> bool:
    """Whether somebody answers on the port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def demo() -> Iterator[list[str]]:
    """The demo while it runs, as the sign-in links that it printed, one per role."""
    port = free_port()
    program = Path(sys.executable).parent / "journeys"
    with tempfile.TemporaryFile("w+") as said:
        serving = subprocess.Popen([program, "demo", "--port", str(port)], stdout=said)
        try:
            end = time.monotonic() + PATIENCE_S
            while serving.poll() is None and time.monotonic() < end and not listening(port):
                time.sleep(0.2)
            said.seek(0)
            yield re.findall(rf"http://127\.0\.0\.1:{port}/\S+", said.read())
        finally:
            serving.terminate()
            serving.wait()


def kind(url: str) -> str:
    """A name for all pages whose paths differ only in ids and numbers."""
    path = ID.sub("X", urlsplit(url).path).strip("/").replace("/", "-")
    return re.sub(r"[^\w-]+", "_", path) or "start"


def links(page: Page) -> list[str]:
    """Where the links of the page lead on the same site, without fragments."""
    site = urlsplit(page.url).netloc
    pages = "a[href]:not([download]):not([rel~=nofollow])"
    found = page.eval_on_selector_all(pages, "all => all.map(a => a.href)")
    return [urldefrag(url).url for url in found if urlsplit(url).netloc == site]


def visit(page: Page, sign_in: str) -> Iterator[str]:
    """Show one page of each kind that the role can reach, and name its kind."""
    waiting, seen = [sign_in], {kind(sign_in)}
    while waiting and len(seen) <= MOST_PAGES:
        answer = page.goto(waiting.pop(0))
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        yield kind(page.url)
        for url in links(page):
            if kind(url) not in seen:
                seen.add(kind(url))
                waiting.append(url)


def picture_role(browser: Browser, sign_in: str, folder: Path) -> int:
    """Write the pictures of what one role reaches, at every width. Returns how many."""
    taken = 0
    for width, height in WIDTHS.items():
        page = browser.new_context(viewport={"width": width, "height": height}).new_page()
        for name in visit(page, sign_in):
            page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)
            taken += 1
        page.context.close()
    return taken


def main(folder: Path) -> None:
    """Picture every role of the demo below the folder."""
    program = find() or sys.exit(MISSING)
    with demo() as sign_ins, sync_playwright() as playwright:
        if not sign_ins:
            sys.exit("The demo printed no sign-in link; `make run` shows what it says.")
        browser = playwright.chromium.launch(executable_path=program)
        for number, sign_in in enumerate(sign_ins, start=1):
            role = folder / f"role-{number}"
            print(f"{picture_role(browser, sign_in, role)} pictures in {role} of {sign_in}")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
