"""Whatever is recorded, corrected, undone, repeated or contended, in any order, the door holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import count, pairwise
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from journeys.application import Journeys, Receipt
from journeys.errors import Conflict, Refusal
from journeys.household.commands import Batch, Terms, match, merge, split, undo
from journeys.household.facts import Fact, ReEnrolled
from journeys.household.history import History, read
from journeys.household.household import Household
from journeys.household.lineage import follow, joint
from journeys.household.named import links
from journeys.household.spells import overlaps, spells
from journeys.record.keys import create_keyring
from journeys.record.store import create_record
from journeys.record.verify import verify
from tests.journeys.household.lives import changes, more_tellings, tellings
from tests.journeys.household.story import (
    ALMA,
    ANNA,
    BRUNO,
    DAY_US,
    correction,
    day,
    enrolled,
    hired,
    housed,
    instant,
    joined,
    referred,
    registered,
    retraction,
)

HOMES = [UUID(int=number, version=4) for number in range(1, 4)]
homes = st.sampled_from(HOMES[:2])
anywhere = st.sampled_from(HOMES)
members = st.sampled_from([ALMA, BRUNO])
EARLY = "2025-02-01"
days = st.sampled_from(["2025-02-01", "2025-05-01", "2025-08-01"])
TOGETHER = Terms(
    day=day("2025-06-01"), clock="follows-tenancy", cap="shared", decided_by="comune", by=ANNA
)


class Door(RuleBasedStateMachine):
    """The door on a real SQLite record, beside what it has answered so far."""

    folders: ClassVar[Any]

    @initialize()
    def open(self) -> None:
        folder: Path = next(self.folders)
        folder.mkdir()
        url = f"sqlite:///{folder / 'record.db'}"
        self.instant = instant("2026-06-30")
        create_record(url, kind="demonstration").close()
        create_keyring(url, folder).close()
        self.journeys = Journeys.open(url, folder, clock=lambda: self.instant)
        self.size = 0
        self.answered: dict[UUID, tuple[Batch, Receipt]] = {}
        self.read_at: dict[tuple[UUID, int], History] = {}
        begun = [registered(), joined(ALMA), joined(BRUNO), referred(), enrolled(), housed(EARLY)]
        for home in HOMES[:2]:
            assert self.attempt([Batch(household=home, facts=[*begun, hired(EARLY, BRUNO)])])

    def attempt(self, batches: Sequence[Batch], command: UUID | None = None) -> list[Receipt]:
        """Record or be refused; a refusal leaves nothing behind."""
        self.instant += DAY_US // 24
        try:
            receipts = self.journeys.record_all(batches, command=command)
        except Refusal:
            assert self.journeys.recorder.size() == self.size
            return []
        self.size += sum(len(batch.facts) for batch in batches)
        assert max(receipt.position for receipt in receipts) == self.size
        return receipts

    @rule(home=homes, told=st.lists(tellings | more_tellings, min_size=1, max_size=6))
    def record_one_by_one(self, home: UUID, told: list[Fact]) -> None:
        for fact in told:
            self.attempt([Batch(household=home, facts=[fact])])

    @rule(home=anywhere, told=st.lists(tellings, min_size=2, max_size=4))
    def record_together(self, home: UUID, told: list[Fact]) -> None:
        self.attempt([Batch(household=home, facts=told)])

    @rule(home=homes, told=tellings)
    def record_as_a_command(self, home: UUID, told: Fact) -> None:
        command, batch = uuid4(), Batch(household=home, facts=[told])
        for receipt in self.attempt([batch], command):
            self.answered[command] = (batch, receipt)

    @precondition(lambda self: self.answered)
    @rule(data=st.data(), other=tellings)
    def repeat_a_command(self, data: st.DataObject, other: Fact) -> None:
        command = data.draw(st.sampled_from(sorted(self.answered)))
        batch, first = self.answered[command]
        again = data.draw(st.sampled_from([batch.facts, [other]]))

        receipt = self.journeys.record(batch.household, again, command=command)

        assert receipt.repeated
        assert (receipt.versions, receipt.fingerprint) == (first.versions, first.fingerprint)
        assert self.journeys.recorder.size() == self.size

    @rule(home=homes, data=st.data(), to=changes)
    def correct(self, home: UUID, data: st.DataObject, to: dict[str, Any]) -> None:
        version = data.draw(st.integers(1, self.home(home).version))
        self.attempt([Batch(household=home, facts=[correction(version, **to)])])

    @rule(home=homes, data=st.data())
    def retract(self, home: UUID, data: st.DataObject) -> None:
        version = data.draw(st.integers(1, self.home(home).version))
        self.attempt([Batch(household=home, facts=[retraction(version)])])

    @rule(home=homes, told=tellings)
    def somebody_else_was_first(self, home: UUID, told: Fact) -> None:
        seen = self.journeys.household(home).version
        if not self.attempt([Batch(household=home, facts=[housed("2025-02-01")])]):
            return
        with pytest.raises(Conflict):
            self.journeys.record(home, [told], expected=seen)
        assert self.journeys.recorder.size() == self.size

    @rule(one=homes, other=anywhere, leaving=st.lists(members, min_size=1, max_size=1))
    def part(self, one: UUID, other: UUID, leaving: list[UUID]) -> None:
        self.command(lambda: split(self.home(one), other, leaving, "origin", TOGETHER))

    @rule(one=homes, other=homes, known=st.dictionaries(members, members, max_size=2))
    def unite(self, one: UUID, other: UUID, known: dict[UUID, UUID]) -> None:
        self.command(lambda: merge(self.home(one), self.home(other), known, "survivor", TOGETHER))

    @rule(one=homes, other=homes, mine=members, theirs=members, on=days)
    def recognise(self, one: UUID, other: UUID, mine: UUID, theirs: UUID, on: str) -> None:
        self.command(
            lambda: match(
                self.home(one), mine, self.home(other), theirs, "fiscal-code", 99, ANNA, day(on)
            )
        )

    @rule(one=homes, other=homes)
    def take_back(self, one: UUID, other: UUID) -> None:
        self.command(
            lambda: undo(self.home(one), self.home(other), day("2026-06-01"), "typing-error", ANNA)
        )

    @rule(home=homes)
    def note_the_reading(self, home: UUID) -> None:
        at = self.journeys.recorder.last_recorded_at()
        self.read_at[home, at] = read(self.journeys.entries(home), as_at=at)

    def home(self, household: UUID) -> Household:
        return self.journeys.household(household)

    def command(self, compose: Any) -> None:
        try:
            batches = compose()
        except Refusal:
            return
        self.attempt(batches)

    @invariant()
    def what_is_live_is_what_replays(self) -> None:
        for home in HOMES:
            live = Household(home)
            for recorded in self.journeys.entries(home):
                live.apply(recorded.fact)
            replayed = self.home(home)
            for told in Household.__slots__:
                assert getattr(live, told) == getattr(replayed, told), told

    @invariant()
    def positions_are_dense_and_instants_run_forward(self) -> None:
        log = self.journeys.recorder.log(0, self.size + 1)
        assert [row[0] for row in log] == list(range(1, self.size + 1))
        assert all(a[5] < b[5] for a, b in pairwise(log))

    @invariant()
    def earlier_readings_stay_as_they_were(self) -> None:
        for (home, at), noted in self.read_at.items():
            assert read(self.journeys.entries(home), as_at=at) == noted

    @invariant()
    def every_reading_can_be_taken(self) -> None:
        for home in HOMES:
            history = read(self.journeys.entries(home))
            overlaps(spells(history))
            standing = self.home(home).standing
            assert {e.version: e.current for e in history.standing()} == standing
            seen = {
                (entry.recorded.household, entry.version)
                for entry in joint(follow(home, self.journeys.entries))
            }
            assert {(home, entry.version) for entry in history.entries} <= seen

    @invariant()
    def ends_follow_beginnings(self) -> None:
        for home in HOMES:
            household = self.home(home)
            for version, ended_by in household.ended.items():
                start, end = household.standing[version], household.standing[ended_by]
                assert start.effective_from <= end.effective_from
                assert end.effective_from <= (start.effective_until or dt.date.max)
            for fact in household.standing.values():
                assert all(version in household.standing for version in links(fact).values())
                if isinstance(fact, ReEnrolled):
                    assert fact.previous in household.ended

    def teardown(self) -> None:
        if hasattr(self, "journeys"):
            assert verify(self.journeys.recorder).whole
            self.journeys.close()


def test_the_door_holds_whatever_is_asked_of_it(tmp_path: Path) -> None:
    class Here(Door):
        folders = (tmp_path / str(number) for number in count())

    run_state_machine_as_test(
        Here,
        settings=settings(max_examples=20, stateful_step_count=25, deadline=None),
    )
