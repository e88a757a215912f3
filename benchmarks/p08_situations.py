"""P8: the state of all households as of a day, as known at an instant.

Asked at half of the history and at its end; the answer must equal that of folding everything.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from itertools import cycle, islice
from uuid import UUID

from benchmarks.bench import Bench
from benchmarks.harness import Goal, Rate, Table, Verdict, at_most, measure, table, timed
from journeys.household.facts import Recorded
from journeys.record.codec import CODEC
from journeys.record.recorder import Recorder
from journeys.record.store import open_record
from projections.circumstances import Situation
from projections.engine import positions
from projections.rebuild import rebuild
from projections.situation import Situations, everyone, state
from projections.store import Views

OURS, FOLDED, STOCK = "ours", "folding with our own loader", "folding with the stock repository"
STOCK_HOUSEHOLDS = 200

_GOALS = (Goal(OURS, FOLDED, 25), Goal(OURS, STOCK, 200))


def measured(bench: Bench) -> Iterator[Table]:
    """The figure at each of the two moments, and whether both answers are the same."""
    with closing(open_record(bench.large)) as recorder, closing(Views.open(bench.large)) as views:
        if positions(views, [Situations()])["situation"] < bench.events:
            rebuild(views, recorder)
        for words, share in (("half", 0.5), ("all", 1.0)):
            instant, day = bench.population.instant(share)
            households = len(everyone(views, day, instant))
            contenders = {
                OURS: _asking(views, households, day, instant),
                FOLDED: _folding(recorder, households, day, instant),
                STOCK: _repository(bench),
            }
            rates = measure(contenders, bench.rounds)
            told = table(
                "P8",
                f"All households at {words} of the history",
                "households/s",
                rates,
                _GOALS,
                [f"The stock repository gets {STOCK_HOUSEHOLDS} of them."],
            )
            told.verdicts.append(_difference(views, recorder, day, instant))
            yield told


def _asking(views: Views, households: int, day: dt.date, instant: int) -> Rate:
    return lambda: timed(households, lambda: everyone(views, day, instant))


def _folding(recorder: Recorder, households: int, day: dt.date, instant: int) -> Rate:
    return lambda: timed(households, lambda: folded(recorder, day, instant))


def folded(recorder: Recorder, day: dt.date, instant: int) -> dict[UUID, Situation]:
    """The situation of every household, folded from the start of its record."""
    decode = CODEC.decode
    found = {}
    for household, rows in recorder.streams():
        record = [
            Recorded(household, version, position, recorded_at, decode(topic, stored))
            for version, topic, stored, recorded_at, position in rows
        ]
        how = state(household, record, day, instant)
        if how is not None:
            found[household] = how
    return found


def _repository(bench: Bench) -> Rate:
    app = bench.stock
    coming = cycle(bench.stock_population.households)

    def get() -> None:
        for household in islice(coming, STOCK_HOUSEHOLDS):
            app.repository.get(household)

    return lambda: timed(STOCK_HOUSEHOLDS, get)


def _difference(views: Views, recorder: Recorder, day: dt.date, instant: int) -> Verdict:
    asked = {found.household: found.situation for found in everyone(views, day, instant)}
    told = folded(recorder, day, instant)
    differing = sum(asked.get(home) != told.get(home) for home in asked.keys() | told.keys())
    return at_most("households told otherwise than by folding", differing, 0, "households")
