"""What a row tells, before anybody knows its place in a stream."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import UUID

from msgspec import Struct

from journeys.household.facts import Fact


class Stamp(NamedTuple):
    """Digests of what a fact says: of its open content, and of each personal field.

    `row` is the row that told it, where only one row does.
    """

    row: str
    content: str
    personal: dict[str, str]

    def text(self) -> str:
        """As it is kept beside the record's entry."""
        sealed = ";".join(f"{field}:{digest}" for field, digest in sorted(self.personal.items()))
        return f"{self.row}/{self.content}/{sealed}"

    @classmethod
    def parse(cls, text: str) -> Stamp:
        """From what is kept; of a text that is none, a stamp that no row has."""
        row, _, rest = text.partition("/")
        content, _, sealed = rest.partition("/")
        pairs = (pair.partition(":") for pair in sealed.split(";") if pair)
        return cls(row, content, {field: digest for field, _, digest in pairs})


class Draft(Struct):
    """A fact that a row tells, its links still open.

    `key` names it in the source for ever; `stamp` tells whether it still says the same. `links`
    gives the keys of the entries that a field names. `once` says that only the first row that
    names the household or the person tells it.
    """

    key: str
    fact: Fact
    line: int
    stamp: Stamp
    personal: dict[str, Any] = {}
    links: dict[str, list[str]] = {}
    once: bool = False


class Reading(Struct):
    """What a row tells. `silent` are the keys of facts that it could tell, and does not."""

    line: int
    household: UUID
    drafts: list[Draft]
    silent: list[str]


def keys_in(reading: Reading) -> Iterator[str]:
    """Every key of the source that taking the row asks about."""
    yield from reading.silent
    for draft in reading.drafts:
        yield draft.key
        for linked in draft.links.values():
            yield from linked
