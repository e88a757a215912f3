"""Texts of a table become days, money and numbers by a closed list of ways, or are refused."""

from __future__ import annotations

import contextlib
import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.intake.table import texts
from journeys.intake.table.texts import NO, YES, Unfit

ITALIAN = ("dd/mm/yyyy",)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("2025-01-31", "yyyy-mm-dd"),
        ("2025/01/31", "yyyy/mm/dd"),
        ("20250131", "yyyymmdd"),
        ("31/01/2025", "dd/mm/yyyy"),
        ("31/1/2025", "dd/mm/yyyy"),
        ("31-01-2025", "dd-mm-yyyy"),
        ("31.01.2025", "dd.mm.yyyy"),
        ("01/31/2025", "mm/dd/yyyy"),
        ("2025-01-31 00:00:00", "yyyy-mm-dd"),
        ("2025-01-31T23:59:59.999Z", "yyyy-mm-dd"),
        ("31/01/2025 8:05", "dd/mm/yyyy"),
    ],
)
def test_a_day_is_read_in_the_format_that_is_named(text: str, name: str) -> None:
    assert texts.as_day(text, (name,)) == dt.date(2025, 1, 31)


@pytest.mark.parametrize(
    "text",
    [
        "31/02/2025",
        "31/01/25",
        "gennaio",
        "31/01/2025 forse",
        "٣١/٠١/٢٠٢٥",
        "-1/1/2025",
        "",
        "1/13/2025",
    ],
)
def test_what_is_no_day_in_that_format_is_refused(text: str) -> None:
    with pytest.raises(Unfit, match="no day as dd/mm/yyyy"):
        texts.as_day(text, ITALIAN)


def test_of_several_formats_the_first_that_fits_counts() -> None:
    assert texts.as_day("03/04/2025", ("dd/mm/yyyy", "mm/dd/yyyy")) == dt.date(2025, 4, 3)
    assert texts.as_day("03/25/2025", ("dd/mm/yyyy", "mm/dd/yyyy")) == dt.date(2025, 3, 25)


def test_a_month_is_read_as_such_or_from_a_day() -> None:
    assert texts.as_month("1986-04", ITALIAN) == "1986-04"
    assert texts.as_month("12/04/1986", ITALIAN) == "1986-04"


@pytest.mark.parametrize(
    ("text", "mark", "cents"),
    [
        ("80,00", "comma", 8_000),
        ("1.040,5", "comma", 104_050),
        ("€ 1.040,50", "comma", 104_050),
        ("28", "comma", 2_800),
        ("-12,30", "comma", -1_230),
        ("1,234,567.89", "point", 123_456_789),
        ("1234567.89", "point", 123_456_789),
    ],
)
def test_money_is_read_in_whole_cents(text: str, mark: texts.Mark, cents: int) -> None:
    assert texts.as_cents(text, mark) == cents


@pytest.mark.parametrize(
    "text",
    ["1.04", "12,345", "1,2,3", "1e5", "NaN", "=1+1", "١٢", "1.04,50", "", "12345678901234567"],
)
def test_what_is_no_money_with_a_decimal_comma_is_refused(text: str) -> None:
    with pytest.raises(Unfit):
        texts.as_cents(text, "comma")


@given(st.decimals(-(10**12), 10**12, places=2, allow_nan=False, allow_infinity=False))
def test_money_written_with_a_comma_comes_back_in_cents(amount: Decimal) -> None:
    assert texts.as_cents(str(amount).replace(".", ","), "comma") == int(amount * 100)


@given(st.text())
def test_any_text_is_a_number_or_unfit(text: str) -> None:
    with contextlib.suppress(Unfit):
        assert texts.as_number(text, "comma").is_finite()


def test_a_whole_number_has_no_decimals() -> None:
    assert texts.as_whole("4", "point") == 4
    assert texts.as_whole("4.0", "point") == 4
    with pytest.raises(Unfit, match="no whole number"):
        texts.as_whole("4.5", "point")


@pytest.mark.parametrize(
    ("text", "said"), [("Sì", True), ("SI", True), ("no", False), ("0", False)]
)
def test_yes_and_no_are_words_in_any_case(text: str, said: bool) -> None:
    assert texts.as_yes_or_no(text, YES, NO) is said


def test_a_word_that_is_neither_yes_nor_no_is_refused() -> None:
    with pytest.raises(Unfit, match="neither yes"):
        texts.as_yes_or_no("forse", YES, NO)
