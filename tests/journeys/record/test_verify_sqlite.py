"""An SQLite file can hold anything; verification says so and goes on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from journeys.record.sqlite import SqliteRecorder
from journeys.record.sqlite_store import create_sqlite
from journeys.record.verify import verify
from tests.journeys.record.given import events
from tests.journeys.record.tampering import Operator, operator

HOME = UUID(int=1)
COLUMNS = "rowid, originator_id, originator_version, topic, state, recorded_at"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "record.db"


@pytest.fixture
def recorder(path: Path) -> Iterator[SqliteRecorder]:
    recorder = create_sqlite(path, kind="live", origin="test")
    recorder.append(events(HOME, range(1, 31)))
    yield recorder
    recorder.close()


@pytest.fixture
def hand(path: Path, recorder: SqliteRecorder) -> Iterator[Operator]:
    """An operator before whom even the types of the columns do not hold."""
    with operator(f"sqlite:///{path}") as hand:
        hand("ALTER TABLE stored_events RENAME TO strict_events")
        hand(
            "CREATE TABLE stored_events (rowid INTEGER PRIMARY KEY, originator_id,"
            " originator_version, topic, state, recorded_at,"
            " UNIQUE (originator_id, originator_version))"
        )
        hand(f"INSERT INTO stored_events SELECT {COLUMNS} FROM strict_events")
        yield hand


def told(recorder: SqliteRecorder) -> list[tuple[str, int | None]]:
    return [(finding.code, finding.position) for finding in verify(recorder).findings]


def test_types_alone_are_no_finding(recorder: SqliteRecorder, hand: Operator) -> None:
    assert told(recorder) == []


@pytest.mark.parametrize(
    "column", ["originator_id", "originator_version", "topic", "state", "recorded_at"]
)
@pytest.mark.parametrize(
    "value", [None, 0, -1, 1 << 62, 1.5, float("inf"), "", "ß", "\0", b"", b"\xff" * 17]
)
def test_any_other_value_in_any_column_is_a_finding(
    recorder: SqliteRecorder, hand: Operator, column: str, value: Any
) -> None:
    hand(f"UPDATE stored_events SET {column} = ? WHERE rowid = 12", value)
    assert told(recorder)[0] == ("content", 12)


def test_a_state_of_the_same_bytes_as_text_is_a_finding(
    recorder: SqliteRecorder, hand: Operator
) -> None:
    hand("UPDATE stored_events SET state = CAST(state AS TEXT) WHERE rowid = 12")
    assert told(recorder) == [("content", 12)]


def test_text_that_is_no_text_is_a_finding_and_the_rest_is_still_read(
    recorder: SqliteRecorder, hand: Operator
) -> None:
    hand("UPDATE stored_events SET topic = CAST(x'ff' AS TEXT) WHERE rowid IN (12, 20)")
    hand("UPDATE stored_events SET topic = 'x' WHERE rowid = 15")
    # Whose versions 12 and 20 were cannot be read either, so that those after them seem to jump.
    assert told(recorder) == [
        ("unreadable", 12),
        ("version", 13),
        ("content", 15),
        ("unreadable", 20),
        ("version", 21),
    ]


def test_a_record_of_which_nothing_can_be_read_is_given_up_with_findings(
    recorder: SqliteRecorder, hand: Operator
) -> None:
    hand("UPDATE stored_events SET topic = CAST(x'ff' AS TEXT)")
    verification = verify(recorder, listed=5)
    assert len(verification.findings) == 5
    assert not verification.whole


def test_positions_at_the_end_of_what_an_integer_holds_are_findings(
    recorder: SqliteRecorder, hand: Operator
) -> None:
    hand("UPDATE stored_events SET rowid = 9223372036854775807 WHERE rowid = 30")
    hand("UPDATE stored_events SET rowid = -9223372036854775808 WHERE rowid = 29")
    codes = [code for code, _ in told(recorder)]
    assert "missing-events" in codes
    assert "stray-event" in codes


def test_an_index_that_does_not_match_its_table_is_a_finding(
    path: Path, recorder: SqliteRecorder
) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA writable_schema = ON")
        db.execute("DELETE FROM sqlite_master WHERE type = 'trigger'")
        db.execute("CREATE UNIQUE INDEX again ON stored_events (originator_id, originator_version)")
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        # The index forgets an event that the table still has.
        db.execute("PRAGMA writable_schema = ON")
        db.execute(
            "UPDATE sqlite_master SET sql = 'CREATE UNIQUE INDEX again ON stored_events"
            " (originator_id, originator_version) WHERE rowid <> 12' WHERE name = 'again'"
        )
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("REINDEX again")
        db.execute("PRAGMA writable_schema = ON")
        db.execute(
            "UPDATE sqlite_master SET sql = 'CREATE UNIQUE INDEX again ON stored_events"
            " (originator_id, originator_version)' WHERE name = 'again'"
        )
    damages = [found.sentence for found in verify(recorder).findings if found.code == "damage"]
    assert "The database file is damaged: row 12 missing from index again" in damages
