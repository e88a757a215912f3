"""A believable, invented cohort of Prato's housing emergency, the same for the same seed.

Households come in over two or three years. Each story is told whole and then recorded the way
offices record: on weekdays, in office hours, some of it weeks late, with mistakes that are
corrected. Everything goes through the application's door, so no rule is bent.

The figures behind sizes and origins stand beside the constants in `people`; all other shares and
prices are assumed. Nobody in it exists.
"""

from __future__ import annotations

from journeys.intake.prato.cohort import cohort
from journeys.intake.prato.recording import StepClock, record_cohort
from journeys.intake.prato.telling import Step

__all__ = ["Step", "StepClock", "cohort", "record_cohort"]
