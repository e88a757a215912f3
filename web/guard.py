"""What every request passes through: unreadable input, policy, forged forms, headers."""

from __future__ import annotations

from flask import Flask, Response, abort, request
from flask_wtf import CSRFProtect
from werkzeug.wrappers import Response as AnyResponse

from web import signin
from web.policy import EVERYBODY, asked_action, check

API = "/api/"
MOST_BYTES = 1_048_576
MOST_FIELDS = 2_000
MOST_URL = 8_000

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; font-src 'self' data:; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

csrf = CSRFProtect()


def install(app: Flask) -> None:
    """Guard every route of the application."""
    app.config.update(
        MAX_CONTENT_LENGTH=MOST_BYTES,
        MAX_FORM_MEMORY_SIZE=MOST_BYTES,
        MAX_FORM_PARTS=MOST_FIELDS,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        # A form that was filled in during a long visit must still be taken.
        WTF_CSRF_TIME_LIMIT=None,
        # Asked for below, after the policy, and never of bearer tokens.
        WTF_CSRF_CHECK_DEFAULT=False,
    )
    csrf.init_app(app)
    app.before_request(_guard)
    app.after_request(_headers)


def wants_json() -> bool:
    """Whether the request is to the API, whose answers are JSON whatever happens."""
    return request.path.startswith(API)


def _guard() -> str | tuple[str, int] | AnyResponse | None:
    _refuse_unreadable_text()
    if request.endpoint is None:
        return None
    action = asked_action()
    if action != EVERYBODY and signin.current_role() is None:
        return _ask_to_sign_in()
    check(signin.current_role(), action)
    if request.method not in ("GET", "HEAD", "OPTIONS") and not signin.by_bearer():
        csrf.protect()
    return None


def _refuse_unreadable_text() -> None:
    """No store can hold a NUL in a text, and no address that long is anybody's."""
    if len(request.url) > MOST_URL or "\0" in request.path:
        abort(400)
    for sent in (request.args, request.form):
        if any("\0" in name or "\0" in value for name, value in sent.items(multi=True)):
            abort(400)


def _ask_to_sign_in() -> tuple[str, int] | AnyResponse:
    if wants_json():
        abort(401)
    if request.method == "POST":
        return signin.choices(kept=signin.kept_answers()), 401
    return signin.to_sign_in()


def _headers(response: Response) -> Response:
    response.headers.update(HEADERS)
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
        response.vary.add("Cookie")
    return response
