"""The short way to a leaf hash gives what the long way says."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from journeys.record.leaf import event_leaf, leaf_bytes, leaf_hash

numbers = st.integers(0, (1 << 63) - 1)


@given(
    numbers,
    st.uuids(),
    numbers,
    st.text(max_size=60),
    st.integers(-(1 << 63), (1 << 63) - 1),
    st.binary(max_size=300),
)
def test_both_ways_to_the_leaf_of_an_event_agree(
    index: int, stream: UUID, version: int, topic: str, recorded_at: int, state: bytes
) -> None:
    told = leaf_bytes(index, stream, version, topic, recorded_at, state)
    short = event_leaf(index, stream.bytes, version, topic, recorded_at, state)
    assert short == leaf_hash(told)
