"""Real exports: what is counted back from the log and the read models is what their files hold.

Every difference is in the report, row by row. The figures of the Eva export are those that its
provenance names.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

import psycopg
import pytest
import sqlalchemy as sa

from journeys.application import Journeys
from journeys.household.facts import (
    AccommodationStarted,
    Enrolled,
    EntryCorrected,
    EntryRetracted,
    Exited,
    Fact,
    HouseholdRegistered,
    IdentityMatched,
    IncomeObserved,
    InterventionDelivered,
    MeasureObserved,
    MemberJoined,
    ReEnrolled,
    name_of,
)
from journeys.intake.hmis import Outcome, import_hmis
from journeys.intake.report import Report
from journeys.record.keys import create_keyring
from journeys.record.store import create_record
from projections.engine import catch_up
from projections.store import Views
from projections.timeline import TIMELINE
from tests.journeys.intake.hmis.kit import ACTOR

Row = dict[str, str]
Facts = dict[type[Fact], list[tuple[UUID, int, Any]]]

KITS = (
    "coordinated_entry",
    "es_nbn",
    "es_with_ce",
    "homeless_prevention",
    "psh",
    "rrh",
    "rrh_2",
    "services_only",
    "so",
    "th",
)
HOMES = ("3", "9", "10", "13")


class Imported(NamedTuple):
    """An import, what log, CSV files and timeline hold: of this, the kind and the content."""

    first: list[Outcome]
    again: list[Outcome]
    report: Report
    log: Facts
    rows: dict[str, list[Row]]
    timeline: list[tuple[str, Any]]

    def told(self, *kinds: type[Fact]) -> list[tuple[UUID, int, Any]]:
        """Household, version and content of every fact of these kinds."""
        return [entry for kind in kinds for entry in self.log.get(kind, [])]

    def left_out(self, file: str, *codes: str) -> int:
        """How many rows of a file the report names for these reasons."""
        return sum(self.report.reasons["not-taken", file, code] for code in codes)

    def project_types(self) -> dict[str, str]:
        """The type of the project of each enrolment."""
        types = {row["ProjectID"]: row["ProjectType"] for row in self.rows["Project.csv"]}
        return {row["EnrollmentID"]: types[row["ProjectID"]] for row in self.rows["Enrollment.csv"]}


def read(text: str) -> list[Row]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def eva_rows(path: Path) -> dict[str, list[Row]]:
    with zipfile.ZipFile(path) as archive:
        return {name: read(archive.read(name).decode("utf-8")) for name in archive.namelist()}


def log_of(journeys: Journeys) -> Facts:
    found: Facts = {}
    after = 0
    while rows := journeys.recorder.log(after, 10_000):
        for position, household, version, topic, state, _ in rows:
            fact = journeys.codec.decode(topic, state)
            found.setdefault(type(fact), []).append((household, version, fact))
            after = position
    return found


def viewed(url: str, journeys: Journeys) -> list[tuple[str, Any]]:
    """Kind and content of every entry that the timeline shows now."""
    views = Views.open(url)
    catch_up(views, journeys.recorder)
    with views.reading() as connection:
        now = TIMELINE.c.known_until.is_(None) & TIMELINE.c.retracted_by.is_(None)
        rows = connection.execute(sa.select(TIMELINE.c.kind, TIMELINE.c.content).where(now))
        told = [(kind, json.loads(content)) for kind, content in rows]
    views.engine.dispose()
    return told


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def door(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Makes a door to an empty store of one kind."""
    folder = tmp_path_factory.mktemp("doors")
    doors: list[Journeys] = []

    def make() -> tuple[Journeys, str]:
        if request.param == "sqlite":
            url = f"sqlite:///{folder / f'{len(doors)}.db'}"
        else:
            server: str = request.getfixturevalue("postgres_url")
            numbers: Iterator[int] = request.getfixturevalue("database_numbers")
            name = f"journeys_{next(numbers)}"
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}".encode())
            url = urlsplit(server)._replace(path=f"/{name}").geturl()
        home = folder / str(len(doors))
        home.mkdir()
        create_record(url).close()
        create_keyring(url, home).close()
        doors.append(Journeys.open(url, home))
        return doors[-1], url

    yield make
    for journeys in doors:
        journeys.close()


@pytest.fixture(scope="module")
def eva(door: Any, shared_data: Path) -> Iterator[Imported]:
    """The Eva export, imported twice."""
    path = shared_data / "hmis" / "eva_demo_fy2026csv.zip"
    journeys, url = door()
    with Report() as report, Report() as unread:
        first = [import_hmis(journeys, path, actor=ACTOR, report=report)]
        log, seen = log_of(journeys), viewed(url, journeys)
        again = [import_hmis(journeys, path, actor=ACTOR, report=unread)]
        yield Imported(first, again, report, log, eva_rows(path), seen)


