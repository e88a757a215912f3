"""What `base.html` shows around every page: whose installation, who is signed in, where to go."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, request, url_for
from flask_babel import gettext

from web.current import sees
from web.formats import marked
from web.policy import ROLES
from web.signin import current_role

NAVIGATION = (
    ("households.index", "household.read", marked("Nuclei")),
    ("findings.index", "findings.read", marked("Da controllare")),
    ("log.show", "log.read", marked("Verifica")),
)
"""Endpoint, action that it needs, label."""

WITHIN = {"household": "households", "record": "households", "entries": "households"} | {
    "correct": "households",
    "retract": "households",
}
"""Pages that lie behind another entry of the navigation, by blueprint."""


def install(app: Flask) -> None:
    """Give every template what the frame needs."""
    app.context_processor(frame)


def frame() -> dict[str, Any]:
    """The context that `base.html` documents."""
    role = current_role()
    place = (request.endpoint or "").partition(".")[0]
    return {
        "organisation": current_app.config["ORGANISATION"],
        "signed_in": {"name": gettext(ROLES[role]), "role": ""} if role else None,
        "sign_out_url": url_for("signin.leave"),
        "nav_items": [
            {
                "label": gettext(label),
                "url": url_for(endpoint),
                "current": endpoint.startswith(f"{WITHIN.get(place, place)}."),
            }
            for endpoint, action, label in NAVIGATION
            if sees(action)
        ],
        "demonstration": current_app.config["DEMONSTRATION"],
        "version": current_app.config["VERSION"],
        "reads": sees("household.read"),
        "records": sees("household.record"),
        "registers": sees("household.register"),
        "exports": sees("register.export"),
    }
