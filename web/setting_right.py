"""What correcting and retracting an entry share: the reason, the look before, the receipt."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid4

from flask import abort, redirect, render_template, request, url_for
from marshmallow import ValidationError
from msgspec import Struct
from werkzeug.wrappers import Response

from journeys.errors import Refusal
from journeys.household.commands import Batch
from journeys.household.facts import EntryCorrected, EntryRetracted, Fact
from journeys.household.history import Entry, corrected
from web import recording
from web.case import Case
from web.current import case, journeys, read_own_writes
from web.differences import field_rows
from web.forms import Told
from web.questions import Group, Question, labels, rest_of, wrong_in
from web.signin import actor, kept_answers
from web.words.answers import MESSAGES
from web.words.fields import label_of
from web.words.refusals import errors_of

Acting = EntryCorrected | EntryRetracted

ADDRESS = "/households/<uuid:household>/entries/<int(max=9007199254740992):version>"


class Sent(Struct):
    """What a form of these pages carries: its id, the version that its author saw, the step."""

    case: Case
    entry: Entry
    form: str
    expected: int
    step: str | None
    relying: list[int] = []
    """Versions of entries that rely on this one and keep it from being set right."""

    @classmethod
    def of(cls, household: UUID, version: int) -> Sent:
        """The form that was sent, or a new one; 404 for an entry that no longer stands."""
        found = case(household)
        entry = found.entry(version)
        if entry.retracted_by is not None:
            abort(404)
        seen = request.form.get("expected", "")
        known = seen.isascii() and seen.isdigit() and len(seen) < 16
        return cls(
            found,
            entry,
            request.form.get("form", "")[:80] or str(uuid4()),
            int(seen) if known else found.version,
            request.form.get("step"),
        )

    @property
    def told(self) -> Told:
        """The entry as it would be told again, but for what this reader may not see."""
        content = self.case.personal_of(self.entry)
        content.pop("note", None)
        return Told.of(self.entry.current, content)

    @property
    def submitted(self) -> bool:
        """Whether the answers are to be judged, not only shown again."""
        return self.step in ("check", "record")


def envelope() -> dict[str, Any]:
    """Who sets it right, today, and the reason, which must be given."""
    reason = request.form.get("why", "")
    if not reason:
        raise ValidationError({"why": [MESSAGES["required"]]})
    by = actor()
    return {
        "by": by.id,
        "organisation": by.organisation,
        "role": by.role,
        "effective_from": journeys().today(),
        "reason": reason,
    }


def refused(sent: Sent, refusal: Refusal, kind: type[Fact]) -> dict[str, Any]:
    """The errors that a refusal puts on the form, noting which entries stand in the way."""
    versions = refusal.details.get("versions")
    sent.relying = list(versions) if isinstance(versions, list) else []
    return errors_of(refusal, kind)


def go_on(
    sent: Sent, fact: Acting, content: Mapping[str, Any] = MappingProxyType({})
) -> str | Response:
    """Try it out and show what it does, or record it and lead to its receipt.

    `content` is new personal content of the entry, by field.
    """
    told = {**content, "note": _note()} if _note() else content
    personal = {(0, field): each for field, each in told.items()}
    batch = Batch(household=sent.case.id, facts=[fact], personal=personal, expected=sent.expected)
    if sent.step == "check":
        recording.attempt(journeys(), [batch])
        return _check(sent, fact, content)
    command = recording.command_id(sent.form, [*kept_answers(), fact.TOPIC])
    receipt = recording.record(journeys(), [batch], command)
    read_own_writes(receipt.position)
    version = receipt.versions[-1]
    return redirect(url_for("record.receipt", household=sent.case.id, version=version), code=303)


def page(template: str, sent: Sent, asked: list[Group], errors: dict[str, Any]) -> str:
    """The questions `asked` and, last, why it is set right."""
    asked = [*asked, _why(sent.case, errors)]
    asked[0].rest = rest_of(errors, asked)
    # After a conflict the author has been told, and sees the household as it is now.
    expected = sent.case.version if errors else sent.expected
    return render_template(
        template,
        case=sent.case,
        entry=sent.entry,
        title=sent.case.fact_title(sent.entry.current),
        carried={"form": sent.form, "expected": expected},
        groups=asked,
        errors=wrong_in(asked),
        relying=[sent.case.entry_link(version) for version in sent.relying],
        labels=labels(asked),
    )


def _check(sent: Sent, fact: Acting, content: Mapping[str, Any]) -> str:
    rows = []
    if isinstance(fact, EntryCorrected):
        now = Told.of(
            corrected(sent.entry.current, fact.changes), {**sent.told.personal, **content}
        )
        rows = field_rows(sent.case, sent.told, now, [*fact.changes, *content])
    return render_template(
        "pages/set_right_check.html",
        case=sent.case,
        entry=sent.entry,
        title=sent.case.fact_title(sent.entry.current),
        retraction=isinstance(fact, EntryRetracted),
        rows=rows,
        reason=sent.case.codes.label("reason", fact.reason or "", sent.case.language),
        note=_note(),
        answers=kept_answers(),
    )


def _why(case: Case, errors: dict[str, Any]) -> Group:
    options = case.codes.options("reason", case.language)
    reason = {"widget": "select", "label": label_of("why", "why")}
    note = {"widget": "textarea", "label": label_of("why", "why_note"), "rows": 3}
    told, wrong = request.form.get("why", ""), errors.get("why") or errors.get("reason")
    return Group(
        [
            Question("why", reason, True, told, wrong, options),
            Question("why_note", note, False, _note(), errors.get("note")),
        ],
        str(label_of("why", "heading")),
    )


def _note() -> str:
    return request.form.get("why_note", "").strip()
