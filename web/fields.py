"""The kinds of answer that facts are made of, read from a form as typed and from JSON as exact.

A schema that is made `typed` reads what people write («27/03/2026», «1.234,50», «12,5»); otherwise
it reads JSON: ISO dates, money in integer minor units, decimals as numbers or text. Both give the
same value, and serialising is the reverse of loading in both.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal, InvalidOperation
from typing import Any, get_args
from uuid import UUID

from marshmallow import ValidationError, fields

from journeys.values import ONE_DAY, Key, Matches, Within
from web.formats import parse_day, parse_money, short_date, typed_money
from web.words.answers import MESSAGES

SMALL = 2**63 - 1
[KEY] = [mark for mark in get_args(Key) if isinstance(mark, Matches)]


class Answer(fields.Field[Any]):
    """One answer. `self.typed` tells a person's writing from JSON."""

    default_error_messages = {**MESSAGES}  # noqa: RUF012  # as marshmallow declares it

    @property
    def typed(self) -> bool:
        return bool(getattr(self.root, "typed", False))


class Day(Answer):
    """A calendar day: gg/mm/aaaa as typed, ISO in JSON."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> dt.date:
        if not isinstance(value, str):
            raise self.make_error("day" if self.typed else "iso_day")
        if self.typed:
            try:
                return parse_day(value)
            except ValueError as error:
                raise ValidationError(str(error)) from error
        try:
            if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
                return dt.date.fromisoformat(value)
        except ValueError:
            pass
        raise self.make_error("iso_day")

    def _serialize(self, value: Any, *_: Any, **__: Any) -> Any:
        if value is None:
            return None
        return short_date(value) if self.typed else value.isoformat()


class LastDay(Day):
    """The last day of a period, which is inclusive for people and exclusive inside."""

    def _deserialize(self, value: Any, *rest: Any, **named: Any) -> dt.date:
        try:
            return super()._deserialize(value, *rest, **named) + ONE_DAY
        except OverflowError as error:
            raise self.make_error("last_day") from error

    def _serialize(self, value: Any, *rest: Any, **named: Any) -> Any:
        return super()._serialize(None if value is None else value - ONE_DAY, *rest, **named)


class MonthOfYear(Answer):
    """A month: mm/aaaa as typed, YYYY-MM in JSON and inside."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        text = value.strip() if isinstance(value, str) else ""
        if self.typed and (found := re.fullmatch(r"([0-9]{1,2})[/.-]([0-9]{4})", text)):
            text = f"{found[2]}-{int(found[1]):02}"
        if not re.fullmatch(r"(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])", text):
            raise self.make_error("month" if self.typed else "iso_month")
        return text

    def _serialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return f"{value[5:]}/{value[:4]}" if value and self.typed else value


class Money(Answer):
    """Integer minor units; «1.234,50» as typed, in the currency that the schema found."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if not self.typed:
            return whole(self, value, "minor_units")
        try:
            return in_range(self, parse_money(str(value), self.currency))
        except ValueError as error:
            raise self.make_error("money") from error

    def _serialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return typed_money(value, self.currency) if self.typed and value is not None else value

    @property
    def currency(self) -> str:
        return getattr(self.root, "currency", None) or "EUR"


class Whole(Answer):
    """An integer between the limits of its mark."""

    def __init__(self, within: Within | None = None, **named: Any) -> None:
        super().__init__(**named)
        self.within = within or Within(-SMALL, SMALL)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if self.typed and isinstance(value, str):
            if not re.fullmatch(r"[+-]?[0-9]{1,19}", value.strip()):
                raise self.make_error("whole")
            value = int(value)
        number = whole(self, value, "whole")
        if not self.within.smallest <= number <= self.within.largest:
            raise self.make_error("range")
        return number

    def _serialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return str(value) if self.typed and value is not None else value


class Amount(Answer):
    """A decimal quantity: «12,5» as typed; in JSON a number, or text to be exact."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Decimal:
        text = str(value).strip() if isinstance(value, str | int | Decimal) else ""
        if self.typed:
            text = text.replace(" ", "").replace(",", ".")
        if isinstance(value, bool) or not re.fullmatch(r"[+-]?[0-9]{1,18}(\.[0-9]{1,6})?", text):
            raise self.make_error("decimal")
        try:
            return Decimal(text)
        except InvalidOperation as error:
            raise self.make_error("decimal") from error

    def _serialize(self, value: Any, *_: Any, **__: Any) -> Any:
        if value is None:
            return None
        text = f"{value:f}"
        return text.replace(".", ",") if self.typed else text


class YesNo(Answer):
    """Yes or no; as typed, the values of a pair of radio buttons."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        if self.typed and value in ("true", "false"):
            return bool(value == "true")
        if isinstance(value, bool):
            return value
        raise self.make_error("yes_no")

    def _serialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return str(value).lower() if self.typed and value is not None else value


class Id(Answer):
    """The id of a person or a household."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> UUID:
        try:
            if isinstance(value, str) and len(value) == 36:
                return UUID(value)
        except ValueError:
            pass
        raise self.make_error("id")

    def _serialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return None if value is None else str(value)


class Words(Answer):
    """A text that matches its pattern, if it has one, or is one of `among`."""

    def __init__(
        self, matches: Matches | None = None, among: tuple[str, ...] = (), **named: Any
    ) -> None:
        super().__init__(**named)
        self.matches, self.among = matches, among

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("text")
        text = value.strip()
        if self.matches and not re.fullmatch(self.matches.pattern, text):
            raise self.make_error("key" if "letters" in self.matches.words else "pattern")
        if self.among and text not in self.among:
            raise self.make_error("choice")
        return text


def whole(field: Answer, value: Any, problem: str) -> int:
    """`value` where it is an integer as JSON has it; neither true nor 1.0 is one."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise field.make_error(problem)
    return in_range(field, value)


def in_range(field: Answer, value: int) -> int:
    """`value` where 64 bits hold it."""
    if not -SMALL <= value <= SMALL:
        raise field.make_error("range")
    return value
