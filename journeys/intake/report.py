"""What an import did not take, and what it took although something about it is odd.

Every row that was left out is named with its file, its line, a stable reason code and a sentence.
The rows wait in a temporary file, so a report on a million rows takes no more memory than one on
ten; the counts are kept at hand.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from types import TracebackType
from typing import IO, Any, Literal, NamedTuple, TextIO

import msgspec

Weight = Literal["not-taken", "finding", "file"]
"""A row that was left out, a row that was taken though it is odd, or a remark on a whole file."""

LONGEST_VALUE = 60


class Remark(NamedTuple):
    """One line of the report. `line` counts from 1, the header included; 0 is the whole file."""

    weight: Weight
    file: str
    line: int
    code: str
    sentence: str


class Report:
    """Collects remarks and counts; to be closed, or used in a `with` statement.

    `counts` are the figures of the run by name (households, facts, rows read …), for whoever
    compares them with the source.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.reasons: Counter[tuple[Weight, str, str]] = Counter()
        # Closed by `close`, since it lives as long as the report does.
        self._remarks: IO[bytes] = tempfile.TemporaryFile(prefix="journeys-report-")  # noqa: SIM115
        self._encode = msgspec.json.Encoder().encode

    def __enter__(self) -> Report:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def not_taken(self, file: str, line: int, code: str, sentence: str) -> None:
        """A row, or a part of it, was left out of the record."""
        self._add(Remark("not-taken", file, line, code, sentence))

    def finding(self, file: str, line: int, code: str, sentence: str) -> None:
        """A row was taken, and a person should look at it."""
        self._add(Remark("finding", file, line, code, sentence))

    def remark(self, file: str, code: str, sentence: str, rows: int = 0) -> None:
        """Something holds for a whole file: its encoding, or that its `rows` are not imported."""
        self._add(Remark("file", file, 0, code, sentence), rows)

    def count(self, name: str, by: int = 1) -> None:
        """Add to one of the figures of the run."""
        self.counts[name] += by

    def total(self, weight: Weight, code: str | None = None) -> int:
        """How many rows the remarks of one weight speak of, or those of one weight and reason."""
        return sum(
            number
            for (heavy, _, reason), number in self.reasons.items()
            if heavy == weight and code in (None, reason)
        )

    def remarks(self, weight: Weight | None = None) -> Iterator[Remark]:
        """Every remark in the order in which it was made."""
        decode = msgspec.json.Decoder(Remark).decode
        self._remarks.flush()
        place = 0
        while True:
            self._remarks.seek(place)
            line = self._remarks.readline()
            place = self._remarks.tell()
            if not line:
                return
            remark = decode(line)
            if weight in (None, remark.weight):
                yield remark

    def write_json(self, out: IO[bytes]) -> None:
        """One JSON object: `counts`, `reasons` with their numbers, and `remarks`, one per line."""
        out.write(b'{"counts":' + self._encode(dict(sorted(self.counts.items()))))
        out.write(b',\n"reasons":' + self._encode(self._reasons()) + b',\n"remarks":[')
        for place, remark in enumerate(self.remarks()):
            out.write((b",\n" if place else b"\n") + self._encode(remark._asdict()))
        out.write(b"\n]}\n")

    def write_text(self, out: TextIO) -> None:
        """The same for a person: the figures, the reasons, then every remark on its own line."""
        out.writelines(f"{number:>10}  {name}\n" for name, number in sorted(self.counts.items()))
        for reason in self._reasons():
            out.write(f"{reason['rows']:>10}  {reason['weight']}: {reason['file']}, ")
            out.write(f"{reason['code']}\n")
        for remark in self.remarks():
            where = f"{remark.file}:{remark.line}" if remark.line else remark.file
            out.write(f"{where}: {remark.weight}: {remark.code}: {remark.sentence}\n")

    def close(self) -> None:
        """Let go of the temporary file."""
        self._remarks.close()

    def _add(self, remark: Remark, rows: int = 1) -> None:
        self.reasons[remark.weight, remark.file, remark.code] += rows
        self._remarks.seek(0, 2)
        self._remarks.write(self._encode(tuple(remark)) + b"\n")

    def _reasons(self) -> list[dict[str, Any]]:
        return [
            {"weight": weight, "file": file, "code": code, "rows": number}
            for (weight, file, code), number in sorted(self.reasons.items())
        ]


def shown(value: str) -> str:
    """A value of the source for a sentence: in quotes, cut short, without control characters."""
    told = "".join(c if c.isprintable() else "�" for c in value[:LONGEST_VALUE])
    return f"«{told}…»" if len(value) > LONGEST_VALUE else f"«{told}»"
