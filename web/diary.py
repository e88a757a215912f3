"""A household's history as a diary: what happened, where it comes from, what acts on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import url_for
from flask_babel import gettext
from markupsafe import Markup, escape

from journeys.clock import ROME, instant
from journeys.household.facts import (
    EntryCorrected,
    EntryRetracted,
    Fact,
    HouseholdRegistered,
    MemberJoined,
)
from journeys.household.history import Entry
from journeys.household.personal import personal_fields
from projections.quality import LATE_AFTER_DAYS
from web import formats
from web.case import Case, titled_by
from web.forms import Told, fields_of
from web.telling import Line, told_lines, written

ACTING = (EntryCorrected, EntryRetracted)
ELSEWHERE = frozenset({"effective_from", "effective_to", "known_on", "note"})
"""Answers that a diary shows in places of their own."""


def in_order(case: Case, *, newest_first: bool, everything: bool) -> list[Entry]:
    """The entries of the reading as a diary tells them.

    Corrections and retractions show at what they act on; with `everything`, also by themselves.
    """
    entries = [
        entry
        for entry in case.history.entries
        if everything or not isinstance(entry.recorded.fact, ACTING)
    ]
    return entries[::-1] if newest_first else entries


def shown(
    case: Case, entry: Entry, *, correct: bool = False, inspect: bool = False
) -> dict[str, Any]:
    """One entry as the macro `ui.timeline` takes it."""
    fact, recorded = entry.current, entry.recorded
    told = Told.of(fact, case.personal_of(entry))
    lines = told_lines(told, case, withheld=withheld(case, entry))
    span = fact.SPAN != "day"
    return {
        "id": f"v{entry.version}",
        "title": case.fact_title(fact),
        "on": None if span else fact.effective_from,
        "start": fact.effective_from if span else None,
        "until": fact.effective_until if span else None,
        "status": list(_statuses(entry)),
        "note": _acted_on(case, entry),
        "text": told.personal.get("note"),
        "details": list(_details(case, entry, lines)),
        "who": recorded.fact.by,
        "organisation": recorded.fact.organisation,
        "recorded_at": instant(recorded.recorded_at),
        "known_on": fact.known_on,
        "position": recorded.position,
        "actions": list(_actions(case, entry, correct=correct, inspect=inspect)),
    }


def withheld(case: Case, entry: Entry) -> dict[str, str]:
    """What to write for personal content that the entry has and this reader is not shown."""
    fact, shown = entry.current, case.personal_of(entry)
    return {
        field: gettext("Protetto")
        if field == "address" and case.address_protected
        else gettext("Non visibile")
        for field in personal_fields(type(fact))
        if getattr(fact, field) is not None and field not in shown
    }


def is_late(entry: Entry) -> bool:
    """Whether an entry was recorded long after what it tells had begun.

    The rule is that of the finding: an import is as late as its source says that it was known.
    """
    fact = entry.current
    recorded_on = instant(entry.recorded.recorded_at).astimezone(ROME).date()
    known_on = recorded_on if fact.cause is None else fact.known_on
    return known_on is not None and (known_on - fact.effective_from).days > LATE_AFTER_DAYS


def change_lines(case: Case, fact: Fact, fields: list[str]) -> list[str]:
    """The named fields of a fact, each as «label: value»; what it does not have is left out."""
    told = Told.of(fact, {})
    lines: list[str] = []
    for name, field in fields_of(type(fact)).items():
        attribute = field.attribute or name
        value = told.values.get(attribute)
        if attribute in fields and (words := written(field, value, told, case)) is not None:
            lines.append(joined(str(field.metadata["label"]), words))
    return lines


def _statuses(entry: Entry) -> Iterator[str]:
    if entry.retracted_by is not None:
        yield "retracted"
    elif entry.corrected_by or isinstance(entry.recorded.fact, ACTING):
        yield "correction"
    if is_late(entry) and not isinstance(entry.recorded.fact, ACTING):
        yield "late"


def _details(case: Case, entry: Entry, lines: list[Line]) -> Iterator[tuple[str, Any]]:
    """The entry's answers; beside a corrected one, what it said before, marked as superseded."""
    titled = title_field(entry.current)
    first = entry.recorded.fact
    for line in lines:
        if line.field in ELSEWHERE or line.field == titled:
            continue
        yield line.label, text(line.value)
    if entry.corrected_by:
        changed = [
            field
            for field in first.__struct_fields__
            if getattr(first, field) != getattr(entry.current, field)
        ]
        for old in change_lines(case, first, changed):
            yield gettext("Diceva prima"), old
    if isinstance(first, EntryCorrected):
        target = case.today.find(first.target)
        if target is not None:
            fields = list(first.changes)
            for new in change_lines(case, target.current, fields):
                yield gettext("Ora dice"), new


def title_field(fact: Fact) -> str | None:
    """The answer that stands in the fact's title and need not be said again."""
    return "member" if isinstance(fact, MemberJoined) else titled_by(type(fact))


def _acted_on(case: Case, entry: Entry) -> Markup | None:
    """Which entry corrected or retracted this one, when and why."""
    version = entry.retracted_by or (entry.corrected_by[-1] if entry.corrected_by else None)
    acting = case.history.find(version) if version else None
    if acting is None or version is None:
        return None
    day = formats.instant(instant(acting.recorded.recorded_at), case.language)
    words = gettext("Ritirata il %(day)s") if entry.retracted_by else gettext("Corretta il %(day)s")
    reason = acting.current.reason
    why = f": {case.codes.label('reason', reason, case.language)}" if reason else ""
    url = url_for("entries.show", household=case.id, version=version)
    text = words % {"day": day} if "%(day)s" in words else words
    return Markup('{}{}. <a href="{}">{}</a>').format(
        text, why, url, gettext("Voce n. %(number)s", number=acting.recorded.position)
    )


def _actions(case: Case, entry: Entry, *, correct: bool, inspect: bool) -> Iterator[dict[str, str]]:
    place: dict[str, Any] = {"household": case.id, "version": entry.version}
    fact = entry.recorded.fact
    if correct and entry.retracted_by is None:
        if not isinstance(fact, ACTING):
            yield {"text": gettext("Correggi"), "url": url_for("correct.ask", **place)}
        if not isinstance(fact, HouseholdRegistered):
            yield {"text": gettext("Ritira"), "url": url_for("retract.ask", **place)}
    if inspect:
        yield {"text": gettext("Prova"), "url": url_for("entries.show", **place)}


def joined(label: str, value: Any) -> Markup:
    """«label: value», as markup."""
    return Markup("{}: {}").format(label, text(value))


def text(value: Any) -> Any:
    """A value of several lines as one text; markup stays markup."""
    if isinstance(value, list):
        return Markup(", ").join(escape(each) for each in value)
    return value
