"""What the tests of the HMIS import share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from journeys.intake.report import Report


@pytest.fixture
def report() -> Iterator[Report]:
    """An empty report."""
    with Report() as report:
        yield report
