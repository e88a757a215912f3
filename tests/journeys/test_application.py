"""The one door for commands, on real SQLite and on real PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from journeys.application import Journeys
from journeys.clock import EPOCH
from journeys.errors import Conflict, NotFound, Refusal, StoreUnavailable
from journeys.household.commands import Batch, Source, Terms, merge, split
from journeys.household.facts import Fact, MemberJoined
from journeys.household.household import Household
from journeys.household.personal import UnfitPersonalData
from journeys.record.vault import BrokenCommitment, seal
from journeys.record.verify import verify
from tests.journeys.household.story import (
    ALMA,
    ANNA,
    BRUNO,
    DAY_US,
    HOME,
    correction,
    day,
    housed,
    instant,
    joined,
    moved_out,
    referred,
    registered,
    tenancy,
)

FISCAL_CODE = "RPSGRL25L18E062G"
PERSON = {"name": "Alma", "surname": "Prova", "fiscal_code": FISCAL_CODE.lower()}


def begin(journeys: Journeys, household: UUID = HOME, member: UUID = ALMA) -> None:
    journeys.record(household, [registered(reference=member), joined(member), referred()])


def test_a_receipt_tells_where_the_facts_stand(journeys: Journeys) -> None:
    receipt = journeys.record(HOME, [registered(), joined(ALMA), referred()])

    assert (receipt.versions, receipt.position, receipt.repeated) == ((1, 2, 3), 3, False)
    assert receipt.recorded_at == journeys.recorder.last_recorded_at()
    assert receipt.fingerprint == journeys.recorder.entries(0, 2, 3)[0].hex()


def test_what_was_recorded_reads_back(journeys: Journeys) -> None:
    begin(journeys)
    journeys.record(HOME, [tenancy("2025-02-01")])
    journeys.record(HOME, [correction(4, on="2025-03-01", monthly_rent=50_000)])

    assert journeys.household(HOME).version == 5
    [entry] = [e for e in journeys.history(HOME).entries if e.version == 4]
    assert entry.status == "corrected"
    assert [e.recorded.position for e in journeys.history(HOME).entries] == [1, 2, 3, 4, 5]


def test_a_repeated_command_answers_with_the_first_receipt(journeys: Journeys) -> None:
    begin(journeys)
    command = uuid4()
    first = journeys.record(HOME, [housed("2025-02-01")], command=command)

    again = journeys.record(HOME, [housed("2025-02-01")], command=command)

    assert (again.repeated, again.position, again.fingerprint) == (
        True,
        first.position,
        first.fingerprint,
    )
    assert journeys.household(HOME).version == 4
    assert journeys.entries(HOME)[3].fact.command == command


def test_a_repeated_command_records_nothing_whatever_it_asks_for(journeys: Journeys) -> None:
    begin(journeys)
    command = uuid4()
    journeys.record(HOME, [housed("2025-02-01")], command=command)

    again = journeys.record(HOME, [housed("2025-03-01"), tenancy("2025-03-01")], command=command)

    assert (again.repeated, again.versions) == (True, (4,))
    assert journeys.recorder.size() == 4


def test_a_command_of_two_households_answers_each_with_its_own(journeys: Journeys) -> None:
    command = uuid4()
    batches = split(couple(journeys), NEW, [BRUNO], "origin", TERMS)
    journeys.record_all(batches, command=command)

    assert journeys.record(NEW, batches[1].facts, command=command).versions == (1, 2, 3)
    with pytest.raises(Refusal) as refusal:
        journeys.record(BRUNO, [registered()], command=command)
    assert refusal.value.code == "command-reused"


@pytest.mark.parametrize("batches", [[], [Batch(household=HOME, facts=[])]])
def test_nothing_is_no_request(journeys: Journeys, batches: list[Batch]) -> None:
    with pytest.raises(Refusal) as refusal:
        journeys.record_all(batches)

    assert refusal.value.code == "nothing-told"


def test_a_fact_may_rely_on_one_before_it_in_the_batch(journeys: Journeys) -> None:
    begin(journeys)

    receipt = journeys.record(HOME, [housed("2025-02-01"), moved_out("2025-03-01", 4)])

    assert journeys.household(HOME).ended == {4: 5}
    assert receipt.versions == (4, 5)
    with pytest.raises(Refusal):
        journeys.record(HOME, [moved_out("2025-03-01", 7), housed("2025-02-01")])


def test_two_batches_on_one_household_follow_each_other(journeys: Journeys) -> None:
    begin(journeys)
    stay = Batch(household=HOME, facts=[housed("2025-02-01")], expected=3)
    end = Batch(household=HOME, facts=[moved_out("2025-03-01", 4)], expected=3)

    [receipt] = journeys.record_all([stay, end])

    assert receipt.versions == (4, 5)
    late = Batch(household=HOME, facts=[housed("2025-04-01")], expected=3)
    with pytest.raises(Conflict):
        journeys.record_all([Batch(household=HOME, facts=[housed("2025-04-01")]), late])


def test_a_refused_batch_leaves_nothing_behind(journeys: Journeys) -> None:
    begin(journeys)

    with pytest.raises(Refusal):
        journeys.record(HOME, [housed("2025-02-01"), tenancy("2025-01-01")])

    assert journeys.recorder.size() == 3


def test_the_asker_may_insist_on_the_version_seen(journeys: Journeys) -> None:
    begin(journeys)
    journeys.record(HOME, [housed("2025-02-01")], expected=3)

    with pytest.raises(Conflict):
        journeys.record(HOME, [housed("2025-03-01")], expected=3)


class Interrupting:
    """A recorder before whose append somebody else records on the same household."""

    def __init__(self, journeys: Journeys, times: int) -> None:
        self._recorder, self._times, self._journeys = journeys.recorder, times, journeys
        self.receipt = journeys.recorder.receipt

    def append(self, *args: Any, **kwargs: Any) -> Any:
        if self._times:
            self._times -= 1
            self._journeys.record(HOME, [housed("2025-04-01")])
        return self._recorder.append(*args, **kwargs)

    def states(self, household: UUID) -> Any:
        return self._recorder.states(household)


def interrupted(journeys: Journeys, times: int) -> Journeys:
    return Journeys(Interrupting(journeys, times), journeys.keyring)  # type: ignore[arg-type]


def test_a_batch_that_comes_second_is_decided_anew(journeys: Journeys) -> None:
    begin(journeys)

    receipt = interrupted(journeys, 2).record(HOME, [housed("2025-02-01")])

    assert receipt.versions == (6,)


def test_a_batch_that_never_comes_first_is_refused(journeys: Journeys) -> None:
    begin(journeys)

    with pytest.raises(Conflict):
        interrupted(journeys, 99).record(HOME, [housed("2025-02-01")])


def test_personal_content_is_sealed_and_only_committed_to(journeys: Journeys) -> None:
    journeys.record(
        HOME,
        [registered(), joined(ALMA)],
        personal={(1, "person"): PERSON, (0, "note"): "Segnalata dal vicino."},
    )

    states = b"".join(row[2] for row in journeys.recorder.stream(HOME))
    assert b"Prova" not in states
    assert b"vicino" not in states
    assert journeys.disclose(HOME) == {
        (1, "note"): "Segnalata dal vicino.",
        (2, "person"): {**PERSON, "fiscal_code": FISCAL_CODE},
    }


def test_a_commitment_is_not_taken_from_outside(journeys: Journeys) -> None:
    told = joined(ALMA)
    forged = MemberJoined(
        **{f: getattr(told, f) for f in told.__struct_fields__ if f != "person"}, person="a" * 64
    )

    with pytest.raises(UnfitPersonalData):
        journeys.record(HOME, [registered(), forged])


def test_a_commitment_does_not_come_in_by_a_correction(journeys: Journeys) -> None:
    begin(journeys)
    journeys.record(HOME, [housed("2025-02-01")], personal={(0, "address"): "Via Nuova 1"})
    journeys.record(HOME, [correction(4, kind="shelter")], personal={(0, "address"): "Via Nuova 2"})
    changes = journeys.entries(HOME)[4].fact.changes  # type: ignore[attr-defined]

    for forged in (
        correction(4, address="a" * 64),
        correction(5, changes={"kind": "shelter", "address": "a" * 64}),
    ):
        with pytest.raises(UnfitPersonalData):
            journeys.record(HOME, [forged])

    journeys.record(HOME, [correction(5, changes={**changes, "kind": "hotel"})])
    journeys.record(HOME, [correction(4, address=None)])
    assert getattr(journeys.household(HOME).standing[4], "address", "") is None
    with pytest.raises(Refusal) as refusal:
        journeys.record(HOME, [correction(40, address="a" * 64)])
    assert refusal.value.code == "no-such-entry"


@pytest.mark.parametrize("code", ["RPSGRL25L18E062A", "1", "RPSGRL25L18E062G" * 2])
def test_a_fiscal_code_that_is_none_is_refused(journeys: Journeys, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        journeys.record(
            HOME, [registered(), joined(ALMA)], personal={(1, "person"): {"fiscal_code": code}}
        )

    assert refusal.value.code == "unfit-fiscal-code"


def test_a_member_is_found_by_the_fiscal_code(journeys: Journeys) -> None:
    journeys.record(HOME, [registered(), joined(ALMA)], personal={(1, "person"): PERSON})

    assert journeys.find_fiscal_code(f" {FISCAL_CODE.lower()} ") == [(ALMA, HOME)]


def test_what_was_erased_is_no_longer_disclosed(journeys: Journeys) -> None:
    journeys.record(
        HOME,
        [registered(), joined(ALMA)],
        personal={(1, "person"): PERSON, (0, "note"): "Segnalata dal vicino."},
    )
    journeys.keyring.destroy(ALMA, EPOCH)

    assert journeys.disclose(HOME) == {(1, "note"): "Segnalata dal vicino."}


def test_a_command_that_somebody_else_carries_out_meanwhile_answers_with_theirs(
    journeys: Journeys,
) -> None:
    begin(journeys)
    command = uuid4()
    twin = Interrupting(journeys, 0)
    twin.receipt = lambda _: None  # type: ignore[assignment]  # asked just before the other wrote
    journeys.record(HOME, [housed("2025-02-01")], command=command)

    again = Journeys(twin, journeys.keyring).record(  # type: ignore[arg-type]
        HOME, [housed("2025-02-01")], command=command
    )

    assert (again.repeated, again.versions) == (True, (4,))


def test_a_correction_with_personal_content_fits_its_entry_too(journeys: Journeys) -> None:
    begin(journeys)
    journeys.record(HOME, [housed("2025-02-01")])
    address = {(0, "address"): "Via Nuova 1"}

    for told, code in (
        (correction(4, kind=7), "cannot-correct"),
        (correction(4, castle=7), "cannot-correct"),
        (referred(), "unfit-personal-data"),
    ):
        with pytest.raises(Refusal) as refusal:
            journeys.record(HOME, [told], personal=address)
        assert refusal.value.code == code


def test_corrected_personal_content_is_committed_to_by_the_correction(
    journeys: Journeys,
) -> None:
    journeys.record(HOME, [registered(), joined(ALMA)], personal={(1, "person"): PERSON})

    journeys.record(
        HOME, [correction(2, on="2025-03-01")], personal={(0, "person"): {"name": "Alba"}}
    )

    assert journeys.disclose(HOME)[3, "person"] == {"name": "Alba"}
    assert verify(journeys.recorder).whole


def test_an_item_that_the_record_does_not_commit_to_is_not_disclosed(
    opened: Callable[..., Journeys], tmp_path: Any
) -> None:
    path = tmp_path / "record.db"
    journeys = opened(f"sqlite:///{path}")
    journeys.record(HOME, [registered(), joined(ALMA)], personal={(1, "person"): PERSON})
    forged = seal(journeys.keyring.require(ALMA), ALMA, HOME, 2, "person", {"name": "Ada"})
    with sqlite3.connect(path) as db:
        db.execute("DELETE FROM vault_item")
        db.execute(
            "INSERT INTO vault_item (household, version, field, subject, commitment, sealed)"
            " VALUES (?, 2, 'person', ?, ?, ?)",
            (HOME.bytes, ALMA.bytes, forged.commitment, forged.sealed),
        )
    db.close()

    with pytest.raises(BrokenCommitment):
        journeys.disclose(HOME)
    assert [f.code for f in verify(journeys.recorder).findings] == ["vault"]


def test_personal_content_of_no_fact_is_refused(journeys: Journeys) -> None:
    with pytest.raises(UnfitPersonalData):
        journeys.record(HOME, [registered()], personal={(7, "note"): "Di chi?"})


def test_a_source_row_is_remembered_with_its_fact(journeys: Journeys) -> None:
    batch = Batch(
        household=HOME, facts=[registered()], sources={0: Source("hmis", "Enrollment/7", "d1")}
    )

    journeys.record_all([batch])

    [row] = journeys.recorder.sources("hmis", ["Enrollment/7"])["Enrollment/7"]
    assert (row.household, row.version, row.digest) == (HOME, 1, "d1")


NEW = UUID("00000000-0000-4000-8000-000000000002")
TERMS = Terms(
    day=day("2025-06-01"), clock="follows-tenancy", cap="shared", decided_by="comune", by=ANNA
)


def couple(journeys: Journeys) -> Household:
    begin(journeys)
    journeys.record(HOME, [joined(BRUNO, relation="partner")])
    return journeys.household(HOME)


def test_a_split_is_recorded_on_both_households_or_on_none(journeys: Journeys) -> None:
    batches = split(couple(journeys), NEW, [BRUNO], "origin", TERMS)

    receipts = journeys.record_all(batches)

    assert [(r.household, len(r.versions)) for r in receipts] == [(HOME, 1), (NEW, 3)]
    with pytest.raises(Refusal):
        journeys.record_all(batches)
    assert journeys.recorder.size() == 8


def test_a_merged_household_takes_no_more_facts(journeys: Journeys) -> None:
    couple(journeys)
    begin(journeys, NEW, UUID(int=9, version=4))

    journeys.record_all(
        merge(journeys.household(HOME), journeys.household(NEW), {}, "survivor", TERMS)
    )

    with pytest.raises(Refusal, match="is part of"):
        journeys.record(NEW, [housed("2025-07-01")])


def test_a_household_that_is_not_there_has_no_history(journeys: Journeys) -> None:
    assert journeys.entries(HOME) == []
    with pytest.raises(NotFound):
        journeys.history(HOME)


def test_as_at_readings_follow_a_demonstrations_clock(
    opened: Callable[..., Journeys], store_url: str
) -> None:
    now = [instant("2025-01-20")]
    journeys = opened(store_url, kind="demonstration", clock=lambda: now[0])
    begin(journeys)
    now[0] = instant("2025-05-10")
    journeys.record(HOME, [tenancy("2025-02-01")])

    before = journeys.history(HOME, as_at=instant("2025-05-10") - DAY_US)

    assert before.find(4) is None
    assert journeys.history(HOME, as_at=instant("2025-05-10")).find(4) is not None
    assert journeys.today() == day("2025-05-10")


def test_a_store_that_is_not_there_is_said_so(tmp_path: Any) -> None:
    with pytest.raises(StoreUnavailable):
        Journeys.open(f"sqlite:///{tmp_path / 'nothing.db'}", tmp_path)


def test_every_recorded_fact_keeps_its_teller(journeys: Journeys) -> None:
    begin(journeys)

    told: list[Fact] = [recorded.fact for recorded in journeys.entries(HOME)]

    assert {(f.by, f.organisation, f.role) for f in told} == {
        (ANNA.id, ANNA.organisation, ANNA.role)
    }
