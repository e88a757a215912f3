"""One household: how it stands, its people, its diary on two dates, and what a reading changed."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request
from msgspec import Struct

from journeys.clock import instant, microseconds
from journeys.household.history import difference, read
from projections.findings import findings
from web.case import Case
from web.current import case, journeys, sees, views
from web.diary import in_order, shown
from web.differences import difference_rows
from web.formats import parse_day, parse_instant
from web.policy import requires
from web.situation import counted, linked, members, situation
from web.words.findings import finding_title

pages = Blueprint("household", __name__)

MOST_ENTRIES = 50
"""How many entries of the diary are shown until somebody asks for all of them."""


class Dates(Struct):
    """The dates of a reading as asked for in the address, and what is wrong with them."""

    asked: dict[str, str]
    errors: dict[str, list[str]]
    as_of: dt.date | None = None
    as_at: int | None = None
    before: int | None = None

    @classmethod
    def of(cls, args: Any) -> Dates:
        """Read `as_of`, `as_at` and `before` from the address; wrong ones stay as typed."""
        dates = cls({}, {})
        readings: dict[str, Any] = {"as_of": parse_day, "as_at": _instant, "before": _instant}
        for name, reading in readings.items():
            typed = args.get(name, "").strip()
            if typed:
                dates.asked[name] = typed
                try:
                    setattr(dates, name, reading(typed))
                except ValueError as error:
                    dates.errors[name] = [str(error)]
        return dates

    def shown(self, name: str) -> Any:
        """A date as its field shows it: what was typed where that is wrong."""
        value = getattr(self, name)
        if value is None:
            return self.asked.get(name)
        return instant(value) if isinstance(value, int) else value


@pages.get("/households/<uuid:household>")
@requires("household.read")
def show(household: UUID) -> str | tuple[str, int]:
    """The household on the two dates asked for, its diary newest first unless asked otherwise."""
    dates = Dates.of(request.args)
    found = case(household, dates.as_of, dates.as_at)
    day = dates.as_of or journeys().today()
    past = dates.as_at is not None
    oldest, everything = request.args.get("order") == "oldest", "all" in request.args
    chosen = in_order(found, newest_first=not oldest, everything=everything)
    some = chosen if "whole" in request.args else chosen[:MOST_ENTRIES]
    may = {"correct": sees("household.correct") and not past, "inspect": sees("entry.inspect")}
    page = render_template(
        "pages/household.html",
        case=found,
        dates=dates,
        oldest=oldest,
        everything=everything,
        entries=[shown(found, entry, **may) for entry in some],
        more=len(chosen) if len(some) < len(chosen) else 0,
        people=counted(members(found, day)),
        members=members(found, day),
        situation=situation(found, day),
        linked=linked(found),
        findings=_findings(found) if sees("findings.read") and not dates.asked else [],
        records=sees("household.record") and not past,
    )
    return (page, 422) if dates.errors else page


@pages.get("/households/<uuid:household>/difference")
@requires("household.read")
def compare(household: UUID) -> str | tuple[str, int]:
    """What is known at one instant and was not, or was otherwise, at an earlier one."""
    dates = Dates.of(request.args)
    found = case(household, dates.as_of, dates.as_at)
    rows = []
    if dates.before is not None and not dates.errors:
        earlier = read(found.record, dates.as_of, dates.before)
        rows = difference_rows(found, difference(earlier, found.history))
    page = render_template("pages/difference.html", case=found, dates=dates, rows=rows)
    return (page, 422) if dates.errors else page


def _findings(case: Case) -> list[dict[str, Any]]:
    """What does not fit, kind by kind, with the entries behind it and their place in the diary."""
    by_kind: dict[str, list[int]] = {}
    for found in findings(views(), case.id):
        by_kind.setdefault(found.finding, []).extend(found.versions)
    return [
        {
            "title": finding_title(kind),
            "entries": [(case.entry_name(v), f"v{v}") for v in dict.fromkeys(versions)],
        }
        for kind, versions in by_kind.items()
    ]


def _instant(typed: str) -> int:
    return microseconds(parse_instant(typed))
