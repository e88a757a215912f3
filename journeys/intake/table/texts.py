"""Text from a table into values: days, money, numbers, yes and no. A closed list; nothing guesses.

Every function raises `Unfit` with a sentence that shows the text.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Literal

from journeys.intake.report import shown

Mark = Literal["point", "comma"]

DATES = {
    "yyyy-mm-dd": "%Y-%m-%d",
    "yyyy/mm/dd": "%Y/%m/%d",
    "yyyymmdd": "%Y%m%d",
    "dd/mm/yyyy": "%d/%m/%Y",
    "dd-mm-yyyy": "%d-%m-%Y",
    "dd.mm.yyyy": "%d.%m.%Y",
    "mm/dd/yyyy": "%m/%d/%Y",
}
"""The ways of writing a day. Day and month may have one digit; a time of day is left out."""

YES = ("yes", "y", "true", "1", "sì", "si", "s", "vero")
NO = ("no", "n", "false", "0", "falso")

_DAY_AND_TIME = re.compile(
    r"(\S+?)(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
)
_NUMBERS = {
    "point": re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.\d{1,6})?"),
    "comma": re.compile(r"-?(?:\d{1,3}(?:\.\d{3})+|\d{1,15})(?:,\d{1,6})?"),
}
_MONTH = re.compile(r"\d{4}-\d{2}")


class Unfit(ValueError):
    """A text does not say what its column should; the message is a sentence about it."""


def as_day(text: str, formats: tuple[str, ...]) -> dt.date:
    """The day that the text names in one of the formats, the first that fits."""
    match = _DAY_AND_TIME.fullmatch(text)
    if match and text.isascii():
        for name in formats:
            try:
                # Only the day is wanted; no zone belongs to it.
                return dt.datetime.strptime(match[1], DATES[name]).date()  # noqa: DTZ007
            except ValueError:
                continue
    raise Unfit(f"{shown(text)} is no day as {' or '.join(formats)}.")


def as_month(text: str, formats: tuple[str, ...]) -> str:
    """The month as YYYY-MM, from a day in one of the formats or written so already."""
    if _MONTH.fullmatch(text) and text.isascii():
        return text
    return as_day(text, formats).isoformat()[:7]


def as_number(text: str, mark: Mark) -> Decimal:
    """The number, with that decimal mark and perhaps the other one between thousands."""
    if not _NUMBERS[mark].fullmatch(text) or not text.isascii():
        raise Unfit(f"{shown(text)} is no number with a decimal {mark}.")
    if mark == "comma":
        return Decimal(text.replace(".", "").replace(",", "."))
    return Decimal(text.replace(",", ""))


def as_cents(text: str, mark: Mark) -> int:
    """The amount in cents; a sign of the euro and spaces are left out."""
    plain = "".join(text.replace("€", "").split())
    cents = as_number(plain, mark).scaleb(2)
    if cents != cents.to_integral_value():
        raise Unfit(f"{shown(text)} has more than two decimals.")
    return int(cents)


def as_whole(text: str, mark: Mark) -> int:
    """The number, which has no decimals."""
    number = as_number(text, mark)
    if number != number.to_integral_value():
        raise Unfit(f"{shown(text)} is no whole number.")
    return int(number)


def as_yes_or_no(text: str, yes: tuple[str, ...], no: tuple[str, ...]) -> bool:
    """Whether the text is one of the words for yes, in whatever case."""
    word = text.casefold()
    if word in map(str.casefold, yes):
        return True
    if word in map(str.casefold, no):
        return False
    raise Unfit(f"{shown(text)} is neither yes ({', '.join(yes)}) nor no ({', '.join(no)}).")
