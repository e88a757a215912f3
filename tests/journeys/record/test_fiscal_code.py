"""A fiscal code is taken in any of its forms, and mistakes in it are found."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from codicefiscale import codicefiscale
from hypothesis import assume, given
from hypothesis import strategies as st

from journeys.record.fiscal_code import UnfitFiscalCode, check_fiscal_code

ALMA = "PRVLMA85A41G999P"  # invented


def with_check_letter(fifteen: str) -> str:
    return fifteen + codicefiscale.encode_cin(fifteen)


def test_a_valid_code_is_taken_as_it_is() -> None:
    assert check_fiscal_code(ALMA) == ALMA


@pytest.mark.parametrize("text", [ALMA.lower(), " PRV LMA 85A41 G999P ", "PRVLMA\t85A41G999P\n"])
def test_case_and_spaces_do_not_matter(text: str) -> None:
    assert check_fiscal_code(text) == ALMA


@pytest.mark.parametrize("place", [6, 7, 9, 10, 12, 13, 14])
def test_omocodia_at_any_digit_leads_to_the_base_form(place: int) -> None:
    letters = "LMNPQRSTUV"[int(ALMA[place])]
    variant = with_check_letter(ALMA[:place] + letters + ALMA[place + 1 : 15])
    assert check_fiscal_code(variant) == ALMA


@given(st.integers(0, 14), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"))
def test_one_wrong_character_is_found(place: int, wrong: str) -> None:
    assume(wrong != ALMA[place])
    with pytest.raises(UnfitFiscalCode):
        check_fiscal_code(ALMA[:place] + wrong + ALMA[place + 1 :])


@pytest.mark.parametrize(
    "fifteen",
    ["PRVLMA85A00G999", "PRVLMA85A40G999", "PRVLMA85D31G999", "PRVLMA94B29G999", "PRVLMA85A81G999"],
)
def test_a_birth_day_that_is_none_is_refused(fifteen: str) -> None:
    with pytest.raises(UnfitFiscalCode, match="a birth day that is none"):
        check_fiscal_code(with_check_letter(fifteen))


@pytest.mark.parametrize("fifteen", ["PRVLMA84B69G999", "PRVLMA00B29G999", "PRVLMA85L71Z999"])
def test_a_leap_day_and_a_place_unknown_to_us_are_taken(fifteen: str) -> None:
    assert check_fiscal_code(with_check_letter(fifteen)) == with_check_letter(fifteen)


def test_a_wrong_last_letter_is_told() -> None:
    with pytest.raises(UnfitFiscalCode, match="last letter"):
        check_fiscal_code(ALMA[:-1] + "X")


@pytest.mark.parametrize("text", ["", " ", ALMA[:-1], ALMA + "W", "ſRVLMA85A41G999P", "è" * 16])
def test_what_is_no_code_at_all_is_refused(text: str) -> None:
    with pytest.raises(UnfitFiscalCode, match="16 letters and digits"):
        check_fiscal_code(text)


@given(st.text())
def test_any_text_is_answered(text: str) -> None:
    try:
        base = check_fiscal_code(text)
    except UnfitFiscalCode:
        return
    assert check_fiscal_code(base) == base


def test_a_provisional_code_of_eleven_digits_is_taken() -> None:
    assert check_fiscal_code(" 8765432 1097 ") == "87654321097"


@given(st.integers(0, 10), st.integers(1, 9))
def test_one_wrong_digit_of_a_provisional_code_is_found(place: int, off: int) -> None:
    digits = [int(digit) for digit in "87654321097"]
    digits[place] = (digits[place] + off) % 10
    with pytest.raises(UnfitFiscalCode, match="provisional"):
        check_fiscal_code("".join(map(str, digits)))


def test_eleven_zeros_are_no_code() -> None:
    with pytest.raises(UnfitFiscalCode):
        check_fiscal_code("0" * 11)


def test_the_verdicts_are_those_of_two_libraries(shared_data: Path) -> None:
    file = shared_data / "italy" / "codice_fiscale_vectors.csv"
    if not file.exists():
        pytest.skip("the vectors of fiscal codes are not here")
    with file.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        assert takes(row["code"]) is (row["valid"] == "1"), row
        if row["kind"] == "valid_omocode":
            [base, *_] = codicefiscale.decode(row["code"])["omocodes"]
            assert check_fiscal_code(row["code"]) == base
    assert len(rows) == 501


def takes(text: str) -> bool:
    try:
        check_fiscal_code(text)
    except UnfitFiscalCode:
        return False
    return True
