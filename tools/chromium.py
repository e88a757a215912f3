"""Find a Chromium for the browser tests, or install one.

Looked for, in this order: the path in CHROMIUM, the programs that distributions install, and the
one that Playwright keeps. Installed, in this order: Debian's package (as root), Playwright's own.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = (
    "No Chromium was found: install one (`apt install chromium libatomic1` as root, or "
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
    kept = os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright"
    return max(Path(kept).glob("chromium-*/chrome-linux*/chrome"), default=None)


def attempt(*command: str) -> bool:
    """Whether the command ended well; only its complaints are shown."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)
    return done.returncode == 0


def install() -> None:
    """Install Debian's Chromium as root, or else Playwright's; whether it worked, `find` tells."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        attempt("apt-get", "update", "-qq")
        # Playwright's driver needs libatomic1, which neither its wheel nor a bare Debian brings.
        install = ("apt-get", "install", "-y", "-qq", "--no-install-recommends")
        if attempt(*install, "chromium", "libatomic1"):
            return
    attempt(sys.executable, "-m", "playwright", "install", "chromium")


if __name__ == "__main__":
    if find() is None and "CHROMIUM" not in os.environ:
        print("No Chromium on this machine: installing one.", flush=True)
        install()
    print(find() or sys.exit(MISSING))
