"""How a household stands on the day of a reading: home, work, support, programme."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import msgspec
from flask_babel import gettext, ngettext

from journeys.household.facts import (
    ENDS,
    AccommodationStarted,
    BenefitGranted,
    EmploymentStarted,
    Enrolled,
    Fact,
    InterventionStarted,
    IseeAttested,
    ProcessingRestricted,
    ReEnrolled,
    TenancyRegistered,
)
from journeys.household.history import Entry
from journeys.household.household import Household
from journeys.household.lineage import Bond, bonds
from web import formats
from web.case import Case

OF_AGE = 18


class Member(msgspec.Struct, frozen=True):
    """A person who belongs to the household, or is its guest, on the day of the reading."""

    id: UUID
    called: str
    relation: str
    age: int | None
    since: dt.date
    guest: bool
    reference: bool


def members(case: Case, day: dt.date) -> list[Member]:
    """Who belongs to the household on `day`, guests last."""
    standing = _reading(case)
    people = [(p, period, False) for p, periods in standing.members.items() for period in periods]
    people += [(p, period, True) for p, periods in standing.guests.items() for period in periods]
    found = []
    for person, period, guest in people:
        if day in period:
            known = case.people.someone.get(person)
            found.append(
                Member(
                    person,
                    case.person(person),
                    known.relation if known else "",
                    _age(known.birth_month if known else None, day),
                    period.start,
                    guest,
                    person == case.people.reference,
                )
            )
    return found


def situation(case: Case, day: dt.date) -> list[dict[str, Any]]:
    """What holds on `day`, as rows of the macro `ui.summary_list`: label and lines."""
    standing = case.history.standing()
    ended = {
        getattr(entry.current, ENDS[type(entry.current)][0])
        for entry in standing
        if type(entry.current) in ENDS
    }
    going_on = [
        entry for entry in standing if entry.version not in ended and day in entry.current.effective
    ]
    rows = []
    for label, kinds in _rows():
        lines = [_line(case, entry) for entry in going_on if isinstance(entry.current, kinds)]
        if kinds == (IseeAttested,):
            lines = lines[-1:]
        if lines or AccommodationStarted in kinds:
            rows.append({"label": label, "value": lines or None})
    if any(
        isinstance(entry.current, ProcessingRestricted) and entry.version not in ended
        for entry in standing
    ):
        rows.append({"label": gettext("Dati"), "value": gettext("Trattamento limitato")})
    return rows


def counted(people: list[Member]) -> str:
    """«2 adulti, 1 minore», of the members whose age is known; else how many there are."""
    belonging = [member for member in people if not member.guest]
    minors = sum(1 for member in belonging if member.age is not None and member.age < OF_AGE)
    if any(member.age is None for member in belonging):
        return str(ngettext("%(num)s persona", "%(num)s persone", len(belonging)))
    told = str(ngettext("%(num)s adulto", "%(num)s adulti", len(belonging) - minors))
    return f"{told}, {ngettext('%(num)s minore', '%(num)s minori', minors)}" if minors else told


def linked(case: Case) -> list[tuple[Bond, str]]:
    """The households that this one is bound to, each with the words for how."""
    words = {
        "split-from": gettext("Si è formato per divisione da"),
        "split-into": gettext("Si è diviso, e ne è nato"),
        "merged-into": gettext("Fa parte, da allora, di"),
        "absorbed": gettext("Si è unito a questo"),
        "matched": gettext("La stessa persona è anche in"),
        "hosts": gettext("L’ospite fa parte di"),
    }
    return [(bond, words[bond.relation]) for bond in bonds(case.id, case.history)]


def _rows() -> list[tuple[str, tuple[type[Fact], ...]]]:
    return [
        (gettext("Casa"), (AccommodationStarted, TenancyRegistered)),
        (gettext("Lavoro"), (EmploymentStarted,)),
        (gettext("Sostegni"), (BenefitGranted,)),
        (gettext("ISEE"), (IseeAttested,)),
        (gettext("Programma"), (Enrolled, ReEnrolled)),
        (gettext("Interventi in corso"), (InterventionStarted,)),
    ]


def _line(case: Case, entry: Entry) -> str:
    fact = entry.current
    if isinstance(fact, AccommodationStarted | BenefitGranted | InterventionStarted):
        what = case.fact_title(fact).partition(": ")[2]
    elif isinstance(fact, EmploymentStarted):
        kind = case.codes.label("employment-contract", fact.contract_kind, case.language)
        what = f"{case.person(fact.member)}, {kind}"
    elif isinstance(fact, IseeAttested):
        what = formats.money(fact.value, fact.currency, case.language)
    elif isinstance(fact, TenancyRegistered):
        rent = formats.money(fact.monthly_rent, fact.currency, case.language)
        what = gettext("Contratto registrato, %(rent)s al mese", rent=rent)
    else:
        what = getattr(fact, "contract", "")
    period = fact.effective
    return f"{what}, {formats.period(period.start, period.end, case.language)}"


def _reading(case: Case) -> Household:
    return Household(case.id).where(
        (entry.version, entry.current)
        for entry in sorted(case.history.standing(), key=lambda entry: entry.version)
    )


def _age(birth_month: str | None, day: dt.date) -> int | None:
    """Full years on `day` of somebody born in that month; the day of birth is not told here."""
    if birth_month is None:
        return None
    year, month = int(birth_month[:4]), int(birth_month[5:])
    return day.year - year - (day.month <= month)
