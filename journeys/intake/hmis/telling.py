"""The working table on which the rows of one household become facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct, field

from journeys.household.facts import Fact
from journeys.intake.hmis.days import day
from journeys.intake.hmis.edition import Export
from journeys.intake.hmis.load import Project
from journeys.intake.hmis.numbers import Numbers
from journeys.intake.hmis.tables import Line
from journeys.intake.hmis.told import Seal, Told, digest
from journeys.intake.report import Report, shown

Fate = Literal["taken", "refused", "deleted"]
"""What became of a row: told as facts, named in the report, or deleted at the source."""


class Setting(Struct, frozen=True):
    """What holds for all households of one run. `today` is the recording day."""

    export: Export
    numbers: Numbers
    projects: Mapping[str, Project]
    seal: Seal
    report: Report
    today: dt.date


class Stay(Struct, gc=False):
    """One enrolment of one person, from entry to exit.

    `housed` if it brought a place to live; `nights` are those spent in a night-by-night shelter.
    """

    line: Line
    row: str
    entry: dt.date
    project: Project
    party: str
    exit: dt.date | None = None
    left: Line | None = None
    housed: bool = False
    nights: set[dt.date] = field(default_factory=set)

    @property
    def order(self) -> tuple[dt.date, dt.date, int, str]:
        """Enrolments in the order in which they are told."""
        number = self.line.id
        return self.entry, self.exit or dt.date.max, len(number), number


class Telling:
    """The facts told so far of one household, and the fate of each row by its key."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.told: list[Told] = []
        self.fates: dict[str, Fate] = {}

    def say(
        self,
        line: Line,
        row: str,
        facet: str,
        kind: type[Fact],
        on: dt.date,
        fields: dict[str, Any],
        *,
        until: dt.date | None = None,
        known: dt.date | None = None,
        means: Any = None,
        lasting: bool = False,
        **other: Any,
    ) -> Told:
        """Tell a fact of a row. `means` is what the digest is made of, where not of `fields`.

        What is `lasting` (a household, a membership) says the same whatever its first day is in
        the export, which may show a part of the time only.
        """
        told = Told(
            key=f"{row}.{facet}",
            kind=kind,
            day=on,
            until=until,
            known=known or self.known(line, on),
            fields=fields,
            digest=digest(
                self.setting.seal,
                None if lasting else on,
                until,
                fields if means is None else means,
                other.get("person"),
                other.get("party"),
            ),
            file=line.table.file,
            line=line.line,
            **other,
        )
        self.told.append(told)
        return told

    def known(self, line: Line, on: dt.date) -> dt.date | None:
        """The day on which the source claims to have learned it: when it made the row.

        Nobody knows before it happens, and nothing was made after the export: such a claim is
        drawn to the day itself, or dropped.
        """
        created = day(line.created)
        if created is None or created > self.setting.export.day:
            return None
        return max(created, on)

    def taken(self, row: str, line: Line) -> bool:
        """Whether the row is the first of its key and not deleted; otherwise it is reported."""
        if row in self.fates:
            sentence = "The same row was there before."
            self.setting.report.not_taken(line.table.file, line.line, "duplicate-key", sentence)
            return False
        if line.deleted:
            self.fates[row] = "deleted"
            sentence = f"The source deleted the row on {shown(line.deleted)}."
            self.setting.report.not_taken(line.table.file, line.line, "deleted", sentence)
            return False
        self.fates[row] = "taken"
        return True

    def refuse(self, row: str, line: Line, code: str, sentence: str) -> None:
        """Leave a whole row out."""
        self.fates[row] = "refused"
        self.setting.report.not_taken(line.table.file, line.line, code, sentence)

    def leave_out(self, line: Line, code: str, sentence: str) -> None:
        """Leave a part of a row out."""
        self.setting.report.not_taken(line.table.file, line.line, code, sentence)

    def find(self, line: Line, code: str, sentence: str) -> None:
        """Take a row, and say what is odd about it."""
        self.setting.report.finding(line.table.file, line.line, code, sentence)

    def day_of(self, row: str, line: Line, stay: Stay) -> dt.date | None:
        """The day of a row within its enrolment; None, and reported, where it cannot be."""
        on = day(line.told)
        if on is None:
            self.refuse(row, line, "bad-date", f"{shown(line.told)} is not a day.")
        elif on > self.setting.today:
            self.refuse(row, line, "in-the-future", f"{on.isoformat()} is still to come.")
        elif on < stay.entry:
            self.refuse(
                row,
                line,
                "before-entry",
                f"{on.isoformat()} lies before the entry of {stay.entry.isoformat()}.",
            )
        elif line.person != stay.line.person:
            self.refuse(
                row,
                line,
                "wrong-person",
                f"The row is of {shown(line.person)}, its enrolment of {shown(stay.line.person)}.",
            )
        else:
            if stay.exit is not None and on > stay.exit:
                self.find(
                    line,
                    "after-exit",
                    f"{on.isoformat()} lies after the exit of {stay.exit.isoformat()}.",
                )
            return on
        return None
