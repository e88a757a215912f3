"""The same rows add nothing; a row that changed is corrected, and people have the last word."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from journeys.application import Journeys, Receipt
from journeys.errors import Conflict
from journeys.household.commands import Batch
from journeys.household.facts import (
    AccommodationEnded,
    EntryCorrected,
    EntryRetracted,
    Fact,
    name_of,
)
from journeys.household.household import Household
from journeys.intake.report import Report
from journeys.intake.table import import_table
from journeys.values import Actor
from tests.journeys.intake.tables import (
    COLUMNS,
    HOUSEHOLD,
    MEMBER,
    STAYS,
    Make,
    Table,
    example,
)


def by_hand(kind: type[Fact], **fields: Any) -> Fact:
    """A correction or a retraction by a caseworker."""
    return kind(
        reason="document-differs",
        effective_from=dt.date(2024, 6, 1),
        by="operatrice-01",
        organisation="comune-prato",
        role="caseworker",
        **fields,
    )


def test_a_second_import_adds_nothing(journeys: Journeys) -> None:
    with Report() as report:
        example(journeys, report)
    with Report() as report:
        assert example(journeys, report) == 0
        assert report.counts["rows unchanged"] == 5


def test_a_changed_row_is_corrected_in_the_changed_fields_only(arrears: Table) -> None:
    arrears.take(COLUMNS, "1,A,2024-03-01,500,", "2,A,2024-04-01,100,")

    assert arrears.take(COLUMNS, "1,A,2024-03-01,450.50,", "2,A,2024-04-01,100,") == 1

    correction = arrears.facts()[-1]
    assert isinstance(correction, EntryCorrected)
    assert (correction.target, correction.changes) == (2, {"amount": 45_050})
    assert correction.reason == "source-changed"
    assert arrears.report.counts["rows unchanged"] == 1
    assert arrears.take(COLUMNS, "1,A,2024-03-01,450.50,", "2,A,2024-04-01,100,") == 0


def test_a_row_that_changes_twice_is_corrected_from_what_it_said_last(arrears: Table) -> None:
    for amount in ("500", "400", "500"):
        arrears.take(COLUMNS, f"1,A,2024-03-01,{amount},")

    corrections = [fact for fact in arrears.facts() if isinstance(fact, EntryCorrected)]
    assert [fact.changes for fact in corrections] == [{"amount": 40_000}, {"amount": 50_000}]
    assert {fact.target for fact in corrections} == {2}


def test_changed_personal_content_is_corrected_in_the_vault(table: Make) -> None:
    stays = table(HOUSEHOLD + STAYS)
    header = "Pratica,Nucleo,Via"
    stays.take(header, "1,A,Via del Fuso 3")

    assert stays.take(header, "1,A,Via del Fuso 30") == 1
    assert stays.take(header, "1,A,Via del Fuso 30") == 0

    [home] = stays.homes()
    assert stays.journeys.disclose(home) == {
        (2, "address"): "Via del Fuso 3",
        (3, "address"): "Via del Fuso 30",
    }


def test_personal_content_that_is_gone_is_taken_out_of_the_fact(table: Make) -> None:
    stays = table(HOUSEHOLD + STAYS)
    stays.take("Pratica,Nucleo,Via", "1,A,Via del Fuso 3")

    stays.take("Pratica,Nucleo,Via", "1,A,")

    assert getattr(stays.facts()[-1], "changes", None) == {"address": None}


def test_a_note_is_told_once_and_never_corrected(arrears: Table) -> None:
    arrears.take(COLUMNS, "1,A,2024-03-01,500,Prima nota")

    assert arrears.take(COLUMNS, "1,A,2024-03-01,500,Seconda nota") == 0
    assert arrears.journeys.disclose(arrears.homes()[0]) == {(2, "note"): "Prima nota"}


def test_personal_content_of_a_member_is_corrected(table: Make) -> None:
    members = table(HOUSEHOLD + MEMBER)
    header = "Pratica,Nucleo,Persona,Ruolo,Nome,CF"
    members.take(header, "1,A,p1,capo,Lucía,")

    assert members.take(header, "1,A,p1,capo,Lucia,") == 1

    correction = members.facts()[-1]
    assert isinstance(correction, EntryCorrected)
    assert list(correction.changes) == ["person"]
    assert members.journeys.disclose(members.homes()[0])[3, "person"] == {"name": "Lucia"}


def test_a_fact_that_a_row_no_longer_tells_is_taken_back_and_may_come_again(
    arrears: Table,
) -> None:
    arrears.take(COLUMNS, "1,A,2024-03-01,500,")

    arrears.take(COLUMNS, "1,A,2024-03-01,,")
    assert arrears.names() == ["registered", "arrears-observed", "entry-retracted"]
    assert arrears.take(COLUMNS, "1,A,2024-03-01,,") == 0

    arrears.take(COLUMNS, "1,A,2024-03-01,300,")
    assert [getattr(fact, "amount", None) for fact in arrears.standing()] == [None, 30_000]
    assert arrears.take(COLUMNS, "1,A,2024-03-01,300,") == 0


def test_what_somebody_corrected_by_hand_stays_until_the_row_itself_changes(
    arrears: Table,
) -> None:
    arrears.take(COLUMNS, "1,A,2024-03-01,500,")
    changes = {"effective_from": "2024-02-01"}
    correction = by_hand(EntryCorrected, target=2, changes=changes)
    arrears.journeys.record(arrears.homes()[0], [correction])

    assert arrears.take(COLUMNS, "1,A,2024-03-01,500,") == 0
    assert arrears.take(COLUMNS, "1,A,2024-03-01,600,") == 1

    [_, observed] = sorted(arrears.standing(), key=name_of, reverse=True)
    assert observed.effective_from == dt.date(2024, 2, 1)
    assert getattr(observed, "amount", None) == 60_000


def test_what_somebody_retracted_by_hand_is_not_brought_back(arrears: Table) -> None:
    arrears.take(COLUMNS, "1,A,2024-03-01,500,")
    arrears.journeys.record(arrears.homes()[0], [by_hand(EntryRetracted, target=2)])

    assert arrears.take(COLUMNS, "1,A,2024-03-01,500,") == 0
    assert arrears.take(COLUMNS, "1,A,2024-03-01,600,") == 0
    assert arrears.left() == [(2, "no-such-entry")]


def test_a_row_that_vanishes_leaves_its_facts_as_they_are(arrears: Table) -> None:
    arrears.take(COLUMNS, "1,A,2024-03-01,500,", "2,A,2024-04-01,100,")

    assert arrears.take(COLUMNS, "1,A,2024-03-01,500,") == 0
    assert arrears.names().count("arrears-observed") == 2


def test_a_row_that_moved_to_another_household_is_left_to_a_person(arrears: Table) -> None:
    arrears.take(COLUMNS, "1,A,2024-03-01,500,", "2,B,2024-03-01,5,")

    assert arrears.take(COLUMNS, "1,B,2024-03-01,500,") == 0
    assert arrears.left() == [(2, "moved-household")]


def test_only_the_row_that_brought_a_member_in_corrects_them(table: Make) -> None:
    header = "Pratica,Nucleo,Persona,Ruolo,Nome,CF"
    members = table(HOUSEHOLD + MEMBER)
    members.take(header, "1,A,p1,capo,Lia,", "2,A,p1,capo,Lia,")

    assert members.take(header, "1,A,p1,capo,Lia,", "2,A,p1,child,Lea,") == 0
    assert members.take(header, "1,A,p1,child,Lia,", "2,A,p1,capo,Lia,") == 1
    assert getattr(members.facts()[-1], "changes", None) == {"relation": "child"}


def test_two_actors_importing_the_same_rows_agree(arrears: Table, tmp_path: Path) -> None:
    arrears.take(COLUMNS, "1,A,2024-03-01,500,")
    with Report() as report:
        again = import_table(
            arrears.journeys,
            tmp_path / "table.csv",
            tmp_path / "mapping.yaml",
            actor=Actor("someone-else", "coop-alveare", "import"),
            report=report,
        )

    assert again == 0


def test_personal_content_is_corrected_beside_a_row_that_is_refused(table: Make) -> None:
    stays = table(HOUSEHOLD + STAYS.replace('"2024-02-01"', "{column: Dal}"))
    header = "Pratica,Nucleo,Dal,Via"
    stays.take(header, "1,A,2024-02-01,Via del Fuso 3")

    rows = ("1,A,2024-02-01,Via del Fuso 30", "2,A,2099-02-01,Via delle Lane 1")
    assert stays.take(header, *rows) == 1

    assert stays.left() == [(3, "in-the-future")]
    assert stays.journeys.disclose(stays.homes()[0])[3, "address"] == "Via del Fuso 30"


class Interrupted(Journeys):
    """A door behind which somebody else records just after a household was read."""

    meanwhile: Callable[[], object] | None = None

    def household(self, household: UUID) -> Household:
        found = super().household(household)
        if self.meanwhile is not None and found.version:
            meanwhile, self.meanwhile = self.meanwhile, None
            meanwhile()
        return found


def test_what_somebody_records_meanwhile_is_seen_before_a_row_is_taken(arrears: Table) -> None:
    arrears.take(COLUMNS, "1,A,2024-03-01,500,")
    [home] = arrears.homes()
    door = arrears.journeys
    again = Interrupted(door.recorder, door.keyring, codes=door.codes)
    again.meanwhile = lambda: door.record(home, [by_hand(EntryRetracted, target=2)])
    arrears.journeys = again

    assert arrears.take(COLUMNS, "1,A,2024-03-01,600,") == 0
    assert arrears.left() == [(2, "no-such-entry")]


def test_whoever_is_always_in_the_way_is_told(arrears: Table) -> None:
    arrears.take(COLUMNS, "1,A,2024-03-01,500,")
    [home] = arrears.homes()
    door = arrears.journeys

    class Hindered(Journeys):
        def record_all(self, batches: Sequence[Batch], **named: Any) -> list[Receipt]:
            changes = {"amount": door.recorder.size()}
            door.record(home, [by_hand(EntryCorrected, target=2, changes=changes)])
            return super().record_all(batches, **named)

    arrears.journeys = Hindered(door.recorder, door.keyring, codes=door.codes)
    with pytest.raises(Conflict):
        arrears.take(COLUMNS, "1,A,2024-03-01,600,")


def test_a_row_that_came_to_say_what_somebody_corrected_to_adds_nothing(arrears: Table) -> None:
    arrears.take(COLUMNS, "1,A,2024-03-01,500,")
    correction = by_hand(EntryCorrected, target=2, changes={"amount": 60_000})
    arrears.journeys.record(arrears.homes()[0], [correction])

    assert arrears.take(COLUMNS, "1,A,2024-03-01,600,") == 0
    assert arrears.report.counts["rows unchanged"] == 1


def test_what_others_rely_on_is_not_taken_back(table: Make) -> None:
    stays = table(HOUSEHOLD + STAYS.replace("fields", "when: {Via: {empty: false}}\n    fields"))
    stays.take("Pratica,Nucleo,Via", "1,A,Via del Fuso 3")
    end = by_hand(AccommodationEnded, accommodation=2, ending="term-ended")
    stays.journeys.record(stays.homes()[0], [end])

    assert stays.take("Pratica,Nucleo,Via", "1,A,") == 0
    assert stays.left() == [(2, "relied-on")]
