"""What does not fit in the record, kind by kind, each leading to the household behind it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext

from projections.findings import Found, counts
from projections.findings import findings as found_in
from projections.search import Wanted, listing
from web.current import journeys, sees, views
from web.policy import requires
from web.words.findings import finding_title

findings = Blueprint("findings", __name__)

PER_PAGE = 50


@findings.get("/findings")
@requires("findings.read")
def index() -> str:
    """How many findings of each kind there are, and those of one kind, page by page."""
    counted = counts(views())
    kind = request.args.get("finding", "")
    first = request.args.get("start", 0, type=int)
    every = found_in(views(), kinds=[kind]) if kind in counted else []
    shown = every[max(first, 0) :][:PER_PAGE]
    following = max(first, 0) + PER_PAGE
    return render_template(
        "pages/findings.html",
        figures=[
            {
                "label": finding_title(name),
                "value": number,
                "url": url_for(".index", finding=name),
                "current": name == kind,
            }
            for name, number in counted.items()
        ],
        title=finding_title(kind) if kind in counted else None,
        rows=[_row(found, names) for names in [_names(shown)] for found in shown],
        total=len(every),
        following=url_for(".index", finding=kind, start=following)
        if len(every) > following
        else None,
    )


def _names(shown: list[Found]) -> dict[Any, str]:
    """The name of each household among the findings, where names may be seen."""
    if not sees("person.read"):
        return {}
    wanted = Wanted(households=sorted({found.household for found in shown}))
    listed = listing(views(), journeys().today(), wanted, size=PER_PAGE)
    return {one.household: one.name for one in listed.households}


def _row(found: Found, names: dict[Any, str]) -> dict[str, Any]:
    return {
        "household": found.household,
        "name": names.get(found.household) or gettext("Nucleo %(id)s", id=str(found.household)[:8]),
        "day": found.day,
        "entries": [
            (gettext("voce %(version)s", version=version), f"v{version}")
            for version in found.versions
        ],
    }
