"""What a record does, whichever database keeps it: shapes, refusals and the interface."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, NamedTuple, Protocol
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from journeys.errors import Refusal
from journeys.record.evidence import Evidence
from journeys.record.meta import Meta
from journeys.record.vault import VaultItem

StreamRow = tuple[int, str, bytes, int, int]
"""An event of one household: version, topic, state, recorded_at (microseconds), position."""

LogRow = tuple[int, UUID, int, str, bytes, int]
"""An event of the log: position, household, version, topic, state, recorded_at (microseconds)."""

BlindIndex = tuple[bytes, UUID, UUID]
"""A searchable digest of a personal value, the subject it leads to, and the subject's household."""


class Placed(NamedTuple):
    """Where an event went. `leaf` is its leaf hash: in hex, the fingerprint on a receipt."""

    household: UUID
    version: int
    position: int
    recorded_at: int
    leaf: bytes


class SourceRow(NamedTuple):
    """Which row of which outside source became which fact; `digest` tells whether it changed."""

    source: str
    key: str
    household: UUID
    version: int
    digest: str


class RepeatedCommand(Refusal):
    """The command was recorded before; `placed` is where, exactly as it was answered then."""

    code: ClassVar[str] = "repeated-command"

    def __init__(self, command: UUID, placed: list[Placed]) -> None:
        super().__init__(f"Command {command} was recorded before.", command=command)
        self.placed = placed


class Recorder(Protocol):
    """A record: it only grows, and everything about one command is kept in one transaction.

    Positions count from 1 through the whole log without a gap, versions from 1 through each
    household's stream; `recorded_at` strictly increases with the position. Instances may be shared
    by threads and are made anew in each process. All methods raise `StoreUnavailable` when the
    database cannot be reached, and `WrongStore` when it is not what it should be.
    """

    @property
    def meta(self) -> Meta:
        """What the store says of itself."""
        ...

    def append(
        self,
        events: Sequence[StoredEvent],
        *,
        command: UUID | None = None,
        vault: Sequence[VaultItem] = (),
        indexes: Sequence[BlindIndex] = (),
        sources: Sequence[SourceRow] = (),
    ) -> list[Placed]:
        """Record events, of one household or many, or nothing at all.

        Raises `Conflict` when a version does not directly follow its stream, `RepeatedCommand`
        when `command` was recorded before, and `StoreUnavailable` when the disk is full, the
        database stays locked or the connection is lost. After a lost connection only a second try
        with the same `command` tells whether the first one arrived.
        """
        ...

    def receipt(self, command: UUID) -> list[Placed] | None:
        """Where the events of a command went; None if it was never recorded."""
        ...

    def stream(self, household: UUID, after: int = 0) -> list[StreamRow]:
        """The events of a household with a version above `after`, by version."""
        ...

    def states(self, household: UUID) -> list[tuple[str, bytes]]:
        """Topic and state of each event of a household, by version: all that folding needs."""
        ...

    def streams(
        self, first: UUID | None = None, last: UUID | None = None
    ) -> Iterator[tuple[UUID, list[StreamRow]]]:
        """Every household from `first` to `last`, both included, by id, with all its events."""
        ...

    def log(self, after: int, limit: int) -> list[LogRow]:
        """At most `limit` events with a position above `after`, by position."""
        ...

    def size(self) -> int:
        """How many events there are, which is also the position of the last."""
        ...

    def last_recorded_at(self) -> int:
        """The instant of the last event, in microseconds since the epoch; 0 if there is none."""
        ...

    def now(self) -> int:
        """The instant by the record's clock, in microseconds since the epoch."""
        ...

    def entries(self, level: int, start: int, stop: int) -> list[bytes]:
        """Entries of the Merkle tree, see `tiles.LeafSource`."""
        ...

    def sources(self, source: str, keys: Sequence[str] | None = None) -> dict[str, list[SourceRow]]:
        """What became of the rows of an outside source, by key, the latest fact last."""
        ...

    def source_rows(
        self, source: str, after: SourceRow | None = None, limit: int = 10_000
    ) -> list[SourceRow]:
        """At most `limit` rows of an outside source, by key, household and version.

        Beginning after the row `after`: a source of any size is read page by page.
        """
        ...

    def vault_items(self, household: UUID) -> list[VaultItem]:
        """The sealed personal items of a household."""
        ...

    def find(self, index: bytes) -> list[tuple[UUID, UUID]]:
        """The subjects, each with its household, that a blind index leads to."""
        ...

    def evidence(self) -> Evidence:
        """The rows as they lie in the database, for `verify`."""
        ...

    def close(self) -> None:
        """Let go of the connections."""
        ...
