"""How a household comes in: registration, referral, means test, enrolment, baseline."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from journeys.household.facts import (
    BaselineFixed,
    EligibilityAssessed,
    Enrolled,
    HouseholdRegistered,
    IseeAttested,
    MemberJoined,
    Referred,
)
from journeys.intake.prato.actors import CONTRACT, PROGRAMME, RULES
from journeys.intake.prato.case import Case
from journeys.intake.prato.evidence import capture
from journeys.intake.prato.people import Member
from journeys.intake.prato.telling import Sitting

REFERRED_BY = {
    "social-services": 34.0,
    "emergency-social-service": 14.0,
    "housing-office": 20.0,
    "own-request": 12.0,
    "charity": 7.0,
    "anti-violence-centre": 4.0,
    "reception-centre": 4.0,
    "hospital": 2.0,
    "school": 2.0,
    "job-centre": 1.0,
}


def register(case: Case, *, head_comes_later: bool = False) -> None:
    """The household, its members and who sent it, as one sitting at the front desk.

    Where the head comes later, somebody has forgotten to enter them, and notices weeks after.
    """
    sitting = case.sit(case.entered, case.intake, prompt=True)
    head = case.family[0]
    case.tell(
        HouseholdRegistered,
        case.entered,
        sitting=sitting,
        unit=case.pick({"registry": 7.0, "living-together": 2.0, "isee": 1.0}),
        reference_member=head.id,
    )
    for member in case.family[1:] if head_comes_later else case.family:
        join(case, member, "at-registration", sitting)
    case.tell(
        Referred,
        case.entered,
        sitting=sitting,
        source=case.pick(REFERRED_BY),
        programme=PROGRAMME,
        note=case.rng.choice(_FIRST_WORDS),
    )
    if head_comes_later:
        join(case, head, "at-registration", case.sit(case.after(case.entered, 40, 55), case.intake))


def join(case: Case, member: Member, cause: str, sitting: Sitting, *, person: bool = True) -> None:
    """A person becomes a member, with the personal part for the vault."""
    definitions = ("registry", "isee") if case.chance(0.9) else ("registry",)
    case.tell(
        MemberJoined,
        member.joined,
        sitting=sitting,
        member=member,
        joined_by=cause,
        relation=member.relation,
        definitions=definitions,
        birth_month=member.birth.isoformat()[:7],
        municipality=member.place,
        person=member.person() if person else None,
    )


def enrol(case: Case) -> None:
    """The means test, the decision, the enrolment and what it is measured against."""
    attest_isee(case, case.after(case.entered, 1, 6), "ordinary")
    decided = case.after(case.entered, 6, 20)
    case.tell(
        EligibilityAssessed,
        decided,
        actor=case.intake,
        rule_version=RULES,
        inputs={"isee": euro(case.isee), "members": Decimal(case.size(decided))},
        result="eligible" if case.chance(0.93) else "eligible-with-reserve",
    )
    case.enrolled = case.after(decided, 0, 15)
    sitting = case.sit(case.enrolled, case.intake)
    case.enrolment = case.tell(
        Enrolled,
        case.enrolled,
        sitting=sitting,
        contract=CONTRACT,
        cohort=cohort_of(case.enrolled),
        programme=PROGRAMME,
        project_type="autonomy-support",
    )
    _fix_baseline(case, sitting)


def attest_isee(case: Case, day: dt.date, kind: str) -> None:
    """An ISEE, valid to the end of its year, and the paper behind it."""
    sitting = case.sit(day, case.intake)
    entry = case.tell(
        IseeAttested,
        day,
        sitting=sitting,
        kind=kind,
        value=case.isee,
        effective_until=dt.date(day.year + 1, 1, 1),
        discrepancy="omissions-noted" if case.chance(0.05) else None,
        protocol=f"INPS-ISEE-{day.year}-{case.rng.randrange(10**8):08d}",
    )
    capture(case, sitting, "isee-attestation", "inps", day, (entry,))


def euro(cents: int) -> Decimal:
    """Cents as euro with two decimals, for quantities that are not money in the record."""
    return Decimal(cents).scaleb(-2)


def cohort_of(day: dt.date) -> str:
    """Households that enter in the same half of a year are compared with one another."""
    return f"{day.year}-{1 if day.month < 7 else 2}"


def _fix_baseline(case: Case, sitting: Sitting) -> None:
    nights = case.rng.choice((0, 0, 12, 30, 45, 64, 90, 120, 180))
    a_year_before = case.enrolled - dt.timedelta(days=365)
    case.tell(
        BaselineFixed,
        a_year_before,
        sitting=sitting,
        effective_until=case.enrolled,
        measures={
            "emergency-nights": Decimal(nights),
            "earned-income-monthly": euro(case.rng.choice((0, 0, 32_000, 58_000, 81_000))),
        },
    )


_FIRST_WORDS = (
    "Primo colloquio allo sportello, presenti entrambi gli adulti.",
    "Colloquio con mediatrice. Il nucleo chiede una soluzione prima dello sfratto.",
    "Segnalazione telefonica, colloquio fissato per la settimana.",
    "Il nucleo dorme da conoscenti e deve lasciare la casa entro il mese.",
    "Accompagnati da un'associazione del quartiere. Documenti da completare.",
    "Reddito discontinuo, nessuna rete familiare in città.",
)
