"""Two readings side by side, of a household or of one entry, as the macro `ui.diff` takes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from markupsafe import Markup

from journeys.household.history import Change, Entry
from web.case import Case
from web.diary import ACTING, ELSEWHERE, change_lines, joined, text, title_field, withheld
from web.forms import Told, fields_of
from web.telling import days, told_lines, written


def difference_rows(case: Case, changes: Sequence[Change]) -> list[dict[str, Any]]:
    """What became of each entry between two readings."""
    return [
        _row(case, change)
        for change in changes
        if not isinstance(change.entry.recorded.fact, ACTING)
    ]


def field_rows(
    case: Case, before: Told, after: Told, fields: Sequence[str]
) -> list[dict[str, Any]]:
    """The named fields of an entry before and after a correction."""
    rows = []
    for name, field in fields_of(before.kind).items():
        attribute = field.attribute or name
        if attribute in fields:
            said = [
                text(written(field, told.of_field(attribute), told, case))
                for told in (before, after)
            ]
            label = str(field.metadata["label"])
            rows.append({"kind": "changed", "label": label, "before": said[0], "after": said[1]})
    return rows


def _row(case: Case, change: Change) -> dict[str, Any]:
    label = f"{case.fact_title(change.entry.current)} ({days(change.entry.current, case.language)})"
    row: dict[str, Any] = {"label": label, "before": None, "after": None, "kind": "changed"}
    if change.kind == "changed" and change.before and change.after:
        fields = list(change.fields)
        nothing = gettext("Non indicato")
        row["before"] = _lines(change_lines(case, change.before.current, fields)) or nothing
        row["after"] = _lines(change_lines(case, change.after.current, fields)) or nothing
    elif change.kind in ("added", "restored"):
        row |= {"kind": "added", "after": _summary(case, change.entry)}
    else:
        row |= {"kind": "removed", "before": _summary(case, change.entry)}
    return row


def _summary(case: Case, entry: Entry) -> Markup:
    """An entry in a cell: its days, then its answers."""
    told = Told.of(entry.current, case.personal_of(entry))
    titled = title_field(entry.current)
    lines = [
        joined(line.label, line.value)
        for line in told_lines(told, case, withheld=withheld(case, entry))
        if line.field not in ELSEWHERE and line.field != titled
    ]
    return _lines([days(entry.current, case.language), *lines])


def _lines(lines: Sequence[str]) -> Markup:
    """Lines one below the other."""
    return Markup("<br>").join(lines)
