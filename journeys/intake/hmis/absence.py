"""What an export no longer tells, and what that means.

A fact is taken back where its absence means something: its row was deleted at the source, the row
is there and no longer tells it, the row moved to another household, or the row is missing from a
full export whose period and projects cover it. A row that cannot be read any more, an export that
covers less, and an older export take nothing back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from journeys.household.facts import Enrolled, Exited, ReEnrolled
from journeys.household.history import Entry
from journeys.intake.hmis.tables import DETAILS, ENROLLMENT
from journeys.intake.hmis.telling import Fate, Telling
from journeys.values import ONE_DAY, Period

CHANGED, DELETED = "source-changed", "source-deleted"
"""The reasons of corrections and retractions."""

_FILES = {table.letter: table.file for table in DETAILS}


class Stands(NamedTuple):
    """What the record holds of one key: its first version, the digest, when that was exported."""

    version: int
    digest: str
    made: str


class Retraction(NamedTuple):
    """A recorded fact that the source no longer tells."""

    key: str
    version: int
    reason: str


class Coverage(NamedTuple):
    """What the absence of a row means: the time and projects covered, and the files read whole.

    `elsewhere` tells whether an enrolment, by the key of its row, is in the export at all.
    """

    days: Period | None
    programmes: frozenset[str]
    whole: frozenset[str]
    elsewhere: Callable[[str], bool]


def missing(
    telling: Telling,
    stands: Mapping[str, Stands],
    entries: Mapping[int, Entry],
    coverage: Coverage,
) -> list[Retraction]:
    """What is to be taken back of a household, the last entry first."""
    told = {one.key for one in telling.told}
    gone = []
    for key, known in stands.items():
        if key in told or not key.startswith("e.") or known.made > telling.setting.export.made:
            continue
        entry = entries.get(known.version)
        if entry is not None and entry.retracted_by is None:
            reason = _reason(telling.fates, key, entry, stands, entries, coverage)
            if reason is not None:
                gone.append(Retraction(key, known.version, reason))
    return sorted(gone, key=lambda one: -one.version)


def _reason(
    fates: Mapping[str, Fate],
    key: str,
    entry: Entry,
    stands: Mapping[str, Stands],
    entries: Mapping[int, Entry],
    coverage: Coverage,
) -> str | None:
    """Why a fact that the export does not tell is taken back; None if it is left as it is."""
    row = key.rpartition(".")[0]
    enrolment = ".".join(key.split(".", 2)[:2])
    above = fates.get(enrolment)
    fate = fates.get(row) or (above if above != "taken" else None)
    if fate is not None:
        return {"deleted": DELETED, "taken": CHANGED, "refused": None}[fate]
    if above is None:
        if coverage.elsewhere(enrolment):
            return CHANGED
        covered = _stay_covered(enrolment, stands, entries, coverage)
    else:
        file, day = _FILES[key.split(".")[2][0]], entry.current.effective_from
        covered = coverage.days is not None and file in coverage.whole and day in coverage.days
    return DELETED if covered else None


def _stay_covered(
    enrolment: str,
    stands: Mapping[str, Stands],
    entries: Mapping[int, Entry],
    coverage: Coverage,
) -> bool:
    """Whether an enrolment that is missing lies in the time and projects of the export."""
    known = stands.get(f"{enrolment}.enrolled")
    if coverage.days is None or ENROLLMENT.file not in coverage.whole or known is None:
        return False
    entered = entries[known.version].current
    assert isinstance(entered, Enrolled | ReEnrolled)
    left = [
        entry.current.effective_from
        for entry in entries.values()
        if isinstance(entry.current, Exited)
        and entry.current.enrolment == known.version
        and entry.retracted_by is None
    ]
    stayed = Period(entered.effective_from, max(left) + ONE_DAY if left else None)
    return entered.programme in coverage.programmes and stayed.overlaps(coverage.days)
