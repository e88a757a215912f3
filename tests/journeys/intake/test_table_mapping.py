"""A mapping document is refused with the path to each fault, before any row is read."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journeys.codes import shipped
from journeys.intake.table import WrongMapping, load_mapping
from journeys.intake.table.mapping import TableMapping

GOOD = """
source: ufficio
table: affitti
row: {key: Pratica}
household:
  key: Nucleo
  registered: {effective_from: {column: Dal}, unit: registry}
facts:
  - fact: arrears-observed
    fields: {effective_from: {column: Dal}, amount: {column: Debito}, currency: EUR}
"""


def loaded(folder: Path, text: str | bytes) -> TableMapping:
    path = folder / "mapping.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return load_mapping(path, shipped())


def faults(folder: Path, text: str) -> dict[str, str]:
    """Path to sentence of every fault of the document."""
    with pytest.raises(WrongMapping) as refused:
        loaded(folder, text)
    found = refused.value.details["errors"]
    assert isinstance(found, list)
    return dict(found)


def test_a_good_document_tells_which_columns_it_needs(tmp_path: Path) -> None:
    mapping = loaded(tmp_path, GOOD)

    assert mapping.columns() == ["Pratica", "Nucleo", "Dal", "Debito"]
    assert [template.name for template in mapping.facts] == ["arrears-observed"]


def test_a_column_may_be_given_alone_or_as_a_list(tmp_path: Path) -> None:
    mapping = loaded(tmp_path, GOOD.replace("key: Pratica", "key: [Anno, Numero]"))

    assert mapping.key == ("Anno", "Numero")


@pytest.mark.parametrize(
    ("change", "path", "word"),
    [
        (("source: ufficio", "source: 'Ufficio casa'"), "source", "letters"),
        (("source: ufficio\n", ""), "source", "required"),
        (("table: affitti", "tabel: affitti"), "tabel", "Unknown"),
        (("row: {key: Pratica}", "row: {}"), "row.key", "required"),
        (("row: {key: Pratica}", "row: {key: []}"), "row.key", "Shorter"),
        (("arrears-observed", "arrears"), "facts[0].fact", "one of"),
        (("arrears-observed", "entry-corrected"), "facts[0].fact", "one of"),
        (("currency: EUR", "curency: EUR"), "facts[0].fields.curency", "no such field"),
        (("currency: EUR", "by: me"), "facts[0].fields.by", "no such field"),
        (("amount: {column: Debito}, ", ""), "facts[0].fields.amount", "needed"),
        (("{column: Debito}", "{colum: Debito}"), "facts[0].fields.amount.colum", "Unknown"),
        (("{column: Debito}", "{}"), "facts[0].fields.amount", "either"),
        (("{column: Debito}", "[1, 2]"), "facts[0].fields.amount", "not a list"),
        (("{column: Debito}", "molto"), "facts[0].fields.amount", "no number"),
        (
            ("{column: Debito}", "{column: Debito, date: dd/mm/yyyy}"),
            "facts[0].fields.amount.date",
            "holds a money",
        ),
        (
            ("{column: Debito}", "{column: Debito, split: ';'}"),
            "facts[0].fields.amount.split",
            "Only a list",
        ),
        (("unit: registry", "unit: anagrafe"), "household.registered.unit", "code list"),
        (("unit: registry", "reference_member: x"), "household.registered.reference_member", "key"),
        (
            ("{column: Dal}, unit", "{column: Dal, date: gg/mm}, unit"),
            "household.registered.effective_from.date",
            "was not in",
        ),
    ],
)
def test_each_fault_is_told_at_its_path(
    tmp_path: Path, change: tuple[str, str], path: str, word: str
) -> None:
    assert change[0] in GOOD

    found = faults(tmp_path, GOOD.replace(*change))

    assert word in found[path]


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    wrong = GOOD.replace("unit: registry", "unit: anagrafe").replace("{column: Debito}", "molto")

    assert faults(tmp_path, wrong).keys() == {
        "household.registered.unit",
        "facts[0].fields.amount",
    }


def with_facts(*facts: str) -> str:
    return GOOD.split("facts:", maxsplit=1)[0] + "facts:\n" + "\n".join(facts)


STAY = """
  - fact: accommodation-started
    fields: {effective_from: {column: Dal}, kind: {column: Tipo, codes: {A: hotel, B: albergone}}}
"""


def test_a_code_that_no_list_has_is_refused_wherever_it_stands(tmp_path: Path) -> None:
    found = faults(tmp_path, with_facts(STAY))

    assert "«albergone» is not in the code list" in found["facts[0].fields.kind"]


PLAN = """
  - fact: plan-agreed
    fields:
      effective_from: {column: Dal}
      goals: [work, luck]
      package: {column: Cosa, split: ";"}
      signatories: 3
"""

SCORES = """
  - fact: assessment-scored
    fields:
      effective_from: {column: Dal}
      instrument: zrm
      instrument_version: "2017"
      rater: {column: Chi}
      scores: {finances: {column: F}, luck: {column: L}}
"""

GUEST = """
  - fact: guest-hosted
    fields: {effective_from: {column: Dal}, person: {nickname: {column: N}}}
