"""What each reader chooses for the pages: their language, and light or dark.

Choices are kept in cookies, never in addresses, so that an address means the same record to
everybody. Italian is the source language of the texts: docs/decisions/0020-languages.md.
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, has_request_context, redirect, request
from werkzeug.wrappers import Response as AnyResponse

LANGUAGES: Final = {"it": "Italiano", "en": "English"}
THEMES: Final = ("auto", "light", "dark")
ONE_YEAR = 365 * 24 * 60 * 60

preferences = Blueprint("preferences", __name__)


def language() -> str:
    """The reader's language: the one chosen, or else the browser's first that we speak."""
    if not has_request_context():
        return "it"
    chosen = request.cookies.get("language")
    if chosen in LANGUAGES:
        return chosen
    return request.accept_languages.best_match(LANGUAGES) or "it"


def theme() -> str:
    """The colours that the reader chose: `light`, `dark`, or `auto` for the device's own."""
    chosen = request.cookies.get("theme") if has_request_context() else None
    return chosen if chosen in THEMES else "auto"


@preferences.post("/preferences")
def choose() -> AnyResponse:
    """Keep the language or the theme that was chosen, and go back to the page it was chosen on."""
    response = redirect(_own_path(request.form.get("back", "/")), code=303)
    if request.form.get("language") in LANGUAGES:
        _keep(response, "language", request.form["language"])
    if request.form.get("theme") in THEMES:
        _keep(response, "theme", request.form["theme"])
    return response


def _own_path(path: str) -> str:
    """The path if it stays on this site: `//host` and `/\\host` lead browsers elsewhere."""
    inside = path.startswith("/") and path[1:2] not in ("/", "\\") and path.isprintable()
    return path if inside else "/"


def _keep(response: AnyResponse | Response, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=ONE_YEAR, httponly=True, samesite="Lax", secure=request.is_secure
    )
