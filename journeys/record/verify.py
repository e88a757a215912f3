"""Is the record whole? Walks rows, leaves, tiles and root, and names the first that does not fit.

What this cannot see: a database whose every row, leaf and tile was written anew by somebody with
time. For that, compare size and root with a checkpoint that was handed out before.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from operator import itemgetter, lt
from typing import Any
from uuid import UUID

import msgspec

from journeys.household.personal import commitment_of
from journeys.record.codec import CODEC, Codec
from journeys.record.evidence import EventRow, Evidence
from journeys.record.leaf import event_leaf
from journeys.record.recorder import Recorder
from journeys.record.tiles import TILE_WIDTH, CompactRange, Tile

Progress = Callable[[int, int], None]
"""Told now and then how many events were walked, and of how many."""

PAGE = 16 * TILE_WIDTH
LISTED = 20
"""How many findings are listed unless told otherwise; the rest is only counted."""

_NO_HASH = bytes(32)
_UUID = 16

Page = tuple[list[EventRow], list[Any]]


class Finding(msgspec.Struct, frozen=True):
    """Something that does not fit. `position` is the event's, where it is about one."""

    code: str
    sentence: str
    position: int | None = None


class Verification(msgspec.Struct, frozen=True):
    """How many events there are, the root of their leaves, and what does not fit.

    The findings come in the order of the log, so the first is the first row that was touched;
    `found` also counts those that were not listed.
    """

    size: int
    root: bytes
    findings: tuple[Finding, ...]
    found: int

    @property
    def whole(self) -> bool:
        """Whether everything fits."""
        return not self.found


def verify(
    recorder: Recorder,
    progress: Progress | None = None,
    *,
    codec: Codec = CODEC,
    listed: int = LISTED,
) -> Verification:
    """Check every row of the record against the others; at most `listed` findings are told.

    Never raises for what is in the database: whatever cannot be read is a finding.
    """
    evidence = recorder.evidence()
    walk = _Walk(evidence, codec, listed)
    # The database checks its own file meanwhile: it needs no interpreter for that.
    with ThreadPoolExecutor(1) as aside:
        damage = aside.submit(evidence.damage)
        walk.events(progress or _unseen)
        walk.vault()
        walk.strays()
        walk.damage(damage.result)
    return Verification(walk.tree.size, walk.tree.root(), tuple(walk.findings), walk.found)


def _unseen(done: int, of: int) -> None:
    """Nobody watches."""


