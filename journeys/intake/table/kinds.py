"""What a fact's fields hold, as a mapping document may fill them, read off the declaration."""

from __future__ import annotations

import datetime as dt
import types
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from msgspec import NODEFAULT, Struct
from msgspec.structs import fields

from journeys.household.facts import (
    BY_NAME,
    EntryCorrected,
    EntryRetracted,
    Fact,
    HouseholdRegistered,
    HouseholdsMerged,
    HouseholdSplit,
    IdentityMatched,
    IdentityUnmatched,
    MemberJoined,
    PersonalDataErased,
)
from journeys.values import Cents, Code, Digest, Month, Personal, Version

Holds = Literal[
    "text",
    "code",
    "choice",
    "date",
    "month",
    "money",
    "number",
    "whole",
    "yes-no",
    "digest",
    "link",
    "member",
    "words",
    "person",
]

FILLED_IN = frozenset({"by", "organisation", "role", "command", "cause", "party", "guest"})
"""Fields that the import fills in by itself, and a group's id, which no table can tell."""

PERSON = ("name", "surname", "fiscal_code", "birth_date")

_NOT_FROM_A_TABLE: tuple[type[Fact], ...] = (
    EntryCorrected,
    EntryRetracted,
    HouseholdRegistered,
    HouseholdSplit,
    HouseholdsMerged,
    IdentityMatched,
    IdentityUnmatched,
    MemberJoined,
    PersonalDataErased,
)
"""Facts on two households, on other entries, and those that `household` and `member` tell."""

MAPPABLE = {name: kind for name, kind in BY_NAME.items() if not issubclass(kind, _NOT_FROM_A_TABLE)}
"""The facts that a mapping document may name."""


class Kind(Struct, frozen=True):
    """What a field holds; `many` says whether it is one value, a list, or a table by key."""

    holds: Holds
    many: Literal["one", "list", "table"] = "one"
    required: bool = False
    codes: str | None = None
    key_codes: str | None = None
    choices: tuple[str, ...] = ()


@cache
def kinds_of(fact: type[Fact]) -> dict[str, Kind]:
    """Field name to what it holds, of the fields that a mapping may fill."""
    hints = get_type_hints(fact, include_extras=True)
    return {
        field.name: _kind(hints[field.name], required=_is_required(field))
        for field in fields(fact)
        if field.name not in FILLED_IN
    }


def _is_required(field: Any) -> bool:
    return field.default is NODEFAULT and field.default_factory is NODEFAULT


def _kind(hint: Any, *, required: bool) -> Kind:
    hint = _without_none(hint)
    if get_origin(hint) is tuple:
        return _one(get_args(hint)[0], "list", required)
    if get_origin(hint) is dict:
        key, value = get_args(hint)
        told = _one(value, "table", required)
        return Kind(told.holds, "table", required, key_codes=_codes(key))
    return _one(hint, "one", required)


def _one(hint: Any, many: Literal["one", "list", "table"], required: bool) -> Kind:
    for mark in getattr(hint, "__metadata__", ()):
        if isinstance(mark, Personal):
            return Kind("person" if mark.shape == "person" else "words", many, required)
        if isinstance(mark, Code):
            return Kind("code", many, required, codes=mark.name)
    for told, holds in _SPECIAL:
        if hint == told:
            return Kind(holds, many, required)
    if get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    if get_origin(hint) is Literal:
        return Kind("choice", many, required, choices=get_args(hint))
    return Kind(_PLAIN[hint], many, required)


def _codes(hint: Any) -> str | None:
    return next((m.name for m in getattr(hint, "__metadata__", ()) if isinstance(m, Code)), None)


def _without_none(hint: Any) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        [inner] = [told for told in get_args(hint) if told is not type(None)]
        return inner
    return hint


_SPECIAL: tuple[tuple[Any, Holds], ...] = (
    (Cents, "money"),
    (Version, "link"),
    (Month, "month"),
    (Digest, "digest"),
)

_PLAIN: dict[Any, Holds] = {
    str: "text",
    dt.date: "date",
    Decimal: "number",
    int: "whole",
    bool: "yes-no",
    UUID: "member",
}
