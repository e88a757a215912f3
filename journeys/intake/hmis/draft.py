"""From what was told to facts with their places: members, parties and links become ids."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import blake2b
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from journeys.errors import Refusal
from journeys.household.commands import Batch, Source
from journeys.household.facts import EntryCorrected, EntryRetracted, Fact
from journeys.intake.hmis.absence import CHANGED, Retraction
from journeys.intake.hmis.compare import Correction, Plan, stamp
from journeys.intake.hmis.edition import Export
from journeys.intake.hmis.telling import Setting
from journeys.intake.hmis.told import Told
from journeys.values import Actor

Judge = Callable[[Fact], None]
"""Raises a `Refusal` for a fact that may not be recorded, and takes note of one that may."""


class Run(NamedTuple):
    """One run of the import: who records, of what source, under which cause."""

    actor: Actor
    source: str
    cause: str
    party_key: bytes
    setting: Setting

    @property
    def export(self) -> Export:
        """What is imported."""
        return self.setting.export

    def envelope(self) -> dict[str, Any]:
        """What every fact of the run carries."""
        return {
            "by": self.actor.id,
            "organisation": self.actor.organisation,
            "role": self.actor.role,
            "cause": self.cause,
        }

    def party(self, told: str) -> UUID:
        """The id of a group that enrolled together: always the same for the same group.

        It is made with a key of the keyring, so that it gives the source's own id away to nobody.
        """
        content = f"{self.source} {told}".encode()
        return UUID(bytes=blake2b(content, key=self.party_key, digest_size=16).digest(), version=4)


class Drafter:
    """Writes the facts of one household. `versions` holds the place of every key so far.

    `members` gives the member of each of the source's persons and grows with those who join;
    `version` is that of the last fact of the stream.
    """

    def __init__(
        self,
        run: Run,
        household: UUID,
        version: int = 0,
        versions: dict[str, int] | None = None,
        members: dict[str, UUID] | None = None,
    ) -> None:
        self.run = run
        self.household = household
        self.version = version
        self.versions = {} if versions is None else versions
        self.members = {} if members is None else members
        self._envelope = run.envelope()

    def values(self, told: Told) -> dict[str, Any]:
        """The fields of what was told, links to other entries apart."""
        values = dict(told.fields, effective_from=told.day, effective_until=told.until)
        if told.person:
            member = self.members.get(told.person)
            if member is None:
                member = self.members[told.person] = uuid4()
            values[told.about] = (member,) if told.about == "members" else member
        if told.party:
            values["party"] = self.run.party(told.party)
        return values

    def fact(self, told: Told) -> Fact:
        """The fact that was told. Raises KeyError where it links to one that is not there."""
        values = self.values(told)
        for field, link in told.links.items():
            values[field] = self._place(link)
        return told.kind(**self._envelope, known_on=told.known, **values)

    def batch(self, plan: Plan, judge: Judge | None = None) -> Batch:
        """Everything that is to be recorded on the household, as one batch.

        With a `judge`, what it refuses is left out and named in the report; without one, the
        batch is refused as a whole when it is recorded.
        """
        expected = self.version
        facts: list[Fact] = []
        personal: dict[tuple[int, str], Any] = {}
        sources: dict[int, Source] = {}
        for step in _steps(plan):
            try:
                fact, source = self._write(step)
                if judge is not None:
                    judge(fact)
            except Refusal as refusal:
                self._leave_out(step, refusal.code, refusal.sentence)
                continue
            except KeyError:
                self._leave_out(step, "relies-on-left-out", "It relies on what was not taken.")
                continue
            self.version += 1
            if isinstance(step, Told):
                self.versions[step.key] = self.version
            if not isinstance(step, Retraction) and step.personal is not None:
                personal[len(facts), "person"] = step.personal
            if source is not None:
                sources[len(facts)] = source
            facts.append(fact)
        return Batch(
            household=self.household,
            facts=facts,
            personal=personal,
            sources=sources,
            expected=expected,
        )

    def _write(self, step: Told | Correction | Retraction) -> tuple[Fact, Source | None]:
        source, made = self.run.source, self.run.export.made
        if isinstance(step, Told):
            return self.fact(step), Source(source, step.key, stamp(step.digest, made))
        day = min(self.run.export.day, self.run.setting.today)
        shared = {**self._envelope, "effective_from": day, "known_on": day}
        if isinstance(step, Retraction):
            retracted = EntryRetracted(target=step.version, reason=step.reason, **shared)
            return retracted, Source(source, step.key, "")
        links = {field: self._place(link) for field, link in step.links.items()}
        changes = {**step.changes, **links}
        corrected = EntryCorrected(target=step.version, changes=changes, reason=CHANGED, **shared)
        # The registration goes by whoever was head first: no row of this export stands for it.
        of_row = not step.told.key.startswith("h.")
        digest = stamp(step.told.digest, made)
        return corrected, Source(source, step.told.key, digest) if of_row else None

    def _place(self, link: str | int) -> int:
        return link if isinstance(link, int) else self.versions[link]

    def _leave_out(self, step: Told | Correction | Retraction, code: str, sentence: str) -> None:
        report = self.run.setting.report
        if isinstance(step, Retraction):
            report.not_taken("record", step.version, code, f"Not taken back: {sentence}")
        else:
            told = step if isinstance(step, Told) else step.told
            report.not_taken(told.file, told.line, code, sentence)


def _steps(plan: Plan) -> Iterator[Told | Correction | Retraction]:
    yield from plan.widening
    yield from plan.new
    yield from plan.corrections
    yield from plan.retractions
