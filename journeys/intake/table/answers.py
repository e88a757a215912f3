"""Where a field's value comes from: a column or a constant, and how its text is read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from journeys.intake.report import shown
from journeys.intake.table.kinds import Kind
from journeys.intake.table.texts import (
    NO,
    YES,
    Mark,
    Unfit,
    as_cents,
    as_day,
    as_month,
    as_number,
    as_whole,
    as_yes_or_no,
)
from journeys.values import ONE_DAY

Row = Mapping[str, str]
"""Column name to the text of one row, without spaces around it."""


class Told(Struct, frozen=True):
    """One value: the text of `column`, or the constant `value`, read as its kind asks.

    `default` stands for an empty text. `codes` turns texts into codes; a text that is not in it is
    unfit. `last_day` says that the day is the last one inside, so the value is the day after.
    """

    kind: Kind
    column: str | None = None
    value: str = ""
    default: str = ""
    date: tuple[str, ...] = ("yyyy-mm-dd",)
    last_day: bool = False
    decimal: Mark = "point"
    codes: dict[str, str] | None = None
    yes: tuple[str, ...] = YES
    no: tuple[str, ...] = NO
    split: str | None = None

    def read(self, row: Row) -> Any:
        """The value in that row, None where the text is empty. Raises `Unfit`."""
        text = self.value if self.column is None else row[self.column]
        text = text or self.default
        if not text:
            return None
        if self.split is not None:
            parts = (part.strip() for part in text.split(self.split))
            return tuple(self._one(part) for part in parts if part)
        value = self._one(text)
        return (value,) if self.kind.many == "list" else value

    def columns(self) -> list[str]:
        """The columns that it needs."""
        return [] if self.column is None else [self.column]

    def constants(self) -> list[str]:
        """The texts that the document itself gives, as they will stand in the fact."""
        given = [*self.codes.values()] if self.codes else []
        return [*given, *(self._coded(text) for text in (self.value, self.default) if text)]

    def _coded(self, text: str) -> str:
        if self.codes is None:
            return text
        if text not in self.codes:
            raise Unfit(f"{shown(text)} is not among the codes of the mapping.")
        return self.codes[text]

    def _one(self, text: str) -> Any:
        text = self._coded(text)
        holds = self.kind.holds
        if holds == "date":
            return self._day(text)
        if holds == "month":
            return as_month(text, self.date)
        if holds == "money":
            return as_cents(text, self.decimal)
        if holds == "number":
            return as_number(text, self.decimal)
        if holds == "whole":
            return as_whole(text, self.decimal)
        if holds == "yes-no":
            return as_yes_or_no(text, self.yes, self.no)
        if holds == "choice" and text not in self.kind.choices:
            raise Unfit(f"{shown(text)} is not one of {', '.join(self.kind.choices)}.")
        return text

    def _day(self, text: str) -> dt.date:
        day = as_day(text, self.date)
        if not self.last_day:
            return day
        if day == dt.date.max:
            raise Unfit(f"{shown(text)} has no day after it.")
        return day + ONE_DAY


class Several(Struct, frozen=True):
    """A list whose items come one by one; empty ones are left out."""

    items: tuple[Told, ...]

    def read(self, row: Row) -> Any:
        """The items of that row in a tuple, None where there is none."""
        values = [value for item in self.items if (value := item.read(row)) is not None]
        return tuple(value for told in values for value in told) or None

    def columns(self) -> list[str]:
        """The columns that it needs."""
        return [column for item in self.items for column in item.columns()]


class Keyed(Struct, frozen=True):
    """A table of values by key: scores by domain, a person by name. Empty ones are left out."""

    items: dict[str, Told]
    texts: bool = False

    def read(self, row: Row) -> Any:
        """The values of that row by key, None where there is none."""
        values = {key: told.read(row) for key, told in self.items.items()}
        kept = {
            key: value.isoformat() if self.texts and isinstance(value, dt.date) else value
            for key, value in values.items()
            if value is not None
        }
        return kept or None

    def columns(self) -> list[str]:
        """The columns that it needs."""
        return [column for told in self.items.values() for column in told.columns()]


class Link(Struct, frozen=True):
    """The entry that another fact made: of this row, or of the row with a key of that table."""

    fact: str
    table: str | None = None
    key: tuple[str, ...] = ()

    def columns(self) -> list[str]:
        """The columns that it needs."""
        return list(self.key)


class Links(Struct, frozen=True):
    """The entries that a fact is about."""

    items: tuple[Link, ...]

    def columns(self) -> list[str]:
        """The columns that it needs."""
        return [column for link in self.items for column in link.columns()]


Answer = Told | Several | Keyed | Link | Links
