"""What tests of the intake may ask for: tables on either database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from journeys.application import Journeys
from tests.journeys.intake.tables import ARREARS, HOUSEHOLD, Make, Table


@pytest.fixture
def table(journeys: Journeys, tmp_path: Path) -> Iterator[Make]:
    made: list[Table] = []

    def make(mapping: str) -> Table:
        made.append(Table(journeys, tmp_path, mapping))
        return made[-1]

    yield make
    for one in made:
        one.report.close()


@pytest.fixture
def arrears(table: Make) -> Table:
    return table(HOUSEHOLD + ARREARS)
