"""What every record promises about an append, whichever database keeps it."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from eventsourcing.persistence import StoredEvent

from journeys.errors import Conflict, WrongSetting
from journeys.record.recorder import Recorder, RepeatedCommand, SourceRow
from journeys.record.store import open_record
from journeys.record.tiles import CompactRange, leaf_bytes, leaf_hash, root
from journeys.record.vault import VaultItem, seal
from tests.journeys.record.conftest import SettableClock
from tests.journeys.record.given import NOON, event, events, fill

HOME, OTHER = UUID(int=1), UUID(int=2)


def sealed(household: UUID = HOME, version: int = 1, subject: UUID = OTHER) -> VaultItem:
    return seal(bytes(32), subject, household, version, "note", "Parla solo il wolof.")


def test_an_empty_record_has_no_events(recorder: Recorder) -> None:
    assert (recorder.size(), recorder.last_recorded_at(), recorder.log(0, 10)) == (0, 0, [])
    assert recorder.stream(HOME) == []


def test_appending_nothing_records_nothing(recorder: Recorder) -> None:
    assert recorder.append([], command=uuid4()) == []
    assert recorder.size() == 0


def test_what_is_appended_is_read_back_as_it_was(recorder: Recorder) -> None:
    first, second = event(HOME, 1), event(HOME, 2)

    placed = recorder.append([first, second])

    one, two = placed
    assert recorder.stream(HOME) == [
        (1, first.topic, first.state, one.recorded_at, 1),
        (2, second.topic, second.state, two.recorded_at, 2),
    ]
    assert recorder.log(0, 10) == [
        (1, HOME, 1, first.topic, first.state, one.recorded_at),
        (2, HOME, 2, second.topic, second.state, two.recorded_at),
    ]


def test_a_stream_can_be_read_from_a_version_on(recorder: Recorder) -> None:
    recorder.append(events(HOME, [1, 2, 3]))
    assert [row[0] for row in recorder.stream(HOME, after=1)] == [2, 3]


def test_the_states_of_a_stream_can_be_read_alone(recorder: Recorder) -> None:
    recorder.append([*events(HOME, [1, 2]), event(OTHER, 1), event(HOME, 3)])
    assert recorder.states(HOME) == [row[1:3] for row in recorder.stream(HOME)]
    assert len(recorder.states(HOME)) == 3


def test_the_log_is_read_in_pages(recorder: Recorder) -> None:
    fill(recorder, 7)
    assert [row[0] for row in recorder.log(2, 3)] == [3, 4, 5]


def test_positions_follow_one_another_over_all_households(recorder: Recorder) -> None:
    recorder.append([event(HOME, 1), event(OTHER, 1)])
    [third] = recorder.append([event(HOME, 2)])
    assert third.position == 3
    assert recorder.size() == 3


def test_a_receipt_names_place_time_and_leaf(recorder: Recorder) -> None:
    told = event(HOME, 1)

    [placed] = recorder.append([told])

    leaf = leaf_bytes(0, HOME, 1, told.topic, placed.recorded_at, told.state)
    assert placed == (HOME, 1, 1, recorder.last_recorded_at(), leaf_hash(leaf))


@pytest.mark.parametrize("topic", ["t", "perché", "ß" * 300, ""])
@pytest.mark.parametrize("state", [b"", bytes(range(256)), b"x" * 70_000])
def test_leaves_are_the_same_bytes_on_both_databases(
    recorder: Recorder, topic: str, state: bytes
) -> None:
    [placed] = recorder.append([StoredEvent(UUID(int=(1 << 128) - 1), 1, topic, state)])
    leaf = leaf_bytes(0, placed.household, 1, topic, placed.recorded_at, state)
    assert recorder.entries(0, 0, 1) == [leaf_hash(leaf)] == [placed.leaf]


@pytest.mark.parametrize("steps", [[255, 1], [256], [257], [700, 1, 100], [1] * 3 + [510, 300]])
def test_tiles_are_kept_as_soon_as_they_are_complete(recorder: Recorder, steps: list[int]) -> None:
    tree, version = CompactRange(), 0
    made = []
    for step in steps:
        placed = recorder.append(events(HOME, range(version + 1, version + step + 1)))
        version += step
        made += tree.extend(one.leaf for one in placed)
    assert recorder.entries(1, 0, len(made)) == [tile[2] for tile in made]
    assert root(version, recorder) == tree.root()


def test_a_tile_of_tiles_is_kept_too(recorder: Recorder) -> None:
    tree, done = CompactRange(), 0
    while done < 256 * 256:
        size = min(8_000, 256 * 256 - done)
        batch = [
            StoredEvent(HOME, version, "t", b"s") for version in range(done + 1, done + size + 1)
        ]
        tree.extend(placed.leaf for placed in recorder.append(batch))
        done += size
    assert recorder.entries(2, 0, 1) == [tree.root()]
    assert len(recorder.entries(1, 0, 256)) == 256


# --- Refusing -------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [1, 2, 4, 0])
def test_a_version_that_does_not_follow_is_a_conflict_that_tells_where_the_household_is(
    recorder: Recorder, version: int
) -> None:
    recorder.append(events(HOME, [1, 2]))

    with pytest.raises(Conflict, match=f"at version 2; version {version} does not") as refused:
        recorder.append([event(HOME, version)])

    assert refused.value.details == {"household": HOME, "version": 2}


def test_one_conflict_in_a_batch_leaves_nothing_of_the_batch(recorder: Recorder) -> None:
    recorder.append([event(HOME, 1)])
    command = uuid4()

    with pytest.raises(Conflict) as refused:
        recorder.append(
            [event(OTHER, 1), event(HOME, 1)],
            command=command,
            vault=[sealed(OTHER)],
            indexes=[(b"digest", OTHER, OTHER)],
            sources=[SourceRow("hmis", "1", OTHER, 1, "d")],
        )

    assert refused.value.details["household"] == HOME
    assert (recorder.size(), recorder.stream(OTHER)) == (1, [])
    assert recorder.entries(0, 0, 5) == recorder.entries(0, 0, 1)
    assert recorder.receipt(command) is None
    assert (recorder.vault_items(OTHER), recorder.find(b"digest")) == ([], [])
    assert recorder.sources("hmis") == {}


def test_one_batch_cannot_give_a_version_twice(recorder: Recorder) -> None:
    with pytest.raises(Conflict):
        recorder.append(events(HOME, [1, 1]))
    assert recorder.size() == 0


def test_a_refused_append_uses_up_no_position(recorder: Recorder) -> None:
    recorder.append([event(HOME, 1)])
    for _ in range(3):
        with pytest.raises(Conflict):
            recorder.append([event(OTHER, 1), event(HOME, 1)])
    [placed] = recorder.append([event(HOME, 2)])
    assert placed.position == 2


# --- Commands -------------------------------------------------------------------------------


def test_a_command_answers_with_where_its_events_went(recorder: Recorder) -> None:
    recorder.append([event(OTHER, 1)])
    command = uuid4()

    placed = recorder.append(events(HOME, [1, 2]), command=command)

    assert recorder.receipt(command) == placed
    assert recorder.receipt(uuid4()) is None


def test_a_repeated_command_answers_with_its_first_receipt_and_records_nothing(
    recorder: Recorder,
) -> None:
    command = uuid4()
    first = recorder.append(events(HOME, [1, 2]), command=command)

    with pytest.raises(RepeatedCommand) as same:
        recorder.append(events(HOME, [1, 2]), command=command)
    with pytest.raises(RepeatedCommand) as decided_anew:
        recorder.append(events(HOME, [3, 4]), command=command)
    with pytest.raises(RepeatedCommand) as elsewhere:
        recorder.append([event(OTHER, 1)], command=command)

    assert same.value.placed == decided_anew.value.placed == elsewhere.value.placed == first
    assert recorder.size() == 2


def test_a_refused_command_may_be_tried_again(recorder: Recorder) -> None:
    recorder.append([event(HOME, 1)])
    command = uuid4()
    with pytest.raises(Conflict):
        recorder.append([event(HOME, 1)], command=command)

    placed = recorder.append([event(HOME, 2)], command=command)

    assert recorder.receipt(command) == placed


# --- Time -----------------------------------------------------------------------------------


def test_recording_instants_strictly_increase_within_a_batch(recorder: Recorder) -> None:
    placed = recorder.append(events(HOME, range(1, 50)))
    instants = [one.recorded_at for one in placed]
    assert instants == list(range(instants[0], instants[0] + 49))


def test_a_clock_that_runs_back_ten_years_does_not_turn_back_the_record(
    demonstration: Recorder, clock: SettableClock
) -> None:
    [before] = demonstration.append([event(HOME, 1)])
    clock.instant -= 10 * 365 * 86_400_000_000

    [after, later] = demonstration.append(events(HOME, [2, 3]))

    assert (before.recorded_at, after.recorded_at, later.recorded_at) == (NOON, NOON + 1, NOON + 2)


def test_a_demonstration_record_takes_the_instant_it_is_given(
    demonstration: Recorder, clock: SettableClock
) -> None:
    demonstration.append([event(HOME, 1)])
    clock.instant += 86_400_000_000

    [placed] = demonstration.append([event(HOME, 2)])

    assert placed.recorded_at == demonstration.now() == NOON + 86_400_000_000


def test_a_live_record_takes_no_other_clock(
    record_url: str, recorder: Recorder, clock: SettableClock
) -> None:
    with pytest.raises(WrongSetting, match="keeps its own time"):
        open_record(record_url, clock=clock)


# --- What goes with the events --------------------------------------------------------------


def test_sources_are_found_by_key_the_latest_fact_last(recorder: Recorder) -> None:
    rows = [
        SourceRow("hmis", "key-1", HOME, 2, "new"),
        SourceRow("hmis", "key-1", HOME, 1, "old"),
        SourceRow("hmis", "key-2", OTHER, 1, "d"),
        SourceRow("table", "key-1", HOME, 1, "another source"),
    ]
    recorder.append([*events(HOME, [1, 2]), event(OTHER, 1)], sources=rows)

    assert recorder.sources("hmis") == {"key-1": [rows[1], rows[0]], "key-2": [rows[2]]}
    assert recorder.sources("hmis", ["key-2", "'; --"]) == {"key-2": [rows[2]]}
    assert recorder.sources("hmis", []) == {}


def test_sealed_items_are_kept_with_the_event(recorder: Recorder) -> None:
    first, second = sealed(version=1), sealed(version=2)
    recorder.append(events(HOME, [1, 2]), vault=[second, first])
    assert recorder.vault_items(HOME) == [first, second]
    assert recorder.vault_items(OTHER) == []


def test_a_blind_index_leads_to_every_subject_that_has_it(recorder: Recorder) -> None:
    member, twin = UUID(int=7), UUID(int=8)
    recorder.append([event(HOME, 1)], indexes=[(b"digest", member, HOME)])
    recorder.append([event(OTHER, 1)], indexes=[(b"digest", twin, OTHER)])
    recorder.append([event(HOME, 2)], indexes=[(b"digest", member, HOME)])
    assert recorder.find(b"digest") == [(member, HOME), (twin, OTHER)]
    assert recorder.find(b"other") == []


# --- Whole stores ---------------------------------------------------------------------------


def test_all_streams_are_read_household_by_household(recorder: Recorder) -> None:
    ids = fill(recorder, 20, households=6)
    assert dict(recorder.streams()) == {household: recorder.stream(household) for household in ids}
    assert [household for household, _ in recorder.streams()] == sorted(ids)


def test_streams_can_be_shared_out_by_household(recorder: Recorder) -> None:
    ids = sorted(fill(recorder, 20, households=6))
    parts = [
        recorder.streams(last=ids[1]),
        recorder.streams(ids[2], ids[3]),
        recorder.streams(ids[4]),
    ]
    assert [[household for household, _ in part] for part in parts] == [
        ids[:2],
        ids[2:4],
        ids[4:],
    ]
