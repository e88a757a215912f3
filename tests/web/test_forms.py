"""One schema per kind of fact reads forms and JSON alike, and gives the same fact."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError

from journeys.household.facts import BY_NAME, FACTS, Fact, name_of
from journeys.values import Actor
from tests.web.tellings import as_sent, told
from web.api.reading import parse
from web.forms import Told, errors_by_field, schema_of, typed_answers
from web.words.fields import LABELS
from web.words.kinds import KINDS

BY = Actor("operatrice-01", "comune-prato", "caseworker")
TYPED = [kind for kind in FACTS if name_of(kind) != "entry-corrected"]


@pytest.mark.parametrize("kind", FACTS, ids=name_of)
def test_every_answer_has_words(kind: type[Fact]) -> None:
    assert name_of(kind) in KINDS
    assert [name for name in schema_of(kind)().fields if name not in LABELS] == []


@pytest.mark.parametrize("kind", TYPED, ids=name_of)
@settings(max_examples=15)
@given(data=st.data())
def test_a_form_gives_back_what_it_shows(kind: type[Fact], data: st.DataObject) -> None:
    given_answers = data.draw(told(kind))
    shown = schema_of(kind)(typed=True).dump(given_answers)
    schema = schema_of(kind)(typed=True)
    assert schema.load(typed_answers(schema, as_sent(schema, shown))) == given_answers


@pytest.mark.parametrize("kind", FACTS, ids=name_of)
@settings(max_examples=15)
@given(data=st.data())
def test_json_gives_back_what_it_shows(kind: type[Fact], data: st.DataObject) -> None:
    given_answers = data.draw(told(kind))
    sent = json.dumps(schema_of(kind)().dump(given_answers)).encode()
    assert schema_of(kind)().load(parse(sent)) == given_answers


@pytest.mark.parametrize("kind", TYPED, ids=name_of)
@settings(max_examples=15)
@given(data=st.data())
def test_form_and_json_tell_the_same_fact(kind: type[Fact], data: st.DataObject) -> None:
    given_answers = data.draw(told(kind))
    schema = schema_of(kind)(typed=True)
    form = as_sent(schema, schema.dump(given_answers))
    body = json.dumps(schema_of(kind)().dump(given_answers)).encode()
    by_form = schema_of(kind)(typed=True).load(typed_answers(schema, form)).fact(BY)
    assert by_form == schema_of(kind)().load(parse(body)).fact(BY)


def load(kind: str, /, *, typed: bool = False, **answers: Any) -> Told:
    loaded: Told = schema_of(BY_NAME[kind])(typed=typed).load(answers)
    return loaded


def wrong(kind: str, /, *, typed: bool = False, **answers: Any) -> dict[str, Any]:
    with pytest.raises(ValidationError) as refused:
        load(kind, typed=typed, **answers)
    return errors_by_field(refused.value)


def test_the_last_day_is_inclusive_for_people_and_exclusive_inside() -> None:
    answers: dict[str, Any] = {
        "effective_from": "1/3/2026",
        "effective_to": "9/3/2026",
        "away_because": "holiday",
    }
    values = load("absence-recorded", typed=True, **answers).values
    assert values["effective_until"].isoformat() == "2026-03-10"


def test_money_is_typed_as_people_write_it_and_sent_in_cents() -> None:
    day: dict[str, Any] = {"effective_from": "2026-03-01", "currency": "EUR"}
    typed = load("arrears-observed", typed=True, amount="1.234,50", **day)
    sent = load("arrears-observed", amount=123450, **day)
    assert typed == sent


@pytest.mark.parametrize("amount", ["1.234,50", "1250", 12.5, True, None, 2**63, [1]])
def test_json_takes_no_money_but_whole_cents(amount: object) -> None:
    day: dict[str, Any] = {"effective_from": "2026-03-01", "currency": "EUR"}
    assert "amount" in wrong("arrears-observed", amount=amount, **day)


@pytest.mark.parametrize(
    "day", ["31/02/2026", "2026-02-31", "ieri", "٠١/٠٣/٢٠٢٦", "1/1/1", "01/03/26", ""]
)
def test_a_day_that_is_none_is_told_so(day: str) -> None:
    assert "effective_from" in wrong("address-protected", typed=True, effective_from=day)


def test_the_last_day_of_the_calendar_is_refused_not_overflown() -> None:
    answers: dict[str, Any] = {
        "effective_from": "1/3/2026",
        "effective_to": "31/12/9999",
        "away_because": "holiday",
    }
    assert "effective_to" in wrong("absence-recorded", typed=True, **answers)


def test_an_unknown_key_in_json_is_refused_by_its_name() -> None:
    assert "colour" in wrong("address-protected", effective_from="2026-03-01", colour="red")


@pytest.mark.parametrize("name", ["by", "organisation", "role", "command", "cause"])
def test_nobody_tells_in_anothers_name(name: str) -> None:
    assert name in wrong(
        "address-protected", effective_from="2026-03-01", **dict[str, Any]({name: "admin"})
    )


def test_an_error_in_a_mapping_stands_at_its_own_question() -> None:
    answers: dict[str, Any] = {
        "effective_from": "1/3/2026",
        "effective_to": "2/3/2026",
        "measures": {"debt": "x"},
    }
    assert list(wrong("baseline-fixed", typed=True, **answers)["measures"]) == ["debt"]


def test_the_birth_month_follows_from_the_birth_day() -> None:
    member = {"member": "00000000-0000-4000-8000-0000000000a1", "relation": "child"}
    person = {"name": "Ada", "birth_date": "03/04/1987"}
    answers: dict[str, Any] = {
        "effective_from": "1/3/2026",
        "joined_by": "birth",
        "person": person,
        **member,
    }
    assert load("member-joined", typed=True, **answers).values["birth_month"] == "1987-04"


def test_a_currency_without_an_amount_is_not_told() -> None:
    answers: dict[str, Any] = {"effective_from": "1/3/2026", "kind": "hotel", "currency": "EUR"}
    assert "currency" not in load("accommodation-started", typed=True, **answers).values
