"""One household's case: who they are, who follows them, and what has been told of them."""

from __future__ import annotations

import datetime as dt
from typing import Any, TypeVar

from journeys.household.facts import Fact
from journeys.intake.prato.actors import MUNICIPALITY, PROVIDERS
from journeys.intake.prato.diary import working_day
from journeys.intake.prato.people import ADULT, Maker, Member, new_id
from journeys.intake.prato.telling import Entry, Sitting, Stream, Telling
from journeys.values import Actor

T = TypeVar("T")


class Case:
    """A household's story in the making, from the day `entered` to the last day `end`.

    `leaves` is the first day on which the programme no longer follows the household, `withdrawn`
    the day on which the household itself takes back its consent; None while neither is to come.
    `prompt` says that everything is written down at once, `careless` that nobody writes down when
    the emergency was over.
    """

    def __init__(
        self,
        telling: Telling,
        maker: Maker,
        family: list[Member],
        entered: dt.date,
        end: dt.date,
    ) -> None:
        rng = telling.rng
        self.rng = rng
        self.telling = telling
        self.maker = maker
        self.family = family
        self.entered = entered
        self.end = end
        self.stream = Stream(new_id(rng))
        self.entries: list[Entry] = []
        self.prompt = False
        self.careless = False
        self.leaves: dt.date | None = None
        self.withdrawn: dt.date | None = None
        self.destination: str | None = None
        self.enrolment: Entry | None = None
        self.enrolled = entered
        self.isee = rng.randint(0, 900_000)
        self.provider = rng.choice([name for name in PROVIDERS if name != MUNICIPALITY])
        self.intake = rng.choice(PROVIDERS[MUNICIPALITY])
        self.worker = rng.choice(PROVIDERS[self.provider])

    def sit(self, day: dt.date, actor: Actor | None = None, *, prompt: bool = False) -> Sitting:
        """Somebody sits down to write about what happened on `day`."""
        return self.telling.sit(day, actor or self.worker, prompt=prompt or self.prompt)

    def tell(
        self,
        kind: type[Fact],
        day: dt.date,
        /,
        *,
        sitting: Sitting | None = None,
        actor: Actor | None = None,
        **fields: Any,
    ) -> Entry:
        """An entry of its own sitting, unless it belongs to one that has begun."""
        if sitting is None:
            # What has an end is written down when it is over.
            until = fields.get("effective_until") if kind.SPAN == "closed" else None
            sitting = self.sit(max(until or day, self.entered), actor)
        entry = self.telling.tell(self.stream, sitting, kind, day, **fields)
        self.entries.append(entry)
        return entry

    def chance(self, share: float) -> bool:
        """True in this share of cases."""
        return self.rng.random() < share

    def after(self, day: dt.date, least: int, most: int) -> dt.date:
        """A working day about so many days after `day`."""
        return working_day(self.any_day(day, least, most))

    def any_day(self, day: dt.date, least: int, most: int) -> dt.date:
        """A day at least and at most so many days after `day`; children come on Sundays too."""
        return day + dt.timedelta(days=self.rng.randint(least, most))

    def pick(self, weights: dict[T, float]) -> T:
        """One of the keys, by weight."""
        [picked] = self.rng.choices(list(weights), list(weights.values()))
        return picked

    @property
    def follows_until(self) -> dt.date:
        """The first day on which nobody looks any more."""
        return min(day for day in (self.end, self.leaves, self.withdrawn) if day is not None)

    def takes_part(self, day: dt.date) -> bool:
        """Whether the household has not withdrawn before or on `day`."""
        return self.withdrawn is None or day < self.withdrawn

    def adults(self, day: dt.date) -> list[Member]:
        """Members of age who are there on `day`."""
        return [m for m in self.family if m.there(day) and m.age(day) >= ADULT]

    def children(self, day: dt.date) -> list[Member]:
        """Members under age who are there on `day`."""
        return [m for m in self.family if m.there(day) and m.age(day) < ADULT]

    def size(self, day: dt.date) -> int:
        """How many belong to the household on `day`."""
        return sum(member.there(day) for member in self.family)
