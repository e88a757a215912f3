"""What the source tells, in the shape of facts, before anybody knows their place in a stream."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from hashlib import blake2b
from typing import Any

import msgspec
from msgspec import Struct

from journeys.household.facts import Fact

_LENGTH = 12
"""Bytes of a digest. It only has to tell rows of one source apart, and to be unguessable."""

Seal = Callable[[bytes], str]
"""Keyed digest: the same text for the same bytes, and nothing can be guessed from it."""

_encode = msgspec.msgpack.Encoder().encode


def sealing(key: bytes) -> Seal:
    """Digests under `key` (32 bytes). The ids of a source name people: nobody without the key,
    which lies elsewhere than the record, can tell whose row a digest stands for.
    """
    keyed = blake2b(key=key, digest_size=_LENGTH, person=b"hmis intake")

    def seal(content: bytes) -> str:
        hashing = keyed.copy()
        hashing.update(content)
        return hashing.hexdigest()

    return seal


class Told(Struct, gc=False, kw_only=True):
    """A fact as the source tells it.

    `key` names the row and, after its last dot, what of it. `person` is the source's id of who the
    fact is about, to become the member in the field `about`; `party` the source's id of the group
    that enrolled together. `links` gives the keys (or, for what the source no longer shows, the
    versions) of the facts that this one names. `digest` tells whether the row still says the same.
    """

    key: str
    kind: type[Fact]
    day: dt.date
    fields: dict[str, Any]
    digest: str
    file: str
    line: int
    until: dt.date | None = None
    known: dt.date | None = None
    person: str = ""
    about: str = "member"
    party: str = ""
    links: dict[str, str | int] = {}
    personal: dict[str, str] | None = None


def digest(seal: Seal, *content: Any) -> str:
    """The digest of what a row says."""
    return seal(_encode(content))


def household_key(seal: Seal, head: str) -> str:
    """The key of the row that makes a person's household."""
    return f"h.{seal(f'h {head}'.encode())}"


def person_key(seal: Seal, person: str) -> str:
    """The key of a client's row."""
    return f"p.{seal(f'p {person}'.encode())}"


def enrolment_key(seal: Seal, enrolment: str) -> str:
    """The key of an enrolment's row, with which the keys of its other rows begin."""
    return f"e.{seal(f'e {enrolment}'.encode())}"


def detail_key(enrolment: str, seal: Seal, letter: str, row: str) -> str:
    """The key of a row of another table, under the key of its enrolment."""
    return f"{enrolment}.{letter}{seal(f'{letter} {row}'.encode())}"
