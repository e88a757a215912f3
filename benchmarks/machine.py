"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
import sqlite3
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median

from msgspec import Struct

_PEERS = (
    "eventsourcing",
    "django",
    "django-simple-history",
    "sqlalchemy-continuum",
    "orjson",
    "pymerkle",
    "duckdb",
)
_BLOCK = b"\0" * 8192
_WRITES = 200


class Machine(Struct, frozen=True):
    """`fsync_us` is the median time of an 8 kB write and fdatasync, in microseconds."""

    cpu: str
    cores: int
    memory_gib: float
    system: str
    python: str
    sqlite: str
    postgresql: str | None
    fsync_us: float
    peers: dict[str, str]
    absent: list[str]


def machine(folder: Path, postgresql: str | None) -> Machine:
    """This machine; the disk is the one that `folder` lies on."""
    found = {name: _version(name) for name in _PEERS}
    return Machine(
        cpu=_cpu(),
        cores=os.cpu_count() or 1,
        memory_gib=round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        system=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        sqlite=sqlite3.sqlite_version,
        postgresql=postgresql,
        fsync_us=round(_fsync_us(folder), 1),
        peers={name: number for name, number in found.items() if number},
        absent=[name for name, number in found.items() if not number],
    )


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def _fsync_us(folder: Path) -> float:
    path = folder / "fsync"
    file = os.open(path, os.O_CREAT | os.O_WRONLY)
    taken = []
    try:
        for _ in range(_WRITES):
            os.pwrite(file, _BLOCK, 0)
            start = time.perf_counter()
            os.fdatasync(file)
            taken.append(1e6 * (time.perf_counter() - start))
    finally:
        os.close(file)
        path.unlink()
    return median(taken)