"""


@pytest.mark.parametrize(
    ("facts", "path", "word"),
    [
        (PLAN, "facts[0].fields.goals[1]", "«luck» is not in the code list «goal»"),
        (SCORES, "facts[0].fields.scores.luck", "not in the code list «assessment-domain»"),
        (
            SCORES.replace("{finances", "[{finances").replace("L}}", "L}}]"),
            "facts[0].fields.scores",
            "each key",
        ),
        (GUEST, "facts[0].fields.person.nickname", "A person has"),
        (
            GUEST.replace("nickname: {column: N}", "name: [x]"),
            "facts[0].fields.person.name",
            "text",
        ),
        (GUEST.replace("{nickname: {column: N}}", "[]"), "facts[0].fields.person", "each key"),
        (
            STAY.replace("{column: Tipo", "{value: C, when: x"),
            "facts[0].fields.kind.when",
            "Unknown",
        ),
        (
            STAY.replace("{column: Tipo", "{value: C"),
            "facts[0].fields.kind",
            "not among the codes",
        ),
        (
            STAY.replace("kind: {", "members: x, kind: {"),
            "facts[0].fields.members",
            "about",
        ),
        (
            STAY.replace("kind: {", "enrolment: 7, kind: {"),
            "facts[0].fields.enrolment",
            "another «fact»",
        ),
        (STAY.replace("fields:", "when: x\n    fields:"), "facts[0].when", "Columns"),
        (
            STAY.replace("fields:", "when: {A: {}, B: [[1]]}\n    fields:"),
            "facts[0].when.B",
            "A text",
        ),
        (
            STAY.replace("fields:", "when: {A: {empty: maybe}}\n    fields:"),
            "facts[0].when.A.empty",
            "boolean",
        ),
    ],
)
def test_a_fault_inside_of_a_field_is_told_at_its_path(
    tmp_path: Path, facts: str, path: str, word: str
) -> None:
    assert word in faults(tmp_path, with_facts(facts))[path]


def test_conditions_may_name_texts_or_ask_for_emptiness(tmp_path: Path) -> None:
    when = "{A: x, B: [y, z], C: {not: w}, D: {empty: true}, E: {empty: false}}"
    stay = STAY.replace("B: albergone", "B: shelter").replace(
        "fields:", f"when: {when}\n    fields:"
    )
    [template] = loaded(tmp_path, with_facts(stay)).facts

    def holds(**row: str) -> bool:
        wanted = {"A": "x", "B": "z", "C": "", "D": "", "E": "e"} | row
        return all(condition.holds(wanted) for condition in template.when)

    assert holds()
    assert not holds(A="y")
    assert not holds(B="x")
    assert not holds(C="w")
    assert not holds(D="d")
    assert not holds(E="")


def test_a_fact_about_a_member_needs_the_member(tmp_path: Path) -> None:
    job = "{effective_from: {column: Dal}, contract_kind: permanent}"
    found = faults(
        tmp_path,
        with_facts(
            f"  - {{fact: employment-started, fields: {job}}}",
            f"  - {{fact: employment-started, name: other, about: member, fields: {job}}}",
        ),
    )

    assert "about: member" in found["facts[0].about"]
    assert "section «member»" in found["facts[1].about"]


def test_a_link_goes_to_a_fact_that_is_told_before(tmp_path: Path) -> None:
    stay = STAY.replace("B: albergone", "B: shelter").replace("fields", "name: stay\n    fields")
    end = """
  - fact: accommodation-ended
    fields: {effective_from: {column: Al}, accommodation: {fact: stay}, ending: term-ended}
"""

    found = faults(tmp_path, with_facts(end, stay))

    assert "told before" in found["facts[0].fields.accommodation"]
    assert loaded(tmp_path, with_facts(stay, end)).facts[1].name == "accommodation-ended"


def test_two_facts_of_one_kind_need_names(tmp_path: Path) -> None:
    stay = STAY.replace("B: albergone", "B: shelter")

    assert "same name" in faults(tmp_path, with_facts(stay, stay))["facts[1].name"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"a: [1, 2", "no YAML document"),
        (b"- 1\n- 2\n", "no keys"),
        (b"", "no keys"),
        (b"a: &x [1]\nb: *x\n", "aliases"),
        (b"a: 1\na: 2\n", "twice"),
        (b"? [a, b]\n: 1\n", "no text"),
        (b"[" * 5000, "nested"),
        (b"a: !!python/object/apply:os.system ['true']\n", "a: Unknown field"),
        (b"#" + b"x" * 1_000_001, "longer than"),
    ],
)
def test_a_document_that_is_no_plain_yaml_is_refused(
    tmp_path: Path, text: bytes, word: str
) -> None:
    with pytest.raises(WrongMapping, match=word):
        loaded(tmp_path, text)


def test_a_document_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongMapping, match="cannot be read"):
        load_mapping(tmp_path / "nowhere.yaml", shipped())


def test_a_word_like_no_stays_a_word(tmp_path: Path) -> None:
    wanted = "row: {key: Pratica, when: {Attivo: no}}"
    mapping = loaded(tmp_path, GOOD.replace("row: {key: Pratica}", wanted))

    assert mapping.when[0].holds({"Attivo": "no"})
    assert not mapping.when[0].holds({"Attivo": "False"})


ODD = ["facts: 3", "row: []", "  - [", "member: {key: 1}", "household: {key: x, find: 1}"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.integers(0, len(GOOD.splitlines()) - 1), st.text(max_size=30) | st.sampled_from(ODD))
def test_no_document_brings_anything_but_a_refusal(tmp_path: Path, place: int, odd: str) -> None:
    lines = GOOD.splitlines()
    lines[place] = odd

    with contextlib.suppress(WrongMapping):
        assert loaded(tmp_path, "\n".join(lines).encode("utf-8", "replace")).columns()
