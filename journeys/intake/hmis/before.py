"""What the record holds of a household that the export at hand does not show.

Exports often cover a moving stretch of time. What began before it still goes on: somebody who had
a benefit then and has it now was not granted it again, and who comes back to a project after
leaving it then, comes back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from uuid import UUID

from journeys.household.facts import (
    BenefitEnded,
    BenefitGranted,
    EmploymentEnded,
    EmploymentStarted,
    Enrolled,
    Exited,
    ReEnrolled,
)
from journeys.household.history import Entry, History
from journeys.intake.hmis.changes import WORK_SEEN, Carried
from journeys.intake.hmis.compare import Stands
from journeys.intake.hmis.household import Before, Ended
from journeys.intake.hmis.spool import Gathered
from journeys.intake.hmis.told import Seal, detail_key, enrolment_key


def shown_rows(gathered: Gathered, seal: Seal) -> set[str]:
    """The keys of all rows that the export shows of a household."""
    rows = set()
    for line in (*gathered.enrolments, *gathered.details):
        row = enrolment_key(seal, line.enrolment)
        if line.table.letter == "x":
            row = detail_key(row, seal, "x", line.enrolment)
        elif line.table.letter != "e":
            row = detail_key(row, seal, line.table.letter, line.id)
        rows.add(row)
    return rows


def before(
    history: History, stands: Mapping[str, Stands], rows: set[str], members: Mapping[str, UUID]
) -> Before:
    """What stands of rows that are not shown. `members` are those of persons in the export."""
    persons: dict[UUID | None, str] = {member: person for person, member in members.items()}
    entries = {entry.version: entry for entry in history.standing()}
    keys = {known.version: key for key, known in stands.items()}
    hidden = {
        version: entries[version]
        for version, key in keys.items()
        if version in entries and key.rpartition(".")[0] not in rows
    }
    return Before(
        tuple(_changes(hidden, entries, persons, keys)),
        tuple(_enrolments(hidden, entries, persons)),
    )


def _changes(
    hidden: Mapping[int, Entry],
    entries: Mapping[int, Entry],
    persons: Mapping[UUID | None, str],
    keys: Mapping[int, str],
) -> Iterator[Carried]:
    for version, entry in hidden.items():
        fact = entry.current
        if isinstance(fact, BenefitGranted | EmploymentStarted):
            start, begun = fact, version
        elif isinstance(fact, BenefitEnded | EmploymentEnded):
            begun = fact.benefit if isinstance(fact, BenefitEnded) else fact.employment
            if begun not in entries:
                continue
            found = entries[begun].current
            assert isinstance(found, BenefitGranted | EmploymentStarted)
            start = found
        else:
            continue
        if start.member in persons:
            yield Carried(
                on=fact.effective_from,
                version=version,
                person=persons[start.member],
                what=WORK_SEEN if isinstance(start, EmploymentStarted) else start.measure,
                begins=fact is start,
                contract=start.contract_kind if isinstance(start, EmploymentStarted) else "",
                begun=keys.get(begun, begun),
            )


def _enrolments(
    hidden: Mapping[int, Entry], entries: Mapping[int, Entry], persons: Mapping[UUID | None, str]
) -> Iterator[Ended]:
    exits = {
        entry.current.enrolment: entry.current.effective_from
        for entry in entries.values()
        if isinstance(entry.current, Exited)
    }
    for version, entry in hidden.items():
        fact = entry.current
        if isinstance(fact, Enrolled | ReEnrolled) and fact.member in persons and version in exits:
            yield Ended(persons[fact.member], fact.programme or "", exits[version], version)
