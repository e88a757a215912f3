"""Stories over two streams: separation, two households that become one, one person twice."""

from __future__ import annotations

import datetime as dt
from typing import Any

from msgspec.structs import replace

from journeys.household.commands import MERGE, SPLIT
from journeys.household.facts import (
    HouseholdRegistered,
    HouseholdsMerged,
    HouseholdSplit,
    IdentityMatched,
    IdentityUnmatched,
    Referred,
)
from journeys.intake.prato import arrival
from journeys.intake.prato.actors import PROGRAMME, SUPERVISOR
from journeys.intake.prato.case import Case
from journeys.intake.prato.people import Member, new_id
from journeys.intake.prato.stays import stay


def part(case: Case) -> Case | None:
    """A couple separates: one of them, perhaps with children, forms a household of their own."""
    day = case.after(case.enrolled, 70, 260)
    if day >= case.end:
        return None
    leaving = [case.family[1], *(child for child in case.children(day) if case.chance(0.4))]
    new = Case(case.telling, case.maker, [_continued(m, day) for m in leaving], day, case.end)
    for member in leaving:
        member.left = day
    new.family[0].relation = "head"
    sitting = case.sit(day, SUPERVISOR, prompt=True)
    new.entered = sitting.day
    told: dict[str, Any] = {
        "origin": case.stream.household,
        "new": new.stream.household,
        "members": tuple(leaving),
        "tenancy_to": case.rng.choice(("origin", "origin", "new", "none")),
        "clock": "follows-tenancy",
        "cap": "shared",
        "decided_by": SUPERVISOR.id,
    }
    case.tell(HouseholdSplit, day, sitting=sitting, **told)
    new.tell(
        HouseholdRegistered,
        day,
        sitting=sitting,
        unit="living-together",
        reference_member=leaving[0].id,
    )
    for member in new.family:
        arrival.join(new, member, SPLIT, sitting, person=False)
    new.tell(HouseholdSplit, day, sitting=sitting, **told)
    new.tell(Referred, sitting.day, sitting=sitting, source="social-services", programme=PROGRAMME)
    return new


def unite(case: Case, other: Case) -> None:
    """Two households decide to live as one; the second goes on as part of the first."""
    day = case.after(max(case.enrolled, other.enrolled), 90, 200)
    sitting = case.sit(day, SUPERVISOR, prompt=True)
    other.leaves = case.leaves = None
    if sitting.day >= case.end:
        return
    day = sitting.day
    # Whatever is known of the second household is in the record before it becomes part of another.
    sitting.needs |= {entry.sitting for entry in other.entries}
    told: dict[str, Any] = {
        "survivor": case.stream.household,
        "absorbed": other.stream.household,
        "member_map": {},
        "tenancy_to": "survivor",
        "clock": "survivor-continues",
        "cap": "survivor-keeps",
        "decided_by": SUPERVISOR.id,
    }
    for each in (case, other):
        each.tell(HouseholdsMerged, day, sitting=sitting, **told)
    for member in other.family:
        comes = _continued(member, day)
        comes.relation = "partner" if member.relation == "head" else "partners-child"
        case.family.append(comes)
        arrival.join(case, comes, MERGE, sitting, person=False)


def registered_twice(case: Case) -> Case:
    """The head was already known to a night shelter, which had registered them by itself."""
    head = case.family[0]
    known = replace(head, id=new_id(case.rng))
    double = Case(case.telling, case.maker, [known], case.entered, case.end)
    double.prompt = True
    double.intake = double.worker
    arrival.register(double)
    stay(
        double,
        double.entered,
        "night-shelter",
        None,
        "charity",
        provider=double.provider,
        effective_until=double.after(double.entered, 3, 20),
    )
    return double


def recognise(case: Case, double: Case, *, mistaken: bool) -> None:
    """Both streams say that it is the same person; sometimes that turns out to be wrong."""
    sitting = case.sit(case.after(case.enrolled, 10, 90), SUPERVISOR, prompt=True)
    mine, theirs = case.family[0], double.family[0]
    method, confidence = ("name-and-birth", 70) if mistaken else ("fiscal-code", 99)
    pairs = ((case, mine, double, theirs), (double, theirs, case, mine))
    matches = [
        one.tell(
            IdentityMatched,
            sitting.day,
            sitting=sitting,
            member=member,
            other_household=other.stream.household,
            other_member=same.id,
            method=method,
            confidence=confidence,
        )
        for one, member, other, same in pairs
    ]
    if mistaken:
        again = case.sit(case.after(sitting.day, 20, 120), SUPERVISOR, prompt=True)
        for one, matched in zip((case, double), matches, strict=True):
            one.tell(
                IdentityUnmatched,
                again.day,
                sitting=again,
                matched=matched,
                method="registry-check",
                reason="later-information",
            )


def _continued(member: Member, day: dt.date) -> Member:
    """The same person, in another household from `day`."""
    return replace(member, joined=day, left=None)


def shelter(case: Case) -> None:
    """A stay that the municipality pays until the household moves in with another one."""
    stay(
        case,
        case.enrolled,
        "shelter",
        "municipal-placement",
        "municipality",
        nightly_cost=2_800 * case.size(case.enrolled),
        provider=case.provider,
    )
