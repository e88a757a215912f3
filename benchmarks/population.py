"""Invented households and their facts, the same for the same seed.

Mean length 50 facts, a heavy tail (a tenth of the households has more than half of the facts),
0 to 60 days between the day of a fact and its recording, 2 % corrections, 0.5 % retractions.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from journeys.clock import microseconds
from journeys.household.facts import (
    AccommodationStarted,
    ArrearsObserved,
    Enrolled,
    EntryCorrected,
    EntryRetracted,
    Fact,
    HouseholdRegistered,
    IncomeObserved,
    InterventionDelivered,
    InterventionMissed,
    MeasureObserved,
    MemberJoined,
    Referred,
)

BEGIN = dt.datetime(2021, 1, 4, tzinfo=dt.UTC)
END = dt.datetime(2025, 12, 29, tzinfo=dt.UTC)
MEAN_LENGTH = 50
BATCH = 1_000
LAGS = (0, 0, 0, 1, 2, 5, 14, 30, 60)

_KINDS = ("hotel", "shelter", "transitional-flat", "public-housing", "market-tenancy")
_SERVICES = ("case-management", "job-guidance", "financial-education", "legal-advice")


class Told(NamedTuple):
    """A fact on its way to version `version` of the household's stream."""

    household: UUID
    version: int
    fact: Fact


class Population:
    """`events` facts told in log order, of so many households or as many as the mean makes."""

    def __init__(self, events: int, seed: int, households: int | None = None) -> None:
        self.events = events
        self.seed = seed
        self.count = households or max(1, events // MEAN_LENGTH)
        self.households = [_id(seed, "household", number) for number in range(self.count)]

    def batches(self, size: int = BATCH) -> Iterator[tuple[int, list[Told]]]:
        """The facts, `size` at a time, each batch with its instant of recording (microseconds)."""
        teller = _Teller(self)
        step = (END - BEGIN) / max(1, -(-self.events // size))
        for number, start in enumerate(range(0, self.events, size)):
            moment = BEGIN + step * number
            count = min(size, self.events - start)
            yield microseconds(moment), [teller.tell(moment.date()) for _ in range(count)]

    def instant(self, share: float) -> tuple[int, dt.date]:
        """The instant and the day by which that share of the facts was recorded."""
        moment = BEGIN + (END - BEGIN) * share
        return microseconds(moment), moment.date()


class _Teller:
    """Draws the next household and what is told of it."""

    def __init__(self, population: Population) -> None:
        self.random = random.Random(population.seed)
        self.households = population.households
        self.members = [
            _id(population.seed, "member", number) for number in range(population.count)
        ]
        self.busy = max(1, population.count // 10)
        self.versions = [0] * population.count
        self.amounts = [0] * population.count
        self.deliveries = [0] * population.count

    def tell(self, today: dt.date) -> Told:
        draw = self.random
        among = len(self.households) if draw.random() < 0.6 else self.busy
        number = int(draw.random() * among)
        self.versions[number] += 1
        version = self.versions[number]
        day = today - dt.timedelta(days=LAGS[int(draw.random() * len(LAGS))])
        given = {
            "effective_from": day,
            "known_on": today,
            "by": f"operatrice-{int(draw.random() * 400):03d}",
            "organisation": "comune-prato",
            "role": "caseworker",
        }
        if version <= len(_OPENING):
            fact = _OPENING[version - 1](self.members[number], given)
        else:
            fact = self._later(number, version, given)
        return Told(self.households[number], version, fact)

    def _later(self, number: int, version: int, given: dict[str, Any]) -> Fact:
        draw = self.random
        chance = draw.random()
        if chance < 0.02 and self.amounts[number]:
            changes = {"amount": int(draw.random() * 200_000)}
            return EntryCorrected(
                target=self.amounts[number], changes=changes, reason="wrong-amount", **given
            )
        if chance < 0.025 and self.deliveries[number]:
            target, self.deliveries[number] = self.deliveries[number], 0
            return EntryRetracted(target=target, reason="did-not-happen", **given)
        if chance < 0.45:
            self.deliveries[number] = version
            return _delivered(draw, given)
        if chance < 0.65:
            self.amounts[number] = version
            return _earned(draw, self.members[number], given)
        return _LATER[int(draw.random() * len(_LATER))](draw, given)


def _id(seed: int, kind: str, number: int) -> UUID:
    return UUID(int=random.Random(f"{seed}/{kind}/{number}").getrandbits(128), version=4)


_OPENING: tuple[Callable[[UUID, dict[str, Any]], Fact], ...] = (
    lambda member, given: HouseholdRegistered(unit="registry", reference_member=member, **given),
    lambda member, given: MemberJoined(
        member=member,
        joined_by="at-registration",
        relation="head",
        birth_month="1984-05",
        municipality="H-G999",
        **given,
    ),
    lambda _, given: Referred(source="social-services", programme="casa-prima", **given),
    lambda _, given: Enrolled(contract="prato-2021", cohort="prima", **given),
    lambda _, given: AccommodationStarted(
        kind="hotel", nightly_cost=6_500, currency="EUR", **given
    ),
)


def _delivered(draw: random.Random, given: dict[str, Any]) -> Fact:
    return InterventionDelivered(
        kind=_SERVICES[int(draw.random() * len(_SERVICES))],
        hours=Decimal(int(draw.random() * 16)) / 4,
        provider=f"cooperativa-{int(draw.random() * 24):02d}",
        cost=int(draw.random() * 500) * 25,
        currency="EUR",
        **given,
    )


def _earned(draw: random.Random, member: UUID, given: dict[str, Any]) -> Fact:
    amount = int(draw.random() * 500) * 500
    return IncomeObserved(member=member, source="total", amount=amount, currency="EUR", **given)


_LATER: tuple[Callable[[random.Random, dict[str, Any]], Fact], ...] = (
    lambda draw, given: ArrearsObserved(
        amount=int(draw.random() * 300_000), currency="EUR", **given
    ),
    lambda draw, given: MeasureObserved(
        measure="school-absence-days", value=Decimal(int(draw.random() * 90)), **given
    ),
    lambda draw, given: InterventionMissed(
        kind=_SERVICES[int(draw.random() * len(_SERVICES))], missed_because="no-show", **given
    ),
    lambda draw, given: AccommodationStarted(
        kind=_KINDS[int(draw.random() * len(_KINDS))], provider="ente-01", **given
    ),
)
