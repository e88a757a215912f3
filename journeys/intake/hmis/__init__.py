"""HUD HMIS CSV exports (editions 2022, 2024 and 2026) as households' journeys."""

from journeys.intake.hmis.run import Outcome, Progress, import_hmis

__all__ = ["Outcome", "Progress", "import_hmis"]
