"""The one door for commands: what is asked becomes facts in the record, or a refusal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from eventsourcing.persistence import StoredEvent
from msgspec.structs import replace

from journeys.clock import ROME, Clock, instant, now_us
from journeys.codes import CodeBook, shipped
from journeys.errors import Conflict, NotFound, Refusal
from journeys.household.commands import Batch
from journeys.household.facts import EntryCorrected, Fact, Recorded
from journeys.household.history import History, corrected, read
from journeys.household.household import Household
from journeys.household.lineage import Homes, Lineage, follow
from journeys.household.personal import (
    UnfitPersonalData,
    personal_fields,
    plaintext,
    subject_of,
)
from journeys.household.rules import decide
from journeys.record.codec import CODEC, Codec
from journeys.record.fiscal_code import check_fiscal_code
from journeys.record.keys import Keyring, open_keyring
from journeys.record.recorder import Placed, Recorder, RepeatedCommand, SourceRow
from journeys.record.store import open_record
from journeys.record.vault import VaultItem, blind_index, open_item, seal

TRIES = 5
"""How often a batch is decided anew when others record on the same household meanwhile."""


class CommandReused(Refusal):
    """A command is sent again for a household that it was not carried out on."""

    code = "command-reused"


class NothingTold(Refusal):
    """A request to record holds no fact."""

    code = "nothing-told"


class Receipt(msgspec.Struct, frozen=True):
    """What the asker takes away: where the facts stand, since when, and how to recognise them.

    `position` and `recorded_at` (microseconds since the epoch) are the last fact's, `fingerprint`
    is its leaf hash in hexadecimal. `repeated` says that the command had been carried out before
    and this is its first receipt.
    """

    household: UUID
    versions: tuple[int, ...]
    position: int
    recorded_at: int
    fingerprint: str
    repeated: bool = False


class Appending(msgspec.Struct):
    """Everything that one transaction writes, and the keys that seal its personal content."""

    keys: dict[UUID, bytes]
    events: list[StoredEvent] = []
    vault: list[VaultItem] = []
    indexes: list[tuple[bytes, UUID, UUID]] = []
    sources: list[SourceRow] = []


class Journeys:
    """Records facts on households and reads them back.

    `recorder` keeps the log, `keyring` the subjects' keys, `codes` the code lists in force, and
    `zone` is the calendar in which the present instant of `clock` has its day.
    """

    def __init__(
        self,
        recorder: Recorder,
        keyring: Keyring,
        *,
        codes: CodeBook | None = None,
        codec: Codec = CODEC,
        clock: Clock = now_us,
        zone: ZoneInfo = ROME,
    ) -> None:
        self.recorder = recorder
        self.keyring = keyring
        self.codes = codes or shipped()
        self.codec = codec
        self.clock = clock
        self.zone = zone

    @classmethod
    def open(cls, url: str, home: Path, *, clock: Clock | None = None) -> Journeys:
        """Open the store at `url` with the keys under `home`.

        Only a demonstration store takes a `clock` of the caller's; a live one keeps its own.
        Raises `StoreUnavailable` or `WrongStore` for the store, `WrongSetting` for the keys.
        """
        recorder = open_record(url, clock=clock)
        return cls(recorder, open_keyring(url, home), clock=clock or now_us)

    def close(self) -> None:
        """Give back connections and file handles."""
        self.recorder.close()
        self.keyring.close()

    def record(
        self,
        household: UUID,
        facts: Sequence[Fact],
        *,
        command: UUID | None = None,
        expected: int | None = None,
        personal: Mapping[tuple[int, str], Any] | None = None,
    ) -> Receipt:
        """Record facts on one household, all of them or none.

        A `command` that was carried out before answers with its first receipt and records
        nothing, whatever it now asks for: the receipt says `repeated`, and who lets commands be
        chosen freely compares. Raises the `Refusal` of the rule that is not met; `Conflict` when
        the household is no longer at `expected`; `CommandReused` when the command was another
        household's.
        """
        batch = Batch(household=household, facts=facts, personal=personal or {}, expected=expected)
        for receipt in self.record_all([batch], command=command):
            if receipt.household == household:
                return receipt
        raise CommandReused(
            f"The command {command} was carried out on another household.", command=command
        )

    def record_all(self, batches: Sequence[Batch], *, command: UUID | None = None) -> list[Receipt]:
        """Record batches in one transaction; a receipt for each household, in their order.

        There may be several batches on one household: each is decided after the one before, and
        `expected` is the version at which the household stood before all of them.
        """
        if command is not None and (placed := self.recorder.receipt(command)):
            return _receipts(placed, repeated=True)
        for left in range(TRIES - 1, -1, -1):
            appending = self._decided(batches, command)
            try:
                placed = self.recorder.append(
                    appending.events,
                    command=command,
                    vault=appending.vault,
                    indexes=appending.indexes,
                    sources=appending.sources,
                )
            except RepeatedCommand as repeated:
                return _receipts(repeated.placed, repeated=True)
            except Conflict:
                if not left or any(batch.expected is not None for batch in batches):
                    raise
            else:
                return _receipts(placed)
        raise AssertionError("unreachable: the last try returns or raises")

    def household(self, household: UUID) -> Household:
        """The household folded from its stream; version 0 where nothing was recorded."""
        facts = self.codec.decode_all(self.recorder.states(household))
        return Household.fold(household, facts)

    def entries(self, household: UUID) -> list[Recorded]:
        """The household's stream in version order; empty where nothing was recorded."""
        decode = self.codec.decode
        return [
            Recorded(household, version, position, recorded_at, decode(topic, state))
            for version, topic, state, recorded_at, position in self.recorder.stream(household)
        ]

    def history(
        self, household: UUID, as_of: date | None = None, as_at: int | None = None
    ) -> History:
        """The household's timeline on a day, as known at an instant; `NotFound` where none is."""
        entries = self.entries(household)
        if not entries:
            raise NotFound(f"No household {household} is in the record.", household=household)
        return read(entries, as_of, as_at)

    def lineage(
        self,
        household: UUID,
        as_of: date | None = None,
        as_at: int | None = None,
        homes: Homes | None = None,
    ) -> Lineage:
        """The household with the streams that splits, merges, matches and guests bind it to.

        `homes` tells where else a guest lives; without it guests are not followed. Raises
        `NotFound` where there is no such household.
        """
        found = follow(household, self.entries, as_of=as_of, as_at=as_at, homes=homes)
        if not self.entries(household):
            raise NotFound(f"No household {household} is in the record.", household=household)
        return found

    def disclose(self, household: UUID) -> dict[tuple[int, str], Any]:
        """What the vault still holds of a household: by version and field, its plain content.

        What was erased is absent. Raises a refusal for a wrong key or an altered item.
        """
        disclosed = {}
        for item in self.recorder.vault_items(household):
            key = self.keyring.get(item.subject)
            if key is not None:
                disclosed[item.version, item.field] = open_item(key, item)
        return disclosed

    def find_fiscal_code(self, text: str) -> list[tuple[UUID, UUID]]:
        """Members with that fiscal code and their households, by the blind index."""
        return self.recorder.find(blind_index(self.keyring.index_key, check_fiscal_code(text)))

    def today(self) -> date:
        """The recording day, in the calendar of `zone`."""
        return instant(self.clock()).astimezone(self.zone).date()

    def _decided(self, batches: Sequence[Batch], command: UUID | None) -> Appending:
        """Every fact of the batches decided in order, and what is to be written for it."""
        if not any(batch.facts for batch in batches):
            raise NothingTold("There is nothing to record.")
        today = self.today()
        appending = Appending(keys=self.keyring.get_or_create_many(_subjects(batches)))
        households: dict[UUID, Household] = {}
        for batch in batches:
            if batch.household not in households:
                households[batch.household] = self.household(batch.household)
        stood_at = {home.id: home.version for home in households.values()}
        for batch in batches:
            household = households[batch.household]
            version = stood_at[household.id]
            if batch.expected is not None and batch.expected != version:
                raise Conflict(
                    f"The household {household.id} is at version {version}, not {batch.expected}.",
                    household=household.id,
                    version=version,
                )
            for place, told in enumerate(batch.facts):
                version = household.version + 1
                fact = self._sealed(batch, place, told, household, appending)
                if command is not None:
                    fact = replace(fact, command=command)
                decide(household, fact, today=today, codes=self.codes)
                household.apply(fact)
                appending.events.append(
                    StoredEvent(household.id, version, fact.TOPIC, self.codec.encode(fact))
                )
                if (row := batch.sources.get(place)) is not None:
                    appending.sources.append(
                        SourceRow(row.source, row.key, household.id, version, row.digest)
                    )
        return appending

    def _sealed(
        self, batch: Batch, place: int, fact: Fact, household: Household, appending: Appending
    ) -> Fact:
        """The fact with the commitments of its personal content, which goes to the vault.

        Personal content of a correction is that of the entry which it corrects.
        """
        for field in personal_fields(type(fact)):
            if getattr(fact, field) is not None:
                raise UnfitPersonalData(
                    f"«{field}» is given as content to seal, not as a commitment.", field=field
                )
        _no_foreign_commitment(household, fact)
        commitments = {}
        for field, value in _of_place(batch.personal, place):
            about = fact if field in personal_fields(type(fact)) else _corrected(household, fact)
            subject = subject_of(about, household.id, field)
            content = plaintext(about, field, value)
            if isinstance(content, dict) and "fiscal_code" in content:
                content["fiscal_code"] = check_fiscal_code(content["fiscal_code"])
                index = blind_index(self.keyring.index_key, content["fiscal_code"])
                appending.indexes.append((index, subject, household.id))
            key = appending.keys.get(subject) or self.keyring.get_or_create(subject)
            item = seal(key, subject, household.id, household.version + 1, field, content)
            appending.vault.append(item)
            commitments[field] = item.commitment.hex()
        if isinstance(fact, EntryCorrected):
            own = {field: commitments.pop(field) for field in ("note",) if field in commitments}
            return replace(fact, changes={**fact.changes, **commitments}, **own)
        return replace(fact, **commitments) if commitments else fact


