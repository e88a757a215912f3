"""Writing through the API: register a household, tell, correct and retract facts."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid5

from flask import url_for
from flask_smorest import Blueprint
from marshmallow import Schema, ValidationError, fields

from journeys.household.commands import Batch, envelope
from journeys.household.facts import EntryCorrected, EntryRetracted
from journeys.household.personal import personal_fields
from journeys.values import Actor
from web import fields as answers
from web import recording, registration
from web.answers import AnswersSchema
from web.api import conditions
from web.api.reading import read_json
from web.current import journeys, read_own_writes
from web.forms import schema_of
from web.policy import check, may_record, requires
from web.registration import RegistrationSchema
from web.signin import actor, current_role
from web.words.answers import MESSAGES
from web.words.fields import label_of

facts = Blueprint("facts", __name__, url_prefix="/api/v1", description="Writing to the record")

Answer = tuple[dict[str, Any], int, dict[str, str]]

HEADERS = [
    {
        "in": "header",
        "name": "Idempotency-Key",
        "schema": {"type": "string", "maxLength": 255},
        "description": "The same key with the same request answers with the first receipt.",
    }
]
SEEN = [
    {
        "in": "header",
        "name": "If-Match",
        "schema": {"type": "string"},
        "description": "The ETag of the household that the author saw; 412 when it moved on.",
    }
]


class ReceiptSchema(Schema):
    """What the asker takes away."""

    household = fields.UUID(required=True)
    versions = fields.List(fields.Integer(), required=True)
    position = fields.Integer(required=True)
    recorded_at = fields.DateTime(required=True)
    fingerprint = fields.String(required=True)
    repeated = fields.Boolean(required=True)


class RetractionSchema(AnswersSchema):
    """An entry that should not have been made."""

    target = answers.Whole(required=True, metadata={"label": label_of("entry-corrected", "target")})
    reason = answers.Words(required=True, metadata={"label": label_of("why", "why")})
    note = answers.Words(metadata={"label": label_of("why", "why_note")})


class CorrectionSchema(RetractionSchema):
    """Named fields of an entry had another value; null takes an optional value away."""

    changes = fields.Dict(
        keys=fields.String(), required=True, metadata={"label": label_of("why", "changes")}
    )


@facts.post("/households")
@facts.doc(parameters=HEADERS)
@facts.arguments(RegistrationSchema)
@facts.alt_response(201, schema=ReceiptSchema)
@requires("household.register")
def register(told: dict[str, Any]) -> Answer:
    """Register a household with its first members; the first is the person of reference."""
    command = conditions.command()
    household = uuid5(command, "household")
    batch = registration.batch(household, told, actor())
    receipt = conditions.record(journeys(), [batch], command)
    read_own_writes(receipt.position)
    body, status, headers = conditions.answer(receipt)
    return body, status, headers | {"Location": url_for("households-api.show", household=household)}


@facts.post("/households/<uuid:household>/facts")
@facts.doc(
    parameters=HEADERS + SEEN,
    requestBody={
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Fact"}}},
    },
)
@facts.alt_response(201, schema=ReceiptSchema)
@requires("household.record")
def tell(household: UUID) -> Answer:
    """Record a fact; `fact` names its kind, the other keys are the kind's own."""
    body = read_json()
    name = body.pop("fact", None) if isinstance(body, dict) else None
    kind = recording.kind_named(name) if isinstance(name, str) else None
    if kind is None:
        raise ValidationError({"fact": [MESSAGES["choice"]]})
    if not may_record(current_role(), str(name)):
        check(current_role(), f"record of {name}")
    told = schema_of(kind)().load(body)
    command = conditions.command()
    batches = recording.compose(journeys(), household, told, actor())
    return _recorded(batches, command)


@facts.post("/households/<uuid:household>/corrections")
@facts.doc(parameters=HEADERS + SEEN)
@facts.arguments(CorrectionSchema)
@facts.alt_response(201, schema=ReceiptSchema)
@requires("household.correct")
def correct(told: dict[str, Any], household: UUID) -> Answer:
    """Correct named fields of an entry."""
    command = conditions.command()
    content, changes = _told_apart(household, told["target"], told["changes"])
    fact = EntryCorrected(changes=changes, **_setting_right(told, actor()))
    return _recorded([_batch(household, fact, told, content)], command)


@facts.post("/households/<uuid:household>/retractions")
@facts.doc(parameters=HEADERS + SEEN)
@facts.arguments(RetractionSchema)
@facts.alt_response(201, schema=ReceiptSchema)
@requires("household.correct")
def retract(told: dict[str, Any], household: UUID) -> Answer:
    """Take an entry back; retracting a correction undoes it."""
    command = conditions.command()
    fact = EntryRetracted(**_setting_right(told, actor()))
    return _recorded([_batch(household, fact, told)], command)


def _recorded(batches: list[Batch], command: UUID) -> Answer:
    receipt = conditions.record(journeys(), batches, command)
    read_own_writes(receipt.position)
    return conditions.answer(receipt)


def _setting_right(told: dict[str, Any], by: Actor) -> dict[str, Any]:
    shared = envelope(by, journeys().today())
    return {**shared, "target": told["target"], "reason": told["reason"]}


def _told_apart(
    household: UUID, target: int, changes: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The personal content of a correction, which is to be sealed, and its other changes."""
    corrected = journeys().household(household).standing.get(target)
    sealed = personal_fields(type(corrected)).keys() - {"note"} if corrected else set()
    content = {field: changes[field] for field in sealed if changes.get(field) is not None}
    return content, {field: to for field, to in changes.items() if field not in content}


def _batch(
    household: UUID,
    fact: EntryCorrected | EntryRetracted,
    told: dict[str, Any],
    content: Mapping[str, Any] = MappingProxyType({}),
) -> Batch:
    sealed = {**content, "note": told["note"]} if told.get("note") else content
    personal = {(0, field): each for field, each in sealed.items()}
    return Batch(household=household, facts=[fact], personal=personal)
