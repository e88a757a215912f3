"""How the value of one field of a fact is written for people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from babel.dates import format_date
from flask_babel import gettext
from marshmallow.fields import Field

from journeys.codes import CodeBook
from journeys.household.facts import Fact
from journeys.household.personal import PERSON_FIELDS
from web import fields, formats
from web.answers import PersonAnswer
from web.forms import Told, fields_of
from web.many import Pairs, Several
from web.words.fields import answer_label, label_of

HOUSEHOLDS = frozenset({"origin", "new", "survivor", "absorbed", "other_household"})
"""Fields that name a household by its id."""


class Reader(Protocol):
    """Who the words are for: their language, and what ids and entry numbers stand for."""

    codes: CodeBook
    language: str

    def person(self, person: UUID) -> str:
        """What a person is called."""
        ...

    def household_link(self, household: UUID) -> str:
        """How another household is named, as markup."""
        ...

    def entry_link(self, version: int) -> str:
        """How another entry of the same household is named, as markup."""
        ...


class Line(NamedTuple):
    """One answer: the field, its label, and its value as text, markup, a list of lines or None."""

    field: str
    label: str
    value: Any


def told_lines(
    told: Told, reader: Reader, *, withheld: Mapping[str, str] = MappingProxyType({})
) -> list[Line]:
    """Every answer that `told` has; `withheld` says what to write for content not to be shown."""
    lines = []
    for name, field in fields_of(told.kind).items():
        attribute = field.attribute or name
        value = told.personal.get(attribute, told.values.get(attribute))
        shown = withheld.get(attribute) or written(field, value, told, reader)
        if shown is not None and name != "currency":
            lines.append(Line(name, str(field.metadata["label"]), shown))
    return lines


def written(field: Field[Any], value: Any, told: Told, reader: Reader) -> Any:
    """One value in the reader's language: text, markup, a list of lines, or None for nothing."""
    if value is None or value in ((), {}):
        return None
    if isinstance(field, Several):
        return [written(field.inner, each, told, reader) for each in value]
    if isinstance(field, Pairs):
        return [_pair(field, key, inner, told, reader) for key, inner in value.items()]
    if "code" in field.metadata:
        return reader.codes.label(field.metadata["code"], value, reader.language)
    if "literal" in field.metadata:
        return str(answer_label(str(field.name), value))
    if isinstance(field, PersonAnswer):
        return [f"{label}: {each}" for label, each in person_lines(value, reader.language)]
    return _plain(field, value, told, reader)


def person_lines(person: Mapping[str, str], language: str) -> list[tuple[str, str]]:
    """A person's sealed data as labels and values, the name first."""
    lines = []
    for part in PERSON_FIELDS:
        if person.get(part):
            value = person[part]
            if part == "birth_date":
                value = formats.long_date(dt.date.fromisoformat(value), language)
            lines.append((str(label_of("person", part)), value))
    return lines


def month(text: str, language: str) -> str:
    """A month kept as YYYY-MM: «aprile 1987»."""
    first = dt.date(int(text[:4]), int(text[5:]), 1)
    return str(format_date(first, "MMMM y", locale=language))


def days(fact: Fact, language: str) -> str:
    """The days of a fact: «3 marzo 2026», «Dal 3 al 9 marzo 2026», «Dal 3 marzo 2026»."""
    period = fact.effective
    return formats.when(period.start, period.end, language)


def _pair(field: Pairs, key: Any, value: Any, told: Told, reader: Reader) -> Any:
    keys, values = field.key_field, field.value_field
    left = written(keys, key, told, reader) if keys else key
    right = written(values, value, told, reader) if values else value
    return f"{left}: {right}"


def _plain(field: Field[Any], value: Any, told: Told, reader: Reader) -> Any:
    language = reader.language
    if isinstance(field, fields.LastDay):
        return formats.long_date(value - formats.ONE_DAY, language)
    if isinstance(value, dt.date):
        return formats.long_date(value, language)
    if isinstance(field, fields.MonthOfYear):
        return month(value, language)
    if isinstance(field, fields.Money):
        return formats.money(value, told.values.get("currency") or "EUR", language)
    if isinstance(value, bool):
        return gettext("Sì") if value else gettext("No")
    if isinstance(value, UUID):
        known_as = reader.household_link if field.name in HOUSEHOLDS else reader.person
        return known_as(value)
    if isinstance(value, int) and field.metadata.get("link"):
        return reader.entry_link(value)
    if isinstance(value, int | Decimal):
        return formats.number(value, language)
    return str(value)
