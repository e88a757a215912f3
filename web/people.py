"""What a household's people are called on a page: by name where the reader may see names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

import msgspec
from flask_babel import gettext

from journeys.codes import CodeBook
from journeys.household.facts import GuestHosted, HouseholdRegistered, MemberJoined
from journeys.household.history import Entry


class Someone(msgspec.Struct, frozen=True):
    """A member or a guest. `name` is empty where it is erased, unknown or not to be shown."""

    id: UUID
    name: str
    relation: str
    birth_month: str | None
    number: int
    guest: bool = False

    @property
    def called(self) -> str:
        """«Ada Rossi», or else «Persona 2 (Figlio o figlia, 2012)»."""
        if self.name:
            return self.name
        about = [text for text in (self.relation, (self.birth_month or "")[:4]) if text]
        word = gettext("Ospite") if self.guest else gettext("Persona")
        return f"{word} {self.number}" + (f" ({', '.join(about)})" if about else "")


class People(msgspec.Struct, frozen=True):
    """Everybody that a household's standing entries speak of, in the order of their coming."""

    someone: dict[UUID, Someone]
    reference: UUID | None = None

    def called(self, person: UUID) -> str:
        """What a person is called; a short form of the id for somebody unknown here."""
        found = self.someone.get(person)
        return found.called if found else gettext("Persona %(id)s", id=str(person)[:8])

    def title(self, household: UUID) -> str:
        """«Nucleo di Ada Rossi», or «Nucleo 3f2a9c1e» where no name is to be shown."""
        reference = self.someone.get(self.reference) if self.reference else None
        if reference and reference.name:
            return str(gettext("Nucleo di %(name)s", name=reference.name))
        return str(gettext("Nucleo %(id)s", id=str(household)[:8]))

    @classmethod
    def of(
        cls,
        entries: Iterable[Entry],
        content: Callable[[Entry], Mapping[str, Any]],
        codes: CodeBook,
        language: str,
    ) -> People:
        """The people of a reading; `content` gives what may be shown of an entry's sealed data."""
        someone: dict[UUID, Someone] = {}
        reference = None
        for entry in sorted(entries, key=lambda entry: entry.version):
            fact = entry.current
            if isinstance(fact, HouseholdRegistered):
                reference = fact.reference_member
            elif isinstance(fact, MemberJoined | GuestHosted):
                guest = isinstance(fact, GuestHosted)
                person = fact.guest if isinstance(fact, GuestHosted) else fact.member
                relation = "" if guest else fact.relation  # type: ignore[union-attr]
                known = someone.get(person)
                name = full_name(content(entry).get("person"))
                someone[person] = Someone(
                    person,
                    name or (known.name if known else ""),
                    codes.label("member-relation", relation, language) if relation else "",
                    getattr(fact, "birth_month", None) or (known.birth_month if known else None),
                    known.number if known else len(someone) + 1,
                    guest,
                )
        return cls(someone, reference)


def full_name(person: Mapping[str, str] | None) -> str:
    """Name and surname of a person's sealed data; empty where there are none."""
    if not person:
        return ""
    return " ".join(person[part] for part in ("name", "surname") if person.get(part))
