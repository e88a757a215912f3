"""Personal content: what the vault takes, and whose it is."""

from __future__ import annotations

from typing import Any

import pytest

from journeys.household.facts import GuestHosted, IseeAttested
from journeys.household.personal import (
    UnfitPersonalData,
    personal_fields,
    plaintext,
    subject_of,
)
from tests.journeys.household.story import ALMA, BRUNO, HOME, fact, hired, joined, referred

PERSON = {"name": "Alma", "surname": "Prova", "birth_date": "1984-07-19"}


def test_every_fact_may_carry_a_note_and_some_carry_a_person() -> None:
    assert personal_fields(type(referred())) == {"note": "text"}
    assert personal_fields(type(joined(ALMA))) == {"note": "text", "person": "person"}
    assert personal_fields(IseeAttested) == {"note": "text", "protocol": "text"}


def test_a_person_is_sealed_with_the_persons_own_key() -> None:
    assert subject_of(joined(ALMA), HOME, "person") == ALMA
    assert subject_of(fact(GuestHosted, "2025-02-01", guest=BRUNO), HOME, "person") == BRUNO


def test_what_is_told_of_a_member_is_the_members_and_the_rest_the_households() -> None:
    assert subject_of(hired("2025-02-01"), HOME, "employer") == ALMA
    assert subject_of(referred(), HOME, "note") == HOME


def test_a_person_and_a_text_are_taken_as_they_are() -> None:
    assert plaintext(joined(ALMA), "person", PERSON) == PERSON
    assert plaintext(referred(), "note", "Telefonata del 9.") == "Telefonata del 9."


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("relation", "head"),
        ("note", ""),
        ("note", "  "),
        ("note", 7),
        ("note", "x" * 4_001),
        ("note", "a\0b"),
        ("note", "a\ud800b"),
        ("person", "Alma Prova"),
        ("person", {}),
        ("person", {"nickname": "Almina"}),
        ("person", {"name": "x" * 201}),
        ("person", {"birth_date": "19/07/1984"}),
        ("person", {"birth_date": "2025-01-08"}),
        ("person", {"birth_date": "1884-07-19"}),
    ],
)
def test_what_is_no_text_and_no_person_is_refused(field: str, value: Any) -> None:
    with pytest.raises(UnfitPersonalData):
        plaintext(joined(ALMA), field, value)


def test_a_birth_day_lies_in_the_month_that_is_kept_in_clear() -> None:
    member = fact(
        type(joined(ALMA)),
        "2025-01-07",
        member=ALMA,
        joined_by="at-registration",
        relation="head",
        birth_month="1984-08",
    )

    with pytest.raises(UnfitPersonalData, match="1984-08"):
        plaintext(member, "person", PERSON)
