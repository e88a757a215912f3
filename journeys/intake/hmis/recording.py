"""Households of an export on their way into the record, many in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID, uuid4

from journeys.application import Journeys
from journeys.errors import Refusal, StoreUnavailable
from journeys.household.commands import Batch
from journeys.household.facts import Fact, MemberJoined, PersonalDataErased, name_of
from journeys.household.history import History
from journeys.household.rules import decide
from journeys.intake.hmis.absence import Coverage, Stands
from journeys.intake.hmis.before import ended, hidden
from journeys.intake.hmis.compare import Correction, Plan, compare, standing, unchanged
from journeys.intake.hmis.draft import Drafter, Run
from journeys.intake.hmis.household import Ended, tell
from journeys.intake.hmis.identities import was_erased
from journeys.intake.hmis.spool import Gathered, Spool
from journeys.intake.hmis.telling import Telling
from journeys.intake.hmis.told import Told, person_key


class Pending(NamedTuple):
    """A household's plan, with what it takes to write it once more."""

    household: UUID
    plan: Plan
    versions: Mapping[str, int]
    members: Mapping[str, UUID]
    new: bool
    batch: Batch


class Recording:
    """Takes one household after the other and records what is new about it.

    `shared` are the persons that belong to more than one household of the record, or will.
    `at_once` is about how many facts one transaction takes; a household is never divided.
    """

    def __init__(
        self,
        journeys: Journeys,
        run: Run,
        spool: Spool,
        coverage: Coverage,
        at_once: int,
    ) -> None:
        self._journeys, self._run, self._spool = journeys, run, spool
        self._coverage, self._at_once = coverage, at_once
        self._pending: list[Pending] = []
        self._facts = 0
        self.shared: set[str] = set()

    def take(self, gathered: Gathered) -> None:
        """Tell the rows of a household and record what the record does not say yet."""
        if gathered.household is None:
            telling = tell(gathered, self._run.setting)
            self._spare_erased(telling.told)
            self._plan(uuid4(), Plan((), telling.told, (), ()), {}, {}, version=0)
            self._note_shared(gathered, None)
        else:
            self._take_known(gathered, gathered.household)
            self._note_shared(gathered, gathered.household)

    def take_unseen(self, household: UUID) -> None:
        """Take back what a full export should show of a household, and does not."""
        stands = standing(self._spool.known(household))
        telling = Telling(self._run.setting)
        self._compare(household, telling, stands, self._journeys.history(household))

    def finish(self) -> None:
        """Record what waits."""
        waiting, self._pending, self._facts = self._pending, [], 0
        if not waiting:
            return
        try:
            self._journeys.record_all([pending.batch for pending in waiting])
        except StoreUnavailable:
            raise
        except Refusal:
            for pending in waiting:
                self._record_alone(pending)
        else:
            for pending in waiting:
                self._count(pending, pending.batch.facts)

    def _take_known(self, gathered: Gathered, household: UUID) -> None:
        stands = standing(self._spool.known(household))
        setting = self._run.setting
        versions = hidden(gathered, stands, setting.seal)
        history = self._journeys.history(household) if versions else None
        earlier: Sequence[Ended] = ()
        if history is not None:
            members = _members(gathered, stands, history, self._run)
            earlier = ended(history, versions, members)
        telling = tell(gathered, setting, earlier)
        if history is None and unchanged(telling, stands):
            setting.report.count("households unchanged")
            return
        known = history or self._journeys.history(household)
        self._compare(household, telling, stands, known, gathered)

    def _compare(
        self,
        household: UUID,
        telling: Telling,
        stands: Mapping[str, Stands],
        history: History,
        gathered: Gathered | None = None,
    ) -> None:
        members = _members(gathered, stands, history, self._run) if gathered else {}
        versions = {key: known.version for key, known in stands.items()}
        last = max(entry.version for entry in history.entries)
        drafter = Drafter(self._run, household, last, dict(versions), dict(members))
        plan = compare(telling, stands, history, self._coverage, drafter.values)
        if not any(plan):
            self._run.setting.report.count("households unchanged")
            return
        self._spare_erased(plan.new)
        plan = plan._replace(corrections=self._without_erased(plan.corrections, history, members))
        if not any(plan):
            return
        self._plan(household, plan, versions, drafter.members, version=last)

    def _plan(
        self,
        household: UUID,
        plan: Plan,
        versions: Mapping[str, int],
        members: Mapping[str, UUID],
        version: int,
    ) -> None:
        drafter = Drafter(self._run, household, version, dict(versions), dict(members))
        batch = drafter.batch(plan)
        self._pending.append(Pending(household, plan, versions, members, version == 0, batch))
        self._facts += len(batch.facts)
        if self._facts >= self._at_once:
            self.finish()

    def _record_alone(self, pending: Pending) -> None:
        """Record one household, without the facts that the rules refuse."""
        household = self._journeys.household(pending.household)

        def judge(fact: Fact) -> None:
            today = self._run.setting.today
            decide(household, fact, today=today, codes=self._journeys.codes)
            household.apply(fact)

        drafter = self._drafter(pending, household.version)
        try:
            batch = drafter.batch(pending.plan, judge)
            if batch.facts:
                self._journeys.record_all([batch])
        except StoreUnavailable:
            raise
        except Refusal as refusal:
            for told in pending.plan.new:
                self._run.setting.report.not_taken(
                    told.file, told.line, refusal.code, refusal.sentence
                )
        else:
            self._count(pending, batch.facts)

    def _drafter(self, pending: Pending, version: int) -> Drafter:
        return Drafter(
            self._run, pending.household, version, dict(pending.versions), dict(pending.members)
        )

    def _count(self, pending: Pending, facts: Sequence[Fact]) -> None:
        report = self._run.setting.report
        if not facts:
            report.count("households unchanged")
            return
        report.count("households new" if pending.new else "households changed")
        for fact in facts:
            report.count(f"facts {name_of(fact)}")

    def _note_shared(self, gathered: Gathered, household: UUID | None) -> None:
        for person in {line.person for line in gathered.enrolments}:
            homes = {home for home, _, _ in self._known_homes(person)} - {household}
            if homes:
                self.shared.add(person)

    def _known_homes(self, person: str) -> list[tuple[UUID, int, str]]:
        if not self._spool.anything_known:
            return []
        return self._spool.households_of(f"{person_key(self._run.setting.seal, person)}.joined")

    def _spare_erased(self, told: Iterable[Told]) -> None:
        """Personal data that was erased in another household does not come back with an export."""
        for one in told:
            if one.kind is not MemberJoined or one.personal is None:
                continue
            if self._known_homes(one.person) and was_erased(self._journeys, self._run, one.person):
                one.personal = None
                self._say_erased(one)

    def _without_erased(
        self, corrections: Iterable[Correction], history: History, members: Mapping[str, UUID]
    ) -> list[Correction]:
        """The corrections without personal data of those whose data was erased."""
        erased = {f.subject for f in history.facts() if isinstance(f, PersonalDataErased)}
        found = []
        for one in corrections:
            if one.personal is not None and members.get(one.told.person) in erased:
                self._say_erased(one.told)
                one.personal = None
            if one.changes or one.links or one.personal:
                found.append(one)
        return found

    def _say_erased(self, told: Told) -> None:
        sentence = "The personal data was erased here: it was not taken again."
        self._run.setting.report.finding(told.file, told.line, "erased", sentence)


def _members(
    gathered: Gathered, stands: Mapping[str, Stands], history: History, run: Run
) -> dict[str, UUID]:
    """The members that the source's persons are, as far as the record has them."""
    entries = {entry.version: entry for entry in history.entries}
    found = {}
    for person in {line.person for line in gathered.enrolments}:
        known = stands.get(f"{person_key(run.setting.seal, person)}.joined")
        entry = entries.get(known.version) if known else None
        if entry is not None:
            assert isinstance(entry.current, MemberJoined)
            found[person] = entry.current.member
    return found
