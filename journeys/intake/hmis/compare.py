"""What a newer export says otherwise than the record: the facts, corrections and retractions.

A row says the same as long as its digest is the same, whatever the row looks like and whenever
the source touched it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from journeys.household.facts import ENDS, Fact
from journeys.household.history import Entry, History
from journeys.intake.hmis.absence import Coverage, Retraction, Stands, missing
from journeys.intake.hmis.spool import Known
from journeys.intake.hmis.telling import Setting, Telling
from journeys.intake.hmis.told import Told


class Correction(Struct):
    """Fields of a recorded fact that the source now says otherwise.

    `links` are fields that name another entry by the key of its row; that entry may be recorded
    together with this correction.
    """

    told: Told
    version: int
    changes: dict[str, Any]
    links: dict[str, str] = {}
    personal: dict[str, str] | None = None


class Plan(NamedTuple):
    """What is to be recorded on a household, in this order."""

    widening: Sequence[Correction]
    new: Sequence[Told]
    corrections: Sequence[Correction]
    retractions: Sequence[Retraction]


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
            continue
        found = _correction(setting, told, known, entries[known.version], stands, values_of)
        corrections += [found] if found else []
    gone = missing(telling, stands, entries, coverage)
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
        if name != "previous" and isinstance(link, str) and _elsewhere(stands, link, current, name)
    }
    if not changes and not links and told.personal is None:
        return None
    return Correction(told, known.version, changes, links, told.personal)


def _elsewhere(stands: Mapping[str, Stands], link: str, current: Fact, name: str) -> bool:
    """Whether the row that is linked to is another entry than the one that the fact names."""
    return link not in stands or stands[link].version != getattr(current, name)


def _widens(correction: Correction, current: Fact) -> bool:
    """Whether a correction gives other facts more room: an earlier start, or a later end."""
    day = correction.changes.get("effective_from")
    if day is None:
        return False
    later = dt.date.fromisoformat(day) > current.effective_from
    return later if type(current) in ENDS else not later
