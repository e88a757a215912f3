"""Every text of the pages has its English, with the same values in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages import Catalog

from tools.messages import CATALOGUES, forms, gather, read

VALUE = re.compile(r"%\((\w+)\)[sd]")


@pytest.fixture(scope="module")
def texts() -> Catalog:
    return gather()


@pytest.fixture(params=sorted(CATALOGUES.glob("*/*/messages.po")), ids=lambda p: p.parts[-3])
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    path: Path = request.param
    return read(path)


def test_there_is_an_english_catalogue() -> None:
    assert (CATALOGUES / "en" / "LC_MESSAGES" / "messages.po").is_file()


def test_no_text_is_left_untranslated(texts: Catalog, catalogue: Catalog) -> None:
    kept = {message.id: message for message in catalogue if message.id and not message.fuzzy}
    left = [
        message.id
        for message in texts
        if message.id and (message.id not in kept or not all(forms(kept[message.id].string)))
    ]
    assert left == [], "run `make messages` and translate these"


def test_no_translation_outlives_its_text(texts: Catalog, catalogue: Catalog) -> None:
    living = {message.id for message in texts}
    gone = [message.id for message in catalogue if message.id and message.id not in living]
    assert gone == [], "run `make messages`"


def test_a_translation_says_the_same_values(catalogue: Catalog) -> None:
    wrong = [
        message.id
        for message in catalogue
        if message.id
        and any(
            set(VALUE.findall(form)) != set(VALUE.findall(forms(message.id)[-1]))
            for form in forms(message.string)
            if form
        )
    ]
    assert wrong == []


def test_a_text_that_is_shown_is_gathered(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "a.html").write_text('{{ _("Ciao") }}', encoding="utf-8")
    (tmp_path / "b.py").write_text('X = marked("Nome")\nlazy_gettext("Età")\n', encoding="utf-8")
    assert {message.id for message in gather(tmp_path)} == {"", "Ciao", "Nome", "Età"}


def test_a_catalogue_is_one_that_is_compiled(catalogue: Catalog) -> None:
    assert not catalogue.fuzzy, "pybabel skips a catalogue whose header is missing or fuzzy"
