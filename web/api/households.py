"""Reading through the API: one household, its history on two dates, and what changed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from flask import Response, jsonify, request
from flask_smorest import Blueprint
from marshmallow import ValidationError

from journeys.clock import microseconds
from journeys.household.history import difference, read
from projections.search import Listed
from web import wire
from web.api import conditions
from web.case import Case
from web.current import case, journeys, sees, views
from web.formats import parse_day, parse_instant
from web.lookup import FILTERS, MOST_PER_PAGE, SORTS, Lookup
from web.policy import requires

households = Blueprint(
    "households-api", __name__, url_prefix="/api/v1", description="Reading the record"
)

DATES = [
    {
        "in": "query",
        "name": "as_of",
        "schema": {"type": "string", "format": "date"},
        "description": "Facts up to this day.",
    },
    {
        "in": "query",
        "name": "as_at",
        "schema": {"type": "string"},
        "description": "As known at this instant, or at the end of this day in Europe/Rome.",
    },
]
LOOKUP = [
    {"in": "query", "name": name, "schema": {"type": "string"}, "description": description}
    for name, description in {
        "q": "Names, a fiscal code, or the household's id.",
        "sort": f"One of {', '.join(SORTS)}.",
        "after": "The `after` of the page before.",
        **dict.fromkeys(FILTERS, "Only households that meet it."),
    }.items()
] + [{"in": "query", "name": "size", "schema": {"type": "integer", "maximum": MOST_PER_PAGE}}]
BEFORE = [{**DATES[1], "name": "before", "required": True, "description": "The earlier instant."}]


@households.get("/households")
@households.doc(parameters=LOOKUP)
@households.response(200, description="A page of the register")
@requires("household.read")
def index() -> Response:
    """Households looked up; `after` of one page asks for the next."""
    names = sees("person.read")
    size = request.args.get("size", 50, type=int)
    asked = Lookup.of(request.args)
    found = asked.find(journeys(), views(), min(max(size, 1), MOST_PER_PAGE), names=names)
    return jsonify(
        {
            "households": [_listed(listed, names) for listed in found.households],
            "total": found.total,
            "after": found.after,
        }
    )


@households.get("/households/<uuid:household>")
@households.response(200, description="The household as it stands")
@requires("household.read")
def show(household: UUID) -> Response:
    """A household as it stands: its version, its people, what binds it."""
    found = case(household)
    now = found.now
    body = {
        "household": str(household),
        "version": found.version,
        "title": found.title,
        "merged_into": str(now.merged_into) if now.merged_into else None,
        "restricted": now.restricted_by is not None,
        "referred_on": now.referred_on.isoformat() if now.referred_on else None,
        "withdrawn_on": now.withdrawn_on.isoformat() if now.withdrawn_on else None,
        "members": [_member(found, member) for member in now.members],
        "guests": [_member(found, guest) for guest in now.guests],
    }
    answer = conditions.tagged(jsonify(body), found.version)
    answer.make_conditional(request)
    return answer


@households.get("/households/<uuid:household>/history")
@households.doc(parameters=DATES)
@households.response(200, description="The entries by effective day")
@requires("household.read")
def history(household: UUID) -> Response:
    """The timeline as it was on a day, as known at an instant, with its provenance."""
    as_of, as_at = _day("as_of"), _instant("as_at")
    found = case(household, as_of, as_at)
    body = {"household": str(household), **wire.history(found.history)}
    if sees("person.read"):
        for entry, told in zip(found.history.entries, body["entries"], strict=True):
            told["personal"] = found.personal_of(entry)
    return conditions.tagged(jsonify(body), found.version)


@households.get("/households/<uuid:household>/difference")
@households.doc(parameters=BEFORE + DATES)
@households.response(200, description="What one reading says otherwise than the other")
@requires("household.read")
def compare(household: UUID) -> Response:
    """What is known at `as_at` and was not, or was otherwise, at `before`."""
    as_of, as_at, before = _day("as_of"), _instant("as_at"), _instant("before")
    found = case(household, as_of, as_at)
    changes = difference(read(found.record, as_of, before), found.history)
    return jsonify({"household": str(household), "changes": wire.difference(changes)})


def _listed(listed: Listed, names: bool) -> dict[str, Any]:
    situation = msgspec.to_builtins(listed.situation._asdict())
    told = msgspec.to_builtins(listed)
    told |= {"situation": situation, "recorded_at": wire.moment(listed.recorded_at)}
    return told if names else {**told, "name": None}


def _member(case: Case, person: UUID) -> dict[str, Any]:
    known = case.people.someone.get(person)
    periods = case.now.members.get(person) or case.now.guests[person]
    return {
        "id": str(person),
        "name": known.name or None if known else None,
        "birth_month": known.birth_month if known else None,
        "periods": [
            {"from": period.start.isoformat(), "to": wire.last_day(period.end)}
            for period in periods
        ],
    }


def _day(name: str) -> Any:
    return _read(name, parse_day)


def _instant(name: str) -> int | None:
    moment = _read(name, parse_instant)
    return None if moment is None else microseconds(moment)


def _read(name: str, reading: Any) -> Any:
    typed = request.args.get(name, "").strip()
    try:
        return reading(typed) if typed else None
    except ValueError as error:
        raise ValidationError({name: [str(error)]}) from error
