"""The register: households looked up by name, code and filters, and taken away as a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext
from msgspec.structs import replace

from projections.search import Listed, choices
from web.current import journeys, sees, views
from web.formats import marked
from web.lookup import FILTERS, MOST_PER_PAGE, Lookup
from web.policy import requires
from web.preferences import language
from web.questions import Question
from web.sheets import sheet
from web.words.findings import FINDINGS, LOOKS, finding_title, status_title

households = Blueprint("households", __name__)

PER_PAGE = 25

LABELS = {
    "status": marked("Rapporto con il programma"),
    "programme": marked("Programma"),
    "accommodation": marked("Alloggio"),
    "provider": marked("Struttura o ente"),
    "organisation": marked("Chi ha registrato"),
    "finding": marked("Da controllare"),
}

ORDERS = {
    "name": marked("Nome"),
    "last_on": marked("Ultimo fatto"),
    "recorded_at": marked("Ultima registrazione"),
    "housed_since": marked("Da quando è nell’alloggio"),
    "findings": marked("Cose da controllare"),
}

COLUMNS = (
    *("household", "name", "status", "members", "working", "accommodation", "title", "provider"),
    *("housed_since", "tenancies", "benefits", "programmes", "contracts", "first_on", "last_on"),
    *("entries", "findings", "organisations"),
)


@households.get("/households")
@requires("household.read")
def index() -> str:
    """A page of the register, with what restricts it."""
    asked = Lookup.of(request.args)
    found = asked.find(journeys(), views(), PER_PAGE, names=sees("person.read"))
    following = url_for(".index", **asked.arguments(), after=found.after) if found.after else None
    return render_template(
        "pages/households.html",
        asked=asked,
        rows=[_row(listed) for listed in found.households],
        shown=len(found.households),
        total=found.total,
        following=following,
        first=url_for(".index", **asked.arguments()) if asked.after else None,
        selected=list(_selected(asked)),
        questions=list(_questions(asked)),
    )


@households.get("/households.csv")
@requires("register.export")
def export() -> Response:
    """All households looked for, one row each, as CSV."""
    names = sees("person.read")
    return sheet("nuclei", COLUMNS, (_cells(listed, names) for listed in _all(names)))


def _all(names: bool) -> Iterator[Listed]:
    """Every household looked for, page by page."""
    asked = replace(Lookup.of(request.args), after=None)
    while True:
        found = asked.find(journeys(), views(), MOST_PER_PAGE, names=names)
        yield from found.households
        if found.after is None:
            return
        asked = replace(asked, after=found.after)


def _cells(listed: Listed, names: bool) -> list[object]:
    found = listed.situation
    told: dict[str, object] = {**found._asdict(), "organisations": " ".join(listed.organisations)}
    told["name"] = listed.name if names else ""
    return [told[column] if column in told else getattr(listed, column) for column in COLUMNS]


def _row(listed: Listed) -> dict[str, Any]:
    """A household as the list shows it."""
    found, codes = listed.situation, journeys().codes
    return {
        "household": listed.household,
        "name": (listed.name if sees("person.read") else "")
        or gettext("Nucleo %(id)s", id=str(listed.household)[:8]),
        "status": status_title(found.status),
        "look": LOOKS.get(found.status, "info"),
        "home": codes.label("accommodation-kind", found.accommodation, language())
        if found.accommodation
        else None,
        "since": found.housed_since,
        "members": found.members,
        "last_on": listed.last_on,
        "findings": listed.findings,
        "protected": bool(found.protected),
        "restricted": bool(found.restricted),
    }


def _questions(asked: Lookup) -> Iterator[Question]:
    """The filters, each with the values that there are and how many households have them."""
    found = choices(views(), journeys().today())
    for name in FILTERS:
        if name == "finding":
            options = [(kind, finding_title(kind)) for kind in FINDINGS]
        else:
            counted = sorted(found[name].items(), key=lambda one: _title(name, one[0]).casefold())
            options = [(value, f"{_title(name, value)} ({n})") for value, n in counted if value]
        about = {"label": gettext(LABELS[name]), "widget": "select"}
        yield Question(name, about, True, asked.filters.get(name), None, options)
    about = {"label": gettext("Ordina per"), "widget": "select"}
    orders = [(name, gettext(label)) for name, label in ORDERS.items()]
    yield Question("sort", about, True, asked.sort, None, orders)


def _selected(asked: Lookup) -> Iterator[dict[str, str]]:
    """The filters chosen, each with the address that is without it."""
    for name, value in asked.filters.items():
        yield {
            "label": gettext(LABELS[name]),
            "value": _title(name, value),
            "remove_url": url_for(".index", **asked.arguments(without=name)),
        }


def _title(name: str, value: str) -> str:
    if name == "status":
        return status_title(value)
    if name == "finding":
        return finding_title(value)
    if name == "accommodation":
        return journeys().codes.label("accommodation-kind", value, language())
    return value
