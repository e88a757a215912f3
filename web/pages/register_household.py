"""Registering a household with its first members, in a form and a look before it is recorded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_OID, uuid4, uuid5

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from marshmallow import Schema, ValidationError
from marshmallow.fields import Field
from werkzeug.wrappers import Response

from journeys.errors import Refusal, StoreUnavailable
from web import fields, recording
from web.current import journeys, read_own_writes
from web.formats import long_date
from web.forms import told_wrong
from web.policy import requires
from web.preferences import language
from web.questions import Group, Question, labels, rest_of, wrong_in
from web.registration import (
    MOST_MEMBERS,
    MemberSchema,
    RegistrationSchema,
    batch,
    typed_registration,
)
from web.signin import actor, kept_answers
from web.telling import month
from web.words.refusals import said

register = Blueprint("register", __name__)

ASKED_OF_MEMBERS = ("name", "surname", "birth_date", "fiscal_code", "relation", "birth_month")


@register.get("/households/new")
@requires("household.register")
def ask() -> str:
    """The form for a household of one, to which members are added."""
    day = {"effective_from": "", "unit": "registry", "members": [{"relation": "head"}]}
    return _form(day, {}, str(uuid4()))


@register.post("/households/new")
@requires("household.register")
def answer() -> str | tuple[str, int] | Response:
    """Add a member to the form, or take its answers: wrong, to be checked, or recorded."""
    answers = typed_registration(request.form)
    form, step = request.form.get("form", "")[:80] or str(uuid4()), request.form.get("step")
    if step == "add" and len(answers["members"]) < MOST_MEMBERS:
        answers["members"].append({})
    if step not in ("check", "record"):
        return _form(answers, {}, form)
    household = uuid5(NAMESPACE_OID, form)
    try:
        told = RegistrationSchema(typed=True).load(answers)
        registration = batch(household, told, actor())
        if step == "check":
            recording.attempt(journeys(), [registration])
            return _check(told)
        command = recording.command_id(form, answers)
        receipt = recording.record(journeys(), [registration], command)
    except ValidationError as wrong:
        return _form(answers, told_wrong(wrong), form), 422
    except StoreUnavailable:
        raise
    except Refusal as refusal:
        return _form(answers, {"_schema": [said(refusal)]}, form), 422
    read_own_writes(receipt.position)
    return redirect(url_for("record.receipt", household=receipt.household, version=1), code=303)


def _form(answers: dict[str, Any], errors: dict[str, Any], form: str) -> str:
    asked = [Group(_questions(answers, errors))]
    wrong = errors.get("members")
    for place, member in enumerate(answers["members"]):
        title = (
            gettext("Persona di riferimento")
            if place == 0
            else gettext("Persona %(number)s", number=place + 1)
        )
        told = wrong.get(place, {}) if isinstance(wrong, dict) else {}
        asked.append(Group(_of_member(place, member, told), title))
    asked.append(_referral(answers, errors))
    asked[0].rest = rest_of({k: v for k, v in errors.items() if k != "members"}, asked)
    return render_template(
        "pages/household_new.html",
        groups=asked,
        carried={"form": form},
        errors=wrong_in(asked),
        labels=labels(asked),
        full=len(answers["members"]) >= MOST_MEMBERS,
    )


def _questions(answers: dict[str, Any], errors: dict[str, Any]) -> list[Question]:
    schema = RegistrationSchema()
    return [
        _question(name, schema.fields[name], answers.get(name), errors.get(name))
        for name in ("effective_from", "unit")
    ]


def _of_member(place: int, told: dict[str, Any], errors: dict[str, Any]) -> list[Question]:
    schema = MemberSchema()
    return [
        _question(f"members-{place}-{name}", schema.fields[name], told.get(name), errors.get(name))
        for name in ASKED_OF_MEMBERS
    ]


def _referral(answers: dict[str, Any], errors: dict[str, Any]) -> Group:
    schema = RegistrationSchema()
    names = ("referral_source", "referred_on", "programme")
    questions = [
        _question(name, schema.fields[name], answers.get(name), errors.get(name)) for name in names
    ]
    return Group(questions, gettext("Segnalazione al programma"), gettext("Se la sai già."))


def _question(name: str, field: Field[Any], value: Any, errors: Any) -> Question:
    about: dict[str, Any] = {"autocomplete": "off", "widget": "text", **field.metadata}
    options = None
    if "code" in about:
        options = journeys().codes.options(about["code"], language())
        about["widget"] = "select"
    return Question(name, about, field.required, value, errors, options)


def _check(told: dict[str, Any]) -> str:
    """Everything that was told, and households that already have one of the fiscal codes."""
    shared = [name for name in RegistrationSchema().fields if name != "members"]
    rows = _told(RegistrationSchema(), {name: told.get(name) for name in shared})
    codes = [member["fiscal_code"] for member in told["members"] if member.get("fiscal_code")]
    for place, member in enumerate(told["members"]):
        lines = [f"{row['label']}: {row['value']}" for row in _told(MemberSchema(), member)]
        rows.append({"label": gettext("Persona %(number)s", number=place + 1), "value": lines})
    known = [(code, home) for code in codes for _, home in journeys().find_fiscal_code(code)]
    return render_template(
        "pages/household_new_check.html", rows=rows, known=known, answers=kept_answers()
    )


def _told(schema: Schema, told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The answers given to a schema's questions, each with its label."""
    rows = []
    for name, field in schema.fields.items():
        value, spoken = told.get(name), language()
        if value is None:
            continue
        if "code" in field.metadata:
            value = journeys().codes.label(field.metadata["code"], value, spoken)
        elif isinstance(field, fields.Day):
            day = dt.date.fromisoformat(value) if isinstance(value, str) else value
            value = long_date(day, spoken)
        elif isinstance(field, fields.MonthOfYear):
            value = month(value, spoken)
        rows.append({"label": str(field.metadata["label"]), "value": str(value)})
    return rows
