"""A file in which any byte, and tables in which any row, may be other than they were."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from journeys.errors import Refusal
from journeys.record.recorder import Recorder
from journeys.record.sqlite_store import create_sqlite, open_sqlite
from journeys.record.verify import verify
from tests.journeys.record.given import fill
from tests.journeys.record.tampering import Operator, flipped, operator

SIZE = 120


def content(recorder: Recorder) -> tuple[Any, ...]:
    """All that anybody reads of its events."""
    log = recorder.log(0, 1_000)
    streams = {household: recorder.stream(household) for household in {row[1] for row in log}}
    return log, streams, recorder.entries(0, 0, len(log)), recorder.size()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A record of 120 events, closed."""
    path = tmp_path / "record.db"
    recorder = create_sqlite(path, kind="live", origin="test")
    fill(recorder, SIZE, households=5)
    recorder.close()
    return path


def laid(path: Path, data: bytes) -> Path:
    """The path with other bytes in it, and no journal beside it."""
    for journal in path.parent.glob(f"{path.name}-*"):
        journal.unlink()
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("share", [500, pytest.param(None, marks=pytest.mark.faults)])
def test_no_byte_of_the_file_changes_what_is_read_unnoticed(path: Path, share: int | None) -> None:
    whole = path.read_bytes()
    recorder = open_sqlite(path)
    truth = content(recorder)
    recorder.close()
    places: Any = range(len(whole))
    if share is not None:
        places = random.Random(8).sample(places, share)
    detected = 0

    for place in places:
        other = bytearray(whole)
        other[place] ^= 1 << place % 8
        laid(path, bytes(other))
        try:
            recorder = open_sqlite(path)
        except Refusal:
            detected += 1
            continue
        if verify(recorder).whole:
            assert content(recorder) == truth, f"byte {place} of {len(whole)}"
        else:
            detected += 1
        recorder.close()

    # What goes unnoticed lies in free space or is no content; a blind verifier would notice less.
    assert detected > len(places) // 3


def _changed(hand: Operator, chance: random.Random) -> str:
    table, key = chance.choice([("stored_events", "rowid"), ("log_leaf", "position")])
    columns = {
        "stored_events": ("rowid originator_id originator_version topic state recorded_at".split()),
        "log_leaf": ["position", "hash"],
    }[table]
    column, position = chance.choice(columns), chance.randint(1, SIZE)
    [(value,)] = hand(f"SELECT {column} FROM {table} WHERE {key} = {position}")
    other = chance.choice(flipped(value))
    hand(f"UPDATE OR REPLACE {table} SET {column} = ? WHERE {key} = {position}", other)
    return f"{table}.{column} of {position}: {value!r} became {other!r}"


def _swapped(hand: Operator, chance: random.Random) -> str:
    column = chance.choice(["state", "recorded_at"])
    one, two = chance.sample(range(1, SIZE + 1), 2)
    rows = dict(hand(f"SELECT rowid, {column} FROM stored_events WHERE rowid IN ({one}, {two})"))
    hand(f"UPDATE stored_events SET {column} = ? WHERE rowid = {one}", rows[two])
    hand(f"UPDATE stored_events SET {column} = ? WHERE rowid = {two}", rows[one])
    return f"{column} of {one} and {two} swapped"


def _removed(hand: Operator, chance: random.Random) -> str:
    first = chance.randint(1, SIZE)
    last = min(SIZE, first + chance.choice([0, 0, 3, 50]))
    hand(f"DELETE FROM stored_events WHERE rowid BETWEEN {first} AND {last}")
    if half := chance.random() < 0.5:
        hand(f"DELETE FROM log_leaf WHERE position BETWEEN {first} AND {last}")
        if last == SIZE:
            # The whole tail, leaves and all: only a checkpoint that others hold would tell.
            hand(f"INSERT INTO log_leaf VALUES ({SIZE + 1}, ?)", bytes(32))
    return f"{first} to {last} removed, leaves {'too' if half else 'left'}"


def _inserted(hand: Operator, chance: random.Random) -> str:
    position = chance.choice([SIZE + 1, SIZE + 5, 0, -7])
    household = hand.household(UUID(int=chance.getrandbits(128)))
    hand(
        "INSERT INTO stored_events SELECT ?, ?, 1, topic, state, recorded_at + 500"
        " FROM stored_events WHERE rowid = ?",
        position,
        household,
        chance.randint(1, SIZE),
    )
    return f"an event inserted at {position}"


ATTACKS: list[Callable[[Operator, random.Random], str]] = [
    _changed,
    _changed,
    _swapped,
    _removed,
    _inserted,
]


@pytest.mark.parametrize("attacks", [40, pytest.param(1_000, marks=pytest.mark.faults)])
def test_no_tampering_by_sql_goes_unnoticed(path: Path, attacks: int) -> None:
    whole = path.read_bytes()
    for seed in range(attacks):
        chance = random.Random(seed)
        with operator(f"sqlite:///{laid(path, whole)}") as hand:
            done = chance.choice(ATTACKS)(hand, chance)
        recorder = open_sqlite(path)
        assert not verify(recorder).whole, f"seed {seed}: {done}"
        recorder.close()
    recorder = open_sqlite(laid(path, whole))
    assert verify(recorder).whole
    recorder.close()
