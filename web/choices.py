"""What may be answered: the choices that a question has on one household."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask_babel import gettext
from marshmallow.fields import Field

from journeys.household.facts import (
    ENDS,
    Enrolled,
    EvidenceCaptured,
    Fact,
    InterventionStarted,
    PlanAgreed,
    ReEnrolled,
)
from web import fields, formats
from web.case import Case
from web.many import Several
from web.words.fields import answer_label

MOST_ENTRIES = 20
"""How many entries a choice offers, the newest first."""

CURRENCIES = ("EUR", "USD", "GBP", "CHF")

_LINKED: dict[str, tuple[type[Fact], ...]] = {
    "enrolment": (Enrolled, ReEnrolled),
    "intervention": (InterventionStarted,),
    "plan": (PlanAgreed,),
    "captured": (EvidenceCaptured,),
    "previous": (Enrolled, ReEnrolled),
}

Option = tuple[str, str]


def options_of(kind: type[Fact], field: Field[Any], case: Case) -> list[Option] | None:
    """The answers that a field may be given on this household; None where it is written freely."""
    about = field.metadata
    if "code" in about:
        return case.codes.options(about["code"], case.language, document=case.document)
    if "literal" in about:
        return [(value, str(answer_label(str(field.name), value))) for value in about["literal"]]
    if about.get("widget") == "yes_no":
        return [("true", gettext("Sì")), ("false", gettext("No"))]
    if field.name == "currency":
        return [(code, code) for code in CURRENCIES]
    inner = field.inner if isinstance(field, Several) else field
    if field.name == "evidence":
        return _documents(case)
    if about.get("link") or inner.metadata.get("link"):
        return _entries(kind, str(field.name), case)
    if isinstance(inner, fields.Id):
        return [(str(member), _member(member, case)) for member in case.now.members]
    return None


def with_current(options: list[Option], answer: Any, case: Case, field: Field[Any]) -> list[Option]:
    """The options, led by answers so far that are not among them: they must not be lost."""
    offered = {value for value, _ in options}
    answers = [answer] if isinstance(answer, str) else answer if isinstance(answer, list) else []
    current = [each for each in answers if isinstance(each, str) and each not in offered]
    return [(each, _label(each, case, field)) for each in current if each] + options


def _label(value: str, case: Case, field: Field[Any]) -> str:
    inner = field.inner if isinstance(field, Several) else field
    listed = field.metadata.get("code")
    if listed:
        return case.codes.label(listed, value, case.language)
    if inner.metadata.get("link") and value.isascii() and value.isdigit() and len(value) < 16:
        return case.entry_name(int(value))
    return value


def _member(member: UUID, case: Case) -> str:
    """What a member is called, with the day of leaving where there was one."""
    last = case.now.members[member][-1].last_day
    name = case.person(member)
    if last is None:
        return name
    return str(gettext("%(name)s, fino al %(day)s", name=name, day=formats.short_date(last)))


def _entries(kind: type[Fact], name: str, case: Case) -> list[Option]:
    """The entries that a fact may name, the newest first: for an end, what has not ended."""
    ending, starts = ENDS.get(kind, ("", ()))
    allowed = starts if name == ending else _LINKED.get(name, ())
    ended = case.now.ended
    found = [
        version
        for version, fact in case.now.standing.items()
        if (not allowed or isinstance(fact, allowed))
        and ((version in ended) is (name == "previous") if allowed and name != "captured" else True)
    ]
    found.sort(key=lambda version: (case.now.standing[version].effective_from, version))
    return [(str(version), case.entry_name(version)) for version in found[-MOST_ENTRIES:][::-1]]


def _documents(case: Case) -> list[Option]:
    return [(digest, case.entry_name(version)) for digest, version in case.now.evidence.items()]
