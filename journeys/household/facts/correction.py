"""How an entry is set right: by another entry, never by editing."""

from __future__ import annotations

from typing import Any, ClassVar

from journeys.household.facts.envelope import Fact
from journeys.values import Version


class EntryCorrected(Fact, frozen=True, kw_only=True):
    """Named fields of an earlier entry had another value.

    `changes` maps field names to their right values in JSON form; a null takes an optional value
    away. A correction counts from its own recording, and may itself be corrected or retracted.
    """

    TOPIC: ClassVar[str] = "household.entry-corrected.v1"

    target: Version
    changes: dict[str, Any]


class EntryRetracted(Fact, frozen=True, kw_only=True):
    """An earlier entry should not have been made. Retracting a correction undoes it."""

    TOPIC: ClassVar[str] = "household.entry-retracted.v1"

    target: Version
