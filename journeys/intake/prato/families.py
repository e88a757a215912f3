"""How households change: births, people who come and go, guests."""

from __future__ import annotations

import datetime as dt

from journeys.household.facts import EntryCorrected, GuestHosted, HouseholdRegistered, MemberLeft
from journeys.intake.prato.arrival import join
from journeys.intake.prato.case import Case
from journeys.intake.prato.people import ADULT, Member, new_id
from journeys.intake.prato.telling import Entry


def changes(case: Case) -> None:
    """What happens in many families. Told before what depends on who is there."""
    adults = case.adults(case.enrolled)
    if any(m.gender == "F" and m.age(case.enrolled) < 42 for m in adults) and case.chance(0.12):
        _birth(case, case.any_day(case.enrolled, 40, 500))
    if case.maker.origin != "italian" and case.chance(0.06):
        _reunification(case, case.after(case.enrolled, 60, 400))
    if len(adults) > 2 and case.chance(0.3):
        goes(case, adults[-1], case.after(case.enrolled, 90, 500), "moved-out")
    if case.chance(0.12):
        _guest(case, case.after(case.enrolled, 20, 300))


def goes(case: Case, member: Member, day: dt.date, cause: str) -> None:
    """A member leaves, unless that is after the end."""
    if day < case.end:
        member.left = day
        case.tell(MemberLeft, day, member=member, left_by=cause)


def head_goes(case: Case) -> None:
    """The head leaves, and only weeks later somebody enters who is the head now."""
    head, *others = [m for m in case.family if m.age(case.enrolled) >= ADULT]
    day = case.after(case.enrolled, 60, 200)
    if not others or day >= case.end:
        return
    goes(case, head, day, "separation")
    noticed = case.after(day, 70, 110)
    sitting = case.sit(noticed, case.intake)
    new = others[0]
    for entry, changed in (
        (case.stream.joined[new.id], {"relation": "head"}),
        (_registration(case), {"reference_member": str(new.id)}),
    ):
        case.tell(
            EntryCorrected,
            sitting.day,
            sitting=sitting,
            target=entry,
            changes=changed,
            reason="later-information",
        )


def _registration(case: Case) -> Entry:
    return next(entry for entry in case.entries if entry.kind is HouseholdRegistered)


def _birth(case: Case, day: dt.date) -> None:
    if day >= case.end:
        return
    child = case.maker.child(0, {member.name for member in case.family})
    child.birth = child.joined = day
    child.place = "Prato"
    case.family.append(child)
    join(case, child, "birth", case.sit(day))


def _reunification(case: Case, day: dt.date) -> None:
    """Somebody is allowed to follow the family to Italy."""
    if day >= case.end:
        return
    comes = case.maker.adult("spouse", case.rng.choice(("F", "M")), case.rng.randint(24, 50))
    if any(member.relation in ("spouse", "partner") for member in case.family):
        comes = case.maker.adult("parent", "F", case.rng.randint(60, 74))
    comes.joined = day
    case.family.append(comes)
    join(case, comes, "family-reunification", case.sit(day))


def _guest(case: Case, day: dt.date) -> None:
    """A relative who stays for some weeks, without belonging to the household."""
    if day >= case.end:
        return
    guest = case.maker.adult("other-relative", "F", case.rng.randint(20, 70))
    case.tell(
        GuestHosted,
        day,
        guest=new_id(case.rng),
        person=guest.person(),
        effective_until=case.after(day, 14, 120) if case.chance(0.7) else None,
        note="Ospite dichiarata al servizio, non fa parte del nucleo.",
    )