def test_a_second_import_of_eva_adds_nothing(eva: Imported) -> None:
    [first], [again] = eva.first, eva.again
    assert (again.new, again.changed, again.facts) == (0, 0, 0)
    assert again.households == first.households == first.new


def test_every_enrolment_of_eva_is_there(eva: Imported) -> None:
    assert len(eva.told(Enrolled, ReEnrolled)) == len(eva.rows["Enrollment.csv"]) == 4_771


def test_every_exit_of_eva_is_there_with_its_destination(eva: Imported) -> None:
    told = Counter(fact.destination for _, _, fact in eva.told(Exited))
    assert told == Counter(f"hud-{row['Destination']}" for row in eva.rows["Exit.csv"])
    assert told.total() == 4_295
    assert sum(n for code, n in told.items() if 400 <= int(code[4:]) <= 499) == 2_785
    subsidies = Counter(f.subsidy and f.subsidy[4:] for _, _, f in eva.told(Exited) if f.subsidy)
    assert subsidies == Counter(
        row["DestinationSubsidyType"] for row in eva.rows["Exit.csv"] if row["Destination"] == "435"
    )


def test_every_household_of_eva_is_a_party_and_every_reference_a_stream(eva: Imported) -> None:
    parties = {fact.party for _, _, fact in eva.told(Enrolled, ReEnrolled)}
    households = {row["HouseholdID"] for row in eva.rows["Enrollment.csv"]}
    doubled = eva.report.reasons["finding", "Enrollment.csv", "doubled-enrolment"]
    assert (len(households), doubled) == (2_946, 3)
    assert len(parties) == len(households) + doubled
    assert len(eva.told(HouseholdRegistered)) == eva.first[0].households


def test_the_households_of_eva_without_exactly_one_head_are_findings(eva: Imported) -> None:
    heads = Counter[str]()
    for row in eva.rows["Enrollment.csv"]:
        heads[row["HouseholdID"]] += row["RelationshipToHoH"] == "1"
    odd = {household for household, number in heads.items() if number != 1}
    assert len(odd) == 12
    found = [r for r in eva.report.remarks("finding") if r.code in ("several-heads", "no-head")]
    assert {
        household for household in odd if any(f"«{household}»" in r.sentence for r in found)
    } == odd
    assert len(found) == 12


def test_every_person_of_eva_is_a_member_once_the_matched_are_counted_as_one(
    eva: Imported,
) -> None:
    same = {fact.member: fact.member for _, _, fact in eva.told(MemberJoined)}

    def root(member: UUID) -> UUID:
        while same[member] != member:
            member = same[member]
        return member

    for _, _, fact in eva.told(IdentityMatched):
        same[root(fact.member)] = root(fact.other_member)
    assert len({root(member) for member in same}) == len(eva.rows["Client.csv"]) == 4_146
    born = Counter(fact.birth_month for _, _, fact in eva.told(MemberJoined))
    assert born.keys() - {None} == {row["DOB"][:7] for row in eva.rows["Client.csv"]} - {""}


def test_every_move_in_of_eva_is_a_home_or_in_the_report(eva: Imported) -> None:
    types = eva.project_types()
    moved = [row for row in eva.rows["Enrollment.csv"] if row["MoveInDate"]]
    in_homes = [row for row in moved if types[row["EnrollmentID"]] in HOMES]
    kinds = ("hud-supportive", "hud-rapid-rehousing")
    homes = [f for _, _, f in eva.told(AccommodationStarted) if f.kind in kinds]
    assert len(in_homes) == len(homes) + eva.left_out(
        "Enrollment.csv", "before-entry", "after-exit"
    )
    assert len(moved) - len(in_homes) == eva.left_out("Enrollment.csv", "not-permanent-housing")


def test_every_shelter_stay_of_eva_is_there(eva: Imported) -> None:
    types = Counter(eva.project_types().values())
    kinds = Counter(fact.kind for _, _, fact in eva.told(AccommodationStarted))
    assert kinds["hud-emergency"] == types["0"]
    assert kinds["hud-transitional"] == types["2"]


