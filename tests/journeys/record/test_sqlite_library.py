"""The event library's own test cases for application recorders, on SQLite files of ours."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from eventsourcing.persistence import StoredEvent
from eventsourcing.tests import persistence

from journeys.record.sqlite import SqliteRecorder
from journeys.record.sqlite_store import create_sqlite
from tests.journeys.record.library import counting_from_one


class Recorder(SqliteRecorder):
    """Ours, for cases that count from 0."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int] | None:
        """Insert what the case means to insert."""
        return super().insert_events(counting_from_one(stored_events))


class _OnFile:
    @pytest.fixture(autouse=True)
    def _file(self, tmp_path: Path) -> None:
        self.path = tmp_path / "record.db"
        self.opened: list[Recorder] = []

    def create_recorder(self) -> Recorder:
        made = create_sqlite(self.path, kind="live", origin="library")
        self.opened.append(Recorder(made.datastore, made.meta))
        return self.opened[-1]

    def new_originator_id(self) -> UUID:
        return uuid4()

    def tearDown(self) -> None:  # unittest's name
        for recorder in self.opened:
            recorder.close()


class TestApplicationRecorder(_OnFile, persistence.ApplicationRecorderTestCase[Recorder]):
    """Everything but subscriptions, which the library has for PostgreSQL only."""


class TestNonInterleaving(_OnFile, persistence.NonInterleavingNotificationIDsBaseCase):
    """Two batches at once never share a stretch of positions."""
