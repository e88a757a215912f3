"""The views on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from projections.store import Views


@pytest.fixture(params=["sqlite", "postgres"])
def record_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a record that is not there yet, on each database in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/record.db"
    url: str = request.getfixturevalue("postgres_database")
    return url


@pytest.fixture
def views(record_url: str) -> Iterator[Views]:
    """Empty views of that record."""
    views = Views.open(record_url)
    yield views
    views.close()
