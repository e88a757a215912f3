"""Verification finds what somebody with the database's own rights has done, and names it."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from eventsourcing.persistence import StoredEvent
from msgspec.structs import replace

from journeys.household.facts import HouseholdRegistered
from journeys.record.recorder import Recorder, SourceRow
from journeys.record.tiles import EMPTY_ROOT, leaf_bytes, leaf_hash, root
from journeys.record.vault import seal
from journeys.record.verify import verify
from tests.journeys.household.story import referred
from tests.journeys.record.given import event, events, fill
from tests.journeys.record.tampering import Operator, flipped, operator

HOME, OTHER = UUID(int=1), UUID(int=2)


@pytest.fixture
def attacked(recorder: Recorder, record_url: str) -> Iterator[Operator]:
    """An operator's hand on a record of 300 events of 3 households, one tile complete."""
    recorder.append(events(HOME, range(1, 151)), command=uuid4())
    recorder.append(events(OTHER, range(1, 151)), command=uuid4())
    with operator(record_url) as hand:
        yield hand


def told(recorder: Recorder) -> list[tuple[str, int | None]]:
    """Code and position of every finding."""
    verification = verify(recorder)
    assert verification.whole == (not verification.findings)
    return [(finding.code, finding.position) for finding in verification.findings]


# --- Whole records --------------------------------------------------------------------------


def test_an_empty_record_is_whole(recorder: Recorder) -> None:
    verification = verify(recorder)
    assert (verification.whole, verification.size, verification.root) == (True, 0, EMPTY_ROOT)


@pytest.mark.parametrize("size", [1, 255, 256, 257, 5_000])
def test_a_record_is_whole_and_its_root_is_the_trees(recorder: Recorder, size: int) -> None:
    fill(recorder, size)
    verification = verify(recorder)
    assert verification.findings == ()
    assert verification.size == size
    assert verification.root == root(size, recorder)


def test_a_record_with_everything_in_it_is_whole(recorder: Recorder) -> None:
    item = seal(bytes(32), OTHER, HOME, 1, "note", "Parla solo il wolof.")
    fact = replace(referred(), note=item.commitment.hex())
    recorder.append(
        [event(HOME, 1, fact)],
        command=uuid4(),
        vault=[item],
        indexes=[(b"digest", OTHER, HOME)],
        sources=[SourceRow("hmis", "1", HOME, 1, "d")],
    )
    assert verify(recorder).findings == ()


def test_progress_is_told_up_to_the_end(recorder: Recorder) -> None:
    fill(recorder, 9_000)
    steps: list[tuple[int, int]] = []
    verify(recorder, lambda done, of: steps.append((done, of)))
    assert steps == [(4_096, 9_000), (8_192, 9_000), (9_000, 9_000)]


def test_an_erased_item_leaves_the_record_whole(recorder: Recorder, record_url: str) -> None:
    item = seal(bytes(32), OTHER, HOME, 1, "note", "Parla solo il wolof.")
    fact = replace(referred(), note=item.commitment.hex())
    recorder.append([event(HOME, 1, fact)], vault=[item])
    with operator(record_url) as hand:
        hand("DELETE FROM vault_item")
    assert verify(recorder).whole


# --- What was done to it --------------------------------------------------------------------


def test_a_changed_content_is_named_in_a_sentence(recorder: Recorder, attacked: Operator) -> None:
    attacked("UPDATE stored_events SET state = ? WHERE rowid = 118", b'{"salt":""}')

    [finding] = verify(recorder).findings

    assert finding.sentence == (
        f"Event 118 of household {HOME}, version 118: its content does not match its leaf."
    )
    assert (finding.code, finding.position) == ("content", 118)


def test_two_swapped_contents_are_both_named(recorder: Recorder, attacked: Operator) -> None:
    states = attacked("SELECT state FROM stored_events WHERE rowid IN (7, 9) ORDER BY rowid")
    for (state,), position in zip(reversed(states), (7, 9), strict=True):
        attacked("UPDATE stored_events SET state = ? WHERE rowid = ?", state, position)
    assert told(recorder) == [("content", 7), ("content", 9)]


def test_an_event_moved_to_another_household_is_found(
    recorder: Recorder, attacked: Operator
) -> None:
    stranger = UUID(int=3)
    attacked(
        "UPDATE stored_events SET originator_id = ? WHERE rowid = 150",
        attacked.household(stranger),
    )
    assert told(recorder) == [("content", 150)]


