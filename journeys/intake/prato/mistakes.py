"""What people get wrong, and how it is set right: by another entry, with its reason."""

from __future__ import annotations

import datetime as dt
from typing import Any

from journeys.household.facts import (
    AccommodationEnded,
    AccommodationStarted,
    ArrearsObserved,
    EmploymentEnded,
    EmploymentStarted,
    EntryCorrected,
    EntryRetracted,
    Fact,
    IncomeObserved,
    InterventionDelivered,
    InterventionMissed,
    TenancyRegistered,
)
from journeys.intake.prato.actors import SUPERVISOR
from journeys.intake.prato.case import Case
from journeys.intake.prato.telling import Entry, Sitting

MONEY: dict[type[Fact], str] = {
    AccommodationStarted: "nightly_cost",
    ArrearsObserved: "amount",
    IncomeObserved: "amount",
    InterventionDelivered: "cost",
    TenancyRegistered: "monthly_rent",
}
"""Kinds with an amount that is mistyped now and then."""

DATED = (AccommodationEnded, EmploymentEnded, ArrearsObserved, InterventionDelivered)
"""Kinds whose day is mistaken now and then. None of them is something that others follow."""

CODED: dict[type[Fact], tuple[str, tuple[str, ...]]] = {
    AccommodationStarted: ("payer", ("municipality", "household", "service-provider")),
    EmploymentStarted: ("contract_kind", ("fixed-term", "agency", "on-call")),
    InterventionMissed: ("missed_because", ("no-show", "illness", "cancelled-by-household")),
}


def make(case: Case) -> None:
    """Mistakes over everything that was told: about one entry in thirty is set right later."""
    for entry in list(case.entries):
        chance = case.rng.random()
        if chance < 0.012:
            _mistype(case, entry)
        elif chance < 0.022:
            _mistake_day(case, entry)
        elif chance < 0.03:
            _choose_wrongly(case, entry)
        elif chance < 0.038:
            _enter_twice(case, entry)


def _mistype(case: Case, entry: Entry) -> None:
    """An amount with a digit too many, or two swapped; rarely, corrected wrongly at first."""
    field = MONEY.get(entry.kind, "")
    right = entry.fields.get(field)
    if not right or right < 1_000:
        return
    entry.fields[field] = right * 10 if case.chance(0.3) else _swapped(right)
    if entry.fields[field] == right:
        return
    if case.chance(0.2):
        _correct_twice(case, entry, field, right)
    elif case.chance(0.25):
        wrong, entry.fields[field] = entry.fields[field], right
        _correct_needlessly(case, entry, field, wrong)
    else:
        _correct(case, entry, {field: right}, "wrong-amount")


def _correct(case: Case, entry: Entry, changes: dict[str, Any], reason: str) -> Entry:
    sitting = _later(case, entry)
    return case.tell(
        EntryCorrected,
        sitting.day,
        sitting=sitting,
        target=entry,
        changes=changes,
        reason=reason,
        note=case.rng.choice(_WORDS) if case.chance(0.3) else None,
    )


def _correct_twice(case: Case, entry: Entry, field: str, right: int) -> None:
    first = _correct(case, entry, {field: right + 10_000}, "typing-error")
    _correct(case, first, {"changes": {field: right}}, "mistaken-correction")


def _correct_needlessly(case: Case, entry: Entry, field: str, wrong: int) -> None:
    """The entry was right, and the correction has to go."""
    _retract(case, _correct(case, entry, {field: wrong}, "document-differs"), "mistaken-correction")


def _mistake_day(case: Case, entry: Entry) -> None:
    """A day that is one to three weeks late, found out when a paper comes in."""
    right = entry.day
    wrong = case.after(right, 2, 21)
    last = min(entry.sitting.day, case.follows_until - dt.timedelta(days=1))
    if entry.kind not in DATED or wrong > last or "effective_until" in entry.fields:
        return
    entry.fields["effective_from"] = wrong
    entry.fields.pop("known_on", None)
    _correct(case, entry, {"effective_from": right.isoformat()}, "document-differs")


def _choose_wrongly(case: Case, entry: Entry) -> None:
    field, choices = CODED.get(entry.kind, ("", ()))
    right = entry.fields.get(field)
    others = [choice for choice in choices if choice != right]
    if right and others:
        entry.fields[field] = case.rng.choice(others)
        _correct(case, entry, {field: right}, "wrong-code")


def _enter_twice(case: Case, entry: Entry) -> None:
    """The same appointment from two pairs of hands; one of the entries is taken back."""
    if entry.kind not in (InterventionDelivered, InterventionMissed, ArrearsObserved):
        return
    again = case.tell(entry.kind, entry.day, **_without_envelope(entry))
    _retract(case, again, "duplicate-entry")


def _retract(case: Case, entry: Entry, reason: str) -> None:
    sitting = _later(case, entry)
    case.tell(EntryRetracted, sitting.day, sitting=sitting, target=entry, reason=reason)


def _later(case: Case, entry: Entry) -> Sitting:
    """When it is noticed: days or months after, by the caseworker or the supervisor."""
    noticed = case.after(entry.sitting.day, 1, case.rng.choice((10, 30, 120)))
    return case.sit(noticed, SUPERVISOR if case.chance(0.3) else None, prompt=True)


def _without_envelope(entry: Entry) -> dict[str, Any]:
    return {
        field: told
        for field, told in entry.fields.items()
        if field not in ("effective_from", "known_on")
    }


def _swapped(amount: int) -> int:
    """The amount with its first two digits the other way round."""
    digits = str(amount)
    return int(digits[1] + digits[0] + digits[2:])


_WORDS = (
    "Riletto il documento originale.",
    "Segnalato dalla collega durante la verifica mensile.",
    "Il nucleo ha portato la ricevuta.",
)
