"""One household as a page reads it: its history on two dates, its people, its words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cache, cached_property
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext
from markupsafe import Markup

from journeys.application import Journeys
from journeys.codes import CodeBook
from journeys.errors import NotFound
from journeys.household.facts import (
    AddressProtected,
    EntryCorrected,
    Fact,
    MemberJoined,
    Recorded,
    name_of,
)
from journeys.household.history import Entry, History, read
from journeys.household.household import Household
from journeys.household.personal import personal_fields
from journeys.household.shape import marks
from journeys.values import Code
from web import formats
from web.people import People
from web.words.kinds import kind_title

CORE = "core"
"""The document whose codes every programme uses."""


class Case:
    """A household for one reader.

    `history` is the reading asked for, `now` the household as it stands today, `disclosed` the
    personal content that this reader may see, by version and field.
    """

    def __init__(
        self,
        household: UUID,
        record: list[Recorded],
        *,
        codes: CodeBook,
        language: str,
        disclosed: dict[tuple[int, str], Any],
        as_of: dt.date | None = None,
        as_at: int | None = None,
    ) -> None:
        self.id = household
        self.record = record
        self.codes = codes
        self.language = language
        self.history = read(record, as_of, as_at)
        self.now = Household.fold(household, (recorded.fact for recorded in record))
        self.disclosed = disclosed
        if self.address_protected:
            self.disclosed = {at: told for at, told in disclosed.items() if at[1] != "address"}

    @cached_property
    def today(self) -> History:
        """The reading of everything that is known now."""
        return read(self.record)

    @cached_property
    def people(self) -> People:
        """Everybody that the household has had, as known now."""
        return People.of(self.today.standing(), self.personal_of, self.codes, self.language)

    @cached_property
    def _by_version(self) -> dict[int, Entry]:
        return {entry.version: entry for entry in self.today.entries}

    @property
    def title(self) -> str:
        """What the household is called."""
        return self.people.title(self.id)

    @property
    def version(self) -> int:
        """How many facts the household's stream holds."""
        return len(self.record)

    @cached_property
    def document(self) -> str | None:
        """The code lists that the household's facts speak in; None while they speak in none."""
        for fact in reversed(list(self.now.standing.values())):
            for field, listed in code_lists(type(fact)).items():
                document = self._document_of(listed, getattr(fact, field))
                if document is not None:
                    return document
        return None

    @property
    def address_protected(self) -> bool:
        """Whether the address must not be shown to anybody."""
        return any(isinstance(fact, AddressProtected) for fact in self.now.standing.values())

    def entry(self, version: int) -> Entry:
        """The entry of a version in the reading asked for; `NotFound` where it has none."""
        found = self.history.find(version)
        if found is None:
            raise NotFound(f"No entry {version} is in this reading.", version=version)
        return found

    def personal_of(self, entry: Entry) -> dict[str, Any]:
        """The personal content of an entry that may be shown, as it reads, by field.

        A correction brings its own content for the fields that it names; the rest stands as it
        was first recorded.
        """
        content = {}
        for field in personal_fields(type(entry.current)):
            for version in (*reversed(entry.corrected_by), entry.version):
                correction = self.record[version - 1].fact
                if isinstance(correction, EntryCorrected) and version != entry.version:
                    if field not in correction.changes:
                        continue
                    if correction.changes[field] is None:
                        break
                if (version, field) in self.disclosed:
                    content[field] = self.disclosed[version, field]
                break
        return content

    def members_on(self, day: dt.date) -> list[UUID]:
        """Who belongs to the household on a day, in the order of their coming."""
        return [member for member in self.now.members if self.now.is_member(member, day)]

    # What `web.telling` asks of its reader.

    def person(self, person: UUID) -> str:
        """What a person is called."""
        return self.people.called(person)

    def household_link(self, household: UUID) -> str:
        """Another household, as a link; this one by its name."""
        if household == self.id:
            return self.title
        url = url_for("household.show", household=household)
        text = gettext("Nucleo %(id)s", id=str(household)[:8])
        return Markup('<a href="{}">{}</a>').format(url, text)

    def entry_link(self, version: int) -> str:
        """Another entry, as a link to its page."""
        url = url_for("entries.show", household=self.id, version=version)
        return Markup('<a href="{}">{}</a>').format(url, self.entry_name(version))

    def entry_name(self, version: int) -> str:
        """«Ingresso in alloggio: Albergo, 3 marzo 2026»."""
        found = self._by_version.get(version)
        if found is None:
            return str(gettext("voce %(version)s", version=version))
        day = formats.long_date(found.current.effective_from, self.language)
        return f"{self.fact_title(found.current)}, {day}"

    def fact_title(self, fact: Fact) -> str:
        """What a fact is, with the code or the person that tells it from others of its kind."""
        title = str(kind_title(name_of(fact)))
        about = self._about(fact)
        return f"{title}: {about}" if about else title

    def _about(self, fact: Fact) -> str | None:
        if isinstance(fact, MemberJoined):
            return self.person(fact.member)
        field = titled_by(type(fact))
        value = getattr(fact, field, None) if field else None
        if field is None or not isinstance(value, str):
            return None
        return self.codes.label(code_lists(type(fact))[field], value, self.language)

    def _document_of(self, listed: str, value: Any) -> str | None:
        codes = self.codes.lists.get(listed, {})
        for code in _texts(value):
            if code in codes and codes[code].document != CORE:
                return codes[code].document
        return None


TELLING = ("kind", "measure", "outcome", "stage", "level", "instrument", "source", "result")
"""Coded fields that tell a fact from others of its kind; the first that it has is in its title."""


@cache
def code_lists(kind: type[Fact]) -> dict[str, str]:
    """Coded fields of a kind of fact, each with the name of its list."""
    return {
        field: mark.name
        for field, found in marks(kind).items()
        for mark in found
        if isinstance(mark, Code)
    }


@cache
def titled_by(kind: type[Fact]) -> str | None:
    """The field whose value stands in the title of a kind of fact; None where none does."""
    return next((field for field in TELLING if field in code_lists(kind)), None)


def load(
    journeys: Journeys,
    household: UUID,
    *,
    language: str,
    names: bool,
    as_of: dt.date | None = None,
    as_at: int | None = None,
) -> Case:
    """The household for a reader who may (`names`) or may not see personal content.

    Raises `NotFound` for a household that is not in the record.
    """
    record = journeys.entries(household)
    if not record:
        raise NotFound(f"No household {household} is in the record.", household=household)
    return Case(
        household,
        record,
        codes=journeys.codes,
        language=language,
        disclosed=journeys.disclose(household) if names else {},
        as_of=as_of,
        as_at=as_at,
    )


def _texts(value: Any) -> Iterable[str]:
    return (value,) if isinstance(value, str) else value if isinstance(value, tuple | dict) else ()
