"""Hypothesis strategies for whole lives of a household: anything that the rules let through."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st

from journeys.errors import Refusal
from journeys.household.facts import (
    EvidenceAssessed,
    EvidenceCaptured,
    Fact,
    GuestHosted,
    IdentityUnmatched,
    MemberLeft,
    ParticipationWithdrawn,
    PersonalDataErased,
    ProcessingRestricted,
    ReEnrolled,
    RestrictionLifted,
)
from tests.journeys.household.story import (
    ALMA,
    BRUNO,
    Story,
    absent,
    correction,
    enrolled,
    exited,
    fact,
    hired,
    housed,
    joined,
    left_work,
    moved_out,
    referred,
    retraction,
    tenancy,
)

days = st.dates(dt.date(2025, 1, 1), dt.date(2025, 12, 31)).map(dt.date.isoformat)
versions = st.integers(1, 14)
members = st.sampled_from([ALMA, BRUNO])


def _later(on: str, length: int) -> str:
    return (dt.date.fromisoformat(on) + dt.timedelta(days=length)).isoformat()


stretches = st.tuples(days, st.integers(1, 200)).map(lambda s: (s[0], _later(*s)))

changes: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.fixed_dictionaries({"effective_from": days}),
    st.fixed_dictionaries({"effective_until": st.none() | days}),
    st.fixed_dictionaries({"kind": st.sampled_from(["hotel", "shelter", "public-housing"])}),
    st.fixed_dictionaries({"monthly_rent": st.integers(0, 90_000)}),
    st.fixed_dictionaries({"changes": st.fixed_dictionaries({"effective_from": days})}),
)

tellings: st.SearchStrategy[Fact] = st.one_of(
    days.map(referred),
    days.map(enrolled),
    st.tuples(members, days).map(lambda t: joined(*t)),
    st.tuples(members, days).map(
        lambda t: fact(MemberLeft, t[1], member=t[0], left_by="moved-out")
    ),
    days.map(housed),
    stretches.map(lambda s: housed(*s)),
    stretches.map(lambda s: tenancy(*s)),
    stretches.map(lambda s: absent(*s)),
    st.tuples(days, members).map(lambda t: hired(*t)),
    st.tuples(days, versions).map(lambda t: moved_out(*t)),
    st.tuples(days, versions).map(lambda t: left_work(*t)),
    st.tuples(days, versions).map(lambda t: exited(*t)),
    st.tuples(versions, changes).map(lambda t: correction(t[0], **t[1])),
    versions.map(retraction),
)


more_tellings: st.SearchStrategy[Fact] = st.one_of(
    days.map(lambda on: fact(ParticipationWithdrawn, on)),
    days.map(lambda on: fact(ProcessingRestricted, on, ground="legal-hold")),
    st.tuples(days, versions).map(lambda t: fact(RestrictionLifted, t[0], restriction=t[1])),
    st.tuples(days, versions).map(
        lambda t: fact(ReEnrolled, t[0], previous=t[1], contract="prato-2025")
    ),
    st.tuples(days, versions, st.sampled_from("abc")).map(
        lambda t: fact(
            EvidenceCaptured,
            t[0],
            kind="landlord-letter",
            sha256=t[2] * 64,
            issuer="proprietario",
            covers=(t[1],),
        )
    ),
    st.tuples(days, versions).map(
        lambda t: fact(EvidenceAssessed, t[0], captured=t[1], verdict="accepted")
    ),
    st.tuples(days, versions).map(
        lambda t: fact(IdentityUnmatched, t[0], matched=t[1], method="registry-check")
    ),
    stretches.map(lambda s: fact(GuestHosted, *s, guest=BRUNO)),
    st.tuples(days, members).map(
        lambda t: fact(
            PersonalDataErased,
            t[0],
            subject=t[1],
            scope="member",
            legal_basis="objection-upheld",
        )
    ),
)
"""The rarer facts: rights, evidence, returns, guests."""


@st.composite
def lives(draw: st.DrawFn, longest: int = 14) -> Story:
    """A household's story: what the rules refuse of the tellings is left out."""
    story = Story.begun()
    for told in draw(st.lists(tellings, max_size=longest)):
        try:
            story.tell(told)
        except Refusal:
            continue
    return story
