"""Work, services, nights in a shelter, and contacts."""

from __future__ import annotations

from journeys.household.facts import AccommodationStarted, InterventionDelivered
from journeys.intake.hmis.answers import CURRENCY, NO, YES, Answer, answered, answered_at
from journeys.intake.hmis.changes import WORK_SEEN, Seen
from journeys.intake.hmis.numbers import BED_NIGHT, SENSITIVE_SERVICES
from journeys.intake.hmis.tables import Line
from journeys.intake.hmis.telling import Stay, Telling
from journeys.intake.report import shown
from journeys.values import ONE_DAY


def tell_work(telling: Telling, stay: Stay, row: str, line: Line) -> list[Seen]:
    """Tell a row of EmploymentEducation; whether the person was seen at work in it."""
    answer = answered_at(telling, stay, row, line)
    if answer is None:
        return []
    _, employed, kind = line.rest
    if employed not in ("0", "1"):
        answer.measure("hud-employed-not-known", YES)
        return []
    answer.measure("hud-employed", YES if employed == "1" else NO)
    contract = telling.setting.numbers.code("employment-contract", kind or "99")
    if contract is None:
        answer.find("unknown-code", f"The kind of work {shown(kind)} is not HUD's.")
    return [Seen(answer.on, line, row, WORK_SEEN, employed == "1", contract or "hud-99")]


def tell_service(telling: Telling, stay: Stay, row: str, line: Line) -> None:
    """Tell a row of Services: a night in a shelter, or a service given."""
    answer = answered(telling, stay, row, line)
    if answer is None:
        return
    record, kind, amount = line.rest
    code = telling.setting.numbers.code("intervention-kind", f"{record}-{kind}")
    if record == BED_NIGHT:
        _bed_night(answer)
    elif record in SENSITIVE_SERVICES or f"{record}-{kind}" in SENSITIVE_SERVICES:
        answer.refuse("sensitive", "Services that tell of health are not imported.")
    elif code is None:
        sentence = f"The service {shown(kind)} of record type {shown(record)} is not HUD's."
        answer.refuse("unknown-code", sentence)
    else:
        _service(answer, code, answer.cents("FAAmount", amount))


def tell_contact(telling: Telling, stay: Stay, row: str, line: Line) -> None:
    """Tell a row of CurrentLivingSituation: seen once that day, living so."""
    answer = answered(telling, stay, row, line)
    if answer is None:
        return
    number = line.rest[0]
    measure = telling.setting.numbers.seen(number or "99")
    if measure is None:
        answer.refuse("unknown-code", f"The living situation {shown(number)} is not HUD's.")
    else:
        answer.measure(measure, YES)


def _service(answer: Answer, kind: str, cost: int | None) -> None:
    answer.say(
        "service",
        InterventionDelivered,
        {
            "kind": kind,
            "provider": answer.stay.project.programme,
            "cost": cost,
            "currency": None if cost is None else CURRENCY,
        },
        about="members",
    )


def _bed_night(answer: Answer) -> None:
    """A night is one night, however often it was written down."""
    if answer.on in answer.stay.nights:
        answer.refuse("duplicate-night", f"The night of {answer.on} was there before.")
        return
    answer.stay.nights.add(answer.on)
    answer.say(
        "night",
        AccommodationStarted,
        {"kind": "hud-bed-night"},
        until=answer.on + ONE_DAY,
        about="members",
        links=answer.enrolment,
    )
