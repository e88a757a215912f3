"""Whatever is appended, refused and repeated, in any order, a record stays what it promises."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, pairwise
from pathlib import Path
from typing import ClassVar
from uuid import UUID, uuid4

import psycopg
import pytest
from eventsourcing.persistence import StoredEvent
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

from journeys.errors import Conflict
from journeys.record.recorder import LogRow, Placed, RepeatedCommand
from journeys.record.store import create_record, open_record
from journeys.record.tiles import CompactRange, root
from journeys.record.verify import verify
from tests.journeys.record.given import NOON, event

HOUSEHOLDS = [UUID(int=number) for number in range(1, 5)]
households = st.sampled_from(HOUSEHOLDS)


class Machine(RuleBasedStateMachine):
    """A record beside the simplest thing that could be one: a list."""

    urls: ClassVar[Iterator[str]]

    @initialize()
    def open(self) -> None:
        self.url = next(self.urls)
        self.instant = NOON
        create_record(self.url, kind="demonstration").close()
        self.recorder = open_record(self.url, clock=lambda: self.instant)
        self.log: list[tuple[Placed, StoredEvent]] = []
        self.receipts: dict[UUID, list[Placed]] = {}
        self.tree = CompactRange()

    def version(self, household: UUID) -> int:
        return sum(placed.household == household for placed, _ in self.log)

    def keep(self, placed: list[Placed], events: list[StoredEvent]) -> None:
        assert [(p.household, p.version) for p in placed] == [
            (e.originator_id, e.originator_version) for e in events
        ]
        self.log += zip(placed, events, strict=True)
        self.tree.extend(one.leaf for one in placed)

    @rule(told=st.lists(households, min_size=1, max_size=90), commanded=st.booleans())
    def append(self, told: list[UUID], commanded: bool) -> None:
        versions = {household: self.version(household) for household in HOUSEHOLDS}
        events = []
        for household in told:
            versions[household] += 1
            events.append(event(household, versions[household]))
        command = uuid4() if commanded else None
        placed = self.recorder.append(events, command=command)
        if command is not None:
            self.receipts[command] = placed
        self.keep(placed, events)

    @rule(first=households, then=households, off=st.sampled_from([-2, -1, 1, 7]))
    def conflict(self, first: UUID, then: UUID, off: int) -> None:
        events = [
            event(first, self.version(first) + 1),
            event(then, max(0, self.version(then) + (first == then) + 1 + off)),
        ]
        with pytest.raises(Conflict):
            self.recorder.append(events, command=uuid4())

    @precondition(lambda self: self.receipts)
    @rule(data=st.data(), household=households)
    def repeat(self, data: st.DataObject, household: UUID) -> None:
        command = data.draw(st.sampled_from(list(self.receipts)))
        following = event(household, self.version(household) + 1)
        with pytest.raises(RepeatedCommand) as repeated:
            self.recorder.append([following], command=command)
        assert repeated.value.placed == self.receipts[command]

    @rule(days=st.integers(-4_000, 4_000))
    def turn_the_clock(self, days: int) -> None:
        self.instant += days * 86_400_000_000

    @rule()
    def open_again(self) -> None:
        self.recorder.close()
        self.recorder = open_record(self.url, clock=lambda: self.instant)

    @invariant()
    def the_log_is_the_list(self) -> None:
        expected: list[LogRow] = [
            (p.position, p.household, p.version, e.topic, e.state, p.recorded_at)
            for p, e in self.log
        ]
        assert self.recorder.log(0, len(expected) + 1) == expected
        assert [row[0] for row in expected] == list(range(1, len(expected) + 1))
        instants = [row[5] for row in expected]
        assert all(one < other for one, other in pairwise(instants))

    @invariant()
    def the_tree_is_over_its_leaves(self) -> None:
        assert root(len(self.log), self.recorder) == self.tree.root()

    @invariant()
    def receipts_stay(self) -> None:
        for command, placed in self.receipts.items():
            assert self.recorder.receipt(command) == placed

    def teardown(self) -> None:
        verification = verify(self.recorder)
        assert verification.findings == ()
        assert verification.root == self.tree.root()
        self.recorder.close()


def test_a_record_in_a_file_is_the_list_of_what_was_appended(tmp_path: Path) -> None:
    class OnFile(Machine):
        urls = (f"sqlite:///{tmp_path}/{number}.db" for number in count(1))

    run_state_machine_as_test(OnFile, settings=settings(max_examples=25, stateful_step_count=15))


def test_a_record_on_a_server_is_the_list_of_what_was_appended(empty_database: str) -> None:
    def emptied() -> Iterator[str]:
        while True:
            with psycopg.connect(empty_database) as connection:
                connection.execute("SET client_min_messages = error")
                connection.execute("DROP SCHEMA IF EXISTS journeys CASCADE")
            yield empty_database

    class OnServer(Machine):
        urls = emptied()

    run_state_machine_as_test(OnServer, settings=settings(max_examples=10, stateful_step_count=15))
