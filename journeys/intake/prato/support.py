"""The package of services: the plan, what is given and missed, and how it is measured."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from journeys.household.facts import (
    AssessmentScored,
    InterventionDelivered,
    InterventionEnded,
    InterventionMissed,
    InterventionStarted,
    MeasureObserved,
    OutcomeObserved,
    PlanAgreed,
    PlanRevised,
)
from journeys.intake.prato.actors import MUNICIPALITY, PROVIDERS
from journeys.intake.prato.case import Case
from journeys.intake.prato.evidence import capture
from journeys.intake.prato.people import Member
from journeys.intake.prato.telling import Entry, Sitting

HOURLY = {
    "educational-support": 2_350,
    "job-guidance": 2_700,
    "cultural-mediation": 2_600,
    "psychological-support": 4_500,
    "housing-search": 2_700,
    "financial-education": 2_700,
    "parenting-support": 2_900,
    "italian-course": 1_800,
    "legal-advice": 4_000,
    "after-school": 1_900,
}
"""Kinds of service and what an hour costs in cents; the prices are assumed."""

GOALS = {
    "educational-support": "parenting",
    "job-guidance": "work",
    "cultural-mediation": "social-network",
    "psychological-support": "health",
    "housing-search": "own-tenancy",
    "financial-education": "household-budget",
    "parenting-support": "parenting",
    "italian-course": "italian-language",
    "legal-advice": "documents",
    "after-school": "school-attendance",
}

DOMAINS = (
    "finances",
    "work-and-education",
    "use-of-time",
    "housing",
    "domestic-relations",
    "mental-health",
    "physical-health",
    "substance-use",
    "basic-daily-life",
    "instrumental-daily-life",
    "social-network",
    "community-participation",
    "justice",
)

SCHOOL_TERMS = ((9, 15, 1, 31), (2, 1, 6, 10))
"""First and last month and day of the two terms of a school year."""


def course(case: Case) -> None:
    """Plan, services and measurements for as long as the household is followed."""
    package = _package(case)
    signed = case.after(case.enrolled, 5, 30)
    if signed >= case.follows_until:
        return
    plan = _agree(case, signed, package)
    for kind in package:
        _service(case, kind, case.after(signed, 3, 60))
    _revise(case, plan, case.after(signed, 150, 240), package)
    _assess(case, case.after(case.enrolled, 0, 20))
    for child in case.children(case.enrolled):
        if child.age(case.enrolled) >= 6 and case.chance(0.7):
            _school(case, child)
    reached = case.after(case.enrolled, 200, 500)
    if reached < case.follows_until and case.chance(0.2):
        outcome = case.rng.choice(("residence-permit", "bank-account", "economic-autonomy"))
        case.tell(OutcomeObserved, reached, outcome=outcome)


def _package(case: Case) -> tuple[str, ...]:
    wanted = {"housing-search", "job-guidance"}
    if case.maker.origin != "italian":
        wanted |= {case.rng.choice(("cultural-mediation", "italian-course", "legal-advice"))}
    if case.children(case.enrolled):
        wanted |= {case.rng.choice(("educational-support", "parenting-support", "after-school"))}
    if case.chance(0.4):
        wanted |= {case.rng.choice(("psychological-support", "financial-education"))}
    return tuple(kind for kind in HOURLY if kind in wanted and case.chance(0.9))


def _agree(case: Case, day: dt.date, package: tuple[str, ...]) -> Entry:
    sitting = case.sit(day)
    plan = case.tell(
        PlanAgreed,
        day,
        sitting=sitting,
        goals=tuple(dict.fromkeys(("stable-home", *(GOALS[kind] for kind in package)))),
        package=package,
        signatories=(case.worker.id, case.intake.id),
    )
    capture(case, sitting, "signed-plan", case.provider, day, (plan,))
    return plan


def _revise(case: Case, plan: Entry, day: dt.date, package: tuple[str, ...]) -> None:
    if day < case.follows_until and case.chance(0.6):
        added = case.rng.choice(("training", "childcare", "landlord-mediation"))
        case.tell(
            PlanRevised,
            day,
            plan=plan,
            goals=("stable-home", "own-tenancy", "economic-autonomy"),
            package=(*package, added),
            signatories=(case.worker.id, case.intake.id),
        )


def _service(case: Case, kind: str, day: dt.date) -> None:
    """One service from its start through its appointments to its end."""
    if day >= case.follows_until:
        return
    started = case.tell(InterventionStarted, day, kind=kind, provider=case.provider)
    over = case.after(day, 90, 300)
    _appointments(case, kind, started, case.after(day, 0, 10), min(over, case.follows_until))
    if over < case.follows_until and case.chance(0.85):
        ending = case.pick({"completed": 6.0, "goals-reached": 3.0, "dropped-out": 2.0})
        case.tell(InterventionEnded, over, intervention=started, ending=ending)


def _appointments(case: Case, kind: str, started: Entry, day: dt.date, until: dt.date) -> None:
    """Appointments from `day`; those of one or two weeks are often written down together."""
    together: list[dt.date] = []
    while day < until:
        together.append(day)
        day = case.after(day, 7, 45)
        if day < until and (day - together[0]).days < 18 and case.chance(0.7):
            continue
        sitting = case.sit(together[-1])
        for met in together:
            _appointment(case, kind, started, met, sitting)
        together = []


def _appointment(case: Case, kind: str, started: Entry, day: dt.date, sitting: Sitting) -> None:
    told: dict[str, Any] = {
        "sitting": sitting,
        "kind": kind,
        "intervention": started,
        "provider": case.provider,
    }
    if case.chance(0.12):
        cause = case.rng.choice(("no-show", "no-show", "illness", "work", "cancelled-by-provider"))
        case.tell(InterventionMissed, day, missed_because=cause, **told)
        return
    hours = case.rng.choice((Decimal(1), Decimal("1.5"), Decimal(2), Decimal(3)))
    case.tell(
        InterventionDelivered,
        day,
        hours=hours,
        cost=int(hours * HOURLY[kind]),
        currency="EUR",
        note=case.rng.choice(_NOTES[kind]) if case.chance(0.35) else None,
        **told,
    )


def _assess(case: Case, day: dt.date) -> None:
    """The self-sufficiency matrix every half year, each time by another rater; most slowly rise."""
    scores = {domain: case.rng.choice((2, 3, 3, 4, 4, 5)) for domain in DOMAINS}
    scores |= {"finances": case.rng.choice((1, 1, 2)), "housing": case.rng.choice((1, 1, 2))}
    raters = [*PROVIDERS[case.provider], *PROVIDERS[MUNICIPALITY]]
    case.rng.shuffle(raters)
    turn = 0
    while day < case.follows_until:
        rater = raters[turn % len(raters)]
        case.tell(
            AssessmentScored,
            day,
            actor=rater,
            instrument="zrm",
            instrument_version="2017",
            scores=dict(scores),
            rater=rater.id,
        )
        for domain in DOMAINS:
            step = case.pick({0: 6.0, 1: 3.0, -1: 1.0})
            scores[domain] = min(5, max(1, scores[domain] + step))
        day, turn = case.after(day, 165, 215), turn + 1


def _school(case: Case, child: Member) -> None:
    """Absence from school, term by term, as the school certifies it."""
    share = case.rng.uniform(4, 26)
    for year in range(case.enrolled.year, case.follows_until.year + 1):
        for first_month, first_day, last_month, last_day in SCHOOL_TERMS:
            begins = dt.date(year, first_month, first_day)
            over = dt.date(year + (last_month < first_month), last_month, last_day)
            if begins < case.enrolled or over >= case.follows_until or not child.there(over):
                continue
            share = max(0.0, share + case.rng.uniform(-5, 2))
            case.tell(
                MeasureObserved,
                begins,
                sitting=case.sit(case.after(over, 5, 40)),
                effective_until=over,
                measure="school-absence-percent",
                value=Decimal(f"{share:.1f}"),
                member=child,
            )


_NOTES = {
    "educational-support": (
        "Lavorato sui tempi della sera; i bambini hanno partecipato volentieri.",
        "La madre riferisce stanchezza. Concordato un incontro con la scuola.",
    ),
    "job-guidance": (
        "Aggiornato il curriculum, inviate tre candidature.",
        "Simulazione di colloquio. Da rivedere la disponibilità sui turni.",
    ),
    "cultural-mediation": (
        "Tradotti gli avvisi della scuola e del condominio.",
        "Incontro con i vicini sull'uso degli spazi comuni.",
    ),
    "psychological-support": (
        "Il nucleo racconta lo sfratto come una colpa; lavorato su questo.",
        "Colloquio individuale, tono dell'umore in ripresa.",
    ),
    "housing-search": (
        "Visitati due alloggi; il secondo chiede due garanzie.",
        "Il locatore è disponibile, manca il deposito cauzionale.",
    ),
    "financial-education": (
        "Ricostruite le spese del mese, individuate due utenze da volturare.",
        "Concordato un piano di rientro in rate da 60 euro.",
    ),
    "parenting-support": (
        "Osservata la routine del mattino, buona collaborazione dei genitori.",
        "Parlato delle regole sull'uso del telefono.",
    ),
    "italian-course": ("Prova di livello svolta.", "Frequenza regolare, esercizi a casa."),
    "legal-advice": (
        "Preparata la domanda di rinnovo del permesso di soggiorno.",
        "Letto insieme l'atto di intimazione, spiegati i termini.",
    ),
    "after-school": ("Compiti svolti, buon rapporto con il gruppo.", "Assente il fratello minore."),
}
