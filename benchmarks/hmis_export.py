"""An invented HMIS CSV export (2024 edition): households of two, two enrolments and their rows."""

from __future__ import annotations

import csv
import datetime as dt
import random
from collections import defaultdict
from pathlib import Path

from journeys.intake.hmis.edition import Edition
from journeys.intake.hmis.tables import CLIENT, DETAILS, ENROLLMENT, EXIT, INCOME, SERVICES, WORK

EDITION: Edition = 2024
ENROLMENTS = 2
INCOMES = 5
SERVICE_DAYS = 8

_BEGIN = dt.date(2020, 1, 1)
_PROJECT = "P1"
_STAMP = "2023-06-30 10:00:00"
_EXPORT = {
    "ExportID": "E1",
    "SourceID": "BENCH",
    "SourceName": "Invented",
    "ExportDate": "2024-05-01 09:00:00",
    "ExportStartDate": "2019-01-01",
    "ExportEndDate": "2024-04-30",
    "CSVVersion": f"{EDITION} v1",
    "ExportPeriodType": "3",
    "ExportDirective": "2",
    "HashStatus": "1",
}

Row = dict[str, str]


class Export:
    """Rows by file, made from a seed."""

    def __init__(self, households: int, seed: int) -> None:
        self._random = random.Random(seed)
        self.rows: dict[str, list[Row]] = defaultdict(list)
        self._add("Project.csv", ProjectID=_PROJECT, ProjectType="13")
        for number in range(households):
            self._household(f"{number:06d}")

    def write(self, folder: Path) -> Path:
        """The export as a folder of CSV files."""
        folder.mkdir()
        project = ["ProjectID", "ProjectType", "DateCreated", "DateUpdated", "DateDeleted"]
        columns = {table.file: table.required(EDITION) for table in (CLIENT, ENROLLMENT, *DETAILS)}
        columns["Client.csv"].append("Woman")
        for file, names in ({"Project.csv": project} | columns).items():
            _write(folder / file, list(dict.fromkeys(names)), self.rows[file])
        _write(folder / "Export.csv", list(_EXPORT), [_EXPORT])
        return folder

    def _add(self, file: str, **values: str) -> None:
        self.rows[file].append({"DateCreated": _STAMP, "DateUpdated": _STAMP} | values)

    def _household(self, number: str) -> None:
        people = (f"A{number}", f"B{number}")
        for person, born in zip(people, ("1984-03-02", "2012-11-20"), strict=True):
            self._add(
                "Client.csv", PersonalID=person, FirstName="Ann", LastName=f"Nr{person}", DOB=born
            )
        entry = _BEGIN + dt.timedelta(days=self._random.randrange(300))
        for stay in range(ENROLMENTS):
            leaving = entry + dt.timedelta(days=300 + self._random.randrange(100))
            for relation, person in enumerate(people, start=1):
                told = {"EnrollmentID": f"{person}-{stay}", "PersonalID": person}
                self._add(
                    "Enrollment.csv",
                    ProjectID=_PROJECT,
                    EntryDate=entry.isoformat(),
                    MoveInDate=(entry + dt.timedelta(days=40)).isoformat(),
                    HouseholdID=f"{number}-{stay}",
                    RelationshipToHoH=str(relation),
                    **told,
                )
                self._add(
                    EXIT.file,
                    ExitID=f"x{person}-{stay}",
                    ExitDate=leaving.isoformat(),
                    Destination="410",
                    **told,
                )
            self._detailed({"EnrollmentID": f"{people[0]}-{stay}", "PersonalID": people[0]}, entry)
            entry = leaving + dt.timedelta(days=60)

    def _detailed(self, told: Row, entry: dt.date) -> None:
        for number in range(INCOMES):
            day = (entry + dt.timedelta(days=50 * number)).isoformat()
            amount = str(self._random.randrange(200, 1_500))
            row = f"{told['EnrollmentID']}-{number}"
            stage = "2" if number else "1"
            dated = {"InformationDate": day, "DataCollectionStage": stage}
            earned = {"IncomeFromAnySource": "1", "Earned": "1", "EarnedAmount": amount}
            self._add(
                INCOME.file,
                IncomeBenefitsID=f"i{row}",
                TotalMonthlyIncome=amount,
                **told,
                **dated,
                **earned,
            )
            self._add(WORK.file, EmploymentEducationID=f"w{row}", Employed="1", **told, **dated)
        for number in range(SERVICE_DAYS):
            day = (entry + dt.timedelta(days=30 * number)).isoformat()
            row = f"s{told['EnrollmentID']}-{number}"
            self._add(
                SERVICES.file,
                ServicesID=row,
                DateProvided=day,
                RecordType="141",
                TypeProvided="1",
                **told,
            )


def _write(path: Path, columns: list[str], rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
