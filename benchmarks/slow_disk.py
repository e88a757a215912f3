"""P1 once more, in a process of its own whose every fsync takes a millisecond longer.

Here a virtual disk may acknowledge from its cache within 40 µs; disks reached over a network take
0.5 to 5 ms, and there what a store does beside waiting hardly counts.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec

from benchmarks.harness import Rates

SLOW_US = 1_000
_SOURCE = Path(__file__).with_name("slow_sync.c")


def rates(folder: Path, name: str, rounds: int, commits: int) -> tuple[Rates, list[str]]:
    """What P1's contenders reach there; nothing but the reason where no compiler is."""
    compiler = shutil.which("cc")
    if compiler is None:
        return {}, ["No C compiler (cc) is here to build what slows the disk down."]
    shim = folder / "slow_sync.so"
    subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", shim, _SOURCE, "-ldl"], check=True)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.slow_disk", folder / name, str(rounds), str(commits)],
        env={**os.environ, "LD_PRELOAD": str(shim), "SLOW_SYNC_US": str(SLOW_US)},
        stdout=subprocess.PIPE,
        check=True,
    )
    return msgspec.json.decode(done.stdout, type=tuple[Rates, list[str]])


if __name__ == "__main__":
    from benchmarks.p01_append import rates_of

    into, rounds_, commits_ = sys.argv[1:]
    found = rates_of(Path(into), int(rounds_), int(commits_))
    sys.stdout.buffer.write(msgspec.json.encode(found))
