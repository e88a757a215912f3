"""Tables that leave as CSV: no cell may be taken for a formula by whatever opens it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain

from flask import Response, stream_with_context

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


def sheet(name: str, head: Iterable[str], rows: Iterable[Iterable[object]]) -> Response:
    """A CSV file to download, in UTF-8 with the mark that spreadsheets look for."""
    answer = Response(stream_with_context(_lines(head, rows)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def harmless(cell: object) -> str:
    """The cell as text that no spreadsheet runs: a quote goes before what looks like a formula."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.lstrip(" ").startswith(DANGEROUS) else text


def _lines(head: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    yield "\ufeff"
    for row in chain([head], rows):
        buffer = io.StringIO()
        csv.writer(buffer).writerow(
            [cell if isinstance(cell, int) else harmless(cell) for cell in row]
        )
        yield buffer.getvalue()
