"""Enrolments: who came how, stayed where, and left to what."""

from __future__ import annotations

import datetime as dt

from journeys.household.facts import (
    AccommodationEnded,
    AccommodationStarted,
    Enrolled,
    Exited,
    ReEnrolled,
    Referred,
)
from journeys.intake.hmis.days import day
from journeys.intake.hmis.load import Project, party_of, programme
from journeys.intake.hmis.numbers import HOMES, STAYS, meaning
from journeys.intake.hmis.tables import Line
from journeys.intake.hmis.telling import Stay, Telling
from journeys.intake.hmis.told import detail_key, enrolment_key
from journeys.intake.report import shown

_NOT_KNOWN = ("", "8", "9", "99")

_PLANNED = {"1": True, "2": False, "3": False}
"""ProjectCompletionStatus: completed, left early, expelled."""


def read_stay(telling: Telling, line: Line) -> Stay | None:
    """The enrolment of a line; None, and reported, where it cannot be taken."""
    row = enrolment_key(telling.setting.seal, line.id)
    if not telling.taken(row, line):
        return None
    entry = day(line.told)
    if entry is None:
        telling.refuse(row, line, "bad-date", f"{shown(line.told)} is not a day.")
        return None
    if entry > telling.setting.today:
        telling.refuse(row, line, "in-the-future", f"{entry.isoformat()} is still to come.")
        return None
    if entry > telling.setting.export.day:
        telling.find(line, "after-export", f"{entry.isoformat()} lies after the export.")
    project, household, *_ = line.rest
    found = telling.setting.projects.get(project)
    if found is None:
        telling.find(line, "unknown-project", f"Project.csv has no project {shown(project)}.")
        found = Project(programme(telling.setting.export.source, project), None)
    if not household:
        telling.find(line, "no-household", "The row has no HouseholdID: it stands alone.")
    return Stay(line, row, entry, found, party_of(household, line.id))


def read_exit(telling: Telling, stay: Stay, line: Line) -> None:
    """Note the exit of an enrolment, unless its day cannot be."""
    row = _exit_row(telling, stay)
    if not telling.taken(row, line):
        return
    left = telling.day_of(row, line, stay)
    if left is None:
        return
    if telling.setting.numbers.destination(line.rest[0] or "99") is None:
        telling.refuse(
            row, line, "unknown-code", f"The destination {shown(line.rest[0])} is not HUD's."
        )
        return
    if left > telling.setting.export.day:
        telling.find(line, "after-export", f"{left.isoformat()} lies after the export.")
    stay.exit, stay.left = left, line


def begin(telling: Telling, stay: Stay, back_from: str | int | None) -> None:
    """Tell the referral, the enrolment, and the stay that comes with it.

    `back_from` is the key or version of the enrolment from which the person comes back.
    """
    line, person = stay.line, stay.line.person
    _, _, relation, moved, referral = line.rest
    if referral not in _NOT_KNOWN:
        _refer(telling, stay, referral)
    telling.say(
        line,
        stay.row,
        "enrolled",
        Enrolled if back_from is None else ReEnrolled,
        stay.entry,
        {
            "contract": f"hmis:{telling.setting.export.source}",
            "programme": stay.project.programme,
            "project_type": stay.project.type,
            "relation": relation_code(telling, line, relation),
        },
        person=person,
        party=stay.party,
        links={} if back_from is None else {"previous": back_from},
    )
    kind = STAYS.get(stay.project.type or "")
    if kind is not None:
        _house(telling, stay, kind, stay.entry)
    if moved:
        _move_in(telling, stay, moved)


def end(telling: Telling, stay: Stay) -> None:
    """Tell the exit, and the end of the stay that the enrolment brought."""
    line = stay.left
    if line is None or stay.exit is None:
        return
    number, subsidised, completed = line.rest
    destination = telling.setting.numbers.destination(number or "99")
    assert destination is not None
    subsidy = _subsidy(telling, line, subsidised) if number == "435" else None
    row = _exit_row(telling, stay)
    telling.say(
        line,
        row,
        "exited",
        Exited,
        stay.exit,
        {
            "destination": destination,
            "subsidy": subsidy,
            "planned": _PLANNED.get(completed),
        },
        means=(*meaning(destination, subsidy), _PLANNED.get(completed)),
        links={"enrolment": f"{stay.row}.enrolled"},
    )
    if stay.housed:
        telling.say(
            line,
            row,
            "left",
            AccommodationEnded,
            stay.exit,
            {"ending": "hud-exit", "destination": destination},
            means=meaning(destination, None)[0],
            links={"accommodation": f"{stay.row}.stay"},
        )


def relation_code(telling: Telling, line: Line, number: str) -> str:
    """The code of a relation to the head; "not collected" where the number is not HUD's."""
    code = telling.setting.numbers.code("member-relation", number or "99")
    if code is None:
        telling.find(line, "unknown-code", f"The relation {shown(number)} is not HUD's.")
    return code or "hud-99"


def _exit_row(telling: Telling, stay: Stay) -> str:
    """An enrolment has one exit: its key is the enrolment's, whatever ExitID it goes by."""
    return detail_key(stay.row, telling.setting.seal, "x", stay.line.id)


def _refer(telling: Telling, stay: Stay, referral: str) -> None:
    source = telling.setting.numbers.code("referral-source", referral)
    if source is None:
        sentence = f"The referral source {shown(referral)} is not HUD's."
        telling.leave_out(stay.line, "unknown-code", sentence)
        return
    telling.say(
        stay.line,
        stay.row,
        "referred",
        Referred,
        stay.entry,
        {"source": source, "programme": stay.project.programme},
        person=stay.line.person,
    )


def _house(telling: Telling, stay: Stay, kind: str, since: dt.date) -> None:
    stay.housed = True
    telling.say(
        stay.line,
        stay.row,
        "stay",
        AccommodationStarted,
        since,
        {"kind": kind},
        person=stay.line.person,
        about="members",
        links={"enrolment": f"{stay.row}.enrolled"},
    )


def _move_in(telling: Telling, stay: Stay, text: str) -> None:
    """A move-in counts in permanent housing, from entry to exit (HMIS standards 3.20)."""
    moved, kind = day(text), HOMES.get(stay.project.type or "")
    said = f"The move-in date {shown(text)}"
    if kind is None:
        code, sentence = "not-permanent-housing", f"{said} is in a project of another type."
    elif moved is None:
        code, sentence = "bad-date", f"{said} is not a day."
    elif moved < stay.entry:
        code, sentence = "before-entry", f"{said} lies before the entry of {stay.entry}."
    elif stay.exit is not None and moved > stay.exit:
        code, sentence = "after-exit", f"{said} lies after the exit of {stay.exit}."
    elif moved > telling.setting.today:
        code, sentence = "in-the-future", f"{said} is still to come."
    else:
        _house(telling, stay, kind, moved)
        return
    telling.leave_out(stay.line, code, sentence)


def _subsidy(telling: Telling, line: Line, number: str) -> str | None:
    if not number:
        return None
    code = telling.setting.numbers.code("housing-subsidy", number)
    if code is None:
        telling.find(line, "unknown-code", f"The rental subsidy {shown(number)} is not HUD's.")
    return code
