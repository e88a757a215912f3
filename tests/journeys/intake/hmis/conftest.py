"""What the tests of the HMIS import share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from journeys.application import Journeys
from journeys.household.facts import Fact
from journeys.household.history import Entry
from journeys.intake.hmis import Outcome, import_hmis
from journeys.intake.report import Report
from tests.journeys.intake.hmis.kit import ACTOR, Kit


@pytest.fixture
def report() -> Iterator[Report]:
    """An empty report."""
    with Report() as report:
        yield report


class Intake:
    """A store into which exports are imported one after the other; `report` is the last one's."""

    def __init__(self, journeys: Journeys, folder: Path) -> None:
        self.journeys = journeys
        self.report = Report()
        self._folder = folder
        self._number = 0

    def take(self, kit: Kit, journeys: Journeys | None = None, **more: Any) -> Outcome:
        """Import an export; through another door where one is given."""
        self._number += 1
        self.report.close()
        self.report = Report()
        path = kit.write(self._folder / f"export-{self._number}")
        return import_hmis(journeys or self.journeys, path, actor=ACTOR, report=self.report, **more)

    def entries(self, kind: type[Fact] | None = None) -> list[Entry]:
        """Every entry of the record in the order of the log, or those of one kind."""
        entries = [
            entry
            for household, _ in self.journeys.recorder.streams()
            for entry in self.journeys.history(household).entries
            if kind is None or isinstance(entry.recorded.fact, kind)
        ]
        return sorted(entries, key=lambda entry: entry.recorded.position)

    def standing(self, kind: type[Fact]) -> list[Any]:
        """The content of the entries of one kind that stand."""
        return [entry.current for entry in self.entries(kind) if entry.retracted_by is None]

    def codes(self) -> list[str]:
        """The reason codes of all remarks on rows."""
        return [remark.code for remark in self.report.remarks() if remark.weight != "file"]


@pytest.fixture
def intake(opened: Callable[..., Journeys], tmp_path: Path) -> Iterator[Intake]:
    """An empty store on SQLite."""
    taking = Intake(opened(f"sqlite:///{tmp_path / 'record.db'}"), tmp_path)
    yield taking
    taking.report.close()


@pytest.fixture
def either_intake(journeys: Journeys, tmp_path: Path) -> Iterator[Intake]:
    """An empty store on SQLite, then on PostgreSQL."""
    taking = Intake(journeys, tmp_path)
    yield taking
    taking.report.close()
