"""A household's timeline as it was on one date, as known at another instant.

*As-at T* is the prefix of the record with `recorded_at` ≤ T; *as-of D* is what is effective on or
before day D within that prefix (specification: "Dates" of the domain). Both are pure readings:
nothing here asks a clock or a store, so the same record always gives the same history, and facts
recorded later never change an as-at reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Literal, NamedTuple
from uuid import UUID

import msgspec
from msgspec import Struct

from journeys.household.facts import EntryCorrected, EntryRetracted, Fact, Recorded

Status = Literal["current", "corrected", "retracted"]

_ACTS = (EntryCorrected, EntryRetracted)


class Reading(NamedTuple):
    """An entry's content with its active corrections applied, and what acted upon it."""

    current: Fact
    corrected_by: tuple[int, ...] = ()
    retracted_by: int | None = None


class Entry(Struct, frozen=True):
    """One recorded fact as it reads at the instant asked about.

    `current` is its content with every active correction applied; `recorded.fact` the content as
    it was first recorded. `corrected_by` and `retracted_by` are versions in the same stream.
    """

    recorded: Recorded
    current: Fact
    corrected_by: tuple[int, ...] = ()
    retracted_by: int | None = None

    @property
    def status(self) -> Status:
        """Whether it stands as recorded, stands corrected, or no longer stands."""
        if self.retracted_by is not None:
            return "retracted"
        return "corrected" if self.corrected_by else "current"

    @property
    def version(self) -> int:
        """Its place in the household's stream."""
        return self.recorded.version


class History(Struct, frozen=True):
    """The entries of one household, by effective day and then by version."""

    entries: tuple[Entry, ...]
    as_of: date | None = None
    as_at: int | None = None

    def standing(self) -> list[Entry]:
        """The entries that stand: everything but retracted ones and corrections themselves."""
        return [
            entry
            for entry in self.entries
            if entry.retracted_by is None
            and not isinstance(entry.current, EntryCorrected | EntryRetracted)
        ]

    def facts(self) -> list[Fact]:
        """What was true, in order of effective day: the content of the standing entries."""
        return [entry.current for entry in self.standing()]

    def find(self, version: int) -> Entry | None:
        """The entry of that version, None where this reading does not have it."""
        return next((entry for entry in self.entries if entry.version == version), None)


class Change(Struct, frozen=True):
    """What became of one entry between two readings.

    `fields` gives, for a changed entry, each differing field with its value before and after, in
    JSON form.
    """

    kind: Literal["added", "removed", "changed", "retracted", "restored"]
    before: Entry | None
    after: Entry | None
    fields: dict[str, tuple[Any, Any]] = {}

    @property
    def entry(self) -> Entry:
        """The entry in its newest reading."""
        found = self.after or self.before
        assert found is not None
        return found


def read(
    record: Sequence[Recorded], as_of: date | None = None, as_at: int | None = None
) -> History:
    """The household's history as of a day, as known at an instant.

    `record` is the household's whole stream in version order; `as_at` is in microseconds since
    the epoch, inclusive. None means without limit.
    """
    known = [r for r in record if as_at is None or r.recorded_at <= as_at]
    readings = resolve([recorded.fact for recorded in known])
    entries = [Entry(recorded, *reading) for recorded, reading in zip(known, readings, strict=True)]
    if as_of is not None:
        entries = [entry for entry in entries if entry.current.effective_from <= as_of]
    entries.sort(key=lambda entry: (entry.current.effective_from, entry.version))
    return History(tuple(entries), as_of, as_at)


def resolve(facts: Sequence[Fact]) -> list[Reading]:
    """What each fact of a stream says once the corrections and retractions in it are applied.

    `facts` is the stream from its first version. A correction or a retraction acts unless it is
    itself retracted; several corrections of one entry apply in the order of their recording.
    """
    readings = [Reading(fact) for fact in facts]
    for version, reading in acted_upon(facts).items():
        readings[version - 1] = reading
    return readings


def acted_upon(facts: Sequence[Fact]) -> dict[int, Reading]:
    """The readings of those facts of a stream that a later one corrects or retracts, by version.

    Since each names an earlier version, one pass from the last to the first settles all of them.
    """
    acting: dict[int, list[tuple[int, EntryCorrected]]] = {}
    retracted: dict[int, int] = {}
    acts = [v for v, fact in enumerate(facts, 1) if isinstance(fact, _ACTS)]
    for version in reversed(acts):
        reading = _reading(facts[version - 1], acting.get(version), retracted.get(version))
        if reading.retracted_by is not None:
            continue
        act = reading.current
        assert isinstance(act, _ACTS)
        if not 0 < act.target < version:
            continue
        if isinstance(act, EntryCorrected):
            acting.setdefault(act.target, []).append((version, act))
        else:
            retracted[act.target] = version
    return {
        version: _reading(facts[version - 1], acting.get(version), retracted.get(version))
        for version in acting.keys() | retracted.keys()
    }


def difference(before: History, after: History) -> list[Change]:
    """What the later reading says otherwise, in the order of the later reading.

    The two may differ in as-of, in as-at, or in both. An entry that only the earlier reading has
    (its effective day was corrected away, or the as-of day is earlier) is "removed".
    """
    old = {_place(entry): entry for entry in before.entries}
    new = {_place(entry): entry for entry in after.entries}
    changes = [_change(old.get(place), entry) for place, entry in new.items()]
    changes += [_change(entry, None) for place, entry in old.items() if place not in new]
    return [change for change in changes if change is not None]


def corrected(fact: Fact, changes: dict[str, Any]) -> Fact:
    """`fact` with the named fields replaced by JSON values; null takes an optional value away.

    Raises `msgspec.ValidationError` when a value does not fit its field.
    """
    values = msgspec.to_builtins(fact, str_keys=True)
    for field, value in changes.items():
        if value is None:
            values.pop(field, None)
        else:
            values[field] = value
    return msgspec.convert(values, type(fact), str_keys=True)


def _reading(
    fact: Fact, corrections: Iterable[tuple[int, EntryCorrected]] | None, retracted_by: int | None
) -> Reading:
    if corrections is None:
        return Reading(fact, (), retracted_by)
    ordered = sorted(corrections, key=lambda correction: correction[0])
    for _, correction in ordered:
        fact = corrected(fact, correction.changes)
    return Reading(fact, tuple(version for version, _ in ordered), retracted_by)


def _change(before: Entry | None, after: Entry | None) -> Change | None:
    if before is None:
        return Change("added", None, after)
    if after is None:
        return Change("removed", before, None)
    if before.retracted_by is None and after.retracted_by is not None:
        return Change("retracted", before, after)
    if before.retracted_by is not None and after.retracted_by is None:
        return Change("restored", before, after)
    fields = _differing(before.current, after.current)
    return Change("changed", before, after, fields) if fields else None


def _differing(before: Fact, after: Fact) -> dict[str, tuple[Any, Any]]:
    return {
        field: (msgspec.to_builtins(old), msgspec.to_builtins(new))
        for field in before.__struct_fields__
        if (old := getattr(before, field)) != (new := getattr(after, field))
    }


def _place(entry: Entry) -> tuple[UUID, int]:
    return entry.recorded.household, entry.version
