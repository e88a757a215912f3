"""P11: an inclusion proof by a process that has just started; verification of the whole record."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from hashlib import sha256
from statistics import median

from benchmarks.bench import SEED, Bench
from benchmarks.harness import Goal, Table, at_most, measure, table, timed
from journeys.record.leaf import leaf_bytes, leaf_hash
from journeys.record.recorder import Recorder
from journeys.record.store import open_record
from journeys.record.tiles import inclusion_proof
from journeys.record.verify import verify

HASHING, OURS = "pure hashlib over the same bytes", "ours, whole verification"
HASHED = 200_000
"""Of how many events the pure hashing is measured: their bytes are held in memory."""

_MOST_MS = 2.0
_PROCESSES = 11


def measured(bench: Bench) -> Iterator[Table]:
    """Both figures."""
    yield _proofs(bench)
    with closing(open_record(bench.large)) as recorder:
        contenders = {
            HASHING: _hashing(recorder, min(HASHED, bench.events)),
            OURS: lambda: timed(bench.events, lambda: verify(recorder)),
        }
        rates = measure(contenders, bench.rounds)
    title = f"Verification of the whole record, {bench.events:,} events"
    remark = (
        "Hashed are the state, the leaf and the inner nodes of each event. Ours also reads them, "
        "decodes each fact, and compares leaves, tiles, versions, instants and the vault."
    )
    yield table("P11", title, "events/s", rates, (Goal(OURS, HASHING, 0.3),), [remark])


def _proofs(bench: Bench) -> Table:
    chosen = random.Random(SEED)
    command = [sys.executable, "-m", "benchmarks.p11_proofs", bench.large]
    proving, with_opening = [], []
    for _ in range(_PROCESSES):
        index = chosen.randrange(bench.events)
        done = subprocess.run([*command, str(index)], stdout=subprocess.PIPE, check=True)
        opened, proved = map(float, done.stdout.split())
        proving.append(1e3 * proved)
        with_opening.append(1e3 * (opened + proved))
    verdicts = [
        at_most("inclusion proof, the process's first read", median(proving), _MOST_MS, "ms"),
        at_most("opening the record and proving", median(with_opening), _MOST_MS, "ms"),
    ]
    title = f"Inclusion proof at {bench.events:,} leaves, cold process"
    remark = f"Each is the median of {_PROCESSES} processes, which had only imported the code."
    return Table("P11", title, "", [], verdicts, [remark])


def prove(url: str, index: int) -> tuple[float, float]:
    """Seconds to open the record, and then to prove that it includes a leaf."""
    began = time.perf_counter()
    recorder = open_record(url)
    opened = time.perf_counter()
    inclusion_proof(index, recorder.size(), recorder)
    proved = time.perf_counter()
    recorder.close()
    return opened - began, proved - opened


def _hashing(recorder: Recorder, events: int) -> Callable[[], float]:
    """SHA-256 of every state and leaf, and of as many inner nodes, with nothing around it."""
    rows = recorder.log(0, events)
    states = [row[4] for row in rows]
    leaves = [
        b"\x00" + leaf_bytes(position - 1, household, version, topic, recorded_at, state)
        for position, household, version, topic, state, recorded_at in rows
    ]
    nodes = [b"\x01" + leaf_hash(leaf) * 2 for leaf in leaves]

    def run() -> None:
        for all_ in (states, leaves, nodes):
            for one in all_:
                sha256(one).digest()

    return lambda: timed(events, run)


if __name__ == "__main__":
    print(*prove(sys.argv[1], int(sys.argv[2])))
