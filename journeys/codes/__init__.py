"""Code lists: the kinds, causes, instruments and places that a programme speaks of.

A document is a TOML file: a `[document]` table with `name` and `version`, then one table per list
and code with its labels, and the days from which and until which it may be used::

    [document]
    name = "prato"
    version = "2026-1"

    [accommodation-kind.hotel]
    it = "Albergo"
    en = "Hotel"
    until = 2027-01-01

Codes are only ever added or given an `until`; the meaning of a code never changes, so a fact can
be read without asking which version of the list it was recorded under.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from journeys.errors import Refusal, WrongSetting


class UnknownCode(Refusal):
    """A value is not in its code list, or not on that day."""

    code = "unknown-code"


class CodeEntry(msgspec.Struct, frozen=True):
    """One code with its labels and the half-open days in which it may be used."""

    code: str
    labels: dict[str, str]
    document: str
    since: date | None = None
    until: date | None = None

    def usable_on(self, day: date) -> bool:
        """Whether a fact that is effective on `day` may use the code."""
        return (self.since is None or self.since <= day) and (
            self.until is None or day < self.until
        )


class CodeBook:
    """All lists of the documents given; a code may come from only one of them."""

    def __init__(self, documents: Iterable[dict[str, Any]]) -> None:
        self.versions: dict[str, str] = {}
        self.lists: dict[str, dict[str, CodeEntry]] = {}
        for document in documents:
            self._add(document)

    def require(self, list_name: str, code: str, day: date | None = None) -> None:
        """Refuse a code that the list does not have, or not on that day, by its name."""
        entry = self.lists.get(list_name, {}).get(code)
        if entry is None:
            raise UnknownCode(
                f"«{code}» is not in the code list «{list_name}».", list=list_name, value=code
            )
        if day is not None and not entry.usable_on(day):
            raise UnknownCode(
                f"«{code}» of the code list «{list_name}» cannot be used on {day.isoformat()}.",
                list=list_name,
                value=code,
                day=day,
            )

    def label(self, list_name: str, code: str, language: str) -> str:
        """The label in `language` ("it", "en"); the code itself where there is none."""
        entry = self.lists.get(list_name, {}).get(code)
        if entry is None:
            return code
        return entry.labels.get(language) or entry.labels.get("en") or code

    def options(
        self, list_name: str, language: str, day: date | None = None, document: str | None = None
    ) -> list[tuple[str, str]]:
        """`(code, label)` of the list in document order, for a choice on a form."""
        return [
            (entry.code, self.label(list_name, entry.code, language))
            for entry in self.lists.get(list_name, {}).values()
            if (day is None or entry.usable_on(day))
            and (document is None or entry.document in (document, "core"))
        ]

    def _add(self, document: dict[str, Any]) -> None:
        head = document["document"]
        name = str(head["name"])
        self.versions[name] = str(head["version"])
        for list_name, codes in document.items():
            if list_name == "document":
                continue
            entries = self.lists.setdefault(list_name, {})
            for code, told in codes.items():
                if code in entries:
                    raise WrongSetting(
                        f"The code «{code}» of «{list_name}» is in «{name}» and in "
                        f"«{entries[code].document}»: a code may come from one document only."
                    )
                since, until = told.pop("since", None), told.pop("until", None)
                entries[code] = CodeEntry(code, told, name, since, until)


@cache
def shipped() -> CodeBook:
    """The lists that come with the product: common ones, Prato's, and HUD HMIS."""
    folder = files("journeys.codes")
    return CodeBook(
        tomllib.loads(item.read_text("utf-8"))
        for item in sorted(folder.iterdir(), key=lambda item: item.name)
        if item.name.endswith(".toml")
    )
