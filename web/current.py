"""What a view needs of the application that it runs in: the record, the views, who asks."""

from __future__ import annotations

import datetime as dt
import logging
from uuid import UUID

from flask import current_app

from journeys.application import Journeys
from journeys.errors import StoreUnavailable
from projections.catalogue import INLINE, with_names
from projections.engine import catch_up
from projections.store import Views
from web.case import Case, load
from web.policy import may
from web.preferences import language
from web.signin import current_role

log = logging.getLogger(__name__)


def journeys() -> Journeys:
    """The door for commands and histories."""
    found: Journeys = current_app.extensions["journeys"]
    return found


def views() -> Views:
    """The read models."""
    found: Views = current_app.extensions["views"]
    return found


def read_own_writes(position: int | None = None) -> None:
    """Bring the read models up to a position of the log, or to its end.

    What was recorded stays recorded when they cannot be reached: they catch up later, and whoever
    recorded must not be told that nothing was.
    """
    door = journeys()
    try:
        catch_up(views(), door.recorder, with_names(door.disclose, INLINE), upto=position)
    except StoreUnavailable as gone:
        log.warning("the views stay behind: %s", gone.sentence)


def sees(action: str) -> bool:
    """Whether whoever asks may take an action."""
    return may(current_role(), action)


def case(household: UUID, as_of: dt.date | None = None, as_at: int | None = None) -> Case:
    """The household as whoever asks may see it; `NotFound` where there is none."""
    return load(
        journeys(),
        household,
        language=language(),
        names=sees("person.read"),
        as_of=as_of,
        as_at=as_at,
    )
