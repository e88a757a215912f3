"""Processes that are ready and wait for the word, so that only their work is timed."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

Work = Callable[..., Callable[[Any], Any]]
"""Makes ready with its arguments; answers what is to be done at each word, a module's function."""


class Crew:
    """One process for each tuple of arguments; use it in a `with` statement."""

    def __init__(self, work: Work, arguments: Sequence[tuple[Any, ...]]) -> None:
        context = multiprocessing.get_context("spawn")
        self._members = []
        for given in arguments:
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(work, given, theirs), daemon=True)
            process.start()
            ours.recv()  # one after the other: some of them make their tables
            self._members.append((process, ours))

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        for process, line in self._members:
            with suppress(OSError):  # it may have died, and then somebody waits for its answer
                line.send(None)
            process.join()

    def do(self, word: Any) -> list[Any]:
        """Give everybody the word at once; what each of them answers."""
        self.begin(word)
        return self.answers()

    def begin(self, word: Any) -> None:
        """Give everybody the word and do not wait."""
        for _, line in self._members:
            line.send((word,))

    def answers(self) -> list[Any]:
        """Wait for everybody."""
        return [line.recv() for _, line in self._members]


def _serve(work: Work, given: tuple[Any, ...], line: Connection) -> None:
    do = work(*given)
    line.send(True)
    while (told := line.recv()) is not None:
        [word] = told
        line.send(do(word))
