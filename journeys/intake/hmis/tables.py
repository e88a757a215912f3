"""The tables of an HMIS export that are read, their columns, and one line of them."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct

from journeys.intake.hmis.edition import Edition
from journeys.intake.hmis.sheet import SEPARATOR

INCOME_SOURCES = {
    "Earned": "hud-earned",
    "Unemployment": "hud-unemployment",
    "SSI": "hud-ssi",
    "SSDI": "hud-ssdi",
    "VADisabilityService": "hud-va-service",
    "VADisabilityNonService": "hud-va-non-service",
    "PrivateDisability": "hud-private-disability",
    "WorkersComp": "hud-workers-compensation",
    "TANF": "hud-tanf",
    "GA": "hud-general-assistance",
    "SocSecRetirement": "hud-retirement",
    "Pension": "hud-pension",
    "ChildSupport": "hud-child-support",
    "Alimony": "hud-alimony",
    "OtherIncomeSource": "hud-other",
}
"""The column that says whether there is an income, and the code of its source."""

BENEFITS = {
    "SNAP": "hud-snap",
    "WIC": "hud-wic",
    "TANFChildCare": "hud-tanf-child-care",
    "TANFTransportation": "hud-tanf-transportation",
    "OtherTANF": "hud-tanf-other",
    "OtherBenefitsSource": "hud-other",
}
"""The column that says whether there is a benefit other than money, and its code."""


def _amount(source: str) -> str:
    return "OtherIncomeAmount" if source == "OtherIncomeSource" else f"{source}Amount"


class Table(Struct, frozen=True):
    """One file: the column that identifies a row, the one that dates it, and the others wanted.

    `letter` stands for the table in the keys of rows; `since` is the first edition that has a
    column, for those that came later.
    """

    file: str
    letter: str
    id: str
    date: str
    rest: tuple[str, ...]
    enrolment: str = "EnrollmentID"
    since: dict[str, Edition] = {}

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns in the order of a `Line`."""
        stamps = ("DateCreated", "DateUpdated", "DateDeleted")
        return (self.id, self.enrolment, "PersonalID", self.date, *stamps, *self.rest)

    def required(self, edition: Edition) -> list[str]:
        """The columns that a file of that edition must have."""
        return [name for name in self.columns if self.since.get(name, edition) <= edition]


CLIENT = Table(
    "Client.csv",
    "p",
    "PersonalID",
    "DOB",
    ("FirstName", "MiddleName", "LastName", "NameSuffix", "SSN", "SSNDataQuality"),
    enrolment="PersonalID",
)
ENROLLMENT = Table(
    "Enrollment.csv",
    "e",
    "EnrollmentID",
    "EntryDate",
    ("ProjectID", "HouseholdID", "RelationshipToHoH", "MoveInDate", "ReferralSource"),
)
EXIT = Table(
    "Exit.csv",
    "x",
    "ExitID",
    "ExitDate",
    ("Destination", "DestinationSubsidyType", "ProjectCompletionStatus"),
    since={"DestinationSubsidyType": 2024},
)
INCOME = Table(
    "IncomeBenefits.csv",
    "i",
    "IncomeBenefitsID",
    "InformationDate",
    (
        "DataCollectionStage",
        "IncomeFromAnySource",
        "TotalMonthlyIncome",
        "BenefitsFromAnySource",
        *BENEFITS,
        *(name for source in INCOME_SOURCES for name in (source, _amount(source))),
    ),
)
WORK = Table(
    "EmploymentEducation.csv",
    "w",
    "EmploymentEducationID",
    "InformationDate",
    ("DataCollectionStage", "Employed", "EmploymentType"),
)
SERVICES = Table(
    "Services.csv",
    "s",
    "ServicesID",
    "DateProvided",
    ("RecordType", "TypeProvided", "FAAmount"),
)
CONTACTS = Table(
    "CurrentLivingSituation.csv",
    "c",
    "CurrentLivingSitID",
    "InformationDate",
    ("CurrentLivingSituation",),
)

DETAILS = (EXIT, INCOME, WORK, SERVICES, CONTACTS)
"""Tables whose rows belong to an enrolment, in the order in which they are spooled."""

NEEDED = ("Export.csv", "Project.csv", "Client.csv", "Enrollment.csv", "Exit.csv")
"""Files without which nothing is imported: HUD's format has them always, even if empty."""

SENSITIVE = ("HealthAndDV.csv", "Disabilities.csv")
"""Files that are left out on purpose: data on health and violence (GDPR art. 9)."""


class Line(NamedTuple):
    """One row of a table: where it stands, and the values that are wanted of it.

    `told` is its date as written, `rest` the values of the table's own columns.
    """

    table: Table
    line: int
    id: str
    enrolment: str
    person: str
    told: str
    created: str
    updated: str
    deleted: str
    rest: list[str]


def parse(table: Table, line: int, joined: str) -> Line:
    """A line from its joined values."""
    number, enrolment, person, told, created, updated, deleted, *rest = joined.split(SEPARATOR)
    return Line(table, line, number, enrolment, person, told, created, updated, deleted, rest)
