"""Writers in processes of their own: they say what they try, and what was acknowledged to them."""

from __future__ import annotations

import multiprocessing
import random
import resource
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any
from uuid import UUID

from eventsourcing.persistence import StoredEvent
from msgspec.structs import replace

from journeys.errors import Conflict, Refusal
from journeys.record.store import create_record, open_record
from tests.journeys.household.story import referred
from tests.journeys.record.given import event

SHARED = [UUID(int=number) for number in range(1, 6)]

Said = list[dict[str, Any]]
"""What a writer said, in order."""

# Its processes are forked from one that has everything imported and nothing open.
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([__name__])


class Writer:
    """A process that runs one of the functions below."""

    def __init__(self, work: Callable[[str, int, Connection], None], url: str, seed: int) -> None:
        self._heard, told = _processes.Pipe(duplex=False)
        self._process: BaseProcess = _processes.Process(target=work, args=(url, seed, told))
        self._process.start()
        # The end that is written to is the process's alone, so that we hear when it is gone.
        told.close()
        self.said: Said = []

    def until(self, word: str) -> None:
        """Listen until it says something under `word`."""
        while not self.said or word not in self.said[-1]:
            self.said.append(self._heard.recv())

    def to_the_end(self) -> Said:
        """Listen until there is nobody to listen to."""
        try:
            while True:
                self.said.append(self._heard.recv())
        except (EOFError, OSError):
            self._process.join()
            return self.said

    def kill(self) -> Said:
        """Kill -9; everything that it said."""
        self._process.kill()
        return self.to_the_end()

    @property
    def failed(self) -> bool:
        """Whether it ended with an error of its own."""
        return self._process.exitcode != 0


def appending(url: str, seed: int, told: Connection) -> None:
    """Append batches of 1 to 40 events, each under a command, for ever."""
    chance = random.Random(seed)
    recorder = open_record(url)
    while True:
        household = UUID(int=chance.getrandbits(128))
        command = UUID(int=chance.getrandbits(128))
        size = chance.choice((1, 1, 1, 2, 7, 40))
        told.send({"tries": command, "household": household, "size": size})
        placed = recorder.append(batch(household, command, size), command=command)
        told.send({"done": command, "placed": placed})


def batch(household: UUID, command: UUID, size: int) -> list[StoredEvent]:
    """The events of a command on a new household, each of which carries the command."""
    fact = replace(referred(), command=command)
    return [event(household, version, fact) for version in range(1, size + 1)]


def contending(url: str, seed: int, told: Connection) -> None:
    """Record forty times on households that others record on too."""
    chance = random.Random(seed)
    recorder = open_record(url)
    told.send({"ready": True})
    won = lost = 0
    while won < 40:
        household = chance.choice(SHARED)
        try:
            recorder.append([event(household, len(recorder.stream(household)) + 1)])
            won += 1
        except Conflict:
            lost += 1
    told.send({"won": won, "lost": lost})
    recorder.close()


def on_a_small_disk(url: str, size: int, told: Connection) -> None:
    """Make a record where no file may grow beyond `size` bytes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    try:
        create_record(url).close()
    except Refusal as refusal:
        told.send({"code": refusal.code, "sentence": refusal.sentence})
