"""Several processes at the same views, and processes that are killed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random

import pytest

from journeys.record.recorder import Recorder
from journeys.record.store import create_record, open_record
from projections.catalogue import ALL
from projections.engine import catch_up, status
from projections.projection import Log
from projections.rebuild import rebuild
from projections.store import TRACKING, Views
from projections.writer import live, lock, take_in
from tests.journeys.household.story import housed
from tests.projections.given import busy_lives, contents, household, recorded, replayed

SMALL = 7
"""Pages and chunks so small that a kill falls between two of them, or inside one."""

FORK = get_context("fork")  # starts in an instant; nothing that is open here is used there


@pytest.fixture
def recorder(record_url: str) -> Iterator[Recorder]:
    recorder = create_record(record_url)
    yield recorder
    recorder.close()


class Worker:
    """A process of its own that catches up or rebuilds, in small steps."""

    def __init__(self, command: str, url: str) -> None:
        self._steps, theirs = FORK.Pipe(duplex=False)
        self._process = FORK.Process(target=work, args=(command, url, theirs))
        self._process.start()
        theirs.close()

    def finish(self) -> None:
        """Wait for its end, which must be a good one."""
        self._process.join(timeout=120)
        assert self._process.exitcode == 0
        self._steps.close()

    def kill_after(self, steps: int) -> None:
        """Kill it once it has told of so many steps, while it is at the next."""
        with suppress(EOFError):
            for _ in range(steps):
                self._steps.recv()
        self._process.kill()
        self._process.join()
        self._steps.close()


def work(command: str, url: str, steps: Connection) -> None:
    recorder, views = open_record(url), Views.open(url)

    def told(done: int, size: int) -> None:
        steps.send((done, size))

    if command == "catch-up":
        catch_up(views, recorder, page=SMALL, progress=told)
    else:
        rebuild(views, recorder, chunk=SMALL, page=SMALL, progress=told)


def test_several_processes_catch_up_at_once_and_take_in_each_fact_once(
    record_url: str, recorder: Recorder, views: Views, tmp_path: Path
) -> None:
    busy_lives(recorder, households=5)
    workers = [Worker("catch-up", record_url) for _ in range(3)]

    for number in range(40):  # a request records, and reads its own write, all the while
        position = recorded(recorder, household(number % 5), housed("2025-05-01"))
        assert catch_up(views, recorder, upto=position) >= position
    for worker in workers:
        worker.finish()

    assert contents(views) == replayed(recorder, tmp_path)
    assert {s.lag for s in status(views, recorder)} == {0}


def test_several_processes_rebuild_at_once(
    record_url: str, recorder: Recorder, views: Views, tmp_path: Path
) -> None:
    busy_lives(recorder, households=6)
    workers = [Worker("rebuild", record_url) for _ in range(2)]

    rebuild(views, recorder, chunk=5)
    for worker in workers:
        worker.finish()

    assert contents(views) == replayed(recorder, tmp_path)


def test_a_rebuild_may_have_the_help_of_further_processes(
    record_url: str, recorder: Recorder, views: Views, tmp_path: Path
) -> None:
    busy_lives(recorder, households=6)

    rebuild(
        views,
        recorder,
        chunk=5,
        helpers=2,
        opening=lambda: (Views.open(record_url), open_record(record_url)),
    )

    assert contents(views) == replayed(recorder, tmp_path)


def test_a_rebuild_does_without_helpers_that_fail(
    recorder: Recorder, views: Views, tmp_path: Path
) -> None:
    busy_lives(recorder, households=3)

    def opening() -> tuple[Views, Recorder]:
        os._exit(3)

    rebuild(views, recorder, chunk=5, helpers=1, opening=opening)

    assert contents(views) == replayed(recorder, tmp_path)


@pytest.mark.parametrize("kills", [6, pytest.param(500, marks=pytest.mark.faults)])
@pytest.mark.parametrize("command", ["catch-up", "rebuild"])
def test_after_kills_no_row_differs_from_a_full_replay(
    command: str, kills: int, record_url: str, recorder: Recorder, views: Views, tmp_path: Path
) -> None:
    draw = Random(20_261)
    busy_lives(recorder, households=6)

    for _ in range(kills):
        for _ in range(draw.randint(0, 12)):
            recorded(recorder, household(draw.randrange(6)), housed("2025-05-01"))
        Worker(command, record_url).kill_after(draw.randint(0, 4))
    Worker(command, record_url).finish()
    catch_up(views, recorder)

    assert contents(views) == replayed(recorder, tmp_path)


def split_page(views: Views, recorder: Log, *, dies: bool) -> None:
    """A page whose tracking is committed before its rows; a process may die in between."""
    with views.writing() as connection:
        reached = lock(connection, ALL)
        connection.execute(TRACKING.update().values(position=10))
    if not dies:
        with views.writing() as connection:
            places = [live(projection, reached[projection.name]) for projection in ALL]
            take_in(connection, recorder, places, page=10)


@pytest.mark.parametrize("dies", [False, True])
def test_rows_and_tracking_committed_apart_lose_facts_in_a_kill(
    recorder: Recorder, views: Views, tmp_path: Path, dies: bool
) -> None:
    busy_lives(recorder, households=6)

    split_page(views, recorder, dies=dies)
    catch_up(views, recorder)

    assert (contents(views) != replayed(recorder, tmp_path)) is dies
