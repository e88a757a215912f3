"""`journeys bench`: the figures asked for, one after the other, in a temporary folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import (
    p01_append,
    p02_postgres,
    p03_bulk,
    p04_load,
    p05_fold,
    p06_rebuild,
    p08_situations,
    p11_proofs,
    p12_import,
)
from benchmarks.bench import SEED, Bench, tell
from benchmarks.harness import Table
from benchmarks.machine import machine
from benchmarks.report import Report, as_json, show
from journeys.errors import WrongSetting

FIGURES: dict[str, Callable[[Bench], Iterable[Table]]] = {
    "P1": p01_append.measured,
    "P2": p02_postgres.measured,
    "P3": p03_bulk.measured,
    "P4": p04_load.measured,
    "P5": p05_fold.measured,
    "P6": p06_rebuild.measured,
    "P8": p08_situations.measured,
    "P11": p11_proofs.measured,
    "P12": p12_import.measured,
}


def run(figures: tuple[str, ...], *, events: int, rounds: int, json: bool) -> None:
    """Measure the figures named, or all, and print them.

    `events` is the size of the large store, at least 1,000. Raises `WrongSetting` for a figure
    that there is not and for sizes that measure nothing.
    """
    wanted = [figure.upper() for figure in figures] or list(FIGURES)
    unknown = [figure for figure in wanted if figure not in FIGURES]
    if unknown:
        raise WrongSetting(
            f"There is no figure {', '.join(unknown)}: there are {', '.join(FIGURES)}."
        )
    if events < 1_000 or rounds < 1:
        raise WrongSetting("At least 1,000 events and one round are needed to measure anything.")
    report = _measured(wanted, events, rounds)
    print(as_json(report)) if json else show(report)


def _measured(wanted: list[str], events: int, rounds: int) -> Report:
    with TemporaryDirectory(prefix="journeys-bench-") as folder, ExitStack() as closing:
        bench = Bench(Path(folder), events, rounds, closing)
        tables: list[Table] = []
        for figure in wanted:
            tell(f"measuring {figure}")
            tables += FIGURES[figure](bench)
        described = machine(bench.folder, bench.postgres_version)
    return Report(described, SEED, events, rounds, tables)