def _no_foreign_commitment(household: Household, fact: Fact) -> None:
    """A correction names no commitment but one that the correction which it corrects names."""
    changes = getattr(fact, "changes", {})
    kept: Mapping[str, Any] = {}
    while isinstance(fact, EntryCorrected) and isinstance(changes, dict):
        if not 0 < fact.target <= household.version:
            return
        about = household.facts[fact.target - 1]
        for field in personal_fields(type(about)):
            if changes.get(field) not in (None, kept.get(field)):
                raise UnfitPersonalData(
                    f"«{field}» is given as content to seal, not as a commitment.", field=field
                )
        fact, changes = about, changes.get("changes", {})
        kept = getattr(about, "changes", {})


def _corrected(household: Household, fact: Fact) -> Fact:
    """The entry that a correction corrects, as it will read; any other fact is its own."""
    target = household.standing.get(fact.target) if isinstance(fact, EntryCorrected) else None
    if target is None or not isinstance(fact, EntryCorrected):
        return fact
    try:
        return corrected(target, fact.changes)
    except (msgspec.ValidationError, ValueError, TypeError):
        return target


def _subjects(batches: Sequence[Batch]) -> list[UUID]:
    """Everybody whose key is needed, so that missing keys are made in one go."""
    subjects = set()
    for batch in batches:
        for place, field in batch.personal:
            if not 0 <= place < len(batch.facts):
                raise UnfitPersonalData(
                    f"«{field}» is given for no fact of the batch.", field=field
                )
            subjects.add(subject_of(batch.facts[place], batch.household, field))
    return list(subjects)


def _of_place(personal: Mapping[tuple[int, str], Any], place: int) -> Iterator[tuple[str, Any]]:
    return ((field, value) for (index, field), value in personal.items() if index == place)


def _receipts(placed: Sequence[Placed], *, repeated: bool = False) -> list[Receipt]:
    by_household: dict[UUID, list[Placed]] = {}
    for one in placed:
        by_household.setdefault(one.household, []).append(one)
    return [
        Receipt(
            household,
            tuple(one.version for one in group),
            group[-1].position,
            group[-1].recorded_at,
            group[-1].leaf.hex(),
            repeated,
        )
        for household, group in by_household.items()
    ]
