"""The shipped code lists answer for every code that a fact may carry."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from typing import Any, get_args, get_type_hints

import pytest

from journeys.codes import CodeBook, UnknownCode, shipped
from journeys.errors import WrongSetting
from journeys.household.facts import FACTS
from journeys.values import Code

OWN = ("core", "prato")


def code_names(annotation: Any) -> Iterator[str]:
    """Names of the code lists that a field's annotation speaks of, however deep inside."""
    for mark in getattr(annotation, "__metadata__", ()):
        if isinstance(mark, Code):
            yield mark.name
    for inner in get_args(annotation):
        yield from code_names(inner)


def used_lists() -> set[str]:
    """Every code list that some fact needs."""
    return {
        name
        for fact in FACTS
        for annotation in get_type_hints(fact, include_extras=True).values()
        for name in code_names(annotation)
    }


def document(name: str) -> dict[str, Any]:
    """A shipped document as its TOML tells it."""
    return tomllib.loads((files("journeys.codes") / f"{name}.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def book() -> CodeBook:
    """Only the documents of this test, whatever else is shipped."""
    return CodeBook(document(name) for name in OWN)


def test_the_facts_speak_of_code_lists() -> None:
    assert {"reason", "accommodation-kind", "measure", "assessment-domain"} <= used_lists()


@pytest.mark.parametrize("name", sorted(used_lists()))
def test_every_list_that_a_fact_uses_has_codes_for_prato(book: CodeBook, name: str) -> None:
    assert book.options(name, "it", document="prato")


def test_no_list_is_shipped_that_no_fact_uses(book: CodeBook) -> None:
    assert set(book.lists) <= used_lists()


def test_every_code_has_an_italian_and_an_english_label(book: CodeBook) -> None:
    lacking = [
        (name, entry.code)
        for name, entries in book.lists.items()
        for entry in entries.values()
        if set(entry.labels) != {"it", "en"}
        or not all(label == label.strip() and label for label in entry.labels.values())
    ]
    assert lacking == []


def test_codes_are_short_kebab_case_words(book: CodeBook) -> None:
    odd = [
        code
        for entries in book.lists.values()
        for code in entries
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code) or len(code) > 40
    ]
    assert odd == []


@pytest.mark.parametrize("language", ["it", "en"])
def test_no_two_codes_of_a_list_read_the_same(book: CodeBook, language: str) -> None:
    for name in book.lists:
        labels = [label for _, label in book.options(name, language)]
        assert sorted(set(labels)) == sorted(labels), name


def test_a_benefit_that_was_abolished_cannot_be_used_afterwards(book: CodeBook) -> None:
    book.require("benefit", "citizens-income", date(2023, 12, 31))
    with pytest.raises(UnknownCode, match="2024-01-01"):
        book.require("benefit", "citizens-income", date(2024, 1, 1))


def test_the_stages_of_an_eviction_are_listed_from_the_mildest_to_the_gravest(
    book: CodeBook,
) -> None:
    stages = list(book.lists["eviction-stage"])
    assert stages.index("formal-notice") < stages.index("validated") < stages.index("executed")


def test_a_code_that_no_list_has_is_shown_as_it_is(book: CodeBook) -> None:
    assert book.label("accommodation-kind", "castle", "it") == "castle"
    assert book.label("no-such-list", "castle", "it") == "castle"
    assert book.label("accommodation-kind", "hotel", "de") == "Hotel"


def test_a_code_comes_from_one_document_only() -> None:
    def document(name: str) -> dict[str, Any]:
        hotel = {"it": "Albergo", "en": "Hotel"}
        return {"document": {"name": name, "version": "1"}, "accommodation-kind": {"hotel": hotel}}

    with pytest.raises(WrongSetting, match="«one»"):
        CodeBook([document("one"), document("two")])


def test_both_documents_are_shipped() -> None:
    assert set(OWN) <= set(shipped().versions)


def test_an_unknown_code_is_refused_by_its_name(book: CodeBook) -> None:
    with pytest.raises(UnknownCode, match="«castle» is not in the code list «accommodation-kind»"):
        book.require("accommodation-kind", "castle")


def test_a_form_offers_what_may_be_used_on_its_day(book: CodeBook) -> None:
    before, after = (
        dict(book.options("benefit", "en", day)) for day in (date(2022, 1, 1), date(2025, 1, 1))
    )

    assert "citizens-income" in before.keys() - after.keys()
    assert "inclusion-allowance" in after.keys() - before.keys()
