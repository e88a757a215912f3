"""From the declaration of a fact's field to the marshmallow field that asks for it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

from marshmallow.fields import Field

from journeys.household.facts import Fact, name_of
from journeys.values import HEX_SHA256, Cents, Code, Matches, Month, Personal, Version, Within
from web import fields
from web.answers import PersonAnswer
from web.many import Pairs, Several
from web.words.fields import hint_of, label_of


def last_day(kind: type[Fact]) -> Field[Any]:
    """The question for the last day of a kind that runs over several: `effective_to`."""
    metadata = _metadata(kind, "effective_to", widget="date")
    needed = kind.SPAN == "closed"
    return fields.LastDay(
        attribute="effective_until", required=needed, allow_none=not needed, metadata=metadata
    )


def declared_field(kind: type[Fact], name: str, hint: Any, *, required: bool) -> Field[Any]:
    """The question for one declared field; `hint` is its type with the marks that it bears.

    Its metadata hold what a form needs beside label and hint: the `widget`, the `code` list,
    `literal` answers, or that it is a `link` to another entry.
    """
    hint, optional = _without_none(hint)
    named: dict[str, Any] = {"required": required, "allow_none": optional}
    marks, bare = _marks(hint)
    if any(isinstance(mark, Personal) and mark.shape == "person" for mark in marks):
        return PersonAnswer(metadata=_metadata(kind, name, widget="person"), **named)
    if get_origin(bare) is tuple:
        inner = declared_field(kind, name, get_args(bare)[0], required=True)
        many = {**inner.metadata, "widget": _many(inner)}
        return Several(inner, metadata=many, **named)
    if get_origin(bare) is dict:
        key, value = get_args(bare)
        keys, values = (declared_field(kind, name, each, required=True) for each in (key, value))
        widget = "pairs" if "code" in keys.metadata else "textarea"
        about = _metadata(kind, name, widget=widget, code=keys.metadata.get("code"))
        return Pairs(keys=keys, values=values, metadata=about, **named)
    return _single(kind, name, bare, marks, named)


def _single(
    kind: type[Fact], name: str, bare: Any, marks: tuple[Any, ...], named: dict[str, Any]
) -> Field[Any]:
    """A field that holds one value; `named` are marshmallow's own options."""
    by_mark = {type(mark): mark for mark in marks}
    if Code in by_mark:
        about = _metadata(kind, name, widget="choice", code=by_mark[Code].name)
        return fields.Words(metadata=about, **named)
    if Personal in by_mark:
        widget = "textarea" if name == "note" else "text"
        return fields.Words(metadata=_metadata(kind, name, widget=widget), **named)
    if get_origin(bare) is Literal:
        about = _metadata(kind, name, widget="choice", literal=get_args(bare))
        return fields.Words(among=get_args(bare), metadata=about, **named)
    if bare is str and by_mark.get(Matches) in get_args(Month):
        return fields.MonthOfYear(metadata=_metadata(kind, name, width="short"), **named)
    if bare is int and by_mark.get(Within) in get_args(Cents):
        return fields.Money(metadata=_metadata(kind, name, widget="money"), **named)
    if bare is int:
        link = by_mark.get(Within) in get_args(Version) or None
        about = _metadata(kind, name, widget="number", link=link)
        return fields.Whole(by_mark.get(Within), metadata=about, **named)
    plain: dict[Any, tuple[type[fields.Answer], dict[str, Any]]] = {
        dt.date: (fields.Day, {"widget": "date"}),
        Decimal: (fields.Amount, {"width": "short", "inputmode": "decimal"}),
        bool: (fields.YesNo, {"widget": "yes_no"}),
        UUID: (fields.Id, {"widget": "id"}),
    }
    if bare in plain:
        made, about = plain[bare]
        return made(metadata=_metadata(kind, name, **about), **named)
    if bare is str:
        digest = by_mark.get(Matches) == HEX_SHA256 or None
        about = _metadata(kind, name, digest=digest)
        return fields.Words(by_mark.get(Matches), metadata=about, **named)
    return fields.Answer(metadata=_metadata(kind, name), **named)


def _many(inner: Field[Any]) -> str:
    chosen = inner.metadata.get("widget") in ("choice", "id", "number")
    return "checkboxes" if chosen or "digest" in inner.metadata else "textarea"


def _metadata(kind: type[Fact], name: str, **about: Any) -> dict[str, Any]:
    about |= {"label": label_of(name_of(kind), name), "hint": hint_of(name_of(kind), name)}
    return {key: value for key, value in about.items() if value is not None}


def _without_none(hint: Any) -> tuple[Any, bool]:
    if get_origin(hint) in (Union, UnionType):
        [inner] = [each for each in get_args(hint) if each is not type(None)]
        return inner, True
    return hint, False


def _marks(hint: Any) -> tuple[tuple[Any, ...], Any]:
    if get_origin(hint) is Annotated:
        bare, *marks = get_args(hint)
        return tuple(marks), bare
    return (), hint
