"""All rows of one household, told as facts in an order in which they can be recorded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from journeys.household.facts import HouseholdRegistered, MemberJoined
from journeys.household.personal import LONGEST_NAME
from journeys.intake.hmis.changes import Seen, tell_changes
from journeys.intake.hmis.days import day
from journeys.intake.hmis.enrolments import begin, end, read_exit, read_stay, relation_code
from journeys.intake.hmis.incomes import tell_income
from journeys.intake.hmis.observations import tell_contact, tell_service, tell_work
from journeys.intake.hmis.spool import Gathered
from journeys.intake.hmis.tables import CONTACTS, EXIT, INCOME, SERVICES, WORK, Line
from journeys.intake.hmis.telling import Setting, Stay, Telling
from journeys.intake.hmis.told import detail_key, household_key, person_key
from journeys.intake.report import shown

UNIT = "hud-household"


class Ended(NamedTuple):
    """An enrolment that the record holds and the export does not show any more."""

    person: str
    programme: str
    left: dt.date
    version: int


def tell(gathered: Gathered, setting: Setting, elsewhere: Sequence[Ended] = ()) -> Telling:
    """Every row of a household as facts: the people, and each enrolment in turn.

    Rows that cannot be taken are in the report. Nothing but `gathered`, `setting` and `elsewhere`,
    the enrolments that had ended before, has a say in what is told, nor in its order.
    """
    telling = Telling(setting)
    details = _by_enrolment(gathered.details)
    stays = _stays(telling, gathered)
    for stay in stays:
        for line in details.get(stay.line.id, ()):
            if line.table is EXIT:
                read_exit(telling, stay, line)
    stays.sort(key=lambda stay: stay.order)
    _part_doubled(telling, stays)
    _refuse_the_rest(telling, gathered.details, {stay.line.id for stay in stays})
    if stays:
        _register(telling, gathered.head, stays)
    joined: set[str] = set()
    for place, stay in enumerate(stays):
        if stay.line.person not in joined:
            joined.add(stay.line.person)
            _join(telling, stay, gathered.clients[stay.line.person])
        begin(telling, stay, _back_from(stay, stays[:place], elsewhere))
        seen = _within(telling, stay, details.get(stay.line.id, ()))
        tell_changes(telling, stay, seen)
        end(telling, stay)
    return telling


def _by_enrolment(lines: Iterable[Line]) -> Mapping[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.enrolment, []).append(line)
    return found


def _stays(telling: Telling, gathered: Gathered) -> list[Stay]:
    stays = []
    for line in gathered.enrolments:
        stay = read_stay(telling, line)
        found = gathered.clients.get(line.person)
        if stay is None:
            continue
        if found is None or found.deleted:
            told = "has no row in Client.csv" if found is None else "was deleted at the source"
            telling.refuse(stay.row, line, "orphan", f"The client {shown(line.person)} {told}.")
        else:
            stays.append(stay)
    return stays


def _part_doubled(telling: Telling, stays: Sequence[Stay]) -> None:
    """Somebody enrolled twice at a time in one group and project: the later one stands alone."""
    found: dict[tuple[str, str, str], list[Stay]] = {}
    for stay in stays:
        place = (stay.line.person, stay.project.programme, stay.party)
        if any(other.exit is None or stay.entry < other.exit for other in found.get(place, ())):
            sentence = (
                f"The person is in {shown(stay.party)} twice at a time: this one stands alone."
            )
            telling.find(stay.line, "doubled-enrolment", sentence)
            stay.party = f"{stay.party} {stay.line.id}"
        else:
            found.setdefault(place, []).append(stay)


def _refuse_the_rest(telling: Telling, lines: Iterable[Line], taken: set[str]) -> None:
    for line in lines:
        if line.enrolment not in taken:
            telling.leave_out(
                line,
                "enrolment-not-taken",
                f"Its enrolment {shown(line.enrolment)} was not taken.",
            )


def _register(telling: Telling, head: str, stays: Sequence[Stay]) -> None:
    first = stays[0]
    telling.say(
        first.line,
        household_key(telling.setting.seal, head),
        "registered",
        HouseholdRegistered,
        first.entry,
        {"unit": UNIT},
        means=head,
        lasting=True,
        person=head if any(stay.line.person == head for stay in stays) else first.line.person,
        about="reference_member",
    )


def _join(telling: Telling, stay: Stay, line: Line) -> None:
    """Tell that a person belongs to the household since their first enrolment in it."""
    born, personal = _person(telling, line, stay.entry)
    month = None if born is None else born.isoformat()[:7]
    relation = relation_code(telling, stay.line, stay.line.rest[2])
    telling.say(
        line,
        person_key(telling.setting.seal, stay.line.person),
        "joined",
        MemberJoined,
        stay.entry,
        {
            "joined_by": "hud-enrolment",
            "relation": relation,
            "definitions": (UNIT,),
            "birth_month": month,
        },
        means=(month, personal),
        lasting=True,
        person=stay.line.person,
        personal=personal or None,
    )


def _person(telling: Telling, line: Line, joined: dt.date) -> tuple[dt.date | None, dict[str, str]]:
    """The day of birth, and what goes to the vault. Hashed names are no names."""
    personal = {} if telling.setting.export.hashed else _names(telling, line)
    born = day(line.told)
    if line.told and born is None:
        telling.leave_out(line, "bad-date", f"The birth date {shown(line.told)} is not a day.")
    elif born is not None and born > joined:
        sentence = f"The birth date {shown(line.told)} lies after the entry of {joined}."
        telling.leave_out(line, "born-after-entry", sentence)
        born = None
    if born is not None:
        personal["birth_date"] = born.isoformat()
    return born, personal


def _names(telling: Telling, line: Line) -> dict[str, str]:
    first, middle, last, suffix, number, quality = line.rest
    names = {
        "name": " ".join(filter(None, (first, middle))),
        "surname": " ".join(filter(None, (last, suffix))),
        "identity_number": number if quality in ("1", "2") else "",
    }
    for field, text in names.items():
        if len(text) > LONGEST_NAME:
            sentence = f"The {field} has {len(text)} characters; {LONGEST_NAME} is the most."
            telling.leave_out(line, "over-long", sentence)
    return {field: text for field, text in names.items() if text and len(text) <= LONGEST_NAME}


def _back_from(stay: Stay, earlier: Sequence[Stay], elsewhere: Sequence[Ended]) -> str | int | None:
    """The last enrolment of the person in the same project that had ended by then, if any."""
    person, programme = stay.line.person, stay.project.programme
    found: list[tuple[dt.date, str | int]] = [
        (other.left, other.version)
        for other in elsewhere
        if (other.person, other.programme) == (person, programme) and other.left <= stay.entry
    ]
    found += [
        (other.exit, f"{other.row}.enrolled")
        for other in earlier
        if (other.line.person, other.project.programme) == (person, programme)
        and other.exit is not None
        and other.exit <= stay.entry
    ]
    # Of exits on the same day the one told last counts: `max` gives the first of equals.
    return max(reversed(found), key=lambda one: one[0])[1] if found else None


def _within(telling: Telling, stay: Stay, lines: Sequence[Line]) -> list[Seen]:
    """Tell the rows between entry and exit in the order of their days."""
    seen: list[Seen] = []
    for line in sorted(lines, key=lambda line: line.told):
        if line.table is EXIT:
            continue
        row = detail_key(stay.row, telling.setting.seal, line.table.letter, line.id)
        if not telling.taken(row, line):
            continue
        if line.table is INCOME:
            seen += tell_income(telling, stay, row, line)
        elif line.table is WORK:
            seen += tell_work(telling, stay, row, line)
        elif line.table is SERVICES:
            tell_service(telling, stay, row, line)
        else:
            assert line.table is CONTACTS
            tell_contact(telling, stay, row, line)
    return seen
