"""One marshmallow schema for each kind of fact, made from the fact's own declaration.

The same schema reads a form, as typed, and the JSON API, as exact (see `web.fields`). What it
gives is a `Told`: the fact without its teller, and apart from it what is to be sealed.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar, get_type_hints

import msgspec
from marshmallow import Schema, ValidationError, post_dump, post_load
from marshmallow.fields import Field
from werkzeug.datastructures import MultiDict

from journeys.household.facts import Fact
from journeys.household.personal import personal_fields
from journeys.values import Actor
from web import fields
from web.answers import AnswersSchema
from web.declared import declared_field, last_day
from web.many import Several

TOLD_BY = frozenset({"by", "organisation", "role", "command", "cause"})
"""Envelope fields that the application fills in: nobody answers them."""

ENVELOPE_LAST = ("known_on", "note", "reason", "attested_by", "attestor_interested", "evidence")


class Told(msgspec.Struct, frozen=True):
    """What somebody told: the fact's values but for the teller, and the content to seal.

    `personal` maps a field to its content, in the shapes of `journeys.household.personal`.
    """

    kind: type[Fact]
    values: dict[str, Any]
    personal: dict[str, Any] = {}

    def fact(self, by: Actor) -> Fact:
        """The fact as told by `by`, its personal fields still empty."""
        return self.kind(by=by.id, organisation=by.organisation, role=by.role, **self.values)

    def of_field(self, name: str) -> Any:
        """What was told for a field, personal or not; None for nothing."""
        return self.personal.get(name, self.values.get(name))

    @classmethod
    def of(cls, fact: Fact, disclosed: Mapping[str, Any]) -> Told:
        """A recorded fact as it would be told again; `disclosed` is its personal content."""
        sealed = personal_fields(type(fact))
        values = {
            name: getattr(fact, name)
            for name in fact.__struct_fields__
            if name not in TOLD_BY and name not in sealed
        }
        return cls(
            type(fact), values, {name: disclosed[name] for name in sealed & disclosed.keys()}
        )


class FactSchema(AnswersSchema):
    """What the schema of every kind of fact does; `schema_of` makes them."""

    KIND: ClassVar[type[Fact]]

    @post_load
    def _told(self, loaded: dict[str, Any], **_: Any) -> Told:
        sealed = personal_fields(self.KIND)
        personal = {name: loaded.pop(name) for name in sealed if loaded.get(name) is not None}
        loaded = {name: value for name, value in loaded.items() if value is not None}
        born = (personal.get("person") or {}).get("birth_date")
        if born and "birth_month" in self.fields and "birth_month" not in loaded:
            loaded["birth_month"] = born[:7]
        if self.typed and "currency" in loaded and not _amounts(self.KIND) & loaded.keys():
            del loaded["currency"]
        return Told(self.KIND, loaded, personal)

    def get_attribute(self, obj: Told, attr: str, default: Any) -> Any:
        return obj.personal.get(attr, obj.values.get(attr, default))

    @post_dump
    def _without_gaps(self, dumped: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {
            k: v for k, v in dumped.items() if v not in (None, [], {}) or self.fields[k].required
        }


@cache
def schema_of(kind: type[Fact]) -> type[FactSchema]:
    """The schema of a kind of fact, its fields in the order in which a form asks them."""
    hints = get_type_hints(kind, include_extras=True)
    required = {field.name for field in msgspec.structs.fields(kind) if field.required}
    own = [name for name in kind.__struct_fields__ if name not in Fact.__struct_fields__]
    if "person" in own:
        own = ["person", *(name for name in own if name != "person")]
    made: dict[str, Any] = {"KIND": kind}
    for name in ("effective_from", "effective_until", *own, *ENVELOPE_LAST):
        if name == "effective_until":
            if kind.SPAN != "day":
                made["effective_to"] = last_day(kind)
        else:
            made[name] = declared_field(kind, name, hints[name], required=name in required)
    return type(kind.__name__, (FactSchema,), made)


@cache
def fields_of(kind: type[Fact]) -> dict[str, Field[Any]]:
    """The fields of a kind's schema, to read them without loading or dumping anything."""
    return dict(schema_of(kind)().fields)


def typed_answers(schema: Schema, form: MultiDict[str, str]) -> dict[str, Any]:
    """The answers in a submitted form by field, nested ones nested; nothing else that it holds."""
    answers: dict[str, Any] = {}
    for name, field in schema.fields.items():
        nested = {
            key.removeprefix(f"{name}-"): value
            for key, value in form.items()
            if key.startswith(f"{name}-")
        }
        if isinstance(field, Several) and field.metadata.get("widget") == "checkboxes":
            answers[name] = form.getlist(name)
        elif nested:
            answers[name] = nested
        elif name in form:
            answers[name] = form[name]
    return answers


def told_wrong(refused: ValidationError) -> dict[str, Any]:
    """marshmallow's messages by field, whatever shape they were raised in."""
    messages: dict[str, Any] = refused.normalized_messages()  # type: ignore[no-untyped-call]
    return messages


def errors_by_field(refused: ValidationError) -> dict[str, Any]:
    """marshmallow's messages, those of a mapping's values under the key that the form shows."""
    messages = told_wrong(refused)
    for name, told in messages.items():
        if isinstance(told, dict):
            messages[name] = {
                key: (inner.get("value") or inner.get("key") or inner)
                if isinstance(inner, dict)
                else inner
                for key, inner in told.items()
            }
    return messages


def _amounts(kind: type[Fact]) -> set[str]:
    return {name for name, field in fields_of(kind).items() if isinstance(field, fields.Money)}
