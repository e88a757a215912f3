"""Invented people are believable: sizes as published, valid fiscal codes, families that fit."""

from __future__ import annotations

import datetime as dt
from random import Random

import pytest
from codicefiscale import codicefiscale

from journeys.intake.prato.people import ADULT, Maker, Member, fiscal_code

DAY = dt.date(2024, 5, 6)


def families(number: int, seed: int = 1) -> list[list[Member]]:
    return [Maker(Random(f"{seed}/{n}"), DAY).family() for n in range(number)]


def test_fiscal_codes_are_valid_and_say_the_birth_day_and_gender() -> None:
    for member in [member for family in families(60) for member in family]:
        told = codicefiscale.decode(fiscal_code(member))

        assert told["birthdate"].date() == member.birth
        assert told["gender"] == member.gender


def test_the_fiscal_code_is_the_one_that_the_library_composes() -> None:
    for member in [family[0] for family in families(20) if family[0].place == "Prato"]:
        assert fiscal_code(member) == codicefiscale.encode(
            member.surname, member.name, member.gender, member.birth.isoformat(), "Prato"
        )


def test_household_sizes_follow_the_published_figures() -> None:
    sizes = [len(family) for family in families(4000)]

    assert sum(sizes) / len(sizes) == pytest.approx(2.43, abs=0.08)
    assert sizes.count(1) / len(sizes) == pytest.approx(0.221, abs=0.02)


def test_every_household_has_one_grown_up_head_at_the_front() -> None:
    for family in families(500):
        assert [member.relation for member in family].count("head") == 1
        assert family[0].relation == "head"
        assert family[0].age(DAY) >= ADULT


def test_parents_were_grown_up_when_their_children_were_born() -> None:
    for family in families(500):
        parents = [m for m in family if m.relation in ("head", "spouse", "partner")]
        for child in (m for m in family if m.relation == "child"):
            assert all(parent.age(child.birth) >= ADULT for parent in parents)


def test_no_two_children_of_a_family_have_the_same_name() -> None:
    for family in families(1000):
        names = [member.name for member in family if member.relation == "child"]
        assert len(set(names)) == len(names)


def test_a_couple_can_be_asked_for() -> None:
    family = Maker(Random(4), DAY).family("couple-with-children")

    assert family[1].relation in ("spouse", "partner")
    assert len(family) >= 3


@pytest.mark.parametrize(("day", "age"), [(dt.date(2024, 3, 9), 23), (dt.date(2024, 3, 10), 24)])
def test_a_year_is_completed_on_the_birthday(day: dt.date, age: int) -> None:
    member = Maker(Random(1), DAY).adult("head", "F", 30)
    member.birth = dt.date(2000, 3, 10)

    assert member.age(day) == age
