"""The state of the record: how far it goes, its root, and how far the read models have followed."""

from __future__ import annotations

from flask import Blueprint, render_template

from journeys.clock import instant
from journeys.record.tiles import root
from projections.catalogue import EVERY
from projections.engine import status
from projections.store import set_aside
from web.current import journeys, views
from web.policy import requires
from web.words.findings import projection_title

log = Blueprint("log", __name__)


@log.get("/log")
@requires("log.read")
def show() -> str:
    """Size, root and last instant of the log; lag and set-aside facts of the read models."""
    recorder = journeys().recorder
    size, last = recorder.size(), recorder.last_recorded_at()
    with views().reading() as connection:
        aside = set_aside(connection)
    return render_template(
        "pages/log.html",
        origin=recorder.meta.origin,
        size=size,
        root=root(size, recorder).hex(),
        last=instant(last) if last else None,
        standings=[(projection_title(s.projection), s) for s in status(views(), recorder, EVERY)],
        aside=aside,
    )
