"""What the product says when the answer is no: a sentence for people, a code for programs."""

from __future__ import annotations

from typing import ClassVar


class Refusal(Exception):
    """A request that cannot be done, told in one sentence.

    `code` is stable across releases (programs match on it); the sentence is English and may be
    reworded. `details` hold the values the sentence speaks of, so that a page can say the same
    thing in the reader's language.
    """

    code: ClassVar[str] = "refused"

    def __init__(self, sentence: str, **details: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.details = details

    def __str__(self) -> str:
        return self.sentence


class Conflict(Refusal):
    """Somebody else recorded on the same stream first: reload, look, and ask again."""

    code = "conflict"


class NotFound(Refusal):
    """The household, entry or document that was asked for is not in the record."""

    code = "not-found"


class StoreUnavailable(Refusal):
    """The store cannot be reached, is full, or cannot be written; nothing was recorded."""

    code = "store-unavailable"


class WrongStore(Refusal):
    """The store is not what this version expects: other schema, weaker durability, foreign rows."""

    code = "wrong-store"


class WrongSetting(Refusal):
    """A setting is missing or cannot be used; the sentence names it."""

    code = "wrong-setting"