def test_a_back_dated_event_is_found(recorder: Recorder, attacked: Operator) -> None:
    attacked("UPDATE stored_events SET recorded_at = recorded_at - 86400000000 WHERE rowid = 20")
    assert told(recorder) == [("content", 20)]


def test_a_changed_topic_is_found(recorder: Recorder, attacked: Operator) -> None:
    attacked("UPDATE stored_events SET topic = 'household.exited.v1' WHERE rowid = 20")
    assert told(recorder) == [("content", 20)]


def test_a_changed_leaf_is_found_with_its_event_and_its_tile(
    recorder: Recorder, attacked: Operator
) -> None:
    attacked("UPDATE log_leaf SET hash = ? WHERE position = 20", bytes(32))
    assert told(recorder) == [("content", 20), ("tile", None)]


def test_a_missing_leaf_is_found(recorder: Recorder, attacked: Operator) -> None:
    attacked("DELETE FROM log_leaf WHERE position = 290")
    assert told(recorder) == [("no-leaf", 290)]


def test_a_leaf_too_many_is_found(recorder: Recorder, attacked: Operator) -> None:
    attacked("INSERT INTO log_leaf VALUES (301, ?)", bytes(32))
    assert told(recorder) == [("stray-leaf", None)]


def test_a_changed_tile_is_found(recorder: Recorder, attacked: Operator) -> None:
    attacked("UPDATE log_tile SET hash = ?", bytes(32))
    [finding] = verify(recorder).findings
    assert finding.sentence == ("Tile 0 of level 0, of events 1 to 256, does not match its leaves.")


def test_a_missing_tile_is_found(recorder: Recorder, attacked: Operator) -> None:
    attacked("DELETE FROM log_tile")
    [finding] = verify(recorder).findings
    assert finding.sentence == "Tile 0 of level 0, of events 1 to 256, is missing."


@pytest.mark.parametrize("place", [(0, 1), (1, 0), (7, 0), (-1, 0), (0, -1)])
def test_a_tile_too_many_is_found(
    recorder: Recorder, attacked: Operator, place: tuple[int, int]
) -> None:
    attacked(f"INSERT INTO log_tile VALUES ({place[0]}, {place[1]}, ?)", bytes(32))
    assert told(recorder) == [("stray-tile", None)]


def test_a_deleted_event_is_found_where_it_was(recorder: Recorder, attacked: Operator) -> None:
    attacked("DELETE FROM stored_events WHERE rowid = 118")
    first = verify(recorder).findings[0]
    assert (first.code, first.position) == ("missing-events", 119)
    assert "follows event 117: what was between is missing" in first.sentence


def test_a_deleted_tail_is_found_by_the_leaves_it_left(
    recorder: Recorder, attacked: Operator
) -> None:
    attacked("DELETE FROM stored_events WHERE rowid > 298")
    assert told(recorder) == [
        ("stray-leaf", None),
        ("stray-leaf", None),
        ("stray-receipt", None),
    ]


def test_a_deleted_beginning_is_found(recorder: Recorder, attacked: Operator) -> None:
    attacked("DELETE FROM stored_events WHERE rowid = 1")
    assert told(recorder)[0] == ("missing-events", 2)


def test_an_event_before_the_first_is_found(recorder: Recorder, attacked: Operator) -> None:
    attacked(
        "INSERT INTO stored_events (rowid, originator_id, originator_version, topic, state,"
        " recorded_at) SELECT 0, originator_id, 151, topic, state, 1"
        " FROM stored_events WHERE rowid = 1"
    )
    assert told(recorder) == [("unreadable", None), ("stray-event", None)]


def test_an_inserted_event_without_a_leaf_is_found(recorder: Recorder, attacked: Operator) -> None:
    attacked(
        "INSERT INTO stored_events (rowid, originator_id, originator_version, topic, state,"
        " recorded_at) SELECT 301, originator_id, 151, topic, state, recorded_at + 1"
        " FROM stored_events WHERE rowid = 300"
    )
    assert told(recorder) == [("no-leaf", 301)]


def test_a_receipt_for_events_that_are_not_there_is_found(
    recorder: Recorder, attacked: Operator
) -> None:
    attacked("UPDATE command_receipt SET last_position = 999 WHERE first_position = 1")
    attacked("UPDATE command_receipt SET first_position = 0 WHERE first_position = 151")
    assert told(recorder) == [("stray-receipt", None)] * 2


