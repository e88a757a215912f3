"""Whatever stands in the files: a report, or a refusal in a sentence; never anything else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journeys.errors import Refusal
from journeys.household.facts import Enrolled, MemberJoined, ReEnrolled
from journeys.intake.hmis.tables import CLIENT, ENROLLMENT, EXIT, INCOME, SERVICES, WORK
from journeys.intake.report import Report
from tests.journeys.intake.hmis.conftest import Intake
from tests.journeys.intake.hmis.kit import Kit, facts, of_kind, told_at

FILES = [
    "Export.csv",
    "Project.csv",
    *(table.file for table in (CLIENT, ENROLLMENT, EXIT, INCOME, WORK, SERVICES)),
]


def some() -> Kit:
    """An export with a row in every file."""
    kit = Kit().plain(MoveInDate="2023-02-01")
    kit.exit("E1", "2023-09-01")
    kit.income("I1", "E1", "2023-03-01", TotalMonthlyIncome="10", Earned="1", EarnedAmount="10")
    kit.work("W1", "E1", "2023-03-01", "1")
    kit.service("S1", "E1", "2023-03-01", "144", "2")
    return kit


def naughty(shared_data: Path) -> Iterator[str]:
    """Strings that have broken programs, each once."""
    suites = shared_data / "suites"
    yield from json.loads((suites / "blns" / "blns.json").read_text("utf-8"))
    for path in sorted((suites / "csv-injection").rglob("*")):
        if path.is_file():
            yield from path.read_text("utf-8", errors="replace").splitlines()


def test_naughty_strings_as_names_come_back_as_they_are(shared_data: Path, intake: Intake) -> None:
    kit = Kit()
    kit.project()
    names = [t for t in dict.fromkeys(naughty(shared_data)) if 0 < len(t.strip()) <= 200]
    taken = [name for name in names if "\0" not in name and "\x01" not in name]
    for number, name in enumerate(names):
        kit.client(f"N{number:04}", FirstName=name)
        kit.enrol(f"E{number:04}", f"N{number:04}", household=f"H{number:04}")

    outcome = intake.take(kit)

    assert outcome.new == len(taken)
    assert intake.report.total("not-taken", "control-character") == len(names) - len(taken)
    told = {
        person["name"]
        for entry in intake.entries(MemberJoined)
        for person in intake.journeys.disclose(entry.recorded.household).values()
    }
    assert told == {" ".join(filter(None, (name.strip(),))) for name in taken}
    assert intake.take(kit).facts == 0


def test_naughty_strings_as_ids_are_ids(shared_data: Path, intake: Intake) -> None:
    kit = Kit()
    strings = dict.fromkeys(text.strip() for text in naughty(shared_data))
    texts = [t for t in strings if 0 < len(t) <= 60 and "\0" not in t and "\x01" not in t]
    for text in texts:
        kit.project(text)
        kit.client(text)
        kit.enrol(text, text, household=text, project=text)

    intake.take(kit)

    assert len(intake.standing(Enrolled)) == len(texts)
    assert intake.codes() == []
    assert intake.take(kit).facts == 0


@pytest.mark.parametrize("field", ["ExitDate", "Destination", "ExitID", "DateCreated"])
def test_naughty_strings_anywhere_in_a_row_are_named_or_taken(
    shared_data: Path, tmp_path: Path, report: Report, field: str
) -> None:
    kit = Kit().plain()
    for number, text in enumerate(dict.fromkeys(naughty(shared_data))):
        kit.enrol(f"F{number}", household=f"H{number}")
        kit.exit(f"F{number}", "2023-09-01")[field] = text
    told = facts(kit, tmp_path, report)
    assert len(of_kind(Enrolled, told)) + len(of_kind(ReEnrolled, told)) == len(
        kit.rows["Enrollment.csv"]
    )


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a sound export."""
    return some().write(tmp_path_factory.mktemp("whole"))


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    file=st.sampled_from(FILES),
    start=st.integers(0, 2_000),
    length=st.integers(0, 60),
    instead=st.binary(max_size=20)
    | st.sampled_from([b'"', b",", b"\n", b"\r", b"\0", b"\xff\xfe"]),
)
def test_damage_anywhere_is_a_report_or_a_refusal(
    whole: Path, tmp_path: Path, file: str, start: int, length: int, instead: bytes
) -> None:
    sound = (whole / file).read_bytes()
    place = start % (len(sound) + 1)
    (whole / file).write_bytes(sound[:place] + instead + sound[place + length :])
    refused = ""
    try:
        with Report() as report:
            told_at(whole, report)
    except Refusal as refusal:
        refused = refusal.sentence
    finally:
        (whole / file).write_bytes(sound)
    assert not refused or refused.endswith(".")
