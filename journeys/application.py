"""The one door for commands: what is asked becomes facts in the record, or a refusal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from journeys.household.facts import Fact, Recorded
from journeys.household.history import History, read
from journeys.household.household import Household
from journeys.household.lineage import Homes, Lineage, follow
from journeys.household.rules import decide
from journeys.record.codec import CODEC, Codec
from journeys.record.fiscal_code import check_fiscal_code
from journeys.record.keys import Keyring, open_keyring
from journeys.record.recorder import Placed, Recorder, RepeatedCommand, SourceRow
from journeys.record.store import open_record
from journeys.record.vault import blind_index
from journeys.sealing import Sealing, disclosed

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
    """Everything that one transaction writes."""

    sealing: Sealing
    events: list[StoredEvent] = []
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
                    vault=appending.sealing.items,
                    indexes=appending.sealing.indexes,
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

        What was erased is absent. Raises a refusal for a lost or wrong key, for an altered item,
        and for one that the record does not commit to.
        """
        items = self.recorder.vault_items(household)
        facts = [recorded.fact for recorded in self.entries(household)] if items else []
        return disclosed(self.keyring, items, facts)

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
        appending = Appending(sealing=Sealing(self.keyring, batches))
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
                fact = appending.sealing.seal(batch, place, told, household)
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
