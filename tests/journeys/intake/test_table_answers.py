"""A cell is read as its field asks, through the codes and the default of the mapping."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from journeys.intake.table.answers import Keyed, Several, Told
from journeys.intake.table.kinds import Holds, Kind
from journeys.intake.table.texts import Unfit


def told(holds: Holds, **more: object) -> Told:
    kind = Kind(holds, choices=("week", "month") if holds == "choice" else ())
    return Told(kind, column="C", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("answer", "text", "value"),
    [
        (told("text"), "K-1", "K-1"),
        (told("choice"), "month", "month"),
        (told("date"), "2025-01-31", dt.date(2025, 1, 31)),
        (told("date", last_day=True), "2025-01-31", dt.date(2025, 2, 1)),
        (told("month", date=("dd/mm/yyyy",)), "12/04/1986", "1986-04"),
        (told("money", decimal="comma"), "1.040,50", 104_050),
        (told("number"), "1.5", Decimal("1.5")),
        (told("whole"), "4", 4),
        (told("yes-no"), "sì", True),
        (told("yes-no", yes=("X",), no=("-",)), "-", False),
        (told("code", codes={"A": "hotel"}), "A", "hotel"),
        (told("code", default="A", codes={"A": "hotel"}), "", "hotel"),
        (told("money"), "", None),
    ],
)
def test_a_text_is_read_as_its_field_asks(answer: Told, text: str, value: object) -> None:
    assert answer.read({"C": text}) == value


@pytest.mark.parametrize(
    ("answer", "text", "word"),
    [
        (told("choice"), "year", "not one of week, month"),
        (told("code", codes={"A": "hotel"}), "B", "not among the codes"),
        (told("date", last_day=True), "9999-12-31", "no day after"),
        (told("whole"), "4.5", "no whole number"),
    ],
)
def test_a_text_that_is_unfit_is_refused(answer: Told, text: str, word: str) -> None:
    with pytest.raises(Unfit, match=word):
        answer.read({"C": text})


def test_one_cell_may_hold_a_list() -> None:
    answer = Told(Kind("code", "list"), column="C", split=";", codes={"a": "work", "b": "health"})

    assert answer.read({"C": "a; b;"}) == ("work", "health")
    assert answer.read({"C": ""}) is None


def test_a_list_of_cells_leaves_empty_ones_out() -> None:
    several = Several(tuple(Told(Kind("text", "list"), column=column) for column in "AB"))

    assert several.read({"A": "", "B": "x"}) == ("x",)
    assert several.read({"A": "", "B": ""}) is None
    assert several.columns() == ["A", "B"]


def test_a_table_of_cells_leaves_empty_ones_out() -> None:
    keyed = Keyed({key: Told(Kind("whole"), column=key) for key in ("finances", "housing")})

    assert keyed.read({"finances": "2", "housing": ""}) == {"finances": 2}
    assert keyed.read({"finances": "", "housing": ""}) is None
