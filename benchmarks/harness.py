"""Measuring contenders side by side: in turn, again and again, compared pair by pair.

Machines are noisy, and the noise of one minute is shared by whoever runs in that minute. So
contenders take turns (A B A B …), the first turn is dropped, and two contenders are compared by
the median of the ratios of the same turns, which is far steadier than either rate.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median

from msgspec import Struct

Rate = Callable[[], float]
"""Does some work and tells how many units of it were done a second."""

Rates = dict[str, list[float]]
"""What each contender reached, turn by turn."""


class Goal(Struct, frozen=True):
    """`ours` does at least `least` times as much a second as `peer`."""

    ours: str
    peer: str
    least: float


class Line(Struct, frozen=True):
    """What one contender reached over all turns, in units a second."""

    contender: str
    median: float
    lowest: float
    highest: float


class Verdict(Struct, frozen=True):
    """A measured ratio, or a measured quantity with its unit, beside its goal."""

    what: str
    measured: float
    goal: str
    met: bool


class Table(Struct, frozen=True):
    """One figure: who did how much, what was wanted, and what a reader has to know."""

    figure: str
    title: str
    unit: str
    lines: list[Line]
    verdicts: list[Verdict]
    remarks: list[str]


def measure(contenders: Mapping[str, Rate], rounds: int) -> Rates:
    """Let the contenders take turns; the first turn warms up and is not counted.

    As with `timeit`, the cyclic collector rests meanwhile: when it runs is chance.
    """
    rates: Rates = {name: [] for name in contenders}
    for turn in range(rounds + 1):
        for name, work in contenders.items():
            gc.collect()
            gc.disable()
            try:
                rate = work()
            finally:
                gc.enable()
            if turn:
                rates[name].append(rate)
    return rates


def timed(units: int, work: Callable[[], object]) -> float:
    """Units a second over one run of `work`."""
    start = time.perf_counter()
    work()
    return units / (time.perf_counter() - start)


def ratio(rates: Rates, ours: str, peer: str) -> float:
    """The median of our rate over the peer's, turn by turn."""
    return median(a / b for a, b in zip(rates[ours], rates[peer], strict=True))


def table(
    figure: str,
    title: str,
    unit: str,
    rates: Rates,
    goals: Sequence[Goal] = (),
    remarks: Sequence[str] = (),
) -> Table:
    """The figure that these rates make. A goal whose peer did not run is said to be unmeasured."""
    measured = [goal for goal in goals if rates.get(goal.ours) and rates.get(goal.peer)]
    unmeasured = [
        f"Not measured: {goal.ours} / {goal.peer} ≥ {goal.least:g} ×."
        for goal in goals
        if goal not in measured
    ]
    return Table(
        figure,
        title,
        unit,
        [Line(name, median(all_), min(all_), max(all_)) for name, all_ in rates.items() if all_],
        [_verdict(rates, goal) for goal in measured],
        [*remarks, *unmeasured],
    )


def at_most(what: str, measured: float, most: float, unit: str) -> Verdict:
    """The verdict on a quantity that must not be larger than `most`."""
    return Verdict(f"{what} ({unit})", measured, f"≤ {most:g} {unit}", measured <= most)


def _verdict(rates: Rates, goal: Goal) -> Verdict:
    measured = ratio(rates, goal.ours, goal.peer)
    return Verdict(
        f"{goal.ours} / {goal.peer}", measured, f"≥ {goal.least:g} ×", measured >= goal.least
    )