def test_a_source_of_a_fact_that_is_not_there_is_found(recorder: Recorder) -> None:
    recorder.append([event(HOME, 1)], sources=[SourceRow("hmis", "1", HOME, 2, "d")])
    [finding] = verify(recorder).findings
    assert finding.code == "stray-source"
    assert "hmis, 1" in finding.sentence


def test_a_sealed_item_that_its_event_does_not_commit_to_is_found(recorder: Recorder) -> None:
    mine = seal(bytes(32), OTHER, HOME, 1, "note", "Parla solo il wolof.")
    forged = seal(bytes(32), OTHER, HOME, 1, "note", "Parla italiano.")
    fact = replace(referred(), note=mine.commitment.hex())
    recorder.append([event(HOME, 1, fact)], vault=[forged])
    assert told(recorder) == [("vault", None)]


def test_a_sealed_item_of_an_event_that_is_not_there_is_found(recorder: Recorder) -> None:
    stray = seal(bytes(32), OTHER, HOME, 7, "note", "Parla solo il wolof.")
    recorder.append([event(HOME, 1)], vault=[stray])
    assert told(recorder) == [("vault", None)]


def test_a_fact_that_this_version_cannot_read_is_found(recorder: Recorder) -> None:
    recorder.append([event(HOME, 1), StoredEvent(HOME, 2, "household.moved-to-mars.v1", b"{}")])
    recorder.append([StoredEvent(HOME, 3, HouseholdRegistered.TOPIC, b'{"salt":""}')])
    assert told(recorder) == [("unreadable-fact", 2), ("unreadable-fact", 3)]


def test_only_so_many_findings_are_listed_and_all_are_counted(
    recorder: Recorder, attacked: Operator
) -> None:
    attacked("UPDATE stored_events SET topic = 'x'")
    verification = verify(recorder, listed=5)
    assert [finding.position for finding in verification.findings] == [1, 2, 3, 4, 5]
    assert verification.found == 300


def test_tables_that_are_gone_are_findings(recorder: Recorder, attacked: Operator) -> None:
    for table in ("log_tile", "vault_item", "command_receipt"):
        attacked(f"DROP TABLE {table}")
    assert told(recorder) == [("tile", None), ("vault", None), ("unreadable", None)]
    attacked("DROP TABLE stored_events")
    assert told(recorder)[0] == ("unreadable", None)


# --- Every byte -----------------------------------------------------------------------------


@pytest.mark.parametrize("position", [1, 151, 300])
def test_every_byte_of_an_event_counts(
    recorder: Recorder, attacked: Operator, position: int
) -> None:
    for column in ("originator_id", "originator_version", "topic", "state", "recorded_at"):
        [(value,)] = attacked(f"SELECT {column} FROM stored_events WHERE rowid = {position}")
        statement = f"UPDATE stored_events SET {column} = ? WHERE rowid = {position}"
        for other in flipped(value):
            attacked(statement, other)
            assert told(recorder)[0][1] == position, (column, other)
        attacked(statement, value)
    assert told(recorder) == []


@pytest.mark.parametrize("position", [1, 256, 300])
def test_every_byte_of_a_leaf_counts(recorder: Recorder, attacked: Operator, position: int) -> None:
    [(value,)] = attacked(f"SELECT hash FROM log_leaf WHERE position = {position}")
    for other in flipped(value):
        attacked(f"UPDATE log_leaf SET hash = ? WHERE position = {position}", other)
        assert told(recorder)[0] == ("content", position)


def test_every_byte_of_a_tile_counts(recorder: Recorder, attacked: Operator) -> None:
    [(value,)] = attacked("SELECT hash FROM log_tile")
    for other in flipped(value):
        attacked("UPDATE log_tile SET hash = ?", other)
        assert told(recorder) == [("tile", None)]


def test_a_record_written_anew_passes_and_only_its_root_tells(
    recorder: Recorder, attacked: Operator
) -> None:
    """What the tests above would see if they were blind, and why checkpoints are handed out."""
    before = verify(recorder).root
    told_at = recorder.log(299, 1)[0]
    state = event(OTHER, 150).state
    forged = leaf_hash(leaf_bytes(299, OTHER, 150, told_at[3], told_at[5], state))

    attacked("UPDATE stored_events SET state = ? WHERE rowid = 300", state)
    attacked("UPDATE log_leaf SET hash = ? WHERE position = 300", forged)

    after = verify(recorder)
    assert after.whole
    assert after.root != before
