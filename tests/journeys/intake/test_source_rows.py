"""What became of the rows of a source is read page by page, however many there are."""

from __future__ import annotations

from uuid import UUID

from journeys.application import Journeys
from journeys.household.commands import Batch, Source
from journeys.record.recorder import SourceRow
from tests.journeys.household.story import ALMA, HOME, joined, referred, registered

OTHER = UUID(int=7)


def test_pages_of_source_rows_give_each_row_once_and_in_order(journeys: Journeys) -> None:
    facts = [registered(), joined(ALMA), referred()]
    for home in (HOME, OTHER):
        sources = {n: Source("hmis:x", f"row {n % 2}", f"{n}") for n in range(len(facts))}
        journeys.record_all([Batch(household=home, facts=facts, sources=sources)])

    read: list[SourceRow] = []
    while page := journeys.recorder.source_rows("hmis:x", read[-1] if read else None, limit=2):
        assert len(page) <= 2
        read += page

    assert [(row.key, row.household, row.version) for row in read] == sorted(
        (f"row {n % 2}", home, n + 1) for n in range(3) for home in (HOME, OTHER)
    )
    assert journeys.recorder.source_rows("hmis:y") == []