def test_every_income_of_eva_is_there_from_each_source(eva: Imported) -> None:
    rows = eva.rows["IncomeBenefits.csv"]
    totals = [f for _, _, f in eva.told(IncomeObserved) if f.source == "total"]
    unknown = [f for _, _, f in eva.told(MeasureObserved) if f.measure == "hud-income-not-known"]
    assert len(totals) + len(unknown) == len(rows) == 9_623
    earned = [f for _, _, f in eva.told(IncomeObserved) if f.source == "hud-earned"]
    assert len(earned) == sum(row["Earned"] == "1" and row["EarnedAmount"] != "" for row in rows)
    assert sum(f.amount for f in earned) == sum(
        round(float(row["EarnedAmount"]) * 100) for row in rows if row["EarnedAmount"]
    )


def test_the_change_of_income_of_eva_is_that_of_its_provenance(eva: Imported) -> None:
    """An income that nobody told counts as none, as in the published figures."""
    observed: dict[str, dict[tuple[UUID, int], int]] = {"start": {}, "exit": {}}
    for household, _, fact in eva.told(IncomeObserved):
        if fact.source == "total" and fact.occasion in observed:
            observed[fact.occasion][household, fact.enrolment] = fact.amount
    for household, _, fact in eva.told(MeasureObserved):
        if fact.measure == "hud-income-not-known" and fact.occasion in observed:
            observed[fact.occasion][household, fact.enrolment] = 0
    start, end = observed["start"], observed["exit"]
    changes = [end[place] - start[place] for place in start.keys() & end.keys()]
    assert len(changes) == 4_291
    assert sum(change > 0 for change in changes) == 313
    assert sum(change < 0 for change in changes) == 99
    assert sum(changes) == 26_693_347


def test_the_employed_of_eva_are_those_of_its_provenance(eva: Imported) -> None:
    seen = [f for _, _, f in eva.told(MeasureObserved) if f.measure == "hud-employed"]
    at_work = Counter(fact.occasion for fact in seen if fact.value == 1)
    assert (at_work["start"], at_work["exit"]) == (945, 996)
    unknown = [f for _, _, f in eva.told(MeasureObserved) if f.measure == "hud-employed-not-known"]
    assert len(seen) + len(unknown) == len(eva.rows["EmploymentEducation.csv"])


def test_every_service_and_contact_of_eva_is_there_or_in_the_report(eva: Imported) -> None:
    nights = [f for _, _, f in eva.told(AccommodationStarted) if f.kind == "hud-bed-night"]
    services = len(eva.told(InterventionDelivered)) + len(nights)
    rows = eva.rows["Services.csv"]
    assert services + eva.left_out("Services.csv", "duplicate-night") == len(rows)
    paid = [f.cost for _, _, f in eva.told(InterventionDelivered) if f.cost is not None]
    assert sum(paid) == sum(round(float(r["FAAmount"]) * 100) for r in rows if r["FAAmount"])
    contacts = [f for _, _, f in eva.told(MeasureObserved) if "-seen-" in f.measure]
    left_out = eva.left_out("CurrentLivingSituation.csv", "before-entry", "unknown-code")
    assert len(contacts) + left_out == len(eva.rows["CurrentLivingSituation.csv"])


def test_every_remark_on_eva_is_one_of_those_that_are_explained_here(eva: Imported) -> None:
    assert {
        (file, code) for (weight, file, code) in eva.report.reasons if weight == "not-taken"
    } == {
        ("Enrollment.csv", "not-permanent-housing"),
        ("Enrollment.csv", "before-entry"),
        ("Enrollment.csv", "after-exit"),
        ("Services.csv", "duplicate-night"),
        ("CurrentLivingSituation.csv", "before-entry"),
        ("CurrentLivingSituation.csv", "unknown-code"),
    }
    for file in ("HealthAndDV.csv", "Disabilities.csv"):
        assert eva.report.reasons["file", file, "sensitive"] == len(eva.rows[file])


def test_the_timeline_of_eva_shows_every_fact_of_the_log(eva: Imported) -> None:
    shown = Counter(kind for kind, _ in eva.timeline)
    assert shown == Counter({name_of(kind): len(told) for kind, told in eva.log.items()})
    permanent = [
        content
        for kind, content in eva.timeline
        if kind == "exited" and 400 <= int(content["destination"][4:]) <= 499
    ]
    assert len(permanent) == 2_785


