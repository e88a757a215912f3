"""Whether a fact is well formed: types, patterns, ranges and codes, read off its declaration.

These checks belong to deciding. Reading a recorded fact back never runs them, so a list or a
pattern that changes later leaves every recorded fact readable.
"""

from __future__ import annotations

import datetime as dt
import re
import types
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec

from journeys.codes import CodeBook
from journeys.errors import Refusal
from journeys.household.facts import Fact, name_of
from journeys.values import EARLIEST, LATEST, Code, Matches, Within

MOST_ITEMS = 200
DECIMALS = 6

Mark = Code | Matches | Within
Reach = Callable[[Any], Iterator[Any]]
"""Gives every value of one kind that a field holds: itself, its items, its keys."""


class MalformedFact(Refusal):
    """A field is missing, of the wrong type, or does not look as it must."""

    code = "malformed-fact"


class Checked(msgspec.Struct, frozen=True):
    """One field of a fact with one thing to check in it."""

    field: str
    mark: Mark
    reach: Reach


def check_shape(fact: Fact, codes: CodeBook) -> None:
    """Refuse a fact that is not well formed, naming the field.

    Raises `MalformedFact`, or `UnknownCode` for a value outside its code list on the fact's day.
    """
    kind = type(fact)
    try:
        kept = msgspec.json.decode(msgspec.json.encode(fact), type=kind)
    except (msgspec.MsgspecError, ValueError, TypeError, RecursionError) as error:
        raise MalformedFact(f"«{name_of(fact)}» is not well formed: {error}.") from error
    if kept != fact:
        [field, *_] = [f for f in kind.__struct_fields__ if getattr(kept, f) != getattr(fact, f)]
        raise MalformedFact(
            f"«{field}» of «{name_of(fact)}» would not read back as it is told.", field=field
        )
    for checked in _checks(kind):
        held = getattr(fact, checked.field)
        if held is None:
            continue
        for value in (held,) if checked.reach is _itself else checked.reach(held):
            _check(fact, checked, value, codes)
    for field in _dates(kind):
        day = getattr(fact, field)
        if day is not None and not EARLIEST <= day < LATEST:
            raise MalformedFact(
                f"«{field}» of «{name_of(fact)}» is {day.isoformat()}, outside "
                f"{EARLIEST.year}–{LATEST.year - 1}.",
                field=field,
            )
    for field in _collections(kind):
        if len(getattr(fact, field)) > MOST_ITEMS:
            raise MalformedFact(
                f"«{field}» of «{name_of(fact)}» has more than {MOST_ITEMS} items.", field=field
            )


def marks(kind: type[Fact]) -> dict[str, tuple[object, ...]]:
    """Field name to the marks of its declaration, wherever in the type they stand."""
    hints = get_type_hints(kind, include_extras=True)
    return {
        field: tuple(mark for mark, _ in _walk(hints[field], _itself))
        for field in kind.__struct_fields__
    }


def _check(fact: Fact, checked: Checked, value: Any, codes: CodeBook) -> None:
    mark, field = checked.mark, checked.field
    if isinstance(mark, Code):
        codes.require(mark.name, value, fact.effective_from)
    elif isinstance(mark, Matches):
        if not re.fullmatch(mark.pattern, value):
            raise MalformedFact(
                f"«{field}» of «{name_of(fact)}» must be {mark.words}.", field=field
            )
    elif isinstance(value, float):
        raise MalformedFact(
            f"«{field}» of «{name_of(fact)}» must be an exact decimal number.", field=field
        )
    elif not _within(value, mark):
        raise MalformedFact(
            f"«{field}» of «{name_of(fact)}» must lie between {mark.smallest} and {mark.largest}"
            + (f", with at most {DECIMALS} decimals." if isinstance(value, Decimal) else "."),
            field=field,
        )


def _within(value: int | Decimal, mark: Within) -> bool:
    if isinstance(value, Decimal):
        exponent = value.as_tuple().exponent
        if not isinstance(exponent, int) or exponent < -DECIMALS:
            return False
    return mark.smallest <= value <= mark.largest


@cache
def _checks(kind: type[Fact]) -> tuple[Checked, ...]:
    hints = get_type_hints(kind, include_extras=True)
    return tuple(
        Checked(field, mark, reach)
        for field in kind.__struct_fields__
        for mark, reach in _walk(hints[field], _itself)
        if isinstance(mark, Code | Matches | Within)
    )


@cache
def _dates(kind: type[Fact]) -> tuple[str, ...]:
    hints = get_type_hints(kind)
    return tuple(
        field
        for field in kind.__struct_fields__
        if hints[field] is dt.date or dt.date in get_args(hints[field])
    )


@cache
def _collections(kind: type[Fact]) -> tuple[str, ...]:
    hints = get_type_hints(kind)
    return tuple(f for f in kind.__struct_fields__ if get_origin(hints[f]) in (tuple, dict))


def _walk(hint: Any, reach: Reach) -> Iterator[tuple[object, Reach]]:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        inner, *found = arguments
        yield from ((mark, reach) for mark in found)
        yield from _walk(inner, reach)
    elif origin in (Union, types.UnionType):
        for argument in arguments:
            if argument is not type(None):
                yield from _walk(argument, reach)
    elif origin is tuple:
        yield from _walk(arguments[0], _items(reach))
    elif origin is dict:
        yield from _walk(arguments[0], _items(reach))
        yield from _walk(arguments[1], _values(reach))


def _itself(value: Any) -> Iterator[Any]:
    yield value


def _items(reach: Reach) -> Reach:
    return lambda value: (item for found in reach(value) for item in found)


def _values(reach: Reach) -> Reach:
    return lambda value: (item for found in reach(value) for item in found.values())
