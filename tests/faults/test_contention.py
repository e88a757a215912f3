"""Many processes record on the same few households at once, or where there is no room."""

from __future__ import annotations

from pathlib import Path

import pytest

from journeys.record.store import create_record
from journeys.record.verify import verify
from tests.faults.writer import SHARED, Writer, contending, on_a_small_disk


@pytest.mark.parametrize("processes", [8, pytest.param(16, marks=pytest.mark.faults)])
def test_every_append_is_kept_once_or_its_loser_is_told(record_url: str, processes: int) -> None:
    recorder = create_record(record_url)

    writers = [Writer(contending, record_url, seed) for seed in range(processes)]
    told = [writer.to_the_end()[-1] for writer in writers]

    assert not any(writer.failed for writer in writers)
    assert recorder.size() == sum(one["won"] for one in told) == 40 * processes
    assert sum(one["lost"] for one in told) > 0, "nobody ever met: the test shows nothing"
    for household in SHARED:
        versions = [row[0] for row in recorder.stream(household)]
        assert versions == list(range(1, len(versions) + 1))
    assert verify(recorder).findings == ()
    recorder.close()


@pytest.mark.parametrize("size", [0, 1_000, 30_000])
def test_a_record_that_finds_no_room_is_not_made_and_may_be_made_later(
    tmp_path: Path, size: int
) -> None:
    url = f"sqlite:///{tmp_path}/record.db"
    [told] = Writer(on_a_small_disk, url, size).to_the_end()
    assert told["code"] in {"store-full", "store-unavailable"}

    recorder = create_record(url)
    assert recorder.size() == 0
    recorder.close()
