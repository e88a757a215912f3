"""Small values that facts are made of: ids, money, quantities, periods, commitments."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated

from msgspec import Struct

ONE_DAY = dt.timedelta(days=1)


class Code(Struct, frozen=True):
    """Marks a field whose value is a code from the code list of that name."""

    name: str


class Personal(Struct, frozen=True):
    """Marks a field whose content is personal: the fact carries its commitment, the vault the rest.

    `shape` says what is sealed: "text" (one string) or "person" (names, birth day, fiscal code).
    """

    shape: str


class Matches(Struct, frozen=True):
    """Marks a text that must match a pattern; `words` says what it must look like."""

    pattern: str
    words: str


class Within(Struct, frozen=True):
    """Marks a number with its smallest and largest value, both allowed."""

    smallest: int
    largest: int


# The marks are checked when a fact is decided (household/shape.py), not when it is read back: a
# recorded fact is what it is, and a pattern that is tightened later must not make it unreadable.
HEX_SHA256 = Matches("[0-9a-f]{64}", "64 lower-case hexadecimal digits")

Commitment = Annotated[str, HEX_SHA256]
"""SHA-256 commitment to one vault item, in lower-case hexadecimal."""

Digest = Annotated[str, HEX_SHA256]
"""SHA-256 of a file's bytes, in lower-case hexadecimal."""

Text = Annotated[str, HEX_SHA256, Personal("text")]
Person = Annotated[str, HEX_SHA256, Personal("person")]

Cents = Annotated[int, Within(-(2**53), 2**53)]
"""Money in integer minor units; never a float."""

Currency = Annotated[str, Matches("[A-Z]{3}", "a three-letter ISO 4217 currency code")]

Key = Annotated[
    str,
    Matches(
        "[A-Za-z0-9][A-Za-z0-9._:/-]{0,79}",
        "1 to 80 letters, digits or . _ : / -, beginning with a letter or digit",
    ),
]
"""A short identifier that an organisation chose: contract, programme, actor. Never a name."""

Month = Annotated[str, Matches(r"(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])", "a month as YYYY-MM")]

Quantity = Annotated[Decimal, Within(-(10**15), 10**15)]

Version = Annotated[int, Within(1, 2**53)]
"""The place of an entry in its household's stream, counted from 1."""

EARLIEST = dt.date(1900, 1, 1)
LATEST = dt.date(2200, 1, 1)


class Period(Struct, frozen=True, order=True, gc=False):
    """A half-open run of days `[start, end)`; `end` None means that it goes on."""

    start: dt.date
    end: dt.date | None = None

    def __contains__(self, day: dt.date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)

    @property
    def last_day(self) -> dt.date | None:
        """The last day inside, as people write it; None for an open period."""
        return None if self.end is None else self.end - ONE_DAY

    def days(self, until: dt.date) -> int:
        """How many days lie inside and before `until`."""
        end = until if self.end is None else min(self.end, until)
        return max(0, (end - self.start).days)

    def overlaps(self, other: Period) -> bool:
        """Whether at least one day lies inside both; an empty period shares none."""
        start = max(self.start, other.start)
        return (self.end is None or start < self.end) and (other.end is None or start < other.end)


class Actor(Struct, frozen=True):
    """Who records, for which organisation, in which role. Ids, never names."""

    id: Key
    organisation: Key
    role: Key
