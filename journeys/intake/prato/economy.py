"""What the household lives on: income, work, support measures, means tests, qualifications."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from journeys.household.facts import (
    BenefitEnded,
    BenefitGranted,
    EmploymentEnded,
    EmploymentStarted,
    IncomeObserved,
    QualificationAwarded,
)
from journeys.intake.prato.arrival import attest_isee
from journeys.intake.prato.case import Case
from journeys.intake.prato.evidence import capture
from journeys.intake.prato.names import EMPLOYERS
from journeys.intake.prato.people import Member
from journeys.intake.prato.telling import Entry, Sitting

ADI_BEGINS = dt.date(2024, 1, 1)
CHILD_ALLOWANCE_BEGINS = dt.date(2022, 3, 1)

WORK = {
    "fixed-term": 34.0,
    "agency": 14.0,
    "permanent": 14.0,
    "on-call": 10.0,
    "domestic": 9.0,
    "inclusion-traineeship": 8.0,
    "traineeship": 5.0,
    "seasonal": 4.0,
    "apprenticeship": 2.0,
}


def course(case: Case) -> None:
    """Everything about money for as long as the household is followed."""
    day = case.enrolled
    interview = case.sit(day, case.intake)
    for adult in case.adults(day):
        _income_at_start(case, adult, day, interview)
    for adult in case.adults(day):
        if case.chance(0.55):
            _job(case, adult, case.after(day, 20, 300))
        if case.maker.origin != "italian" and case.chance(0.18):
            _qualification(case, adult, case.after(day, 120, 400))
    _support(case, day)
    for year in range(day.year + 1, case.follows_until.year + 1):
        renewed = case.after(dt.date(year, 1, 10), 0, 60)
        if day < renewed < case.follows_until:
            case.isee = max(0, case.isee + case.rng.randint(-150_000, 350_000))
            attest_isee(case, renewed, "ordinary" if case.chance(0.9) else "current")


def _income_at_start(case: Case, adult: Member, day: dt.date, interview: Sitting) -> None:
    source = case.pick({"employment": 35.0, "occasional-work": 20.0, "total": 30.0})
    if adult.age(day) > 66:
        source = "pension"
    amount = case.rng.randrange(18_000, 92_000, 500)
    case.tell(
        IncomeObserved,
        day,
        sitting=interview,
        member=adult,
        source=source,
        amount=0 if source == "total" else amount,
        currency="EUR",
        occasion="start",
        enrolment=case.enrolment,
    )


def _job(case: Case, adult: Member, day: dt.date) -> None:
    """A job with its notice, a wage every month, and perhaps its end."""
    if not _observed(case, adult, day):
        return
    contract = case.pick(WORK)
    hours = case.rng.choice((15, 18, 20, 24, 25, 30, 36, 38, 40))
    known_end = case.after(day, 85, 270) if contract in ("fixed-term", "seasonal") else None
    sitting = case.sit(day)
    job = case.tell(
        EmploymentStarted,
        day,
        sitting=sitting,
        member=adult,
        contract_kind=contract,
        weekly_hours=Decimal(hours),
        employer=case.rng.choice(EMPLOYERS),
        effective_until=known_end if case.chance(0.5) else None,
    )
    capture(case, sitting, "mandatory-notice", "centro-impiego", day, (job,))
    over = known_end or case.after(day, 60, 700)
    _wages(case, adult, job, hours, day, over)
    if "effective_until" not in job.fields and _observed(case, adult, over):
        ending = "term-ended" if known_end else case.rng.choice(("resignation", "dismissal"))
        case.tell(EmploymentEnded, over, employment=job, ending=ending)


def _wages(
    case: Case, adult: Member, job: Entry, hours: int, begins: dt.date, over: dt.date
) -> None:
    """Wages month by month, written down some months at a time from the payslips."""
    month = _next_month(begins)
    while month < over:
        sitting = case.sit(min(case.after(month, 70, 95), case.end))
        told = []
        for _ in range(case.rng.choice((1, 2, 3, 3))):
            following = _next_month(month)
            if month >= over or not _observed(case, adult, following):
                break
            told.append(_wage(case, adult, hours, month, sitting))
            month = following
        if not told:
            return
        capture(case, sitting, "payslip", "datore-di-lavoro", told[-1].day, (job, *told))


def _wage(case: Case, adult: Member, hours: int, month: dt.date, sitting: Sitting) -> Entry:
    return case.tell(
        IncomeObserved,
        month,
        sitting=sitting,
        effective_until=_next_month(month),
        member=adult,
        source="employment",
        amount=hours * case.rng.randint(2_900, 3_900),
        currency="EUR",
    )


def _support(case: Case, day: dt.date) -> None:
    if case.chance(0.42):
        _minimum_income(case, case.after(day, -5, 120))
    children = len(case.children(day))
    if children and day >= CHILD_ALLOWANCE_BEGINS and case.chance(0.8):
        case.tell(
            BenefitGranted,
            case.after(day, -3, 30),
            actor=case.intake,
            measure="child-allowance",
            amount=children * case.rng.randrange(17_000, 20_500, 100),
            currency="EUR",
        )
    if case.chance(0.25):
        granted = case.after(day, 30, 300)
        if granted < case.follows_until:
            case.tell(
                BenefitGranted,
                granted,
                actor=case.intake,
                measure=case.rng.choice(("rent-contribution", "municipal-support", "energy-bonus")),
                amount=case.rng.randrange(20_000, 150_000, 1_000),
                currency="EUR",
                effective_until=case.after(granted, 90, 365),
            )


def _minimum_income(case: Case, day: dt.date) -> None:
    """Citizens' income until 2023, the inclusion allowance from 2024; some lose it."""
    measure = "inclusion-allowance" if day >= ADI_BEGINS else "citizens-income"
    granted = case.tell(
        BenefitGranted,
        day,
        actor=case.intake,
        measure=measure,
        amount=case.rng.randrange(35_000, 98_000, 500),
        currency="EUR",
    )
    over = case.after(day, 150, 540)
    if measure == "citizens-income":
        over = min(over, ADI_BEGINS)
    if over < case.follows_until and (measure == "citizens-income" or case.chance(0.5)):
        ending = case.rng.choice(("term-ended", "income-too-high", "no-longer-entitled"))
        case.tell(BenefitEnded, over, benefit=granted, ending=ending)
        if measure == "citizens-income" and case.chance(0.6):
            _minimum_income(case, max(ADI_BEGINS, case.after(over, 20, 90)))


def _qualification(case: Case, adult: Member, day: dt.date) -> None:
    if _observed(case, adult, day):
        level = case.rng.choice(("italian-a2", "italian-a2", "italian-b1", "vocational"))
        award = case.tell(QualificationAwarded, day, member=adult, level=level)
        capture(case, None, "qualification-certificate", "cpia-prato", day, (award,))


def _observed(case: Case, member: Member, day: dt.date) -> bool:
    return day < case.follows_until and member.there(day)


def _next_month(day: dt.date) -> dt.date:
    return dt.date(day.year + day.month // 12, day.month % 12 + 1, 1)
