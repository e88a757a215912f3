"""Personal content on its way to the vault: what it may hold, and whose it is."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any
from uuid import UUID

from journeys.errors import Refusal
from journeys.household.facts import Fact
from journeys.household.shape import marks
from journeys.values import EARLIEST, Personal

LONGEST_TEXT = 4_000
LONGEST_NAME = 200
PERSON_FIELDS = ("name", "surname", "fiscal_code", "birth_date", "identity_number")


class UnfitPersonalData(Refusal):
    """Personal content is not a text or a person as the vault keeps them."""

    code = "unfit-personal-data"


@cache
def personal_fields(kind: type[Fact]) -> dict[str, str]:
    """Field name to shape ("text" or "person") of the fields whose content is sealed."""
    return {
        field: mark.shape
        for field, found in marks(kind).items()
        for mark in found
        if isinstance(mark, Personal)
    }


def subject_of(fact: Fact, household: UUID, field: str) -> UUID:
    """Whose key seals a field: the person told of where there is one, otherwise the household."""
    if personal_fields(type(fact)).get(field) == "person":
        return getattr(fact, "guest", None) or getattr(fact, "member", None) or household
    return getattr(fact, "member", None) or household


def commitment_of(fact: Fact, field: str) -> str | None:
    """What a fact commits to in a personal field: its own, or that of the entry it corrects."""
    if field in personal_fields(type(fact)):
        return getattr(fact, field)  # type: ignore[no-any-return]  # declared a text
    told = getattr(fact, "changes", {}).get(field)
    return told if isinstance(told, str) else None


def plaintext(fact: Fact, field: str, value: Any) -> Any:
    """What to seal: `value` checked, and put into the shape that the field keeps.

    A text is a string of at most 4,000 characters; a person is a mapping with some of `name`,
    `surname`, `fiscal_code`, `birth_date` (ISO) and `identity_number` (another country's number
    of the person). Raises `UnfitPersonalData`.
    """
    shape = personal_fields(type(fact)).get(field)
    if shape is None:
        raise UnfitPersonalData(f"«{field}» holds no personal data.", field=field)
    if shape == "text":
        return _text(field, value, LONGEST_TEXT)
    if not isinstance(value, dict) or not value or not value.keys() <= set(PERSON_FIELDS):
        raise UnfitPersonalData(f"«{field}» takes some of {', '.join(PERSON_FIELDS)}.", field=field)
    person = {key: _text(key, told, LONGEST_NAME) for key, told in value.items()}
    if "birth_date" in person:
        _birth(fact, person["birth_date"])
    return person


def _text(field: str, value: Any, longest: int) -> str:
    if not isinstance(value, str) or not value.strip():
        raise UnfitPersonalData(f"«{field}» is a text that is not empty.", field=field)
    if len(value) > longest:
        raise UnfitPersonalData(
            f"«{field}» has {len(value)} characters; {longest} is the most.", field=field
        )
    if any(c == "\0" or "\ud800" <= c <= "\udfff" for c in value):
        raise UnfitPersonalData(f"«{field}» holds characters that are no text.", field=field)
    return value


def _birth(fact: Fact, text: str) -> None:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError as error:
        raise UnfitPersonalData(
            f"«{text}» is not a day as YYYY-MM-DD.", field="birth_date"
        ) from error
    month = getattr(fact, "birth_month", None)
    if month is not None and text[:7] != month:
        raise UnfitPersonalData(
            f"The birth day {text} is not in the month {month}.", field="birth_date"
        )
    if not EARLIEST <= day <= fact.effective_from:
        raise UnfitPersonalData(f"Nobody here was born on {text}.", field="birth_date")
