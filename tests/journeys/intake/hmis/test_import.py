"""An export is imported once, whole households at a time, and a broken one adds nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import pytest

from journeys.application import Journeys, Receipt
from journeys.errors import Conflict, Refusal, StoreUnavailable
from journeys.household.commands import Batch
from journeys.household.facts import (
    Enrolled,
    HouseholdRegistered,
    IdentityMatched,
    MemberJoined,
    ProcessingRestricted,
    name_of,
)
from journeys.intake.hmis import import_hmis
from tests.journeys.intake.hmis.conftest import Intake
from tests.journeys.intake.hmis.kit import ACTOR, Kit


def full() -> Kit:
    """Two households of which one has two people, with something of everything."""
    kit = Kit().plain(MoveInDate="2023-02-01", ReferralSource="30")
    kit.project("P2", "1")
    kit.exit("E1", "2023-09-01", "435", DestinationSubsidyType="419")
    kit.client("B", born="2015-02-03", FirstName="Ben")
    kit.enrol("E2", "B", relation="2")
    kit.client("C")
    kit.enrol("E3", "C", household="H2", project="P2")
    kit.income("I1", "E1", "2023-01-10", IncomeFromAnySource="0", SNAP="1")
    kit.income("I2", "E1", "2023-09-01", stage="3", TotalMonthlyIncome="10", SNAP="0")
    kit.work("W1", "E1", "2023-01-10", "1", "1")
    kit.work("W2", "E1", "2023-09-01", "0", stage="3")
    kit.service("S1", "E1", "2023-03-01", "152", "1", FAAmount="100")
    kit.service("S2", "E3", "2023-03-01", "200")["PersonalID"] = "C"
    kit.contact("C1", "E1", "2023-03-01", "116")
    return kit


def test_an_export_is_recorded_once_however_often_it_is_imported(either_intake: Intake) -> None:
    first = either_intake.take(full())
    size = either_intake.journeys.recorder.size()
    again = either_intake.take(full())

    assert (first.households, first.new, first.changed) == (2, 2, 0)
    assert first.facts == size == either_intake.journeys.recorder.size()
    assert (again.new, again.changed, again.facts) == (0, 0, 0)
    assert Counter(name_of(entry.current) for entry in either_intake.entries()) == {
        "registered": 2,
        "member-joined": 3,
        "referred": 1,
        "enrolled": 3,
        "exited": 1,
        "accommodation-started": 2,
        "accommodation-ended": 1,
        "income-observed": 2,
        "benefit-granted": 1,
        "benefit-ended": 1,
        "measure-observed": 3,
        "employment-started": 1,
        "employment-ended": 1,
        "intervention-delivered": 1,
    }


def test_every_fact_names_who_imported_it_and_in_which_run(intake: Intake) -> None:
    outcome = intake.take(full())
    for entry in intake.entries():
        fact = entry.current
        assert (fact.by, fact.organisation, fact.role) == (ACTOR.id, ACTOR.organisation, ACTOR.role)
        assert fact.cause == outcome.cause


def test_the_outcome_and_the_report_agree_with_the_record(intake: Intake) -> None:
    outcome = intake.take(full())
    counted = Counter(f"facts {name_of(entry.current)}" for entry in intake.entries())
    assert {
        k: v for k, v in intake.report.counts.items() if k.startswith("facts ") and v
    } == counted
    assert (outcome.source, outcome.edition) == ("hmis:TEST", 2024)
    assert outcome.not_taken == intake.report.total("not-taken") == 0
    assert intake.report.counts["rows Enrollment.csv"] == 3


def test_progress_goes_through_reading_and_recording(intake: Intake) -> None:
    steps: list[tuple[str, int, int]] = []
    intake.take(full(), progress=lambda *step: steps.append(step))
    assert list(dict.fromkeys(step for step, _, _ in steps)) == ["reading", "recording"]
    assert [(done, total) for step, done, total in steps if step == "recording"][-1] == (2, 2)
    reading = [(done, total) for step, done, total in steps if step == "reading"]
    assert reading[-1][0] == reading[-1][1]


def test_names_and_numbers_go_to_the_vault_and_the_month_of_birth_stays(intake: Intake) -> None:
    kit = Kit().plain()
    kit.rows["Client.csv"][0] |= {
        "MiddleName": "Mae",
        "NameSuffix": "Jr",
        "SSN": "516251004",
        "SSNDataQuality": "1",
    }
    intake.take(kit)
    [joined] = intake.entries(MemberJoined)
    assert isinstance(joined.current, MemberJoined)
    assert joined.current.birth_month == "1980-05"
    told = intake.journeys.disclose(joined.recorded.household)
    assert told[joined.version, "person"] == {
        "name": "Ann Mae",
        "surname": "Example Jr",
        "identity_number": "516251004",
        "birth_date": "1980-05-17",
    }
    for _, _, _, _, state, _ in intake.journeys.recorder.log(0, 100):
        assert b"Example" not in state
        assert b"516251004" not in state


@pytest.mark.parametrize("hashing", ["2", "3", "4"])
def test_hashed_names_are_no_names(intake: Intake, hashing: str) -> None:
    kit = Kit().plain()
    kit.export["HashStatus"] = hashing
    intake.take(kit)
    [joined] = intake.entries(MemberJoined)
    told = intake.journeys.disclose(joined.recorded.household)
    assert told == {(2, "person"): {"birth_date": "1980-05-17"}}


@pytest.mark.parametrize(
    ("born", "code"),
    [("", None), ("1980-13-17", "bad-date"), ("2023-01-11", "born-after-entry")],
)
def test_a_birth_that_cannot_be_is_left_out_and_the_person_taken(
    intake: Intake, born: str, code: str | None
) -> None:
    kit = Kit()
    kit.project()
    kit.client("A", born=born, FirstName="", LastName="x" * 201)
    kit.enrol("E1")
    intake.take(kit)
    [joined] = intake.entries(MemberJoined)
    assert isinstance(joined.current, MemberJoined)
    assert (joined.current.birth_month, joined.current.person) == (None, None)
    assert intake.codes() == ["over-long", *([code] if code else [])]


class Failing(Journeys):
    """A door that fails before its second transaction, as a full disk would."""

    calls = 0

    def record_all(self, batches: Sequence[Batch], *, command: UUID | None = None) -> list[Receipt]:
        self.calls += 1
        if self.calls == 2:
            raise StoreUnavailable("The disk is full.")
        return super().record_all(batches, command=command)


def test_an_import_that_was_cut_off_goes_on_when_it_is_run_again(intake: Intake) -> None:
    kit = full()
    kit.client("D")
    kit.enrol("E4", "D", household="H4")
    failing = Failing(intake.journeys.recorder, intake.journeys.keyring)

    with pytest.raises(StoreUnavailable):
        intake.take(kit, failing, facts_at_once=1)
    assert len(intake.entries(HouseholdRegistered)) == 1

    assert intake.take(kit).new == 2
    assert intake.take(kit).facts == 0
    assert len(intake.entries(HouseholdRegistered)) == 3
    assert len(intake.entries(Enrolled)) == 4


def test_a_household_is_recorded_whole_or_not_at_all(intake: Intake) -> None:
    failing = Failing(intake.journeys.recorder, intake.journeys.keyring)
    with pytest.raises(StoreUnavailable):
        intake.take(full(), failing, facts_at_once=1)
    [(_, rows)] = intake.journeys.recorder.streams()
    intake.take(full())
    for household, now in intake.journeys.recorder.streams():
        if household == intake.entries(HouseholdRegistered)[0].recorded.household:
            assert len(now) == len(rows)


def test_what_the_rules_refuse_is_left_out_with_what_relies_on_it(intake: Intake) -> None:
    intake.take(full())
    [home, _] = intake.entries(HouseholdRegistered)
    restricted = ProcessingRestricted(
        ground="legal-claims",
        effective_from=home.current.effective_from,
        by=ACTOR.id,
        organisation=ACTOR.organisation,
        role=ACTOR.role,
    )
    intake.journeys.record(home.recorded.household, [restricted])
    kit = full()
    kit.enrol("E9", entry="2024-01-01", household="H9")
    kit.income("I9", "E9", "2024-01-01", IncomeFromAnySource="0")
    kit.enrol("E8", "C", entry="2024-01-01", household="H8")

    outcome = intake.take(kit)

    assert (outcome.new, outcome.changed, outcome.facts) == (0, 1, 1)
    remarks = [(r.code, r.file, r.line) for r in intake.report.remarks("not-taken")]
    assert remarks == [
        ("processing-restricted", "Enrollment.csv", 5),
        ("relies-on-left-out", "IncomeBenefits.csv", 4),
    ]


class Contested(Journeys):
    """A door through which somebody else always comes first."""

    def record_all(self, batches: Sequence[Batch], *, command: UUID | None = None) -> list[Receipt]:
        raise Conflict("Somebody else was first.")


def test_a_household_that_others_keep_changing_is_left_out_and_named(intake: Intake) -> None:
    contested = Contested(intake.journeys.recorder, intake.journeys.keyring)
    outcome = intake.take(Kit().plain(), contested)
    assert (outcome.new, outcome.facts) == (0, 0)
    assert intake.codes() == ["conflict"] * 3
    assert intake.take(Kit().plain()).new == 1


class FirstContestedThenFull(Journeys):
    """A door through which somebody else comes first, after which the disk is full."""

    calls = 0

    def record_all(self, batches: Sequence[Batch], *, command: UUID | None = None) -> list[Receipt]:
        self.calls += 1
        if self.calls == 1:
            raise Conflict("Somebody else was first.")
        raise StoreUnavailable("The disk is full.")


def test_a_store_that_fails_at_the_second_try_stops_the_import(intake: Intake) -> None:
    failing = FirstContestedThenFull(intake.journeys.recorder, intake.journeys.keyring)
    with pytest.raises(StoreUnavailable):
        intake.take(Kit().plain(), failing)


def test_of_rows_with_the_same_id_the_first_is_taken(intake: Intake) -> None:
    kit = Kit().plain()
    kit.client("A", born="1999-09-09")
    kit.enrol("E1", entry="2023-12-12")
    intake.take(kit)
    [joined] = intake.entries(MemberJoined)
    assert isinstance(joined.current, MemberJoined)
    assert joined.current.birth_month == "1980-05"
    assert [fact.effective_from.isoformat() for fact in intake.standing(Enrolled)] == ["2023-01-10"]
    assert [(r.code, r.file, r.line) for r in intake.report.remarks()] == [
        ("duplicate-key", "Client.csv", 3),
        ("duplicate-key", "Enrollment.csv", 3),
    ]


def test_files_that_are_not_imported_are_named_with_their_rows(
    intake: Intake, tmp_path: Path
) -> None:
    path = full().write(tmp_path / "more")
    (path / "HealthAndDV.csv").write_text('A,B\n1,"2\n3"\n4,5\n', "utf-8")
    (path / "Funder.csv").write_text("A\n", "utf-8")
    (path / "Inventory.csv").write_text(f"A\n{'x' * 200_000}\n3\n", "utf-8")
    (path / "Services.csv").unlink()
    import_hmis(intake.journeys, path, actor=ACTOR, report=intake.report)
    assert {(r.code, r.file) for r in intake.report.remarks("file")} == {
        ("sensitive", "HealthAndDV.csv"),
        ("not-imported", "Funder.csv"),
        ("not-imported", "Inventory.csv"),
        ("missing-file", "Services.csv"),
    }
    assert intake.report.total("file", "sensitive") == 2
    assert intake.report.reasons["file", "Funder.csv", "not-imported"] == 0
    assert intake.report.reasons["file", "Inventory.csv", "not-imported"] == 2


def test_who_belongs_to_two_households_is_a_member_of_both_and_matched(
    either_intake: Intake,
) -> None:
    kit = full()
    kit.enrol("E8", "B", household="H8", entry="2023-06-01")

    outcome = either_intake.take(kit)

    assert outcome.new == 3
    one, other = either_intake.entries(IdentityMatched)
    assert isinstance(one.current, IdentityMatched)
    assert isinstance(other.current, IdentityMatched)
    assert one.current.other_household == other.recorded.household
    assert (one.current.member, one.current.other_member) == (
        other.current.other_member,
        other.current.member,
    )
    assert (one.current.method, one.current.confidence) == ("source-id", 100)
    assert one.current.effective_from.isoformat() == "2023-06-01"
    assert either_intake.take(kit).facts == 0


def test_a_person_of_three_households_is_matched_into_one(intake: Intake) -> None:
    kit = full()
    kit.enrol("E8", "B", household="H8", entry="2023-06-01")
    kit.enrol("E9", "B", household="H2", project="P2", relation="3", entry="2023-07-01")
    intake.take(kit)
    assert len(intake.entries(IdentityMatched)) == 4
    assert intake.take(kit).facts == 0


@pytest.mark.parametrize(
    ("file", "change", "code"),
    [
        ("Exit.csv", None, "missing-file"),
        ("Export.csv", None, "missing-file"),
        ("Client.csv", None, "missing-file"),
        ("Project.csv", None, "missing-file"),
        ("Enrollment.csv", b"A,B\n1,2\n", "wrong-header"),
        ("Client.csv", b"", "wrong-header"),
        ("Client.csv", b'"' + b"x" * 200_000, "wrong-header"),
        ("Export.csv", b"ExportDate,CSVVersion\n", "wrong-edition"),
        ("Export.csv", b"ExportDate,CSVVersion\nyesterday,2024\n", "wrong-edition"),
        ("Export.csv", b"ExportDate,CSVVersion\n2024-01-01,FY2020\n", "wrong-edition"),
        ("Export.csv", b"ExportDate,CSVVersion\n2024-01-01,2026 v1\n", "wrong-edition"),
        ("Export.csv", b"CSVVersion\n2024\n", "wrong-header"),
    ],
)
def test_a_broken_export_is_refused_in_a_sentence_and_nothing_is_recorded(
    intake: Intake, tmp_path: Path, file: str, change: bytes | None, code: str
) -> None:
    path = full().write(tmp_path / "broken")
    if change is None:
        (path / file).unlink()
    else:
        (path / file).write_bytes(change)
    with pytest.raises(Refusal) as refused:
        import_hmis(intake.journeys, path, actor=ACTOR, report=intake.report)
    assert refused.value.code == code
    assert file in refused.value.sentence or code == "wrong-edition"
    assert intake.journeys.recorder.size() == 0


@pytest.mark.parametrize("edition", [2022, 2024, 2026])
def test_an_edition_is_known_by_its_columns_where_its_version_is_not_said(
    intake: Intake, edition: int
) -> None:
    kit = Kit(edition).plain()  # type: ignore[arg-type]  # one of the three
    kit.export["CSVVersion"] = ""
    assert intake.take(kit).edition == edition


def test_an_export_that_no_column_tells_apart_is_refused(intake: Intake, tmp_path: Path) -> None:
    kit = full()
    kit.export["CSVVersion"] = ""
    path = kit.write(tmp_path / "unsigned")
    clients = (path / "Client.csv").read_text("utf-8").replace("Woman", "Other")
    (path / "Client.csv").write_text(clients, "utf-8")
    with pytest.raises(Refusal, match="Neither the version"):
        import_hmis(intake.journeys, path, actor=ACTOR, report=intake.report)


def test_a_source_without_name_has_one(intake: Intake) -> None:
    kit = Kit().plain()
    kit.export |= {"SourceID": "", "SourceName": ""}
    assert intake.take(kit).source == "hmis:unnamed"
