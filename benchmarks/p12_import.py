"""P12: an HMIS export from its CSV files to the read models, beside bulk append (P3)."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

from benchmarks.bench import SEED, Bench
from benchmarks.harness import Goal, Table, at_most, measure, table, timed
from benchmarks.hmis_export import Export
from benchmarks.p03_bulk import READY, ready
from journeys.application import Journeys
from journeys.intake.hmis import import_hmis
from journeys.intake.report import Report
from journeys.record.keys import create_keyring
from journeys.record.store import create_record
from journeys.record.wrapping import load_master
from journeys.values import Actor
from projections.engine import catch_up
from projections.store import Views

OURS = "ours, HMIS import, parsed to projected"
LARGEST = 2_000
"""Households in the larger export, at most; the smaller one has a tenth of them."""

_MOST_GROWTH = 1.3
_ACTOR = Actor("import", "bench", "import")


def measured(bench: Bench) -> Iterator[Table]:
    """The figure, and how memory grows when the export is ten times as large."""
    households = max(10, min(LARGEST, bench.events // 250) // 10)
    small, large = (
        Export(size, SEED).write(bench.folder / f"hmis-{size}")
        for size in (households, 10 * households)
    )
    facts = take(small, bench.folder / "hmis-first")
    stores = (bench.folder / f"hmis-store-{number}" for number in count())
    contenders = {
        READY: ready(create_record(f"sqlite:///{bench.path('p12-bulk')}"), bench.rounds),
        OURS: lambda: timed(facts, lambda: take(small, next(stores))),
    }
    rates = measure(contenders, bench.rounds)
    title = f"HMIS import of {households:,} households, {facts:,} facts"
    yield table("P12", title, "facts/s", rates, (Goal(OURS, READY, 0.25),))
    yield _memory(bench, households, small, large)


def take(export: Path, home: Path) -> int:
    """Import into a new store under `home` and project; how many facts that were."""
    home.mkdir()
    url = f"sqlite:///{home}/record.db"
    load_master(home, create=True)
    journeys = Journeys(create_record(url), create_keyring(url, home))
    with closing(journeys), closing(Views.open(url)) as views, Report() as report:
        import_hmis(journeys, export, actor=_ACTOR, report=report)
        return catch_up(views, journeys.recorder)


def _memory(bench: Bench, households: int, small: Path, large: Path) -> Table:
    peaks = [_peak_mib(export, bench.path("hmis-memory")) for export in (small, large)]
    growth = peaks[1] / peaks[0]
    verdict = at_most("memory at 10 × over memory at 1 ×", growth, _MOST_GROWTH, "×")
    title = f"Memory of the import of {households:,} and of {10 * households:,} households"
    remark = f"Peaks of {peaks[0]:.0f} MiB and {peaks[1]:.0f} MiB, the interpreter included."
    return Table("P12", title, "", [], [verdict], [remark])


def _peak_mib(export: Path, home: Path) -> float:
    command = [sys.executable, "-m", "benchmarks.p12_import", str(export), str(home)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return int(done.stdout) / 1024


if __name__ == "__main__":
    take(Path(sys.argv[1]), Path(sys.argv[2]))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
