"""Invented people: families, names, birth places and valid fiscal codes."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Literal
from uuid import UUID

import msgspec
from codicefiscale.codicefiscale import (
    encode_birthdate,
    encode_cin,
    encode_firstname,
    encode_lastname,
)

from journeys.intake.prato.names import CHILDREN, GIVEN, PLACES, SURNAMES

Gender = Literal["F", "M"]
Form = Literal["any", "couple", "couple-with-children", "one-person"]

ORIGINS = {
    "italian": 45,
    "albanian": 12,
    "chinese": 10,
    "moroccan": 10,
    "nigerian": 9,
    "pakistani": 7,
    "romanian": 7,
}
"""Weights of origins. Of all residents of Prato 25.08 % are foreign (statistica.comune.prato.it,
30 June 2024); that they are more among households in housing need is assumed here."""

SIZES = {1: 221, 2: 365, 3: 240, 4: 120, 5: 40, 6: 14}
"""Weights of household sizes. One-person households are 22.1 % of those in public housing in Prato
("Abitare in Toscana 2020", data of 2019); the mean is that of public housing in Tuscany, 2.43
persons (Rapporto sulla condizione abitativa in Toscana, 2014)."""

ADULT = 18
YEAR = dt.timedelta(days=365, hours=6)


class Member(msgspec.Struct, eq=False):
    """A person in a household's story. `left` is the first day on which they are gone."""

    id: UUID
    relation: str
    gender: Gender
    name: str
    surname: str
    birth: dt.date
    place: str
    joined: dt.date
    left: dt.date | None = None

    def age(self, day: dt.date) -> int:
        """Completed years on `day`."""
        before = (day.month, day.day) < (self.birth.month, self.birth.day)
        return day.year - self.birth.year - before

    def there(self, day: dt.date) -> bool:
        """Whether they belong to the household on `day`."""
        return self.joined <= day and (self.left is None or day < self.left)

    def person(self) -> dict[str, str]:
        """What the vault keeps."""
        return {
            "name": self.name,
            "surname": self.surname,
            "fiscal_code": fiscal_code(self),
            "birth_date": self.birth.isoformat(),
        }


def fiscal_code(member: Member) -> str:
    """The fiscal code, composed as by d.m. 12 March 1974.

    Put together from the library's parts: its own search of the birth place takes 1.7 ms.
    """
    code = (
        encode_lastname(member.surname)
        + encode_firstname(member.name)
        + encode_birthdate(member.birth.isoformat(), member.gender)
        + PLACES[member.place]
    )
    return str(code + encode_cin(code))


def new_id(rng: Random) -> UUID:
    """A random id that the seed decides."""
    return UUID(int=rng.getrandbits(128), version=4)


class Maker:
    """Makes the people of one family, who share an origin and where they came from."""

    def __init__(self, rng: Random, day: dt.date) -> None:
        self.rng = rng
        self.day = day
        [self.origin] = rng.choices(list(ORIGINS), list(ORIGINS.values()))
        self.surname = rng.choice(SURNAMES[self.origin])

    def family(self, form: Form = "any") -> list[Member]:
        """Everybody of a household, the head first."""
        rng, size = self.rng, self._size(form)
        couple = form.startswith("couple") or (size > 1 and rng.random() < _COUPLES[size])
        gender: Gender = "F" if size > 1 and not couple else rng.choice(("F", "M"))
        head = self.adult("head", gender, rng.randint(24, 56) if size > 1 else rng.randint(22, 74))
        family = [head]
        if couple:
            other: Gender = "M" if gender == "F" else "F"
            age = max(22, head.age(self.day) + rng.randint(-6, 6))
            relation = rng.choice(("spouse", "spouse", "partner"))
            family.append(self.adult(relation, other, age))
        youngest = min(member.age(self.day) for member in family)
        while len(family) < size:
            age = min(rng.randint(0, 21), max(0, youngest - 19))
            family.append(self.child(age, {member.name for member in family}))
        return family

    def adult(self, relation: str, gender: Gender, age: int) -> Member:
        """A grown-up of that age, with a birth place of the family's origin."""
        surname = self.surname
        if relation in ("spouse", "partner"):
            surname = self.rng.choice(SURNAMES[self.origin])
        place = self.rng.choice(_BIRTH_PLACES[self.origin])
        return self._member(relation, gender, GIVEN[self.origin], surname, age, place)

    def child(self, age: int, taken: set[str]) -> Member:
        """A child of that age, perhaps grown up, whose name is not taken; most are born here."""
        rng = self.rng
        gender: Gender = rng.choice(("F", "M"))
        names = GIVEN[self.origin] if rng.random() < 0.5 else CHILDREN
        names = {gender: [name for name in names[gender] if name not in taken] or ["Andrea"]}
        born_here = age < 6 or rng.random() < 0.6
        places = ("Prato", "Prato", "Prato", "Firenze") if born_here else _BIRTH_PLACES[self.origin]
        return self._member("child", gender, names, self.surname, age, rng.choice(places))

    def _member(
        self,
        relation: str,
        gender: Gender,
        names: dict[str, list[str]],
        surname: str,
        age: int,
        place: str,
    ) -> Member:
        rng = self.rng
        birth = self.day - age * YEAR - dt.timedelta(days=rng.randint(1, 364))
        name = rng.choice(names[gender])
        return Member(new_id(rng), relation, gender, name, surname, birth, place, self.day)

    def _size(self, form: Form) -> int:
        if form == "one-person":
            return 1
        [size] = self.rng.choices(list(SIZES), list(SIZES.values()))
        smallest = {"any": 1, "couple": 2, "couple-with-children": 3}[form]
        return max(size, smallest)


_COUPLES = {2: 0.5, 3: 0.6, 4: 0.8, 5: 0.9, 6: 0.95}
"""How often a household of a size holds a couple. The rest are one parent with children, who are
8,736 of Prato's families against 11,997 couples without children (Comune di Prato, 2007)."""

_BIRTH_PLACES = {
    "italian": ("Prato", "Prato", "Firenze", "Pistoia", "Napoli", "Palermo", "Caserta", "Cosenza"),
    "albanian": ("Albania",),
    "chinese": ("Cina",),
    "moroccan": ("Marocco",),
    "nigerian": ("Nigeria",),
    "pakistani": ("Pakistan",),
    "romanian": ("Romania",),
}
