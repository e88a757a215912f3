"""Correcting an entry: other values for some of its fields. What it said before stays readable."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from flask import Blueprint, abort, request
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from journeys.errors import Refusal, StoreUnavailable
from journeys.household.facts import UNCORRECTABLE, EntryCorrected, Fact
from journeys.household.personal import personal_fields
from web.diary import ACTING
from web.forms import FactSchema, Told, errors_by_field, schema_of, typed_answers
from web.policy import requires
from web.questions import groups
from web.recording import carried_ids
from web.setting_right import ADDRESS, Sent, envelope, go_on, page, refused

correct = Blueprint("correct", __name__)


@correct.get(f"{ADDRESS}/correct")
@requires("household.correct")
def ask(household: UUID, version: int) -> str:
    """The entry's form with what it says now."""
    sent, schema = _sent(household, version)
    return _form(sent, schema, schema.dump(sent.told), {})


@correct.post(f"{ADDRESS}/correct")
@requires("household.correct")
def answer(household: UUID, version: int) -> str | tuple[str, int] | Response:
    """Show what the correction changes, or record it."""
    sent, schema = _sent(household, version)
    answers = typed_answers(schema, request.form)
    if not sent.submitted:
        return _form(sent, schema, answers, {})
    try:
        told = schema.load(answers)
        changes = changed_fields(sent.entry.current, told)
        personal = changed_content(sent.told, told)
        changes |= dict.fromkeys(sent.told.personal.keys() - told.personal.keys())
        return go_on(sent, EntryCorrected(target=version, changes=changes, **envelope()), personal)
    except ValidationError as wrong:
        errors = errors_by_field(wrong)
    except StoreUnavailable:
        raise
    except Refusal as refusal:
        errors = refused(sent, refusal, schema.KIND)
    return _form(sent, schema, answers, errors), 422


def unasked(kind: type[Fact]) -> frozenset[str]:
    """Fields that a correction's form does not ask: testimony and people's ids."""
    return frozenset({*UNCORRECTABLE, *carried_ids(kind), "reason", "party"})


def changed_fields(current: Fact, told: Told) -> dict[str, Any]:
    """The fields in which what was told differs from the entry, in the JSON of a correction."""
    optional = {f.name: f.default for f in msgspec.structs.fields(type(current)) if not f.required}
    changes = {}
    sealed = personal_fields(type(current)).keys()
    for name in sorted(set(current.__struct_fields__) - unasked(type(current)) - sealed):
        before, now = getattr(current, name), told.values.get(name, optional.get(name))
        # A currency without an amount says nothing, so that losing it changes nothing.
        if now != before and not (name == "currency" and now is None):
            changes[name] = msgspec.to_builtins(now, str_keys=True)
    return changes


def changed_content(before: Told, told: Told) -> dict[str, Any]:
    """The personal content that was told and is other than before, by field."""
    return {
        field: content
        for field, content in told.personal.items()
        if content != before.personal.get(field)
    }


def _form(sent: Sent, schema: FactSchema, answers: dict[str, Any], errors: dict[str, Any]) -> str:
    asked = groups(schema, sent.case, answers, errors, skip=unasked(schema.KIND))
    return page("pages/correct_ask.html", sent, asked, errors)


def _sent(household: UUID, version: int) -> tuple[Sent, FactSchema]:
    sent = Sent.of(household, version)
    if isinstance(sent.entry.recorded.fact, ACTING):
        abort(404)
    return sent, schema_of(type(sent.entry.current))(typed=True, partial=unasked_keys(sent))


def unasked_keys(sent: Sent) -> tuple[str, ...]:
    """Fields of the entry's schema that may be missing since the form does not ask them."""
    kind = type(sent.entry.current)
    return tuple(unasked(kind) & schema_of(kind)().fields.keys())
