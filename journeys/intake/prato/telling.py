"""What is told, sitting by sitting, and the order in which it is recorded.

A story is told in the order of what happened. Entries name one another freely; who records when
is settled at the end, and only then does each entry get its version.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from random import Random
from typing import Any
from uuid import UUID

import msgspec

from journeys.household.commands import Batch
from journeys.household.facts import Fact, MemberJoined
from journeys.household.personal import personal_fields
from journeys.intake.prato import diary
from journeys.intake.prato.people import Member
from journeys.values import Actor


class Step(msgspec.Struct, frozen=True):
    """What is recorded at one instant (microseconds, UTC), together, under one command id."""

    at: int
    batches: tuple[Batch, ...]
    command: UUID


class Stream:
    """A household's stream while its story is told.

    `begun` is its registration, `joined` finds the entry with which a member came. `held` are pairs
    of sittings between which nothing else is recorded, because processing is restricted.
    """

    def __init__(self, household: UUID) -> None:
        self.household = household
        self.version = 0
        self.begun: Entry | None = None
        self.joined: dict[UUID, Entry] = {}
        self.held: list[tuple[Sitting, Sitting]] = []


class Sitting:
    """Somebody at a desk: entries that are recorded at one instant, all or none."""

    def __init__(self, at: int, actor: Actor) -> None:
        self.at = at
        self.actor = actor
        self.entries: list[Entry] = []
        self.needs: set[Sitting] = set()

    @property
    def day(self) -> dt.date:
        """The day on which it takes place."""
        return diary.day_of(self.at)


class Entry:
    """A fact on its way into a stream. `fields` may name other entries and members."""

    __slots__ = ("fields", "kind", "personal", "sitting", "stream", "version")

    def __init__(
        self, kind: type[Fact], stream: Stream, sitting: Sitting, fields: dict[str, Any]
    ) -> None:
        sealed = personal_fields(kind)
        self.kind = kind
        self.stream = stream
        self.sitting = sitting
        self.version = 0
        self.personal = {name: fields[name] for name in fields.keys() & sealed.keys()}
        self.fields = {name: told for name, told in fields.items() if name not in sealed}

    @property
    def day(self) -> dt.date:
        """The day from which it was true."""
        day: dt.date = self.fields["effective_from"]
        return day

    def fact(self) -> Fact:
        """The fact with versions and ids in the place of what it names."""
        actor = self.sitting.actor
        fields = {name: _settled(told) for name, told in self.fields.items()}
        return self.kind(by=actor.id, organisation=actor.organisation, role=actor.role, **fields)


class Telling:
    """The sittings of one story, over one household or several."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.sittings: list[Sitting] = []

    def sit(self, day: dt.date, actor: Actor, *, prompt: bool = False) -> Sitting:
        """A sitting about what happened on `day`, as late as people are, or promptly."""
        written = day if prompt else diary.written_down(self.rng, day)
        sitting = Sitting(diary.office_hours(self.rng, written), actor)
        self.sittings.append(sitting)
        return sitting

    def tell(
        self, stream: Stream, sitting: Sitting, kind: type[Fact], day: dt.date, /, **fields: Any
    ) -> Entry:
        """An entry of `sitting`. A sitting is over once another one has begun."""
        told = {name: value for name, value in fields.items() if value is not None}
        entry = Entry(kind, stream, sitting, {"effective_from": day, **told})
        stream.begun = stream.begun or entry
        self._known(entry)
        needed = (stream.begun, *_needs(stream, fields.values()))
        sitting.needs |= {need.sitting for need in needed} - {sitting}
        sitting.entries.append(entry)
        if kind is MemberJoined:
            stream.joined[_settled(fields["member"])] = entry
        return entry

    def steps(self, end: int) -> Iterator[Step]:
        """What was recorded before the instant `end`, in the order of recording."""
        for sitting in self.sittings:
            self._settle(sitting)
        for sitting in sorted(self.sittings, key=lambda sitting: sitting.at):
            if sitting.entries and sitting.at < end:
                yield self._step(sitting)

    def _known(self, entry: Entry) -> None:
        """Who writes days later often says when the office had learned it."""
        begun = entry.stream.begun or entry
        earliest = max(entry.day, begun.day)
        lag = (entry.sitting.day - earliest).days
        if lag > 3 and "effective_until" not in entry.fields and self.rng.random() < 0.6:
            entry.fields["known_on"] = earliest + dt.timedelta(days=self.rng.randint(0, lag))

    def _settle(self, sitting: Sitting) -> None:
        """Nothing is recorded before what it names, nor while processing is restricted."""
        latest = max((need.at for need in sitting.needs), default=0)
        if sitting.at <= latest:
            sitting.at = diary.soon_after(self.rng, latest)
        for stream in dict.fromkeys(entry.stream for entry in sitting.entries):
            for begin, end in stream.held:
                if sitting not in (begin, end) and begin.at <= sitting.at <= end.at:
                    sitting.at = diary.soon_after(self.rng, end.at)

    def _step(self, sitting: Sitting) -> Step:
        grouped: dict[UUID, list[Entry]] = {}
        for entry in sitting.entries:
            grouped.setdefault(entry.stream.household, []).append(entry)
            entry.stream.version += 1
            entry.version = entry.stream.version
        batches = tuple(_batch(household, told) for household, told in grouped.items())
        return Step(sitting.at, batches, UUID(int=self.rng.getrandbits(128), version=4))


def _batch(household: UUID, entries: list[Entry]) -> Batch:
    personal = {
        (place, field): content
        for place, entry in enumerate(entries)
        for field, content in entry.personal.items()
    }
    return Batch(household=household, facts=[entry.fact() for entry in entries], personal=personal)


def _needs(stream: Stream, values: Iterable[Any]) -> Iterator[Entry]:
    for value in values:
        if isinstance(value, Entry):
            yield value
        elif isinstance(value, Member) and value.id in stream.joined:
            yield stream.joined[value.id]
        elif isinstance(value, tuple):
            yield from _needs(stream, value)


def _settled(value: Any) -> Any:
    if isinstance(value, Entry):
        return value.version
    if isinstance(value, Member):
        return value.id
    if isinstance(value, tuple):
        return tuple(_settled(item) for item in value)
    return value
