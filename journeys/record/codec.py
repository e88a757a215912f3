"""Between facts and the bytes that are kept: a closed registry, pinned topics, upcasting.

The state of an event is one JSON object: the fact's fields that differ from their defaults, led
by a salt of 16 random bytes, so that the hash of a state gives nothing away about its content.
Readers skip the salt, which is no field of any fact.
"""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from eventsourcing.persistence import Mapper, StoredEvent

from journeys.errors import WrongStore
from journeys.household.facts import FACTS, Fact, Recorded

Upcast = Callable[[dict[str, Any]], dict[str, Any]]
"""Turns the state of one schema version, as a JSON object, into that of the next."""


class UnreadableFact(WrongStore):
    """A stored state does not read as the fact that its topic names."""

    code = "unreadable-fact"


class UnknownTopic(WrongStore):
    """A stored topic is not in the catalogue: the store was written by a newer version."""

    code = "unknown-topic"


class Drafted(NamedTuple):
    """A fact on its way into the record, with the place it claims in its stream."""

    originator_id: UUID
    originator_version: int
    fact: Fact


class Codec:
    """Encodes and decodes facts by topic; knows every version of every fact ever released.

    `upcasts` maps a retired topic to the topic of the next schema version and the function that
    carries a state over. Chains are followed to the newest. A topic outside the registry is
    refused: nothing that a row names is ever imported.
    """

    def __init__(
        self,
        facts: Iterable[type[Fact]] = FACTS,
        upcasts: Mapping[str, tuple[str, Upcast]] | None = None,
    ) -> None:
        self._encode = msgspec.json.Encoder().encode
        self._decoders: dict[str, Callable[[bytes], Fact]] = {
            fact.TOPIC: msgspec.json.Decoder(fact).decode for fact in facts
        }
        for topic in upcasts or {}:
            self._decoders[topic] = self._upcasting(topic, upcasts or {})

    @property
    def topics(self) -> frozenset[str]:
        """Every topic that can be read."""
        return frozenset(self._decoders)

    def encode(self, fact: Fact) -> bytes:
        """The bytes to keep. Two encodings of one fact differ, since each has its own salt."""
        body = self._encode(fact)
        return b'{"salt":"' + b64encode(os.urandom(16)) + b'",' + body[1:]

    def decode(self, topic: str, state: bytes) -> Fact:
        """The fact that `state` holds.

        Raises `UnknownTopic` for a topic outside the catalogue and `UnreadableFact` for a state
        that does not read as its topic.
        """
        decoder = self._decoders.get(topic)
        if decoder is None:
            raise UnknownTopic(
                f"The record holds «{topic}», which this version does not know.", topic=topic
            )
        try:
            return decoder(state)
        except (msgspec.MsgspecError, ValueError, TypeError, LookupError) as error:
            raise UnreadableFact(
                f"A stored «{topic}» cannot be read: {error}.", topic=topic
            ) from error

    def decode_all(self, states: Iterable[tuple[str, bytes]]) -> list[Fact]:
        """The facts that states hold, each given with its topic; raises as `decode` does."""
        stored = list(states)
        decoders = self._decoders
        try:
            return [decoders[topic](state) for topic, state in stored]
        except (msgspec.MsgspecError, ValueError, TypeError, LookupError):
            return [self.decode(topic, state) for topic, state in stored]  # says which and why

    def _upcasting(
        self, topic: str, upcasts: Mapping[str, tuple[str, Upcast]]
    ) -> Callable[[bytes], Fact]:
        steps: list[Upcast] = []
        while topic in upcasts:
            topic, step = upcasts[topic]
            steps.append(step)
        decoder = self._decoders[topic]

        def decode(state: bytes) -> Fact:
            values = msgspec.json.decode(state)
            for step in steps:
                values = step(values)
            return decoder(msgspec.json.encode(values))

        return decode


CODEC = Codec()
"""The catalogue of this release."""


class FactMapper(Mapper[UUID]):
    """The event library's mapper interface over the codec, so that its application can use it."""

    codec = CODEC

    def __init__(self, *_: object, **__: object) -> None:
        """Takes and ignores the library's transcoder, compressor and cipher: see `record.vault`."""

    def to_stored_event(self, domain_event: Any) -> StoredEvent:
        """A stored event from a `Drafted` or `Recorded` fact."""
        if isinstance(domain_event, Recorded):
            place = (domain_event.household, domain_event.version)
        else:
            place = (domain_event.originator_id, domain_event.originator_version)
        fact = domain_event.fact
        return StoredEvent(*place, topic=fact.TOPIC, state=self.codec.encode(fact))

    def to_domain_event(self, stored_event: StoredEvent) -> Any:
        """A `Drafted` fact from a stored event; its place in the log is the recorder's to tell."""
        return Drafted(
            stored_event.originator_id,  # type: ignore[arg-type]  # uuid ids throughout
            stored_event.originator_version,
            self.codec.decode(stored_event.topic, stored_event.state),
        )
