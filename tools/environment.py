"""Make the virtual environment, or say in one sentence what is missing.

Runs on whatever `python3` the machine has, so it uses only the standard library and syntax that
an older one can still read.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
import venv

OLDEST = (3, 11)


def refuse(sentence: str) -> None:
    """Stop with the sentence as the only output."""
    sys.exit(sentence)


def install_ensurepip() -> None:
    """Get Debian's python3-venv, which holds the pip that a bare python3 lacks."""
    wanted = "python{}.{}-venv".format(*sys.version_info)
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        refuse(f"This Python makes no virtual environment: run `apt install {wanted}` as root.")
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    for arguments in (["update", "-qq"], ["install", "-y", "-qq", wanted]):
        subprocess.check_call(["apt-get", *arguments], env=environment, stdout=subprocess.DEVNULL)


def main() -> None:
    """Make a virtual environment in the directory named first on the command line."""
    if sys.version_info < OLDEST:
        refuse("Python 3.11 or newer is needed: name one with `make PYTHON=python3.11`.")
    if importlib.util.find_spec("ensurepip") is None:
        install_ensurepip()
    # A failed earlier attempt leaves a directory without pip behind.
    shutil.rmtree(sys.argv[1], ignore_errors=True)
    venv.create(sys.argv[1], with_pip=True, symlinks=True)


if __name__ == "__main__":
    main()
