"""Recording a fact in three pages: which, what, and a look at it before it is in the record."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from journeys.clock import instant
from journeys.errors import Refusal, StoreUnavailable
from journeys.household.facts import GROUPS, name_of
from web import recording
from web.case import Case
from web.current import case, journeys, read_own_writes
from web.forms import FactSchema, Told, errors_by_field, schema_of, typed_answers
from web.policy import check, may_record, requires
from web.questions import Group, groups, labels, rest_of, starting_answers, wrong_in
from web.signin import actor, current_role, kept_answers
from web.telling import told_lines
from web.words.kinds import GROUPS as TITLES
from web.words.kinds import MOST_USED, group_title, kind_purpose, kind_title
from web.words.refusals import errors_of
from web.words.search import matches

record = Blueprint("record", __name__)


@record.get("/households/<uuid:household>/record")
@requires("household.record")
def choose(household: UUID) -> str:
    """The kinds of fact that the reader may record, by group, the most used first."""
    wanted = request.args.get("q", "").strip()
    found = case(household)
    return render_template(
        "pages/record_choose.html", case=found, groups=_kinds(household, wanted), wanted=wanted
    )


@record.get("/households/<uuid:household>/record/<kind>")
@requires("household.record")
def ask(household: UUID, kind: str) -> str:
    """The form of one kind of fact, empty."""
    schema, found = _schema(kind), case(household)
    carried = {"form": str(uuid4())} | _new_ids(schema, household)
    started = starting_answers(schema, carried, actor().organisation, actor().id)
    return _form(found, schema, carried, groups(schema, found, started, {}))


@record.post("/households/<uuid:household>/record/<kind>")
@requires("household.record")
def answer(household: UUID, kind: str) -> str | tuple[str, int] | Response:
    """Take the answers: show what is wrong with them, show them to be checked, or record them."""
    schema, found = _schema(kind), case(household)
    answers = typed_answers(schema, request.form)
    step = request.form.get("step")
    if step not in ("check", "record"):
        return _again(found, schema, answers, {})
    try:
        told = schema.load(answers)
        batches = recording.compose(journeys(), household, told, actor())
        if step == "check":
            recording.attempt(journeys(), batches)
            return _check(found, told)
        command = recording.command_id(_asked(), answers)
        receipt = recording.record(journeys(), batches, command)
    except ValidationError as wrong:
        return _again(found, schema, answers, errors_by_field(wrong)), 422
    except StoreUnavailable:
        raise
    except Refusal as refusal:
        return _again(found, schema, answers, errors_of(refusal, schema.KIND)), 422
    read_own_writes(receipt.position)
    return redirect(
        url_for(".receipt", household=household, version=receipt.versions[-1]), code=303
    )


@record.get("/households/<uuid:household>/entries/<int(max=9007199254740992):version>/receipt")
@requires("household.read")
def receipt(household: UUID, version: int) -> str:
    """The receipt of an entry: its number, time and fingerprint, the same at every look."""
    found = case(household)
    entry = found.entry(version).recorded
    recorder = journeys().recorder
    [leaf] = recorder.entries(0, entry.position - 1, entry.position)
    return render_template(
        "pages/receipt.html",
        case=found,
        entry=entry,
        title=found.fact_title(entry.fact),
        recorded_at=instant(entry.recorded_at),
        fingerprint=leaf.hex(),
        again=name_of(entry.fact) if name_of(entry.fact) in recording.RECORDABLE else None,
    )


def _schema(kind: str) -> FactSchema:
    """The schema of a kind that the reader may record; 404 for no such kind, else `Denied`."""
    named = recording.kind_named(kind)
    if named is None:
        abort(404)
    if not may_record(current_role(), kind):
        check(current_role(), f"record of {kind}")
    return schema_of(named)(typed=True)


def _form(case: Case, schema: FactSchema, carried: dict[str, str], asked: list[Group]) -> str:
    name = name_of(schema.KIND)
    return render_template(
        "pages/record_ask.html",
        case=case,
        kind=name,
        title=kind_title(name),
        purpose=kind_purpose(name),
        carried=carried,
        groups=asked,
        errors=wrong_in(asked),
        labels=labels(asked),
        blocked=[q for group in asked for q in group.questions if q.required and q.options == []],
    )


def _again(case: Case, schema: FactSchema, answers: dict[str, Any], errors: dict[str, Any]) -> str:
    """The form with what was typed, and what is wrong with it beside each question."""
    carried = {"form": _asked()}
    carried |= {name: str(answers[name]) for name in _new_ids(schema, case.id) if name in answers}
    asked = groups(schema, case, answers, errors)
    asked[0].rest = rest_of(errors, asked)
    return _form(case, schema, carried, asked)


def _check(case: Case, told: Told) -> str:
    name = name_of(told.kind)
    return render_template(
        "pages/record_check.html",
        case=case,
        kind=name,
        title=kind_title(name),
        rows=[{"label": line.label, "value": line.value} for line in told_lines(told, case)],
        answers=kept_answers(),
    )


def _asked() -> str:
    """The id of the form that was sent, by which a second sending is known."""
    return request.form.get("form", "")[:80] or str(uuid4())


def _new_ids(schema: FactSchema, household: UUID) -> dict[str, str]:
    """Ids that the form carries: new people's and households', and the household's own."""
    return {
        name: str(household if name in ("origin", "survivor") else uuid4())
        for name in recording.carried_ids(schema.KIND)
    }


def _kinds(household: UUID, wanted: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """Titles of groups with the kinds in them, the most used first; those that match alone."""
    role = current_role()
    open_to = [kind for kind in recording.RECORDABLE if may_record(role, kind)]
    most = [kind for kind in MOST_USED if kind in open_to]
    listed = [(gettext("Più usati"), most)] if most and not wanted else []
    for group in TITLES:
        names = [name_of(kind) for kind in GROUPS[group]]
        listed.append((str(group_title(group)), [kind for kind in names if kind in open_to]))
    shown = [
        (title, [_choice(household, kind) for kind in kinds if matches(wanted, kind)])
        for title, kinds in listed
    ]
    return [(title, kinds) for title, kinds in shown if kinds]


def _choice(household: UUID, kind: str) -> dict[str, Any]:
    return {
        "text": kind_title(kind),
        "hint": kind_purpose(kind),
        "url": url_for(".ask", household=household, kind=kind),
    }
