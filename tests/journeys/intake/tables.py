"""Small tables with their mappings, imported as often as a test likes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from journeys.application import Journeys
from journeys.household.facts import Fact, name_of
from journeys.intake.report import Report
from journeys.intake.table import import_table
from journeys.values import Actor

EXAMPLE = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "examples"
ACTOR = Actor("import", "comune-prato", "import")

HOUSEHOLD = """
source: ufficio
table: affitti
row: {key: Pratica}
household:
  key: Nucleo
  registered: {effective_from: "2024-01-01", unit: registry}
"""

MEMBER = """
member:
  key: Persona
  joined:
    effective_from: "2024-01-01"
    joined_by: at-registration
    relation: {column: Ruolo, default: child, codes: {capo: head, child: child}}
    person: {name: {column: Nome}, fiscal_code: {column: CF}}
"""

ARREARS = """
facts:
  - fact: arrears-observed
    when: {Debito: {empty: false}}
    fields:
      effective_from: {column: Dal}
      amount: {column: Debito}
      currency: EUR
      note: {column: Nota}
"""

STAYS = """
facts:
  - fact: accommodation-started
    fields: {effective_from: "2024-02-01", kind: hotel, address: {column: Via}}
"""

COLUMNS = "Pratica,Nucleo,Dal,Debito,Nota"


class Table:
    """A table and its mapping in a folder, imported as often as one likes."""

    def __init__(self, journeys: Journeys, folder: Path, mapping: str) -> None:
        self.journeys = journeys
        self._folder = folder
        self.report = Report()
        self.map(mapping)

    def map(self, mapping: str) -> None:
        """Another mapping document for the rows to come."""
        (self._folder / "mapping.yaml").write_text(mapping, "utf-8")

    def take(self, header: str, *rows: str) -> int:
        """Import the rows; how many facts were recorded."""
        path = self._folder / "table.csv"
        path.write_text("\n".join((header, *rows)) + "\n", "utf-8")
        self.report.close()
        self.report = Report()
        return import_table(
            self.journeys, path, self._folder / "mapping.yaml", actor=ACTOR, report=self.report
        )

    def left(self) -> list[tuple[int, str]]:
        """Line and code of what was not taken."""
        return sorted((remark.line, remark.code) for remark in self.report.remarks("not-taken"))

    def homes(self) -> list[UUID]:
        """The households in the order in which they came into the record."""
        return list(dict.fromkeys(row[1] for row in self.journeys.recorder.log(0, 10_000)))

    def facts(self, home: int = 0) -> list[Fact]:
        """All facts of one household as recorded."""
        return [entry.fact for entry in self.journeys.entries(self.homes()[home])]

    def names(self, home: int = 0) -> list[str]:
        """The names of all facts of one household."""
        return [name_of(fact) for fact in self.facts(home)]

    def standing(self, home: int = 0) -> list[Fact]:
        """What stands of one household."""
        return self.journeys.history(self.homes()[home]).facts()


Make = Callable[[str], Table]


def example(journeys: Journeys, report: Report) -> int:
    """Import the example of the manual."""
    return import_table(
        journeys,
        EXAMPLE / "placements.csv",
        EXAMPLE / "placements.yaml",
        actor=ACTOR,
        report=report,
    )
