"""Recording a cohort through the application's door, with a clock that the steps set."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from journeys.application import Journeys
from journeys.intake.prato.telling import Step


class StepClock:
    """A clock that shows the instant of the step being recorded.

    Give it to a store of kind "demonstration" when it is opened; a live store keeps its own time.
    """

    def __init__(self, now_us: int = 0) -> None:
        self.now_us = now_us

    def __call__(self) -> int:
        """The instant that it is set to, in microseconds since the epoch."""
        return self.now_us


def record_cohort(
    journeys: Journeys,
    clock: StepClock,
    steps: Iterable[Step],
    progress: Callable[[int], object] | None = None,
) -> int:
    """Record every step at its instant; how many facts there are in the end.

    `clock` is the clock with which the store was opened. `progress` is told how many facts were
    recorded, step by step. Each step has its command id, so a load that was cut short is taken up
    where it stopped.
    """
    facts = 0
    for step in steps:
        clock.now_us = step.at
        journeys.record_all(step.batches, command=step.command)
        told = sum(len(batch.facts) for batch in step.batches)
        facts += told
        if progress is not None:
            progress(told)
    return facts