class _Walk:
    """One pass over a record: what came before, and what did not fit so far."""

    def __init__(self, evidence: Evidence, codec: Codec, listed: int) -> None:
        self.evidence = evidence
        self.codec = codec
        self.listed = listed
        self.findings: list[Finding] = []
        self.found = 0
        self.tree = CompactRange()
        self.position = 0
        self.recorded_at = 0
        self.versions: dict[Any, int] = {}
        self.households: dict[Any, UUID] = {}
        self.unreadable: dict[int, str] = {}
        self.gapless = True

    def tell(self, code: str, sentence: str, position: int | None = None) -> None:
        """Keep a finding, or only count it where there are enough."""
        self.found += 1
        if len(self.findings) < self.listed:
            self.findings.append(Finding(code, sentence, position))

    # --- Events -----------------------------------------------------------------------------

    def events(self, progress: Progress) -> None:
        """Each event against its leaf, its predecessors and the tiles that it completes."""
        try:
            size = self.evidence.size()
        except Exception as error:  # noqa: BLE001  # whatever lies there is a finding
            self.tell("unreadable", f"The events cannot be counted: {error}")
            return
        while page := self.page():
            rows, leaves = page
            self.take(rows, leaves)
            progress(self.tree.size, size)
        if self.tree.size != size:
            self.tell("unreadable", f"Of {size} events, {self.tree.size} could be walked.")

    def page(self) -> Page | None:
        """The next events. Where they cannot be read together, they are read one by one."""
        try:
            page = self.evidence.events(self.position, PAGE)
        except Exception:  # noqa: BLE001  # found again, and kept, when read alone
            rows: list[EventRow] = []
            leaves: list[Any] = []
            place = self.position
            while len(rows) < PAGE and (one := self.alone(place))[0]:
                rows += one[0]
                leaves += one[1]
                place = rows[-1][0]
            page = rows, leaves
        return page if page[0] else None

    def alone(self, after: int) -> Page:
        """The event after a position, with nothing in it where it cannot be read."""
        if len(self.unreadable) > self.listed:
            return [], []
        try:
            return self.evidence.events(after, 1)
        except Exception as error:  # noqa: BLE001  # whatever lies there is a finding
            self.unreadable[after + 1] = str(error)
            return [(after + 1, None, None, None, None, None)], [None]

    def take(self, rows: list[EventRow], leaves: list[Any]) -> None:
        """Take a page of events: as a whole where all of it fits, else one by one."""
        try:
            clean = self.fits(rows, leaves)
        except Exception:  # noqa: BLE001  # whatever lies there is a finding
            clean = False
        if not clean:
            for row, leaf in zip(rows, leaves, strict=True):
                self.take_one(row, leaf)
        self.tiles(self.tree.extend(leaves if clean else map(_sound, leaves)))

    def fits(self, rows: list[EventRow], leaves: list[Any]) -> bool:
        """Whether a page fits in every respect; only then is it taken.

        Column by column, which leaves most of the work to loops that are not Python's own.
        """
        positions, households, versions, topics, states, instants = zip(*rows, strict=True)
        first = self.position + 1
        made = map(
            event_leaf,
            range(first - 1, first + len(rows)),
            households,
            versions,
            topics,
            instants,
            states,
        )
        if positions != tuple(range(first, first + len(rows))) or list(made) != leaves:
            return False
        deque(map(self.codec.decode, topics, states), maxlen=0)
        if not all(map(lt, (self.recorded_at, *instants), instants)):
            return False
        if set(map(len, households)) != {_UUID}:
            return False
        reached: dict[Any, int] = {}
        for household, version in zip(households, versions, strict=True):
            before = reached.get(household) or self.versions.get(household, 0)
            if version != before + 1:
                return False
            reached[household] = version
        self.versions |= reached
        self.position, self.recorded_at = positions[-1], instants[-1]
        return True

    def take_one(self, row: EventRow, stored: Any) -> None:
        """Take one event of a page that does not fit as a whole."""
        position, household, version, _, _, recorded_at = row
        if self.misfit(row, stored):
            self.versions[household] = version
            self.recorded_at = recorded_at
        else:
            # Its own version and instant are not to be trusted: they say nothing of the next.
            self.versions[household] = self.versions.get(household, 0) + 1
        self.position = position

    def misfit(self, row: EventRow, stored: Any) -> bool:
        """Say what is wrong with an event; True if it is at least what its leaf says."""
        position, household, version, topic, state, recorded_at = row
        place = f"Event {position} of household {_named(household)}, version {version}"
        if position != self.position + 1:
            self.gapless = False
            self.tell(
                "missing-events",
                f"{place}: it follows event {self.position}: what was between is missing.",
                position,
            )
        if position in self.unreadable:
            why = self.unreadable[position]
            self.tell("unreadable", f"Event {position} cannot be read: {why}", position)
            return False
        if stored is None:
            self.tell("no-leaf", f"{place}: it has no leaf.", position)
            return False
        if _leaf(row) != stored:
            self.tell("content", f"{place}: its content does not match its leaf.", position)
            return False
        before = self.versions.get(household, 0)
        if version != before + 1:
            self.tell("version", f"{place}: it follows version {before}.", position)
        if recorded_at <= self.recorded_at:
            self.tell("recorded-at", f"{place}: it is no later than its predecessor.", position)
        try:
            self.codec.decode(topic, state)
        except Exception as error:  # noqa: BLE001  # whatever lies there is a finding
            self.tell("unreadable-fact", f"{place}: {error}", position)
        return True

    # --- What hangs on them -----------------------------------------------------------------

    def tiles(self, tiles: list[Tile]) -> None:
        """The stored tiles against those that the leaves make."""
        if not self.gapless:
            return  # One finding tells it; from here on every tile would only repeat it.
        for level, group in groupby(tiles, itemgetter(0)):
            made = {number: root for _, number, root in group}
            try:
                stored = self.evidence.tiles(level, min(made), max(made) + 1)
            except Exception as error:  # noqa: BLE001  # whatever lies there is a finding
                self.tell("tile", f"Tiles of level {level} cannot be read: {error}")
                continue
            for number, root in made.items():
                if stored.get(number) != root:
                    width = TILE_WIDTH ** (level + 1)
                    first = number * width + 1
                    what = "is missing" if number not in stored else "does not match its leaves"
                    self.tell(
                        "tile",
                        f"Tile {number} of level {level}, of events {first} to "
                        f"{first + width - 1}, {what}.",
                    )

    def vault(self) -> None:
        """What the vault still holds against the commitments that the events carry."""
        try:
            for household, version, field, commitment, topic, state in self.evidence.sealed():
                if not self.committed(topic, state, field, commitment):
                    self.tell(
                        "vault",
                        f"The sealed «{field}» of household {_named(household)}, version "
                        f"{version}: the event does not commit to it.",
                    )
        except Exception as error:  # noqa: BLE001  # whatever lies there is a finding
            self.tell("vault", f"The vault cannot be read: {error}")

    def committed(self, topic: Any, state: Any, field: Any, commitment: Any) -> bool:
        """Whether the event's field carries the commitment."""
        try:
            fact = self.codec.decode(topic, state)
            return bool(commitment_of(fact, field) == commitment.hex())
        except Exception:  # noqa: BLE001  # whatever lies there is a finding
            return False

    def strays(self) -> None:
        """Leaves, tiles, receipts and sources that no event explains."""
        try:
            for kind, key in self.evidence.strays(self.listed):
                told = ", ".join(
                    part.hex() if isinstance(part, bytes) else str(part) for part in key
                )
                self.tell(f"stray-{kind}", f"No event explains the {kind} ({told}).")
        except Exception as error:  # noqa: BLE001  # whatever lies there is a finding
            self.tell("unreadable", f"What hangs on the events cannot be read: {error}")

    def damage(self, found: Callable[[], list[str]]) -> None:
        """What the database finds wrong with its own pages and indexes."""
        try:
            damaged = found()
        except Exception as error:  # noqa: BLE001  # whatever lies there is a finding
            damaged = [str(error)]
        for told in damaged:
            self.tell("damage", f"The database file is damaged: {told}")


def _leaf(row: EventRow) -> bytes | None:
    """The leaf hash of an event; None where its row cannot be one."""
    position, household, version, topic, state, recorded_at = row
    try:
        household = UUID(bytes=household).bytes
        return event_leaf(position - 1, household, version, topic, recorded_at, state)
    except Exception:  # noqa: BLE001  # whatever lies there is a finding
        return None


def _named(household: Any) -> str:
    """A household as a sentence names it."""
    try:
        return str(UUID(bytes=household))
    except (TypeError, ValueError):
        return str(household)


def _sound(leaf: Any) -> bytes:
    """The leaf as stored: the tree is built from leaves, so that a changed row spoils no tile."""
    return leaf if isinstance(leaf, bytes) and len(leaf) == len(_NO_HASH) else _NO_HASH
