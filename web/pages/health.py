"""What a machine asks of the application: is it there, and can it serve?"""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from projections.engine import status
from web.current import journeys, views
from web.policy import EVERYBODY, requires

health = Blueprint("health", __name__)


@health.get("/healthz")
@requires(EVERYBODY)
def alive() -> dict[str, Any]:
    """The process answers. Nothing else is asked, so that a busy store does not restart it."""
    return {"status": "ok"}


@health.get("/readyz")
@requires(EVERYBODY)
def ready() -> tuple[dict[str, Any], int]:
    """Record and views can be read, and no projection waits for a rebuild; 503 otherwise."""
    standings = status(views(), journeys().recorder)
    waiting = [standing.projection for standing in standings if not standing.current]
    answer = {
        "status": "rebuild needed" if waiting else "ok",
        "position": journeys().recorder.size(),
        "lag": max((standing.lag for standing in standings), default=0),
        "waiting": waiting,
    }
    return answer, 503 if waiting else 200
