"""Bring the files that the pages are served with from npm packages into web/static/vendor.

Package versions are in package.json, their digests in package-lock.json. Only the files named in
`SERVED` are kept, each package with its licence. Where the machine has no npm, the one from
requirements/node.txt is installed into the environment that runs this.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "web" / "static" / "vendor"

# Where a file lies in its package (a glob) and the folder that it is served from.
SERVED = (
    ("bootstrap-italia/LICENSE", "bootstrap-italia"),
    ("bootstrap-italia/dist/css/bootstrap-italia.min.css", "bootstrap-italia/css"),
    ("bootstrap-italia/dist/svg/sprites.svg", "bootstrap-italia/svg"),
    ("bootstrap-italia/dist/fonts/*/*.woff2", "bootstrap-italia/fonts"),
    ("bootstrap-italia/dist/fonts/*/LICENSE.txt", "bootstrap-italia/fonts"),
    ("htmx.org/LICENSE", "htmx"),
    ("htmx.org/dist/htmx.min.js", "htmx"),
)


def npm() -> tuple[str, dict[str, str]]:
    """The npm to run and its environment: the machine's own, or one beside this Python."""
    if found := shutil.which("npm"):
        return found, dict(os.environ)
    beside = Path(sys.executable).parent
    if not (beside / "npm").exists():
        print("No npm on this machine: installing one into the environment.", flush=True)
        install = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "-r"]
        subprocess.run([*install, str(ROOT / "requirements" / "node.txt")], check=True)
    return str(beside / "npm"), {
        **os.environ,
        # npm is a script that asks for `node` by name.
        "PATH": f"{beside}{os.pathsep}{os.environ['PATH']}",
        # An office network may sign TLS anew; its authority is known to the system, not to node.
        "NODE_OPTIONS": "--use-system-ca",
    }


def install_packages(folder: Path) -> Path:
    """Install the locked packages in the folder; npm checks every digest. Returns node_modules."""
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(ROOT / name, folder)
    program, environment = npm()
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if subprocess.run([program, "ci", *quiet], cwd=folder, env=environment, check=False).returncode:
        sys.exit("npm could not install the packages that the pages are served with; see above.")
    return folder / "node_modules"


def copy_served(packages: Path, destination: Path) -> int:
    """Copy what is served; fonts keep their family's folder. Returns the number of files."""
    copied = 0
    for pattern, folder in SERVED:
        sources = sorted(packages.glob(pattern))
        if not sources:
            sys.exit(f"No npm package holds {pattern}, which the pages are served with.")
        for source in sources:
            family = source.parent.name if "/fonts/" in pattern else ""
            target = destination / folder / family / source.name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            copied += 1
    return copied


def build() -> None:
    """Replace web/static/vendor with the files of the locked packages."""
    with tempfile.TemporaryDirectory() as temporary:
        packages = install_packages(Path(temporary))
        shutil.rmtree(VENDOR, ignore_errors=True)
        copied = copy_served(packages, VENDOR)
    print(f"{copied} files in {VENDOR.relative_to(ROOT)}")


def strip_lock() -> None:
    """Take the authors' funding links out of package-lock.json: a lock file holds no addresses."""
    path = ROOT / "package-lock.json"
    lock = json.loads(path.read_text(encoding="utf-8"))
    for package in lock["packages"].values():
        package.pop("funding", None)
    path.write_text(json.dumps(lock, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    strip_lock() if sys.argv[1:] == ["--strip-lock"] else build()
