"""A token for programs, while signing in is by role on one's own machine."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template

from web.policy import SIGNED_IN, requires
from web.signin import AGE, bearer_token, current_role

token = Blueprint("token", __name__)


@token.get("/token")
@requires(SIGNED_IN)
def show() -> str:
    """A bearer token of the reader's own role, and where the API is described."""
    key, role = current_app.secret_key, current_role()
    assert isinstance(key, str)
    assert role is not None
    return render_template("pages/token.html", token=bearer_token(key, role), hours=AGE // 3600)
