"""Any file of lines is read row by row; what is no row is told with its line, and no more."""

from __future__ import annotations

import contextlib
import csv
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journeys.errors import Refusal
from journeys.intake.table.mapping import Layout
from journeys.intake.table.sheet import LONGEST_LINE, Sheet, UnreadableTable, WrongHeader

PLAIN = Layout("utf-8", ",", '"', 0, None)


class Reading:
    """The rows of a file and what was refused of it."""

    def __init__(self, folder: Path, content: bytes, layout: Layout = PLAIN, columns: str = "a b"):
        self.refused: list[tuple[int, str]] = []
        path = folder / "table.csv"
        path.write_bytes(content)
        self.sheet = Sheet(path, layout, columns.split())
        self.rows = [
            (line, list(row.values()))
            for line, row in self.sheet.read(
                lambda line, code, _: self.refused.append((line, code))
            )
        ]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_any_newline_will_do_with_or_without_a_mark(
    tmp_path: Path, newline: str, mark: str
) -> None:
    read = Reading(tmp_path, f"{mark}a,b\n1,2\n3,4".replace("\n", newline).encode())

    assert read.rows == [(2, ["1", "2"]), (3, ["3", "4"])]


def test_columns_are_found_by_name_in_any_case_and_order(tmp_path: Path) -> None:
    read = Reading(tmp_path, b" B ,x,A\n1, y ,2 \n")

    assert read.rows == [(2, ["2", "1"])]


def test_a_file_without_a_header_has_the_columns_of_the_mapping(tmp_path: Path) -> None:
    layout = PLAIN._replace(columns=("b", "a"), delimiter=";", skip=1)

    assert Reading(tmp_path, b"Esportazione\n1;2\n", layout).rows == [(2, ["2", "1"])]


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "utf-8"),
        ("utf-16", "utf-16"),
        ("windows-1252", "cp1252"),
        ("iso-8859-1", "latin-1"),
    ],
)
def test_the_encoding_is_the_one_that_the_mapping_names(
    tmp_path: Path, encoding: str, told: str
) -> None:
    read = Reading(tmp_path, "a,b\nPerù,è\n".encode(told), PLAIN._replace(encoding=encoding))

    assert read.rows == [(2, ["Perù", "è"])]


def test_a_row_with_other_bytes_is_refused_alone(tmp_path: Path) -> None:
    read = Reading(tmp_path, "a,b\nPerù,1\n".encode("cp1252") + b"2,3\n4,\x00\n")

    assert read.rows == [(3, ["2", "3"])]
    assert read.refused == [(2, "not-text"), (4, "not-text")]


def test_a_quoted_value_may_hold_line_breaks_and_the_next_row_has_its_own_line(
    tmp_path: Path,
) -> None:
    read = Reading(tmp_path, b'a,b\n"1\n1",2\n3,4\n')

    assert read.rows == [(2, ["1\n1", "2"]), (4, ["3", "4"])]


def test_a_row_that_is_too_short_or_too_long_is_refused(tmp_path: Path) -> None:
    read = Reading(tmp_path, b"a,b\n1\n\n1,2,3\n4,5\n")

    assert read.rows == [(5, ["4", "5"])]
    assert read.refused == [(2, "wrong-width"), (4, "wrong-width")]


def test_a_quote_that_is_never_closed_takes_no_row_before_it_along(tmp_path: Path) -> None:
    read = Reading(tmp_path, b'a,b\n1,2\n"3,4\n5,6\n')

    assert read.rows == [(2, ["1", "2"])]
    assert read.refused == [(3, "unreadable-row")]


@pytest.mark.parametrize(
    ("content", "word"),
    [(b"", "no header"), (b"a,c\n", "no column «b»"), (b"a,b,A\n", "twice"), (b'"a', "header")],
)
def test_a_header_that_does_not_fit_is_refused(tmp_path: Path, content: bytes, word: str) -> None:
    with pytest.raises(WrongHeader, match=word):
        Reading(tmp_path, content)


def test_a_file_without_lines_does_not_fill_the_memory(tmp_path: Path) -> None:
    with pytest.raises(UnreadableTable, match="line of more than"):
        Reading(tmp_path, b"a" * (LONGEST_LINE + 1))


@pytest.mark.parametrize("name", ["nowhere.csv", "."])
def test_a_file_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableTable, match="cannot be read"):
        list(Sheet(tmp_path / name, PLAIN, ["a"]).read(lambda *_: None))


def test_half_a_character_of_utf_16_is_refused(tmp_path: Path) -> None:
    content = "a,b\n1,2\n".encode("utf-16")[:-1]

    read = Reading(tmp_path, content, PLAIN._replace(encoding="utf-16"))

    assert read.rows == []
    assert read.refused == [(2, "not-text")]


def test_it_is_told_how_much_of_the_file_is_read(tmp_path: Path) -> None:
    read = Reading(tmp_path, b"a,b\n1,2\n")

    assert read.sheet.done == read.sheet.size == 8


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(st.binary(max_size=200), st.sampled_from(["utf-8", "utf-16", "windows-1252"]))
def test_no_bytes_bring_anything_but_a_refusal(
    tmp_path: Path, content: bytes, encoding: str
) -> None:
    with contextlib.suppress(Refusal):
        read = Reading(tmp_path, b"a,b\n" + content, PLAIN._replace(encoding=encoding))
        assert all(len(row) == 2 for _, row in read.rows)


def test_every_file_of_the_csv_spectrum_is_read_as_it_should_be(shared_data: Path) -> None:
    folder = shared_data / "suites" / "csv-spectrum"
    files = sorted((folder / "csvs").glob("*.csv"))
    assert files
    for file in files:
        expected = json.loads((folder / "json" / f"{file.stem}.json").read_text("utf-8"))
        expected = expected if isinstance(expected, list) else [expected]
        # In the suite, this one column has another number in the answer than in the file, and
        # line breaks inside of values have become those of the machine it was copied on.
        columns = [name for name in expected[0] if name != "Contact Phone Number"]
        sheet = Sheet(file, PLAIN, columns)
        refused: list[int] = []
        rows = [dict(row) for _, row in sheet.read(lambda line, *_, r=refused: r.append(line))]
        assert refused == []
        assert rows == [
            {column: str(row[column]).strip().replace("\r\n", "\n") for column in columns}
            for row in expected
        ], file.name


def test_naughty_strings_come_through_unchanged(shared_data: Path, tmp_path: Path) -> None:
    [blns] = [*(shared_data / "suites").rglob("blns.json")][:1]
    naughty = [text for text in json.loads(blns.read_text("utf-8")) if text.strip()]
    path = tmp_path / "naughty.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([["a", "b"], *([text, "x"] for text in naughty)])

    sheet = Sheet(path, PLAIN, ["a", "b"])
    refused: list[str] = []
    read = [row["a"] for _, row in sheet.read(lambda _, code, __: refused.append(code))]

    assert len(read) + len(refused) == len(naughty)
    assert set(refused) <= {"not-text"}
    assert read == [text.strip() for text in naughty if "\0" not in text]
