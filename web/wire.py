"""How the record's answers leave as JSON: stable keys, ISO dates, money in minor units.

The command line and the JSON API both speak through these functions, so that a script may read
either. Periods leave as people say them: `effective_to` is the last day inside.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import msgspec

from journeys.application import Receipt
from journeys.clock import instant
from journeys.household.facts import ENVELOPE, Fact, name_of
from journeys.household.history import Change, Entry, History
from journeys.household.lineage import Lineage, joint
from journeys.values import ONE_DAY


def moment(microseconds: int) -> str:
    """An instant as ISO 8601 in UTC, to the microsecond."""
    return instant(microseconds).isoformat(timespec="microseconds").replace("+00:00", "Z")


def fact(told: Fact) -> dict[str, Any]:
    """A fact: its kind, its dates, who told it, and its content."""
    values = msgspec.to_builtins(told)
    return {
        "fact": name_of(told),
        "effective_from": told.effective_from.isoformat(),
        "effective_to": last_day(told.effective_until),
        "known_on": None if told.known_on is None else told.known_on.isoformat(),
        "by": told.by,
        "organisation": told.organisation,
        "role": told.role,
        "attested_by": told.attested_by,
        "attestor_interested": told.attestor_interested,
        "evidence": list(told.evidence),
        "command": None if told.command is None else str(told.command),
        "cause": told.cause,
        "reason": told.reason,
        "note": told.note,
        "content": {
            field: values.get(field, getattr(told, field))
            for field in told.__struct_fields__
            if field not in ENVELOPE
        },
    }


def entry(read: Entry) -> dict[str, Any]:
    """An entry of a history: its place, its status, its content now and as first recorded."""
    recorded = read.recorded
    return {
        "household": str(recorded.household),
        "version": recorded.version,
        "position": recorded.position,
        "recorded_at": moment(recorded.recorded_at),
        "status": read.status,
        "corrected_by": list(read.corrected_by),
        "retracted_by": read.retracted_by,
        **fact(read.current),
        "as_recorded": fact(recorded.fact) if read.corrected_by else None,
    }


def history(read: History) -> dict[str, Any]:
    """A household's timeline with the two dates that it was read for."""
    return {
        "as_of": None if read.as_of is None else read.as_of.isoformat(),
        "as_at": None if read.as_at is None else moment(read.as_at),
        "entries": [entry(one) for one in read.entries],
    }


def lineage(read: Lineage) -> dict[str, Any]:
    """The streams bound to a household, how they are reached, and all of it as one timeline."""
    return {
        "households": [
            {
                "household": str(stream),
                "path": [
                    {
                        "from": str(bond.household),
                        "to": str(bond.other),
                        "relation": bond.relation,
                        "day": bond.day.isoformat(),
                        "version": bond.version,
                    }
                    for bond in read.path[stream]
                ],
            }
            for stream in read.histories
        ],
        "entries": [entry(one) for one in joint(read)],
    }


def difference(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """What one reading says otherwise than another, entry by entry."""
    return [
        {
            "change": change.kind,
            "household": str(change.entry.recorded.household),
            "version": change.entry.version,
            "fact": name_of(change.entry.current),
            "fields": [
                {"field": field, "before": before, "after": after}
                for field, before, after in _fields(change)
            ],
        }
        for change in changes
    ]


def receipt(given: Receipt) -> dict[str, Any]:
    """What the asker takes away."""
    return {
        "household": str(given.household),
        "versions": list(given.versions),
        "position": given.position,
        "recorded_at": moment(given.recorded_at),
        "fingerprint": given.fingerprint,
        "repeated": given.repeated,
    }


def last_day(until: dt.date | None) -> str | None:
    """The last day of a half-open period, as ISO; None for an open one."""
    return None if until is None else (until - ONE_DAY).isoformat()


def _fields(change: Change) -> Iterable[tuple[str, Any, Any]]:
    for field, (before, after) in change.fields.items():
        if field == "effective_until":
            yield "effective_to", _last(before), _last(after)
        else:
            yield field, before, after


def _last(until: str | None) -> str | None:
    return None if until is None else last_day(dt.date.fromisoformat(until))
