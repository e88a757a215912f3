"""The event library's own test cases for application recorders, on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
from eventsourcing.persistence import StoredEvent
from eventsourcing.tests import persistence

from journeys.record.postgres import PostgresRecorder
from journeys.record.postgres_store import create_postgres
from tests.journeys.record.library import counting_from_one


class Recorder(PostgresRecorder):
    """Ours, for cases that count from 0."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int] | None:
        """Insert what the case means to insert."""
        return super().insert_events(counting_from_one(stored_events))


class _OnServer:
    @pytest.fixture(autouse=True)
    def _database(self, empty_database: str) -> None:
        self.url = empty_database
        self.opened: list[Recorder] = []

    def create_recorder(self) -> Recorder:
        made = create_postgres(self.url, kind="live", origin="library")
        self.opened.append(Recorder(made.datastore, made.meta))
        return self.opened[-1]

    def new_originator_id(self) -> UUID:
        return uuid4()

    def tearDown(self) -> None:  # unittest's name
        for recorder in self.opened:
            recorder.close()


class TestApplicationRecorder(_OnServer, persistence.ApplicationRecorderTestCase[Recorder]):
    """Everything, the subscriptions too."""

    def test_insert_subscribe(self) -> None:
        """A subscription gets what is there and what comes."""
        self.optional_test_insert_subscribe()


class TestNonInterleaving(_OnServer, persistence.NonInterleavingNotificationIDsBaseCase):
    """Two batches at once never share a stretch of positions."""
