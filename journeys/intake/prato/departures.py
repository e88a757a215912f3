"""How the programme ends for a household: planned or not, withdrawn, and sometimes again."""

from __future__ import annotations

import datetime as dt

from journeys.household.facts import (
    Exited,
    IncomeObserved,
    InterventionDelivered,
    ParticipationWithdrawn,
    ProcessingRestricted,
    ReEnrolled,
    RestrictionLifted,
)
from journeys.intake.prato.actors import CONTRACT, PROGRAMME, SUPERVISOR
from journeys.intake.prato.arrival import cohort_of
from journeys.intake.prato.case import Case

UNPLANNED = ("not-known", "another-municipality", "abroad", "with-friends", "homeless")


def withdraw(case: Case) -> None:
    """The household takes back its consent to take part, and is let go on the same day."""
    day = case.withdrawn
    if day is None or day >= case.end:
        return
    case.tell(
        ParticipationWithdrawn,
        day,
        actor=case.intake,
        reason="requested-by-household",
        note="Il nucleo non vuole proseguire; resta in carico al servizio sociale.",
    )
    if case.leaves is None or day < case.leaves:
        case.leaves, case.destination = day, "not-known"


def leave(case: Case) -> dt.date | None:
    """The exit, with the income at that time; the day of it, None while the household stays."""
    day = case.leaves
    if day is None or day >= case.end or case.enrolment is None:
        return None
    planned = case.destination not in UNPLANNED
    sitting = case.sit(day)
    if planned:
        for adult in case.adults(day)[:1]:
            case.tell(
                IncomeObserved,
                day,
                sitting=sitting,
                member=adult,
                source="total",
                amount=case.rng.randrange(40_000, 165_000, 500),
                currency="EUR",
                occasion="exit",
                enrolment=case.enrolment,
            )
    case.tell(
        Exited,
        day,
        sitting=sitting,
        enrolment=case.enrolment,
        destination=case.destination or "not-known",
        planned=planned,
    )
    return day


def come_back(case: Case, left: dt.date) -> None:
    """Months after leaving, the household stands at the desk again."""
    day = case.after(left, 45, 160)
    if day >= case.end:
        return
    exits = [entry for entry in case.entries if entry.kind is Exited]
    back = case.tell(
        ReEnrolled,
        day,
        actor=case.intake,
        sitting=None,
        previous=exits[-1].fields["enrolment"],
        contract=CONTRACT,
        cohort=cohort_of(day),
        programme=PROGRAMME,
        project_type="tenancy-support",
    )
    # The exit must be in the record before the return.
    back.sitting.needs.add(exits[-1].sitting)
    meeting = case.after(day, 7, 30)
    while meeting < min(case.after(day, 90, 200), case.end):
        case.tell(InterventionDelivered, meeting, kind="case-management", provider=case.provider)
        meeting = case.after(meeting, 15, 45)


def restrict(case: Case) -> None:
    """The household contests what is written; for some weeks nothing else is."""
    day = case.after(case.enrolled, 100, 300)
    if day >= case.end:
        return
    begin = case.sit(day, SUPERVISOR, prompt=True)
    restricted = case.tell(ProcessingRestricted, day, sitting=begin, ground="accuracy-contested")
    lifted = case.after(day, 20, 60)
    over = case.sit(lifted, SUPERVISOR, prompt=True)
    case.tell(RestrictionLifted, lifted, sitting=over, restriction=restricted)
    case.stream.held.append((begin, over))
