"""Hypothesis strategies for what people may tell of a fact, and how a browser sends it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from marshmallow import Schema
from marshmallow.fields import Field
from werkzeug.datastructures import MultiDict

from journeys.codes import shipped
from journeys.household.facts import Fact
from journeys.household.personal import personal_fields
from web import fields
from web.answers import PersonAnswer
from web.forms import Told, schema_of
from web.many import Pairs, Several

WORDS = st.text("abcdefghilmnopqrstuvzàèéìòù", min_size=1, max_size=12)
DAYS = st.dates(dt.date(1990, 1, 2), dt.date(2100, 1, 1))
PERSON = st.fixed_dictionaries(
    {},
    optional={"name": WORDS, "surname": WORDS, "birth_date": DAYS.map(dt.date.isoformat)},
).filter(bool)


@st.composite
def told(draw: st.DrawFn, kind: type[Fact]) -> Told:
    """Anything that answers the questions of a kind of fact, whether or not it may be recorded."""
    sealed = personal_fields(kind)
    values: dict[str, Any] = {}
    personal: dict[str, Any] = {}
    for name, field in schema_of(kind)().fields.items():
        if field.required or draw(st.booleans()):
            answered = draw(answers(field))
            place = personal if name in sealed else values
            place[field.attribute or name] = answered
    if not any(isinstance(schema_of(kind)().fields.get(n), fields.Money) for n in values):
        values.pop("currency", None)
    born = personal.get("person", {}).get("birth_date")
    if born and "birth_month" in schema_of(kind)().fields:
        values.setdefault("birth_month", born[:7])
    return Told(kind, values, personal)


def answers(field: Field[Any]) -> st.SearchStrategy[Any]:
    """What a field may hold."""
    if isinstance(field, PersonAnswer):
        return PERSON
    if isinstance(field, Several):
        return st.lists(answers(field.inner), min_size=1, max_size=3, unique=True).map(tuple)
    if isinstance(field, Pairs):
        assert field.key_field is not None
        assert field.value_field is not None
        return st.dictionaries(
            answers(field.key_field), answers(field.value_field), min_size=1, max_size=3
        )
    if "code" in field.metadata:
        return st.sampled_from(sorted(shipped().lists[field.metadata["code"]]))
    if isinstance(field, fields.Words):
        if field.among:
            return st.sampled_from(field.among)
        if field.name == "currency":
            return st.just("EUR")
        return st.from_regex(field.matches.pattern, fullmatch=True) if field.matches else WORDS
    if isinstance(field, fields.Whole):
        return st.integers(field.within.smallest, field.within.largest)
    return _PLAIN[type(field)]


_PLAIN: dict[type[Field[Any]], st.SearchStrategy[Any]] = {
    fields.Day: DAYS,
    fields.LastDay: DAYS,
    fields.MonthOfYear: DAYS.map(lambda day: day.isoformat()[:7]),
    fields.Money: st.integers(-(10**12), 10**12),
    fields.Amount: st.decimals(-(10**9), 10**9, places=3).map(Decimal.normalize),
    fields.YesNo: st.booleans(),
    fields.Id: st.uuids(),
    fields.Answer: WORDS,
}


def as_sent(schema: Schema, shown: dict[str, Any]) -> MultiDict[str, str]:
    """What a browser sends for a form that shows these answers."""
    form: MultiDict[str, str] = MultiDict({"csrf_token": "t", "form": "f", "step": "check"})
    for name, value in shown.items():
        lines = schema.fields[name].metadata.get("widget") == "textarea"
        if isinstance(value, list) and lines:
            form[name] = "\r\n".join(value)
        elif isinstance(value, list):
            form.setlist(name, value)
        elif isinstance(value, dict) and lines:
            form[name] = "\r\n".join(f"{key} = {each}" for key, each in value.items())
        elif isinstance(value, dict):
            form.update({f"{name}-{key}": each for key, each in value.items()})
        else:
            form[name] = value
    return form
