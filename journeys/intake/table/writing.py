"""What one household's rows say that the record does not: facts, corrections and retractions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from msgspec.structs import replace

from journeys.errors import Refusal
from journeys.household.commands import Batch, Source
from journeys.household.facts import EntryCorrected, EntryRetracted, Fact, MemberJoined
from journeys.household.history import corrected
from journeys.household.household import Household
from journeys.household.personal import personal_fields
from journeys.intake.table.drafts import Draft, Reading, Stamp
from journeys.record.recorder import SourceRow

CHANGED = "source-changed"
"""The reason of corrections and retractions."""

COMMITTED = "0" * 64
"""Stands for the commitment that the door will give a personal field, when a fact is judged."""

_KEPT_APART = frozenset({"by", "organisation", "role", "command", "cause"})

Judge = Callable[[Fact], None]
"""Raises a `Refusal` for a fact that may not be recorded, and takes note of one that may."""


class Run(NamedTuple):
    """Who records, as which source, on which day."""

    source: str
    envelope: Mapping[str, Any]
    today: dt.date


class Standing(NamedTuple):
    """What the record holds of one key: the entry that began it, and the corrections of it."""

    version: int
    corrections: tuple[int, ...]
    stamp: Stamp


class NotThere(Exception):
    """An entry that a fact links to was not taken."""


class Left(NamedTuple):
    """Something of a row that was left out, and why."""

    line: int
    code: str
    sentence: str


class Writer:
    """Writes one household's batch. With a `judge`, what it refuses is left out.

    `left` tells what was left out, `unchanged` how many rows said what the record says.
    """

    def __init__(
        self,
        run: Run,
        household: Household,
        known: Mapping[str, Sequence[SourceRow]],
        judge: Judge | None = None,
    ) -> None:
        self._run, self._household, self._known, self._judge = run, household, known, judge
        self._facts: list[Fact] = []
        self._personal: dict[tuple[int, str], Any] = {}
        self._sources: dict[int, Source] = {}
        self._written: dict[str, int] = {}
        self._expected = household.version
        self.left: list[Left] = []
        self.unchanged = 0

    def take(self, reading: Reading) -> None:
        """Write what the row says otherwise than the record."""
        before = len(self._facts), len(self.left)
        if home := self._moved_from(reading):
            sentence = f"The row was taken for the household {home} before: set that right by hand."
            self.left.append(Left(reading.line, "moved-household", sentence))
        else:
            self._take_all(reading)
        self.unchanged += (len(self._facts), len(self.left)) == before

    def _take_all(self, reading: Reading) -> None:
        for draft in reading.drafts:
            try:
                self._take(draft)
            except NotThere:
                self._leave_out(
                    reading.line, "relies-on-left-out", "It relies on what was not taken."
                )
            except Refusal as refusal:
                self._leave_out(reading.line, refusal.code, refusal.sentence)
        for key in reading.silent:
            self._take_back(key, reading.line)

    def batch(self) -> Batch:
        """All that was written, to be recorded on the household as the writer saw it."""
        return Batch(
            household=self._household.id,
            facts=self._facts,
            personal=self._personal,
            sources=self._sources,
            expected=self._expected,
        )

    def _take(self, draft: Draft) -> None:
        if draft.key in self._written:
            return
        standing = self._standing(draft.key)
        if standing is None and draft.once and self._is_there(draft.fact):
            return
        if standing is None:
            self._add(replace(draft.fact, **self._links(draft)), draft)
        elif draft.once and standing.stamp.row != draft.stamp.row:
            self._written[draft.key] = standing.version
        elif standing.stamp != draft.stamp:
            self._correct(draft, standing)

    def _is_there(self, fact: Fact) -> bool:
        """Whether a household or member that a row names was known before, from elsewhere."""
        if isinstance(fact, MemberJoined):
            return self._household.is_member(fact.member, fact.effective_from)
        return self._household.version > 0

    def _correct(self, draft: Draft, standing: Standing) -> None:
        """Name the fields that the source says otherwise than it did, and no others.

        Nor those that somebody has set to the same value by hand meanwhile.
        """
        self._written[draft.key] = standing.version
        fact = replace(draft.fact, **self._links(draft))
        changes = _differing(self._as_told(standing), fact)
        current = self._household.standing.get(standing.version)
        if current is not None:
            still = _differing(current, fact)
            changes = {field: value for field, value in changes.items() if field in still}
        told, personal = standing.stamp.personal, {}
        for field in told.keys() | draft.stamp.personal.keys():
            if field not in draft.personal:
                changes[field] = None
            elif told.get(field) != draft.stamp.personal[field]:
                personal[field] = draft.personal[field]
        if not changes and not personal:
            return
        correction = EntryCorrected(
            target=standing.version,
            changes=changes,
            reason=CHANGED,
            effective_from=self._run.today,
            **self._run.envelope,
        )
        self._write(correction, draft.key, draft.stamp.text(), personal)

    def _take_back(self, key: str, line: int) -> None:
        """A fact that the row told once and tells no longer."""
        standing = self._standing(key)
        if standing is None:
            return
        retraction = EntryRetracted(
            target=standing.version,
            reason=CHANGED,
            effective_from=self._run.today,
            **self._run.envelope,
        )
        try:
            self._write(retraction, key, "", {})
        except Refusal as refusal:
            self._leave_out(line, refusal.code, f"Not taken back: {refusal.sentence}")

    def _add(self, fact: Fact, draft: Draft) -> None:
        self._write(fact, draft.key, draft.stamp.text(), draft.personal)
        self._written[draft.key] = self._expected + len(self._facts)

    def _write(self, fact: Fact, key: str, stamp: str, personal: Mapping[str, Any]) -> None:
        if self._judge is not None:
            self._judge(_as_sealed(fact, personal))
        place = len(self._facts)
        self._facts.append(fact)
        self._sources[place] = Source(self._run.source, key, stamp)
        for field, content in personal.items():
            self._personal[place, field] = content

    def _links(self, draft: Draft) -> dict[str, Any]:
        """The versions of the entries that the draft names."""
        versions: dict[str, Any] = {}
        for field, keys in draft.links.items():
            found = tuple(self._version(key) for key in keys)
            many = isinstance(getattr(draft.fact, field), tuple)
            versions[field] = found if many else found[0]
        return versions

    def _version(self, key: str) -> int:
        if key in self._written:
            return self._written[key]
        standing = self._standing(key)
        if standing is None:
            raise NotThere(key)
        return standing.version

    def _standing(self, key: str) -> Standing | None:
        """What stands in this household of a key, by the entries that the source made."""
        begun: int | None = None
        corrections: list[int] = []
        digest = ""
        for row in self._known.get(key, ()):
            if row.household != self._household.id:
                continue
            digest = row.digest
            fact = self._household.facts[row.version - 1]
            if isinstance(fact, EntryCorrected):
                corrections.append(row.version)
            else:
                begun = None if isinstance(fact, EntryRetracted) else row.version
                corrections = []
        if begun is None:
            return None
        return Standing(begun, tuple(corrections), Stamp.parse(digest))

    def _as_told(self, standing: Standing) -> Fact:
        """The fact as this source told it last, whatever others have corrected in it."""
        fact = self._household.facts[standing.version - 1]
        for version in standing.corrections:
            correction = self._household.facts[version - 1]
            assert isinstance(correction, EntryCorrected)
            fact = corrected(fact, correction.changes)
        return fact

    def _moved_from(self, reading: Reading) -> UUID | None:
        """Another household in which a fact of this row stands."""
        for draft in reading.drafts:
            rows = self._known.get(draft.key)
            if rows and not draft.once and rows[-1].digest:
                home = rows[-1].household
                if home != self._household.id:
                    return home
        return None

    def _leave_out(self, line: int, code: str, sentence: str) -> None:
        self.left.append(Left(line, code, sentence))


def _differing(before: Fact, after: Fact) -> dict[str, Any]:
    """Field to its new value in JSON form, of the open fields that differ."""
    old, new = (msgspec.to_builtins(fact, str_keys=True) for fact in (before, after))
    apart = _KEPT_APART | personal_fields(type(after)).keys()
    return {
        field: new.get(field)
        for field in sorted((old.keys() | new.keys()) - apart)
        if old.get(field) != new.get(field)
    }


def _as_sealed(fact: Fact, personal: Mapping[str, Any]) -> Fact:
    """The fact as it will read once the door has sealed its personal content."""
    committed = dict.fromkeys(personal, COMMITTED)
    if isinstance(fact, EntryCorrected):
        return replace(fact, changes={**fact.changes, **committed})
    return replace(fact, **committed)
