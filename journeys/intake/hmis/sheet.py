"""One CSV file of an archive: its encoding, its header, and its rows one by one.

Any newline will do, columns may stand in any order and in any case, values may be quoted or not.
A row that cannot be read is named in the report and the reading goes on.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from operator import itemgetter
from typing import Protocol

from journeys.errors import Refusal
from journeys.intake.hmis.archive import Archive, Progress, in_silence
from journeys.intake.report import Report

SEPARATOR = "\x01"
"""Stands between the values of a row in the spool; a value that holds it is refused."""

_LOOSE = re.compile(rf"^\s|\s$|{SEPARATOR}\s|\s{SEPARATOR}")
"""A row in which some value has spaces around it."""

LONGEST_ROW = 20_000
"""Most characters that the values wanted of one row may have together."""

_CHUNK = 1 << 18


class _Reader(Protocol):
    """What `csv.reader` gives."""

    @property
    def line_num(self) -> int: ...

    def __next__(self) -> list[str]: ...


class WrongHeader(Refusal):
    """A file does not have the columns that it needs."""

    code = "wrong-header"


class Sheet:
    """The rows of one file, each with the values of `columns` in their order.

    `required` are columns without which the file is refused; of other ones that are missing the
    value is empty. Values come without spaces around them, joined by `SEPARATOR` for the spool.
    """

    def __init__(
        self,
        archive: Archive,
        name: str,
        columns: Sequence[str],
        required: Collection[str],
        report: Report,
    ) -> None:
        self.name = name
        self._archive, self._columns, self._required = archive, columns, required
        self._report = report
        self.rows = 0
        self.damaged = False

    def read(self, progress: Progress = in_silence) -> Iterator[tuple[int, str]]:
        """Line number and joined values of every row that can be read.

        Afterwards `rows` tells how many rows the file has, the unreadable ones included, and
        `damaged` whether any could not be read. Raises `WrongHeader`, `UnreadableArchive`.
        """
        encoding = self._encoding()
        with (
            self._archive.open(self.name, progress) as raw,
            io.TextIOWrapper(raw, encoding, errors="replace", newline="") as text,
        ):
            reader = csv.reader(text, strict=True)
            wanted, width = self._header(_first(reader, self.name))
            yield from self._rows(reader, wanted, width)

    def _rows(
        self, reader: _Reader, wanted: Callable[[list[str]], tuple[str, ...]], width: int
    ) -> Iterator[tuple[int, str]]:
        separators = len(self._columns) - 1
        while True:
            line = reader.line_num + 1
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                self._refuse(line, "unreadable-row", f"The row cannot be read: {error}.")
                continue
            if not row:
                continue
            if len(row) != width:
                self._refuse(
                    line,
                    "wrong-width",
                    f"The row has {len(row)} values where the header has {width}.",
                )
                continue
            row.append("")
            joined = SEPARATOR.join(wanted(row))
            if "\0" in joined or joined.count(SEPARATOR) != separators:
                self._refuse(
                    line, "control-character", "The row holds characters that are no text."
                )
            elif len(joined) > LONGEST_ROW:
                self._refuse(line, "over-long", f"The row has {len(joined)} characters.")
            else:
                self.rows += 1
                if _LOOSE.search(joined):
                    joined = SEPARATOR.join(map(str.strip, joined.split(SEPARATOR)))
                yield line, joined

    def _refuse(self, line: int, code: str, sentence: str) -> None:
        self.rows += 1
        self.damaged = True
        self._report.not_taken(self.name, line, code, sentence)

    def _header(
        self, header: list[str] | None
    ) -> tuple[Callable[[list[str]], tuple[str, ...]], int]:
        if not header:
            raise WrongHeader(f"{self.name} is empty: it needs its header.", file=self.name)
        if any("\0" in name for name in header):
            raise WrongHeader(
                f"{self.name} is not text as UTF-8; UTF-16 needs its byte-order mark.",
                file=self.name,
            )
        places: dict[str, int] = {}
        for place, name in enumerate(header):
            if places.setdefault(name.strip().casefold(), place) != place and name.strip():
                raise WrongHeader(f"{self.name} names the column {name} twice.", file=self.name)
        missing = [name for name in self._columns if name.casefold() not in places]
        needed = [name for name in missing if name in self._required]
        if needed:
            raise WrongHeader(
                f"{self.name} has no column {', '.join(needed)}.", file=self.name, columns=needed
            )
        width = len(header)
        wanted = itemgetter(*(places.get(name.casefold(), width) for name in self._columns))
        return wanted, width

    def _encoding(self) -> str:
        """UTF-8 or UTF-16 by its mark, UTF-8 where all bytes fit it, otherwise Windows-1252."""
        with self._archive.open(self.name) as raw:
            marked = _marked(raw)
            decoder = codecs.getincrementaldecoder("utf-8")()
            try:
                while marked == "utf-8-sig" and (chunk := raw.read(_CHUNK)):
                    decoder.decode(chunk)
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                self._report.remark(
                    self.name, "encoding", "The file is not UTF-8: it was read as Windows-1252."
                )
                return "cp1252"
        return marked


def column_names(archive: Archive, name: str) -> frozenset[str]:
    """The columns that a file has, in lower case; none where there is no such file."""
    if not archive.has(name):
        return frozenset()
    with (
        archive.open(name) as raw,
        io.TextIOWrapper(raw, _marked(raw), errors="replace", newline="") as text,
    ):
        header = _first(csv.reader(text), name) or []
        return frozenset(column.strip().casefold() for column in header)


def _marked(raw: io.BufferedReader) -> str:
    """The encoding that a file's byte-order mark names; UTF-8 where there is none."""
    wide = raw.peek(2).startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return "utf-16" if wide else "utf-8-sig"


def _first(reader: Iterator[list[str]], name: str) -> list[str] | None:
    try:
        return next(reader, None)
    except csv.Error as error:
        raise WrongHeader(f"The header of {name} cannot be read: {error}.", file=name) from error


def count_rows(archive: Archive, name: str) -> int:
    """How many rows a file has that nobody reads, the unreadable ones included."""
    with (
        archive.open(name) as raw,
        io.TextIOWrapper(raw, _marked(raw), errors="replace", newline="") as text,
    ):
        reader, rows = csv.reader(text), -1
        while True:
            try:
                rows += bool(next(reader))
            except StopIteration:
                return max(0, rows)
            except csv.Error:
                rows += 1