@pytest.fixture(scope="module")
def kits(door: Any, shared_data: Path) -> Iterator[Imported]:
    """The ten exports of one test kit, one after the other and then all again."""
    root = shared_data / "hmis" / "datalab_kit1_fy2021" / "hmis"
    journeys, url = door()
    rows: dict[str, list[Row]] = {}
    with Report() as report, Report() as unread:
        first = [import_hmis(journeys, root / k, actor=ACTOR, report=report) for k in KITS]
        log, seen = log_of(journeys), viewed(url, journeys)
        again = [import_hmis(journeys, root / k, actor=ACTOR, report=unread) for k in KITS]
        for path in sorted(root.glob("*/source/*.csv")):
            rows.setdefault(path.name, []).extend(read(path.read_text("utf-8-sig")))
        yield Imported(first, again, report, log, rows, seen)


def test_a_second_import_of_the_kits_adds_nothing(kits: Imported) -> None:
    assert [again.facts for again in kits.again] == [0] * len(KITS)


def test_the_ten_exports_of_one_source_are_one_record(kits: Imported) -> None:
    heads = {r["PersonalID"] for r in kits.rows["Enrollment.csv"] if r["RelationshipToHoH"] == "1"}
    assert len(kits.told(HouseholdRegistered)) == len(heads)
    persons = {row["PersonalID"] for row in kits.rows["Client.csv"]}
    assert len(kits.told(MemberJoined)) == len(persons)


def test_every_enrolment_and_exit_of_the_kits_is_there(kits: Imported) -> None:
    assert len(kits.told(Enrolled, ReEnrolled)) == len(kits.rows["Enrollment.csv"])
    told = Counter(fact.destination for _, _, fact in kits.told(Exited))
    same = ("8", "9", "17", "24", "30", "99")
    assert told == Counter(
        f"{'hud' if row['Destination'] in same else 'hud22'}-{row['Destination']}"
        for row in kits.rows["Exit.csv"]
    )
    parties = {fact.party for _, _, fact in kits.told(Enrolled, ReEnrolled)}
    assert len(parties) == len({row["HouseholdID"] for row in kits.rows["Enrollment.csv"]})


def test_every_move_in_night_and_stay_of_the_kits_is_there(kits: Imported) -> None:
    kinds = Counter(fact.kind for _, _, fact in kits.told(AccommodationStarted))
    types = Counter(kits.project_types().values())
    moved = [row for row in kits.rows["Enrollment.csv"] if row["MoveInDate"]]
    homes = kinds["hud-supportive"] + kinds["hud-rapid-rehousing"]
    assert homes == len(moved) - kits.left_out("Enrollment.csv", "before-entry")
    nights = [row for row in kits.rows["Services.csv"] if row["RecordType"] == "200"]
    assert len(nights) == 401
    assert kinds["hud-bed-night"] == 401 - kits.left_out("Services.csv", "duplicate-night")
    assert kinds["hud-transitional"] == types["2"]
    assert kinds["hud-emergency"] == types["1"] // 2, "one shelter of two counts by the night"


def test_every_income_and_answer_on_work_of_the_kits_is_there(kits: Imported) -> None:
    totals = [f for _, _, f in kits.told(IncomeObserved) if f.source == "total"]
    measures = Counter(fact.measure for _, _, fact in kits.told(MeasureObserved))
    rows = kits.rows["IncomeBenefits.csv"]
    assert len(totals) + measures["hud-income-not-known"] == len(rows)
    assert sum(fact.amount for fact in totals) == sum(
        round(float(row["TotalMonthlyIncome"]) * 100) for row in rows if row["TotalMonthlyIncome"]
    )
    work = kits.rows["EmploymentEducation.csv"]
    assert measures["hud-employed"] + measures["hud-employed-not-known"] == len(work)
    contacts = sum(number for measure, number in measures.items() if "-seen-" in measure)
    assert contacts == len(kits.rows["CurrentLivingSituation.csv"])


def test_the_timeline_of_the_kits_shows_every_fact_of_the_log(kits: Imported) -> None:
    shown = Counter(kind for kind, _ in kits.timeline)
    gone = [fact.target for _, _, fact in kits.told(EntryRetracted)]
    acting = (EntryCorrected, EntryRetracted)
    told = Counter({name_of(kind): len(facts) for kind, facts in kits.log.items()})
    assert shown.total() == told.total() - len(gone)
    assert [kind for kind in acting if shown[name_of(kind)] != told[name_of(kind)]] == []


def test_what_the_kits_left_out_is_explained_here(kits: Imported) -> None:
    left_out = {key[1:]: n for key, n in kits.report.reasons.items() if key[0] == "not-taken"}
    assert left_out == {
        ("Enrollment.csv", "before-entry"): 1,  # a move-in before the entry
        ("Services.csv", "sensitive"): 1,  # a clinical assessment
        ("Services.csv", "duplicate-night"): 1,
    }
