"""Reading JSON that anybody may have written: what cannot be kept exactly is refused first."""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from flask import request

from journeys.errors import Refusal

DEEPEST = 32
LARGEST = 2**63 - 1
LONGEST_NUMBER = 400
LARGEST_EXPONENT = 400

_NESTING = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', re.DOTALL)


class UnreadableJson(Refusal):
    """The body is not JSON, or holds what no record can keep: the sentence says which."""

    code = "unreadable-json"


def read_json() -> Any:
    """The request's JSON body, its decimals exact. Raises `UnreadableJson`."""
    if not request.is_json:
        raise UnreadableJson("The body must be application/json.")
    return parse(request.get_data(cache=True))


def parse(body: bytes) -> Any:
    """JSON of at most 32 levels, without repeated keys, NaN, huge numbers, or text that is none."""
    _check_depth(body)
    try:
        value = json.loads(
            body.decode("utf-8"),
            parse_int=_whole,
            parse_float=_decimal,
            parse_constant=_no_number,
            object_pairs_hook=_once_each,
        )
    except UnicodeDecodeError as error:
        raise UnreadableJson("The body is not UTF-8.") from error
    except (ValueError, RecursionError) as error:
        raise UnreadableJson("The body is not JSON.") from error
    _check_text(value)
    return value


def _check_depth(body: bytes) -> None:
    depth = 0
    for found in _NESTING.finditer(body):
        sign = found[0]
        if sign in (b"[", b"{"):
            depth += 1
            if depth > DEEPEST:
                raise UnreadableJson(f"The body is nested deeper than {DEEPEST} levels.")
        elif sign in (b"]", b"}"):
            depth -= 1


def _whole(text: str) -> int:
    if len(text) > LONGEST_NUMBER or not -LARGEST <= (number := int(text)) <= LARGEST:
        raise UnreadableJson("A whole number does not fit into 64 bits.")
    return number


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text) if len(text) <= LONGEST_NUMBER else None
    except InvalidOperation:  # an exponent beyond those that there are
        number = None
    if number is None or abs(number.adjusted()) > LARGEST_EXPONENT:
        raise UnreadableJson("A number is too large, too small or too long.")
    return number


def _no_number(text: str) -> NoReturn:
    raise UnreadableJson(f"{text} is no number in JSON.")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise UnreadableJson("A key is given twice in the same object.")
    return found


def _check_text(value: Any) -> None:
    if isinstance(value, str):
        if any(c == "\0" or "\ud800" <= c <= "\udfff" for c in value):
            raise UnreadableJson("A text holds NUL or half a character.")
    elif isinstance(value, list):
        for each in value:
            _check_text(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            _check_text(key)
            _check_text(each)
