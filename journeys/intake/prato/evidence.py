"""Papers: who issues them, who takes them in, who judges them."""

from __future__ import annotations

import datetime as dt
from hashlib import sha256

from journeys.household.facts import AttestationGiven, EvidenceAssessed, EvidenceCaptured
from journeys.intake.prato.actors import VERIFIER
from journeys.intake.prato.case import Case
from journeys.intake.prato.telling import Entry, Sitting

VERDICTS = {
    "accepted": 84.0,
    "accepted-in-part": 4.0,
    "insufficient": 5.0,
    "undated": 4.0,
    "unreadable": 3.0,
}


def capture(
    case: Case,
    sitting: Sitting | None,
    kind: str,
    issuer: str,
    issued_on: dt.date,
    covers: tuple[Entry, ...],
) -> Entry:
    """A paper is taken in, with what it supports."""
    digest = sha256(case.rng.randbytes(16)).hexdigest()
    return case.tell(
        EvidenceCaptured,
        issued_on,
        sitting=sitting,
        kind=kind,
        sha256=digest,
        issuer=issuer,
        issued_on=issued_on,
        covers=covers,
    )


def judge(case: Case, captured: Entry, day: dt.date) -> None:
    """The verifier looks at a paper; a refused one is sometimes replaced by a better one."""
    verdict = case.pick(VERDICTS)
    case.tell(EvidenceAssessed, day, actor=VERIFIER, captured=captured, verdict=verdict)
    if verdict.startswith("accepted") or case.chance(0.3):
        return
    again = case.after(day, 5, 30)
    better = capture(
        case,
        None,
        captured.fields["kind"],
        captured.fields["issuer"],
        again,
        captured.fields["covers"],
    )
    case.tell(
        EvidenceAssessed,
        case.after(again, 1, 10),
        actor=VERIFIER,
        captured=better,
        verdict="accepted",
    )


def attest(
    case: Case, day: dt.date, attestor: str, authority: str, about: tuple[Entry, ...]
) -> None:
    """Somebody vouches for entries; a landlord or an employer has an interest in them."""
    case.tell(
        AttestationGiven,
        day,
        attestor=attestor,
        authority=authority,
        about=about,
        attested_by=attestor,
        attestor_interested=authority in ("landlord", "employer", "service-provider"),
    )
