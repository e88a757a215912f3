"""Retracting an entry that should not have been made. It stays readable, marked as retracted."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from journeys.errors import Refusal, StoreUnavailable
from journeys.household.facts import EntryRetracted, HouseholdRegistered
from web.forms import errors_by_field
from web.policy import requires
from web.setting_right import ADDRESS, Sent, envelope, go_on, page, refused

retract = Blueprint("retract", __name__)


@retract.get(f"{ADDRESS}/retract")
@requires("household.correct")
def ask(household: UUID, version: int) -> str:
    """Why the entry is taken back."""
    return _form(_sent(household, version), {})


@retract.post(f"{ADDRESS}/retract")
@requires("household.correct")
def answer(household: UUID, version: int) -> str | tuple[str, int] | Response:
    """Show what is taken back, or record that it is."""
    sent = _sent(household, version)
    if not sent.submitted:
        return _form(sent, {})
    try:
        return go_on(sent, EntryRetracted(target=version, **envelope()))
    except ValidationError as wrong:
        errors = errors_by_field(wrong)
    except StoreUnavailable:
        raise
    except Refusal as refusal:
        errors = refused(sent, refusal, EntryRetracted)
    return _form(sent, errors), 422


def _form(sent: Sent, errors: dict[str, Any]) -> str:
    return page("pages/retract_ask.html", sent, [], errors)


def _sent(household: UUID, version: int) -> Sent:
    sent = Sent.of(household, version)
    if isinstance(sent.entry.recorded.fact, HouseholdRegistered):
        abort(404)
    return sent
