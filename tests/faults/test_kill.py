"""A writer, or the whole server, is killed in the middle of appending: what was said stays true."""

from __future__ import annotations

import random
import time
from contextlib import suppress
from pathlib import Path

import pytest

from journeys.record.codec import CODEC
from journeys.record.recorder import Recorder, RepeatedCommand
from journeys.record.store import create_record, open_record
from journeys.record.tiles import EMPTY_ROOT, root
from journeys.record.verify import verify
from tests.faults.conftest import MortalServer
from tests.faults.writer import Said, Writer, appending, batch


def check(recorder: Recorder, said: Said, before: tuple[int, bytes]) -> None:
    """Everything acknowledged is there, nothing is half there, and the log only grew."""
    assert verify(recorder).findings == ()
    assert root(before[0], recorder) == before[1]
    for told in said:
        if "done" in told:
            assert recorder.receipt(told["done"]) == told["placed"], "acknowledged, and lost"


def try_again(recorder: Recorder, said: Said) -> None:
    """Ask again for the last command, as whoever lost its answer would: it is there once."""
    told = [line for line in said if "tries" in line][-1]
    command, household, size = told["tries"], told["household"], told["size"]
    with suppress(RepeatedCommand):
        recorder.append(batch(household, command, size), command=command)
    stream = recorder.stream(household)
    assert [row[0] for row in stream] == list(range(1, size + 1))
    assert {CODEC.decode(row[1], row[2]).command for row in stream} == {command}


@pytest.mark.parametrize("kills", [20, pytest.param(500, marks=pytest.mark.faults)])
def test_a_killed_writer_loses_nothing_that_was_acknowledged(tmp_path: Path, kills: int) -> None:
    url = f"sqlite:///{tmp_path}/record.db"
    create_record(url).close()
    chance = random.Random(11)
    before = (0, EMPTY_ROOT)
    for seed in range(kills):
        writer = Writer(appending, url, seed)
        writer.until("done")
        time.sleep(chance.random() * 0.05)
        said = writer.kill()

        recorder = open_record(url)
        check(recorder, said, before)
        try_again(recorder, said)
        before = (recorder.size(), verify(recorder).root)
        recorder.close()


@pytest.mark.parametrize("kills", [5, pytest.param(100, marks=pytest.mark.faults)])
def test_a_killed_server_loses_nothing_that_was_acknowledged(
    mortal_server: MortalServer, kills: int
) -> None:
    recorder = create_record(mortal_server.url)
    chance = random.Random(12)
    before = (0, EMPTY_ROOT)
    for seed in range(kills):
        writer = Writer(appending, mortal_server.url, seed)
        writer.until("done")
        time.sleep(chance.random() * 0.2)
        mortal_server.kill()
        said = writer.kill()

        mortal_server.start()
        check(recorder, said, before)
        try_again(recorder, said)
        before = (recorder.size(), verify(recorder).root)
    recorder.close()
