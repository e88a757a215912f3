"""Who may do what: one table of roles and actions, and nothing that is not in it.

Every page and every endpoint names its action with `requires`; a route that names none is closed
to everybody. Which households a person may see within an action is not decided here yet: the
sign-in by role is for development, on one's own machine.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, request

from journeys.errors import Refusal
from journeys.household.facts import BY_NAME, GROUPS
from web.formats import marked

log = logging.getLogger(__name__)

View = TypeVar("View", bound=Callable[..., Any])

EVERYBODY = "open-to-everybody"
"""The action of pages that need no sign-in: signing in itself, health, style sheets."""

ROLES: dict[str, str] = {
    "caseworker": marked("Assistente sociale"),
    "supervisor": marked("Responsabile"),
    "verifier": marked("Verifica"),
    "payer": marked("Pagatore"),
    "auditor": marked("Revisione"),
    "evaluator": marked("Valutazione"),
    "dpo": marked("Protezione dati"),
    "admin": marked("Amministrazione"),
}

_SEES = {"household.read", "person.read", "findings.read", "entry.inspect"}
_RECORDS = {"household.record"} | {
    f"record.{group}" for group in GROUPS if group not in ("correction", "rights")
}
# What a family says at home cannot wait for somebody else's desk.
_RECORDS |= {"record.address-protected", "record.participation-withdrawn"}

TABLE: dict[str, frozenset[str]] = {
    "caseworker": frozenset(_SEES | _RECORDS | {"household.register", "household.correct"}),
    "supervisor": frozenset(
        _SEES
        | _RECORDS
        | {"household.register", "household.correct", "register.export", "log.read"}
    ),
    "verifier": frozenset(_SEES | {"household.record", "record.evidence", "log.read"}),
    "payer": frozenset({"log.read"}),
    "auditor": frozenset({"household.read", "findings.read", "entry.inspect", "log.read"}),
    "evaluator": frozenset({"log.read"}),
    "dpo": frozenset(
        {"household.read", "person.read", "entry.inspect", "log.read"}
        | {"household.record", "record.rights"}
    ),
    "admin": frozenset({"log.read", "findings.read"}),
}
"""Role → the actions it may take. `person.read` is seeing names and other personal content."""

SIGNED_IN = "signed-in"
"""The action of pages that every role may see, such as the start page."""


class Denied(Refusal):
    """The reader's role does not allow what was asked."""

    code = "denied"


def may(role: str | None, action: str) -> bool:
    """Whether a role, or nobody in particular (None), may take an action."""
    if action == EVERYBODY:
        return True
    if role not in TABLE:
        return False
    return action == SIGNED_IN or action in TABLE[role]


def may_record(role: str | None, kind: str) -> bool:
    """Whether a role may record facts of a kind (its short name), by its group or by itself."""
    group = next(g for g, kinds in GROUPS.items() if BY_NAME[kind] in kinds)
    return may(role, f"record.{group}") or may(role, f"record.{kind}")


def requires(action: str) -> Callable[[View], View]:
    """Declare which action a view is; without a declaration nobody may reach it."""

    def declare(view: View) -> View:
        view.action = action  # type: ignore[attr-defined]  # functions carry attributes
        return view

    return declare


_OTHERS = {"static": EVERYBODY, "preferences.choose": EVERYBODY, "api-docs.openapi_json": EVERYBODY}
"""Routes of libraries and of the page macros, which cannot declare their action themselves."""


def action_of(app: Flask, endpoint: str) -> str | None:
    """The action that a route was declared to be; None where nobody declared any."""
    declared = getattr(app.view_functions.get(endpoint), "action", None)
    return declared or _OTHERS.get(endpoint)


def check(role: str | None, action: str | None) -> None:
    """Raise `Denied`, and note it in the log, unless the role may take the action."""
    if action is None or not may(role, action):
        log.warning(
            "denied role=%s action=%s method=%s path=%s", role, action, request.method, request.path
        )
        raise Denied(f"The role «{role}» may not take the action «{action}».", role=role)


def asked_action() -> str | None:
    """The action of the route that the present request reached; None for one without policy."""
    return action_of(current_app, request.endpoint or "")
