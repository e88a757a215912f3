"""What may be set right, and what must be set right first."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.errors import Refusal
from journeys.household.facts import EvidenceCaptured, Fact, MeasureObserved
from tests.journeys.household.lives import lives
from tests.journeys.household.story import (
    ALMA,
    Story,
    correction,
    day,
    enrolled,
    exited,
    fact,
    hired,
    housed,
    moved_out,
    retraction,
    tenancy,
)
from tests.journeys.household.test_rules import HASH, refused


def test_what_is_not_there_is_not_corrected() -> None:
    assert refused(Story.begun(), correction(9, effective_from="2025-01-01")) == "no-such-entry"


def test_what_was_retracted_is_not_corrected() -> None:
    story = Story.begun(tenancy("2025-02-01"), retraction(4))

    assert refused(story, correction(4, monthly_rent=1)) == "no-such-entry"
    assert refused(story, retraction(4)) == "no-such-entry"


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"castle": 1},
        {"by": "somebody-else"},
        {"command": None},
        {"monthly_rent": "much"},
        {"monthly_rent": None},
        {"monthly_rent": 52_000},
        {"effective_from": "2025-02-30"},
        {"monthly_rent": 52_001.0},
        {"monthly_rent": True},
        {"monthly_rent": [[52_001]]},
        {"currency": 1},
    ],
    ids=str,
)
def test_a_correction_fits_the_fields_of_its_target(changes: dict[str, Any]) -> None:
    story = Story.begun(tenancy("2025-02-01"))

    assert refused(story, correction(4, **changes)) == "cannot-correct"


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        Decimal("1.5"),
        day("2025-02-02"),
        (1,),
        {1: 2},
        "\ud800",
        b"1",
        10**5000,
        [[[]]] * 201,
        object(),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_correction_holds_nothing_but_json(value: Any) -> None:
    story = Story.begun(
        fact(MeasureObserved, "2025-02-01", measure="jail-nights", value=Decimal(2))
    )

    assert refused(story, correction(4, value=value)) in ("malformed-fact", "cannot-correct")


def test_a_correction_too_deep_to_be_kept_is_refused() -> None:
    deep: Any = 1
    for _ in range(100_000):
        deep = [deep]

    assert refused(Story.begun(), correction(3, source=deep)) == "malformed-fact"


def test_a_correction_cannot_say_what_an_entry_could_not() -> None:
    story = Story.begun(tenancy("2025-02-01"), housed("2025-02-01"))

    assert refused(story, correction(4, effective_from="2025-01-01")) == "predates-referral"
    assert refused(story, correction(4, monthly_rent=-1)) == "negative-amount"
    assert refused(story, correction(5, kind="castle")) == "unknown-code"


def test_a_corrected_correction_must_fit_the_entry_itself() -> None:
    story = Story.begun(tenancy("2025-02-01"), correction(4, monthly_rent=1))

    assert refused(story, correction(5, changes={"castle": 1})) == "cannot-correct"
    assert refused(story, correction(5, target=3)) == "cannot-correct"


def test_a_retraction_is_not_corrected() -> None:
    story = Story.begun(tenancy("2025-02-01"), retraction(4))

    assert refused(story, correction(5, effective_from="2025-05-01")) == "cannot-correct"


def test_the_registration_is_not_retracted() -> None:
    assert refused(Story.begun(), retraction(1)) == "cannot-correct"


@pytest.mark.parametrize(
    "relying",
    [
        [housed("2025-02-01"), moved_out("2025-03-01", 4)],
        [enrolled("2025-02-01"), exited("2025-03-01", 4)],
        [
            housed("2025-02-01"),
            fact(
                EvidenceCaptured,
                "2025-03-01",
                kind="landlord-letter",
                sha256=HASH,
                issuer="x",
                covers=(4,),
            ),
        ],
    ],
)
def test_what_others_rely_on_is_not_retracted(relying: list[Fact]) -> None:
    story = Story.begun(*relying)

    assert refused(story, retraction(4)) == "relied-on"
    assert story.tell(retraction(5), retraction(4)).household.version == 7


def test_a_start_is_not_moved_behind_its_end() -> None:
    story = Story.begun(housed("2025-02-01"), moved_out("2025-03-01", 4))

    assert refused(story, correction(4, effective_from="2025-03-02")) == "relied-on"


def test_a_joining_stays_while_facts_rest_on_it() -> None:
    story = Story.begun(hired("2025-02-01"))

    assert refused(story, retraction(2)) == "relied-on"
    assert refused(story, correction(2, effective_from="2025-02-02")) == "relied-on"
    assert refused(story, correction(2, member="00000000-0000-4000-8000-0000000000b2")) == (
        "relied-on"
    )
    story.tell(correction(2, effective_from="2025-02-01"))
    assert str(story.household.members[ALMA][0].start) == "2025-02-01"


def test_a_restored_entry_meets_the_rules_again() -> None:
    story = Story.begun(enrolled("2025-02-01"), retraction(4), enrolled("2025-03-01"))

    assert refused(story, retraction(5)) == "already-there"


@given(lives(), st.integers(1, 14))
def test_no_retraction_leaves_a_link_that_leads_nowhere(story: Story, version: int) -> None:
    try:
        story.tell(retraction(version))
    except Refusal:
        return

    for start, end in story.household.ended.items():
        assert start in story.household.standing
        assert end in story.household.standing
