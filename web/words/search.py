"""Finding a kind of fact by some letters of its name, whatever their case and accents."""

from __future__ import annotations

import unicodedata

from web.words.kinds import kind_purpose, kind_title


def matches(wanted: str, kind: str) -> bool:
    """Whether every word of `wanted` is in the kind's title or purpose as the reader sees them."""
    text = plain(f"{kind_title(kind)} {kind_purpose(kind)}")
    return all(word in text for word in plain(wanted).split())


def plain(text: str) -> str:
    """Lower-case letters without their accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
