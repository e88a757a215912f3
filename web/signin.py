"""Signing in by choosing a role: for development and demonstrations on one's own machine.

It works only where the application is told that nobody else can reach it. Real accounts take its
place later; pages and endpoints ask only for `actor()` and its role.
"""

from __future__ import annotations

from flask import (
    Blueprint,
    abort,
    current_app,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from journeys.values import Actor
from web.policy import EVERYBODY, ROLES, requires

signin = Blueprint("signin", __name__)

ORGANISATION = "comune-prato"
LINK, BEARER = "sign-in link", "bearer token"
AGE = 12 * 60 * 60
"""Seconds for which links and tokens are good; the demonstration's key dies with it anyway."""

LOOPBACK_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
"""Host headers answered while signing in by role: any other is a page that rebinds its name."""


def sign_in_links(secret_key: str, base_url: str) -> list[tuple[str, str]]:
    """One link per role that signs in at once, for whoever reads the server's terminal."""
    links = _serializer(secret_key, LINK)
    return [(role, f"{base_url}/sign-in/{links.dumps(role)}") for role in ROLES]


def bearer_token(secret_key: str, role: str) -> str:
    """A token for the JSON API: `Authorization: Bearer …`, good wherever signing in by role is."""
    token: str = _serializer(secret_key, BEARER).dumps(role)
    return token


def allowed() -> bool:
    """Whether this application lets people sign in by role."""
    return bool(current_app.config["DEVELOPMENT_SIGN_IN"])


def current_role() -> str | None:
    """The role of whoever asks: from the session, or from a bearer token; None for nobody."""
    if "role" not in g:
        told = _from_bearer() if "Authorization" in request.headers else session.get("role")
        g.role = told if allowed() and told in ROLES else None
    role: str | None = g.role
    return role


def by_bearer() -> bool:
    """Whether whoever asks showed a good bearer token, which no foreign page can send."""
    return "Authorization" in request.headers and current_role() is not None


def actor() -> Actor:
    """Whoever asks, as facts name the teller."""
    role = current_role()
    assert role is not None, "the policy lets nobody record without a role"
    return Actor(f"demo-{role}", ORGANISATION, role)


@signin.get("/sign-in")
@requires(EVERYBODY)
def choose() -> str | Response:
    """One button per role."""
    if current_role():
        return redirect(_next())
    return choices()


@signin.post("/sign-in")
@requires(EVERYBODY)
def enter() -> str | Response:
    """Take the role that was chosen, and go on where the reader wanted to be."""
    role = request.form.get("role", "")
    if not allowed() or role not in ROLES:
        abort(403)
    _begin(role)
    if request.form.get("kept"):
        return resume(_next())
    return redirect(_next(), code=303)


@signin.get("/sign-in/<token>")
@requires(EVERYBODY)
def by_link(token: str) -> Response:
    """Sign in by a link that the server printed."""
    if not allowed():
        abort(404)
    try:
        role = _serializer(_key(), LINK).loads(token, max_age=AGE)
    except BadSignature:
        abort(404)
    _begin(role)
    return redirect(url_for("start.show"), code=303)


@signin.post("/sign-out")
@requires(EVERYBODY)
def leave() -> Response:
    """Forget who it was."""
    session.clear()
    return redirect(url_for("signin.choose"), code=303)


@signin.get("/leave")
@requires(EVERYBODY)
def leave_quickly() -> Response:
    """End the session and show something harmless: somebody is looking over the shoulder.

    It is a GET so that a plain link does it; the worst that a foreign page can do with it is to
    sign somebody out.
    """
    session.clear()
    response = redirect(current_app.config["LEAVE_TO"], code=303)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def choices(kept: list[tuple[str, str]] | None = None) -> str:
    """The page with one button per role; `kept` are answers to carry over the sign-in."""
    roles = [(role, gettext(title)) for role, title in ROLES.items()]
    return render_template(
        "pages/sign_in.html", roles=roles, allowed=allowed(), next=_next(), kept=kept
    )


def to_sign_in() -> Response:
    """Send a reader who is not signed in to sign in, and back afterwards."""
    wanted = request.full_path.removesuffix("?")
    return redirect(url_for("signin.choose", next=wanted), code=303)


def resume(url: str, again: str | None = None) -> str:
    """The page that takes answers back to their form, for their author to look at again.

    `again` is the step that failed because the store could not be reached, to be tried anew.
    """
    return render_template("pages/resume.html", url=url, answers=kept_answers(), again=again)


def kept_answers() -> list[tuple[str, str]]:
    """What a form held when it could not be taken, without what belongs to its sending."""
    sending = {"csrf_token", "step", "role", "kept", "next"}
    return [(name, value) for name, value in request.form.items(multi=True) if name not in sending]


def _begin(role: str) -> None:
    session.clear()
    session["role"] = role
    g.pop("role", None)


def _from_bearer() -> str | None:
    scheme, _, token = request.headers["Authorization"].partition(" ")
    if scheme.lower() != "bearer":
        return None
    try:
        role: str = _serializer(_key(), BEARER).loads(token.strip(), max_age=AGE)
    except BadSignature:
        return None
    return role


def _next() -> str:
    """Where the reader wanted to be: a path of this site, or the start page."""
    wanted = request.form.get("next") or request.args.get("next") or ""
    inside = wanted.startswith("/") and wanted[1:2] not in ("/", "\\") and wanted.isprintable()
    return wanted if inside else url_for("start.show")


def _key() -> str:
    key = current_app.secret_key
    assert isinstance(key, str)
    return key


def _serializer(secret_key: str, salt: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret_key, salt=salt)
