"""One row that dates from within an enrolment, and the plain facts that rows tell."""

from __future__ import annotations

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from journeys.household.facts import Fact, MeasureObserved
from journeys.intake.hmis.numbers import OCCASIONS
from journeys.intake.hmis.tables import Line
from journeys.intake.hmis.telling import Stay, Telling
from journeys.intake.report import shown

CURRENCY = "USD"
NO, YES = Decimal(0), Decimal(1)


class Answer(NamedTuple):
    """A row of an enrolment: its key, its day, and at which occasion it was answered."""

    telling: Telling
    stay: Stay
    row: str
    line: Line
    on: dt.date
    occasion: str | None = None

    def say(self, facet: str, kind: type[Fact], fields: dict[str, Any], **other: Any) -> None:
        """Tell a fact about the enrolled person on the day of the row."""
        person = self.stay.line.person
        self.telling.say(self.line, self.row, facet, kind, self.on, fields, person=person, **other)

    def measure(self, code: str, value: Decimal) -> None:
        """Tell a measure."""
        self.say(
            code,
            MeasureObserved,
            {"measure": code, "value": value, "occasion": self.occasion},
            links=self.enrolment,
        )

    @property
    def enrolment(self) -> dict[str, str | int]:
        """The link to the enrolment."""
        return {"enrolment": f"{self.stay.row}.enrolled"}

    def refuse(self, code: str, sentence: str) -> None:
        """Leave the row out."""
        self.telling.refuse(self.row, self.line, code, sentence)

    def leave_out(self, code: str, sentence: str) -> None:
        """Leave a part of the row out."""
        self.telling.leave_out(self.line, code, sentence)

    def find(self, code: str, sentence: str) -> None:
        """Say what is odd about the row, and take it."""
        self.telling.find(self.line, code, sentence)

    def cents(self, name: str, text: str) -> int | None:
        """An amount in cents; None where there is none, and reported where it is none."""
        if not text:
            return None
        amount = cents(text)
        if amount is None:
            sentence = f"{name} {shown(text)} is not an amount of dollars."
            self.leave_out("bad-amount", sentence)
        return amount


def answered(telling: Telling, stay: Stay, row: str, line: Line) -> Answer | None:
    """The row on its day; None, and reported, where that cannot be."""
    on = telling.day_of(row, line, stay)
    return None if on is None else Answer(telling, stay, row, line, on)


def answered_at(telling: Telling, stay: Stay, row: str, line: Line) -> Answer | None:
    """The same for a row that says its data collection stage first."""
    on = telling.day_of(row, line, stay)
    if on is None:
        return None
    stage = line.rest[0]
    occasion = OCCASIONS.get(stage)
    if occasion is None and stage:
        sentence = f"The data collection stage {shown(stage)} is not HUD's."
        telling.refuse(row, line, "unknown-code", sentence)
        return None
    return Answer(telling, stay, row, line, on, occasion)


@lru_cache(maxsize=1 << 14)
def cents(text: str) -> int | None:
    """Whole cents of an amount of dollars, to the nearest; None for what is no amount."""
    if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{0,8})?", text):
        return None
    return int((Decimal(text) * 100).quantize(Decimal(1), ROUND_HALF_UP))
