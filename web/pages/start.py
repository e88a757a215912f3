"""Where signing in leads: the first page that the reader's role may see."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from web.current import sees
from web.policy import SIGNED_IN, requires

start = Blueprint("start", __name__)


@start.get("/")
@requires(SIGNED_IN)
def show() -> Response:
    """The register for those who may read households, the state of the record for the others."""
    first = "households.index" if sees("household.read") else "log.show"
    return redirect(url_for(first))
