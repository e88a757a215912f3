"""Enrolments that the record holds of a household and the export at hand does not show.

Exports often cover a moving stretch of time. Who left a project before it and comes back to that
project in it, comes back.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from journeys.household.facts import Enrolled, Exited, ReEnrolled
from journeys.household.history import History
from journeys.intake.hmis.absence import Stands
from journeys.intake.hmis.household import Ended
from journeys.intake.hmis.spool import Gathered
from journeys.intake.hmis.told import Seal, enrolment_key


def hidden(gathered: Gathered, stands: Mapping[str, Stands], seal: Seal) -> set[int]:
    """The versions of enrolments that stand in the record and are not in the export."""
    shown = {f"{enrolment_key(seal, line.id)}.enrolled" for line in gathered.enrolments}
    return {
        known.version
        for key, known in stands.items()
        if key.endswith(".enrolled") and key not in shown
    }


def ended(history: History, versions: set[int], members: Mapping[str, UUID]) -> list[Ended]:
    """Those of the enrolments that had an exit. `members` are those of persons in the export."""
    persons: dict[UUID | None, str] = {member: person for person, member in members.items()}
    exits = {
        fact.enrolment: fact.effective_from for fact in history.facts() if isinstance(fact, Exited)
    }
    return [
        Ended(persons[fact.member], fact.programme or "", exits[entry.version], entry.version)
        for entry in history.standing()
        if entry.version in versions
        and isinstance(fact := entry.current, Enrolled | ReEnrolled)
        and fact.member in persons
        and entry.version in exits
    ]
