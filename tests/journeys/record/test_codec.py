"""Facts and the bytes that are kept: closed registry, pinned topics, upcasting."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import pytest
from eventsourcing.persistence import StoredEvent
from hypothesis import given

from journeys.household.facts import FACTS, Fact, Recorded, TenancyRegistered
from journeys.record.codec import CODEC, Codec, Drafted, FactMapper, UnknownTopic, UnreadableFact
from tests.journeys.household.lives import lives
from tests.journeys.household.story import ALMA, HOME, Story, joined, registered, tenancy

SAMPLES = Path(__file__).with_name("samples_v1.jsonl")


def samples() -> list[dict[str, Any]]:
    """One stored state of every fact, as version 1 wrote it. Lines are added, never changed."""
    return [json.loads(line) for line in SAMPLES.read_text("utf-8").splitlines()]


@given(lives())
def test_every_recorded_fact_reads_back_as_it_was(story: Story) -> None:
    for fact in story.household.facts:
        assert CODEC.decode(fact.TOPIC, CODEC.encode(fact)) == fact


def test_two_states_of_one_fact_differ_by_their_salt() -> None:
    fact = tenancy("2025-02-01")

    assert CODEC.encode(fact) != CODEC.encode(fact)
    assert len(json.loads(CODEC.encode(fact))["salt"]) == 24


def test_every_kind_of_fact_has_a_topic_of_its_own() -> None:
    assert len({fact.TOPIC for fact in FACTS}) == len(FACTS)
    assert CODEC.topics == {fact.TOPIC for fact in FACTS}


def test_a_topic_outside_the_catalogue_is_never_imported() -> None:
    with pytest.raises(UnknownTopic, match="os:system"):
        CODEC.decode("os:system", b"{}")


@pytest.mark.parametrize("state", [b"", b"{", b"{}", b"[]", b"\xff", b'{"effective_from":1}'])
def test_a_state_that_does_not_read_is_refused(state: bytes) -> None:
    with pytest.raises(UnreadableFact):
        CODEC.decode(TenancyRegistered.TOPIC, state)


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample["topic"])
def test_states_of_version_1_are_read_for_ever(sample: dict[str, Any]) -> None:
    fact = CODEC.decode(sample["topic"], json.dumps(sample["state"]).encode())

    kept = json.loads(CODEC.encode(fact))
    assert {**kept, "salt": ""} == {**sample["state"], "salt": ""}


def test_there_is_a_sample_of_every_fact() -> None:
    assert {sample["topic"] for sample in samples()} == {fact.TOPIC for fact in FACTS}


class RentedHome(Fact, frozen=True, kw_only=True):
    """The tenancy as a third schema version might tell it."""

    TOPIC: ClassVar[str] = "household.tenancy-registered.v3"

    rent: int
    currency: str
    furnished: bool


def _renamed(state: dict[str, Any]) -> dict[str, Any]:
    state["rent"] = state.pop("monthly_rent")
    return state


def _furnished(state: dict[str, Any]) -> dict[str, Any]:
    return state | {"furnished": False}


def test_an_old_state_is_carried_over_every_later_schema_version() -> None:
    codec = Codec(
        [RentedHome],
        {
            "household.tenancy-registered.v1": ("household.tenancy-registered.v2", _renamed),
            "household.tenancy-registered.v2": ("household.tenancy-registered.v3", _furnished),
        },
    )
    old = CODEC.encode(tenancy("2025-02-01", rent=52_000))

    fact = codec.decode("household.tenancy-registered.v1", old)

    assert isinstance(fact, RentedHome)
    assert (fact.rent, fact.currency, fact.furnished) == (52_000, "EUR", False)


def test_an_upcast_that_fails_is_an_unreadable_fact() -> None:
    codec = Codec([RentedHome], {"old": (RentedHome.TOPIC, _renamed)})

    with pytest.raises(UnreadableFact):
        codec.decode("old", b"{}")


def test_the_librarys_mapper_speaks_through_the_codec() -> None:
    mapper, fact = FactMapper(), tenancy("2025-02-01")

    stored = mapper.to_stored_event(Drafted(HOME, 4, fact))

    assert (stored.originator_id, stored.originator_version) == (HOME, 4)
    assert stored.topic == fact.TOPIC
    assert mapper.to_domain_event(stored) == Drafted(HOME, 4, fact)
    assert isinstance(mapper.to_stored_event(Recorded(HOME, 4, 9, 1, fact)), StoredEvent)
    assert isinstance(stored.originator_id, UUID)


def test_many_states_are_decoded_as_each_of_them_is() -> None:
    states = [(fact.TOPIC, CODEC.encode(fact)) for fact in (registered(), joined(ALMA))]

    assert CODEC.decode_all(states) == [CODEC.decode(*state) for state in states]


def test_among_many_states_the_one_that_cannot_be_read_is_named() -> None:
    [good, broken] = [(fact.TOPIC, CODEC.encode(fact)) for fact in (registered(), joined(ALMA))]

    with pytest.raises(UnreadableFact, match=broken[0]):
        CODEC.decode_all([good, (broken[0], b"{}")])
    with pytest.raises(UnknownTopic, match=r"household\.unheard-of"):
        CODEC.decode_all([good, ("household.unheard-of.v1", b"{}")])
