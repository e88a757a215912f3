"""Stories that wait in little room: thousands of households are in the programme at one time."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from uuid import UUID

import msgspec

from journeys.household.commands import Batch
from journeys.intake.prato.telling import Step
from journeys.record.codec import CODEC

TOGETHER = 24
"""How many steps are packed into one piece; a piece is opened when its turn comes."""


class _Packed(msgspec.Struct, array_like=True):
    """A batch with its facts as bytes."""

    household: UUID
    facts: list[tuple[str, bytes]]
    personal: list[tuple[int, str, str | dict[str, str]]]


_Steps = list[tuple[int, UUID, list[_Packed]]]
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Steps).decode
_state = msgspec.json.Encoder().encode


def packed(steps: Iterable[Step]) -> Iterator[Step]:
    """The same steps, all made at once but kept as compressed bytes until they are asked for."""
    pieces = list(_pieces(steps))
    pieces.reverse()
    return _opened(pieces)


def _opened(pieces: list[bytes]) -> Iterator[Step]:
    while pieces:
        for at, command, batches in _decode(zlib.decompress(pieces.pop())):
            yield Step(at, tuple(_unpack(batch) for batch in batches), command)


def _pieces(steps: Iterable[Step]) -> Iterator[bytes]:
    told: _Steps = []
    for step in steps:
        told.append((step.at, step.command, [_pack(batch) for batch in step.batches]))
        if len(told) == TOGETHER:
            yield zlib.compress(_encode(told), 1)
            told.clear()
    if told:
        yield zlib.compress(_encode(told), 1)


def _pack(batch: Batch) -> _Packed:
    return _Packed(
        batch.household,
        [(fact.TOPIC, _state(fact)) for fact in batch.facts],
        [(place, field, content) for (place, field), content in batch.personal.items()],
    )


def _unpack(packed: _Packed) -> Batch:
    return Batch(
        household=packed.household,
        facts=[CODEC.decode(topic, state) for topic, state in packed.facts],
        personal={(place, field): content for place, field, content in packed.personal},
    )
