"""Find a Chromium for the browser tests, or install one.

Looked for, in this order: the path in CHROMIUM, the programs that distributions install, and the
one that Playwright keeps. Installed, in this order: Debian's package (as root), Playwright's own.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = (
    "No Chromium was found: install one (`apt install chromium` as root, or "
    "`.venv/bin/playwright install --with-deps chromium`), or name one in CHROMIUM."
)


def find() -> Path | None:
    """The Chromium program to drive, or None."""
    named = os.environ.get("CHROMIUM")
    if named:
        return Path(named) if Path(named).is_file() else None
    for program in PROGRAMS:
        if found := shutil.which(program):
            return Path(found)
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    return own if own.is_file() else None


def attempt(*command: str) -> bool:
    """Whether the command ended well; what it prints is shown."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, env=environment, check=False).returncode == 0


def install() -> None:
    """Install Debian's Chromium as root, or else Playwright's; whether it worked, `find` tells."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        attempt("apt-get", "update", "-qq")
        if attempt("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"):
            return
    attempt(sys.executable, "-m", "playwright", "install", "chromium")


if __name__ == "__main__":
    if find() is None and "CHROMIUM" not in os.environ:
        install()
    print(find() or sys.exit(MISSING))
