"""The rows of one CSV file, each with its line; what cannot be read is told and passed over."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol, TextIO

from journeys.errors import Refusal
from journeys.intake.table.answers import Row
from journeys.intake.table.mapping import Layout

LONGEST_LINE = 1_000_000
"""Most characters that one line may have; without it a file without lines would fill the memory."""

_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_NO_WIDE_TEXT = re.compile("[\0\ufffd\ud800-\udfff]")
"""In UTF-16, bytes that do not fit cannot become surrogates; they become U+FFFD."""

Refuse = Callable[[int, str, str], None]
"""Told line, code and sentence of a row that cannot be read."""


class UnreadableTable(Refusal):
    """The file is not there or cannot be read as text in lines."""

    code = "unreadable-table"


class WrongHeader(Refusal):
    """The file does not have the columns that the mapping speaks of."""

    code = "wrong-header"


class _Reader(Protocol):
    """What `csv.reader` gives."""

    @property
    def line_num(self) -> int: ...

    def __next__(self) -> list[str]: ...


class Sheet:
    """A CSV file. `done` tells how many of its `size` bytes have been read."""

    def __init__(self, path: Path, layout: Layout, columns: Sequence[str]) -> None:
        self.path = path
        self.layout = layout
        self.columns = columns
        self.size = 0
        self.done = 0

    def read(self, refuse: Refuse) -> Iterator[tuple[int, Row]]:
        """Line number and text by column of every row that can be read.

        Raises `UnreadableTable` and `WrongHeader`.
        """
        try:
            with self.path.open("rb") as raw:
                self.size = self.path.stat().st_size
                yield from self._read(raw, refuse)
        except OSError as error:
            raise UnreadableTable(f"{self.path} cannot be read: {error.strerror}.") from error
        except UnicodeError as error:
            raise UnreadableTable(
                f"{self.path.name} is not text as {self.layout.encoding}."
            ) from error

    def _read(self, raw: io.BufferedReader, refuse: Refuse) -> Iterator[tuple[int, Row]]:
        layout = self.layout
        encoding = "utf-8-sig" if layout.encoding == "utf-8" else layout.encoding
        # Bytes that do not fit become lone surrogates, so that the row they stand in is known.
        errors = "replace" if encoding == "utf-16" else "surrogateescape"
        with io.TextIOWrapper(raw, encoding, errors=errors, newline="") as text:
            lines = self._lines(text, raw)
            for _ in range(layout.skip):
                next(lines, "")
            reader = csv.reader(
                lines, delimiter=layout.delimiter, quotechar=layout.quote, strict=True
            )
            header = list(layout.columns) if layout.columns else self._header(reader)
            places = self._places(header)
            for line, cells in self._cells(reader, len(header), refuse):
                yield line, {column: cells[place].strip() for column, place in places.items()}

    def _lines(self, text: TextIO, raw: io.BufferedReader) -> Iterator[str]:
        while line := text.readline(LONGEST_LINE):
            if len(line) == LONGEST_LINE:
                raise UnreadableTable(
                    f"{self.path.name} has a line of more than {LONGEST_LINE:,} characters."
                )
            self.done = raw.tell()
            yield line

    def _header(self, reader: Iterator[list[str]]) -> list[str]:
        try:
            header = next(reader, None)
        except csv.Error as error:
            raise WrongHeader(f"The header of {self.path.name} cannot be read: {error}.") from error
        if not header:
            raise WrongHeader(f"{self.path.name} has no header.")
        return header

    def _places(self, header: Sequence[str]) -> dict[str, int]:
        """Where the wanted columns stand, whatever the case of their names."""
        found: dict[str, int] = {}
        twice = set()
        for place, name in enumerate(header):
            plain = _plain(name)
            if plain in found:
                twice.add(plain)
            found.setdefault(plain, place)
        missing = [name for name in self.columns if _plain(name) not in found]
        if missing:
            raise WrongHeader(
                f"{self.path.name} has no column «{'», «'.join(missing)}».", columns=missing
            )
        doubtful = [name for name in self.columns if _plain(name) in twice]
        if doubtful:
            raise WrongHeader(
                f"{self.path.name} has the column «{doubtful[0]}» twice.", columns=doubtful
            )
        return {name: found[_plain(name)] for name in self.columns}

    def _cells(
        self, reader: _Reader, width: int, refuse: Refuse
    ) -> Iterator[tuple[int, list[str]]]:
        no_text = _NO_WIDE_TEXT if self.layout.encoding == "utf-16" else _NO_TEXT
        while True:
            line = reader.line_num + 1 + self.layout.skip
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                refuse(line, "unreadable-row", f"The row cannot be read: {error}.")
                continue
            if not cells:
                continue
            if len(cells) != width:
                refuse(
                    line,
                    "wrong-width",
                    f"The row has {len(cells)} values where the header has {width}.",
                )
            elif any(map(no_text.search, cells)):
                refuse(
                    line,
                    "not-text",
                    f"The row holds what is no text as {self.layout.encoding}.",
                )
            else:
                yield line, cells


def _plain(name: str) -> str:
    return name.strip().casefold()
