"""Small HMIS exports for the tests: say what matters, the rest is filled in."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from typing import Any
from uuid import UUID

from journeys.codes import shipped
from journeys.household.facts import Fact
from journeys.intake.hmis.archive import Archive
from journeys.intake.hmis.compare import Plan
from journeys.intake.hmis.draft import Drafter, Run
from journeys.intake.hmis.edition import Edition, read_export
from journeys.intake.hmis.household import tell
from journeys.intake.hmis.load import Loader, load
from journeys.intake.hmis.numbers import Numbers
from journeys.intake.hmis.spool import Spool
from journeys.intake.hmis.tables import (
    CLIENT,
    CONTACTS,
    ENROLLMENT,
    EXIT,
    INCOME,
    SERVICES,
    WORK,
    Table,
)
from journeys.intake.hmis.telling import Setting
from journeys.intake.hmis.told import sealing
from journeys.intake.report import Report
from journeys.values import Actor

TODAY = dt.date(2024, 6, 1)
ACTOR = Actor("importer", "comune", "operator")
TABLES = (CLIENT, ENROLLMENT, EXIT, INCOME, WORK, SERVICES, CONTACTS)

Row = dict[str, str]


class Kit:
    """An export being put together. Every method adds a row and gives it back to be changed."""

    def __init__(self, edition: Edition = 2024, made: str = "2024-05-01 09:00:00") -> None:
        self.edition = edition
        self.export: Row = {
            "ExportID": "E1",
            "SourceID": "TEST",
            "SourceName": "A test",
            "ExportDate": made,
            "ExportStartDate": "2020-01-01",
            "ExportEndDate": "2024-04-30",
            "CSVVersion": f"{edition} v1",
            "ExportPeriodType": "3",
            "ExportDirective": "2",
            "HashStatus": "1",
        }
        self.rows: dict[str, list[Row]] = {"Project.csv": []}
        self.rows |= {table.file: [] for table in TABLES}

    def project(self, project: str = "P1", kind: str = "13", **more: str) -> Row:
        """A project; rapid re-housing unless said otherwise."""
        return self._add("Project.csv", {"ProjectID": project, "ProjectType": kind} | more)

    def client(self, person: str, born: str = "1980-05-17", **more: str) -> Row:
        """A person with a name and a birth date."""
        row = {"PersonalID": person, "FirstName": "Ann", "LastName": "Example", "DOB": born}
        return self._add("Client.csv", row | more)

    def enrol(
        self,
        enrolment: str,
        person: str = "A",
        entry: str = "2023-01-10",
        relation: str = "1",
        household: str = "H1",
        project: str = "P1",
        **more: str,
    ) -> Row:
        """An enrolment; the head of household H1 in project P1 unless said otherwise."""
        row = {
            "EnrollmentID": enrolment,
            "PersonalID": person,
            "ProjectID": project,
            "EntryDate": entry,
            "HouseholdID": household,
            "RelationshipToHoH": relation,
        }
        return self._add("Enrollment.csv", row | more)

    def exit(
        self, enrolment: str, day: str, destination: str = "410", person: str = "A", **more: str
    ) -> Row:
        """An exit, to a rented home unless said otherwise."""
        row = {"ExitID": f"x{enrolment}", "ExitDate": day, "Destination": destination}
        return self._of(EXIT, enrolment, person, row | more)

    def income(
        self,
        row_id: str,
        enrolment: str,
        day: str,
        stage: str = "1",
        person: str = "A",
        **more: str,
    ) -> Row:
        """An IncomeBenefits row without any answer."""
        row = {"IncomeBenefitsID": row_id, "InformationDate": day, "DataCollectionStage": stage}
        return self._of(INCOME, enrolment, person, row | more)

    def work(
        self,
        row_id: str,
        enrolment: str,
        day: str,
        employed: str,
        kind: str = "",
        stage: str = "1",
        person: str = "A",
    ) -> Row:
        """An EmploymentEducation row."""
        row = {
            "EmploymentEducationID": row_id,
            "InformationDate": day,
            "DataCollectionStage": stage,
            "Employed": employed,
            "EmploymentType": kind,
        }
        return self._of(WORK, enrolment, person, row)

    def service(
        self, row_id: str, enrolment: str, day: str, record: str, kind: str = "", **more: str
    ) -> Row:
        """A Services row of person A."""
        row = {
            "ServicesID": row_id,
            "DateProvided": day,
            "RecordType": record,
            "TypeProvided": kind,
        }
        return self._of(SERVICES, enrolment, "A", row | more)

    def contact(self, row_id: str, enrolment: str, day: str, situation: str) -> Row:
        """A CurrentLivingSituation row of person A."""
        row = {
            "CurrentLivingSitID": row_id,
            "InformationDate": day,
            "CurrentLivingSituation": situation,
        }
        return self._of(CONTACTS, enrolment, "A", row)

    def plain(self, **enrolment: str) -> Kit:
        """Adds a project, a client A and enrolment E1."""
        self.project()
        self.client("A")
        self.enrol("E1", **enrolment)
        return self

    def write(self, folder: Path) -> Path:
        """The export as a folder of CSV files."""
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / "Export.csv", list(self.export), [self.export])
        signs = {
            "Project.csv": {2022: ["TrackingMethod"]},
            "Client.csv": {2024: ["Woman"], 2026: ["Sex"]},
        }
        project = ["ProjectID", "ProjectType", "DateCreated", "DateUpdated", "DateDeleted"]
        columns = {"Project.csv": project}
        columns |= {table.file: self._columns(table) for table in TABLES}
        for file, rows in self.rows.items():
            names = columns[file] + signs.get(file, {}).get(self.edition, [])
            _write(folder / file, names, rows)
        return folder

    def _columns(self, table: Table) -> list[str]:
        return list(dict.fromkeys(table.required(self.edition)))

    def _of(self, table: Table, enrolment: str, person: str, row: Row) -> Row:
        return self._add(table.file, {"EnrollmentID": enrolment, "PersonalID": person} | row)

    def _add(self, file: str, row: Row) -> Row:
        stamps = {"DateCreated": "2023-06-30 10:00:00", "DateUpdated": "2023-06-30 10:00:00"}
        row = stamps | row
        self.rows[file].append(row)
        return row


def facts(kit: Kit, folder: Path, report: Report) -> list[Fact]:
    """What the export tells, all households after one another, before anything is recorded."""
    return told_at(kit.write(folder), report)


def told_at(path: Path, report: Report) -> list[Fact]:
    """What the export at `path` tells."""
    with Archive(path) as archive, Spool() as spool:
        export = read_export(archive, report)
        seal = sealing(b"k" * 32)
        numbers = Numbers(shipped(), export.edition)
        spool.recall([])
        loader = Loader(archive, export, spool, numbers, seal, report, lambda _: None)
        projects, _ = load(loader)
        setting = Setting(export, numbers, projects, seal, report, TODAY)
        run = Run(ACTOR, "hmis:TEST", "import:test", b"p" * 32, setting)

        told: list[Fact] = []
        for number, gathered in enumerate(spool.households()):
            drafter = Drafter(run, UUID(int=number))
            plan = Plan((), tell(gathered, setting).told, (), ())
            told += drafter.batch(plan).facts
        return told


def of_kind(kind: type[Fact], told: list[Fact]) -> list[Any]:
    """The facts of one kind."""
    return [fact for fact in told if isinstance(fact, kind)]


def reasons(report: Report) -> list[tuple[str, str, int]]:
    """Reason, file and line of every remark on a row."""
    return [(r.code, r.file, r.line) for r in report.remarks() if r.weight != "file"]


def _write(path: Path, columns: list[str], rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, columns, restval="", extrasaction="raise")
        writer.writeheader()
        writer.writerows(rows)
