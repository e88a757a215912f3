"""What the event library's shipped test cases need to run on records of ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from eventsourcing.persistence import StoredEvent


def counting_from_one(events: Sequence[StoredEvent]) -> Sequence[StoredEvent]:
    """Events of a stream that a shipped case begins at version 0, where our streams begin.

    Some cases write versions 0, 1, 2… of a new stream. Our stores insist on 1, 2, 3…, since a
    version that can be left out is one that could have been there. The cases only look at
    positions afterwards, so nothing that they check is lost.
    """
    if events and events[0].originator_version == 0:
        return [replace(event, originator_version=event.originator_version + 1) for event in events]
    return events
