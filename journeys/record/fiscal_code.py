"""Italian fiscal codes: checked, and brought to the one form that every variant shares."""

from __future__ import annotations

import datetime as dt
import re

from codicefiscale import codicefiscale

from journeys.errors import Refusal

_DIGITS = "0123456789"
_OMOCODIA = "LMNPQRSTUV"
_PLACES_OF_DIGITS = (6, 7, 9, 10, 12, 13, 14)
_MONTHS = "ABCDEHLMPRST"
_FEMALE = 40

_TO_DIGITS = str.maketrans(_OMOCODIA, _DIGITS)
_FINAL = re.compile(
    f"[A-Z]{{6}}[0-9{_OMOCODIA}]{{2}}[{_MONTHS}][0-9{_OMOCODIA}]{{2}}[A-Z][0-9{_OMOCODIA}]{{3}}[A-Z]"
)
_PROVISIONAL = re.compile("[0-9]{11}")


class UnfitFiscalCode(Refusal):
    """A text is no fiscal code: wrong length, wrong check letter, or a day that is none."""

    code = "unfit-fiscal-code"


def check_fiscal_code(text: str) -> str:
    """The fiscal code in its base form: upper case, no spaces, omocodia resolved.

    Where two people would share a code, the Agenzia delle Entrate replaces digits by letters
    (omocodia); the base form has the digits back, and its own check letter. The provisional code
    of eleven digits is taken as well (DM 23 December 1976, no. 13813, gives both). Whether the
    birthplace exists is not asked: no list of places is complete enough to turn a person away.

    Raises `UnfitFiscalCode`.
    """
    bare = re.sub(r"\s", "", text)
    # Upper case only after this, as letters outside ASCII may become ones inside.
    code = bare.upper() if bare.isascii() else ""
    if _PROVISIONAL.fullmatch(code):
        if not _passes_luhn(code):
            raise UnfitFiscalCode("The last digit of the provisional fiscal code is wrong.")
        return code
    if not _FINAL.fullmatch(code):
        raise UnfitFiscalCode(
            "A fiscal code has 16 letters and digits in the order that the law gives them, "
            "a provisional one 11 digits."
        )
    if codicefiscale.encode_cin(code) != code[-1]:
        raise UnfitFiscalCode("The last letter of the fiscal code does not fit the others.")
    base = _with_digits(code)
    if not _has_birth_day(base):
        raise UnfitFiscalCode("The fiscal code tells a birth day that is none.")
    return base


def _with_digits(code: str) -> str:
    characters = list(code[:-1])
    for place in _PLACES_OF_DIGITS:
        characters[place] = characters[place].translate(_TO_DIGITS)
    base = "".join(characters)
    return base + str(codicefiscale.encode_cin(base))


def _has_birth_day(base: str) -> bool:
    """Whether the day exists in some century; the code does not tell which."""
    year, month, day = int(base[6:8]), _MONTHS.index(base[8]) + 1, int(base[9:11])
    try:
        # 2000 had a 29 February, and so may a year that the code writes 00.
        dt.date(2000 + year, month, day - _FEMALE if day > _FEMALE else day)
    except ValueError:
        return False
    return True


def _passes_luhn(digits: str) -> bool:
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[1::2])
    return (sum(map(int, digits[::2])) + sum(doubled)) % 10 == 0 and int(digits) > 0
