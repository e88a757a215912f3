"""What a newer export says otherwise than the record: the facts, corrections and retractions.

A row says the same as long as its digest is the same, whatever the row looks like and whenever
the source touched it. What the source does not show is taken back only where its absence means
something: a row that the source deleted, a fact that its row no longer tells, a row that moved to
another household, or one that is missing from a full export whose period covers it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from journeys.household.facts import ENDS, Enrolled, Fact, ReEnrolled
from journeys.household.history import Entry, History
from journeys.intake.hmis.spool import Known
from journeys.intake.hmis.tables import DETAILS, ENROLLMENT
from journeys.intake.hmis.telling import Fate, Setting, Telling
from journeys.intake.hmis.told import Told
from journeys.values import Period

CHANGED, DELETED = "source-changed", "source-deleted"
"""The reasons of corrections and retractions."""

_FILES = {table.letter: table.file for table in DETAILS}


class Stands(NamedTuple):
    """What the record holds of one key: its first version, the digest, when that was exported."""

    version: int
    digest: str
    made: str


class Correction(Struct):
    """Fields of a recorded fact that the source now says otherwise.

    `links` are fields that name another entry by the key of its row; that entry may be recorded
    together with this correction.
    """

    told: Told
    version: int
    changes: dict[str, Any]
    links: dict[str, str | int] = {}
    personal: dict[str, str] | None = None


class Retraction(NamedTuple):
    """A recorded fact that the source no longer tells."""

    key: str
    version: int
    reason: str


class Plan(NamedTuple):
    """What is to be recorded on a household, in this order."""

    widening: Sequence[Correction]
    new: Sequence[Told]
    corrections: Sequence[Correction]
    retractions: Sequence[Retraction]


class Coverage(NamedTuple):
    """What the absence of a row means: the time and projects covered, and the files read whole.

    `elsewhere` tells whether an enrolment, by the key of its row, is in the export at all.
    """

    days: Period | None
    programmes: frozenset[str]
    whole: frozenset[str]
    elsewhere: Callable[[str], bool]


def stamp(digest: str, made: str) -> str:
    """The digest as it is kept, with the export that it comes from; "" is kept for a retraction."""
    return f"{digest}@{made}"


def standing(known: Iterable[Known]) -> dict[str, Stands]:
    """What stands of the rows of a household. `known` is ordered by key and version."""
    found: dict[str, Stands] = {}
    for _, key, version, kept in known:
        if not kept:
            found.pop(key, None)
            continue
        digest, _, made = kept.partition("@")
        before = found.get(key)
        found[key] = Stands(before.version if before else version, digest, made)
    return found


def unchanged(telling: Telling, stands: Mapping[str, Stands]) -> bool:
    """Whether every row says what the record holds, and the record holds nothing else."""
    mine = [told for told in telling.told if _of_rows(told.key)]
    return len(mine) == sum(map(_of_rows, stands)) and all(
        (known := stands.get(told.key)) is not None and known.digest == told.digest for told in mine
    )


def compare(
    telling: Telling,
    stands: Mapping[str, Stands],
    history: History,
    coverage: Coverage,
    values_of: Callable[[Told], dict[str, Any]],
) -> Plan:
    """The plan that makes the record say what the export says.

    `values_of` gives the fields of what was told, links apart, as the record would have them.
    """
    setting = telling.setting
    entries = {entry.version: entry for entry in history.entries}
    new: list[Told] = []
    corrections: list[Correction] = []
    for told in telling.told:
        known = _registered(told) or stands.get(told.key)
        if known is None:
            new.append(told)
        elif (entry := entries.get(known.version)) is not None:
            found = _correction(setting, told, known, entry, stands, values_of)
            corrections += [found] if found else []
    gone = _gone(telling, stands, entries, coverage)
    wide = [one for one in corrections if _widens(one, entries[one.version].current)]
    rest = [one for one in corrections if one not in wide]
    return Plan(wide, new, rest, gone)


def _of_rows(key: str) -> bool:
    """Whether a key is of a row, and not of the household as such or of a match."""
    return key.startswith(("e.", "p."))


def _registered(told: Told) -> Stands | None:
    """A household is registered once, by its first fact, whoever its head is by now."""
    return Stands(1, "", "") if told.key.startswith("h.") else None


def _correction(
    setting: Setting,
    told: Told,
    known: Stands,
    entry: Entry,
    stands: Mapping[str, Stands],
    values_of: Callable[[Told], dict[str, Any]],
) -> Correction | None:
    """What a row says otherwise than its recorded fact, if anything."""
    current = entry.current
    lasting = not told.key.startswith("e.")
    changes: dict[str, Any] = {}
    if lasting and told.day < current.effective_from:
        changes["effective_from"] = told.day.isoformat()
    if told.key.startswith("h.") or known.digest == told.digest:
        return Correction(told, known.version, changes) if changes else None
    if known.made > setting.export.made:
        return None
    if entry.retracted_by is not None:
        sentence = f"The row changed, but its entry {entry.version} was retracted here."
        setting.report.finding(told.file, told.line, "retracted-here", sentence)
        return None
    changes |= {
        name: msgspec.to_builtins(value)
        for name, value in values_of(told).items()
        if value != getattr(current, name) and not (lasting and name.startswith("effective_"))
    }
    if "effective_from" in changes and told.known != current.known_on:
        # When it was learned is told of the day on which it was true, and moves along.
        changes["known_on"] = msgspec.to_builtins(told.known)
    links = {
        name: link
        for name, link in told.links.items()
        if name != "previous" and _version(stands, link) != getattr(current, name)
    }
    if not changes and not links and told.personal is None:
        return None
    return Correction(told, known.version, changes, links, told.personal)


def _version(stands: Mapping[str, Stands], link: str | int) -> int | None:
    if isinstance(link, int):
        return link
    known = stands.get(link)
    return known.version if known else None


def _widens(correction: Correction, current: Fact) -> bool:
    """Whether a correction gives other facts more room: an earlier start, or a later end."""
    day = correction.changes.get("effective_from")
    if day is None:
        return False
    later = dt.date.fromisoformat(day) > current.effective_from
    return later if type(current) in ENDS else not later


def _gone(
    telling: Telling,
    stands: Mapping[str, Stands],
    entries: Mapping[int, Entry],
    coverage: Coverage,
) -> list[Retraction]:
    told = {one.key for one in telling.told}
    gone = []
    for key, known in stands.items():
        entry = entries.get(known.version)
        if key in told or not key.startswith("e.") or known.made > telling.setting.export.made:
            continue
        if entry is None or entry.retracted_by is not None:
            continue
        enrolment = _enrolment_of(key)
        entered = stands.get(f"{enrolment}.enrolled")
        stay = entries.get(entered.version) if entered else None
        reason = _reason(telling.fates, key, entry, stay, stands, entries, coverage)
        if reason is not None:
            gone.append(Retraction(key, known.version, reason))
    return sorted(gone, key=lambda one: -one.version)


def _enrolment_of(key: str) -> str:
    return ".".join(key.split(".", 2)[:2])


def _reason(
    fates: Mapping[str, Fate],
    key: str,
    entry: Entry,
    stay: Entry | None,
    stands: Mapping[str, Stands],
    entries: Mapping[int, Entry],
    coverage: Coverage,
) -> str | None:
    """Why a fact that the export does not tell is taken back; None if it is left as it is."""
    row, enrolment = key.rpartition(".")[0], _enrolment_of(key)
    fate = fates.get(row) or (fates.get(enrolment) if fates.get(enrolment) != "taken" else None)
    if fate == "deleted":
        return DELETED
    if fate == "refused":
        return None
    if fate == "taken":
        return CHANGED
    if enrolment not in fates:
        if coverage.elsewhere(enrolment):
            return CHANGED
        return DELETED if _stay_covered(stay, stands, entries, coverage) else None
    file = _FILES[key.split(".")[2][0]]
    day = entry.current.effective_from
    covered = coverage.days is not None and file in coverage.whole and day in coverage.days
    return DELETED if covered else None


def _stay_covered(
    stay: Entry | None,
    stands: Mapping[str, Stands],
    entries: Mapping[int, Entry],
    coverage: Coverage,
) -> bool:
    """Whether a whole enrolment that is missing lies in the time and projects of the export."""
    if coverage.days is None or ENROLLMENT.file not in coverage.whole or stay is None:
        return False
    entered = stay.current
    assert isinstance(entered, Enrolled | ReEnrolled)
    left = next(
        (
            entries[known.version].current.effective_from
            for key, known in stands.items()
            if key.endswith(".exited")
            and getattr(entries[known.version].current, "enrolment", None) == stay.version
        ),
        None,
    )
    if left is not None and left < coverage.days.start:
        return False
    last = coverage.days.end
    return entered.programme in coverage.programmes and (
        last is None or entered.effective_from < last
    )
