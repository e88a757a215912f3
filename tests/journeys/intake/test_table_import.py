"""Rows become facts under the rules of the household; what is not taken is told."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journeys.application import Journeys
from journeys.errors import Refusal
from journeys.household.facts import (
    AccommodationEnded,
    AccommodationStarted,
    AssessmentScored,
    GuestHosted,
    HouseholdRegistered,
    IncomeObserved,
    InterventionDelivered,
    MemberJoined,
    TenancyRegistered,
    name_of,
)
from journeys.intake.report import Report
from journeys.intake.table import WrongHeader, import_table
from tests.journeys.intake.tables import (
    ACTOR,
    ARREARS,
    COLUMNS,
    HOUSEHOLD,
    MEMBER,
    STAYS,
    Make,
    Table,
    example,
)


def test_the_example_of_the_manual_is_taken_whole(journeys: Journeys) -> None:
    with Report() as report:
        assert example(journeys, report) == 19

        assert list(report.remarks("not-taken")) == []
        assert report.counts["rows read"] == 6
        assert report.counts["rows passed over"] == 1
        assert report.counts["households new"] == 3
        assert report.counts["facts member-joined"] == 5

    [(lucia, home)] = journeys.find_fiscal_code("GROLCU86D52G999W")
    facts = journeys.history(home).facts()
    [stay] = [fact for fact in facts if isinstance(fact, AccommodationStarted)]
    assert (stay.effective_from, stay.effective_until) == (
        dt.date(2025, 1, 7),
        dt.date(2025, 3, 31),
    )
    assert (stay.kind, stay.nightly_cost, stay.currency) == ("hotel", 8_000, "EUR")
    [income] = [fact for fact in facts if isinstance(fact, IncomeObserved)]
    assert (income.member, income.amount) == (lucia, 61_250)
    assert facts[0].cause is not None
    assert facts[0].cause.startswith("import:")
    assert "Via del Fuso 3, Prato" in journeys.disclose(home).values()


def test_no_key_of_a_row_is_kept_in_clear(journeys: Journeys) -> None:
    with Report() as report:
        example(journeys, report)

    kept = str(journeys.recorder.sources("table:ufficio-casa"))
    assert kept.count("SourceRow") == 19
    assert "2025/001" not in kept
    assert "GROLCU" not in kept


def test_a_key_that_comes_twice_is_taken_once(arrears: Table) -> None:
    arrears.take(COLUMNS, "1,A,2024-03-01,500,", "1,A,2024-04-01,900,")

    assert arrears.left() == [(3, "duplicate-key")]
    assert arrears.names() == ["registered", "arrears-observed"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (",A,2024-03-01,5,", "no-row-key"),
        ("1,,2024-03-01,5,", "no-household-key"),
        ("1,A,1/3/2024,5,", "unfit-value"),
        ("1,A,,5,", "unfit-value"),
        ("1,A,2024-03-01,tanto,", "unfit-value"),
        ("1,A,2024-03-01,-5,", "negative-amount"),
        ("1,A,2099-03-01,5,", "in-the-future"),
        ("1,A,1800-03-01,5,", "malformed-fact"),
        (f"1,A,2024-03-01,5,{'x' * 4001}", "unfit-personal-data"),
        ("1,A,2024-03-01", "wrong-width"),
    ],
)
def test_a_row_that_is_not_taken_is_told_and_the_others_are_taken(
    arrears: Table, row: str, code: str
) -> None:
    arrears.take(COLUMNS, row, "2,B,2024-03-01,5,", "3,A,2024-03-01,7,")

    assert arrears.left() == [(2, code)]
    assert arrears.report.counts["facts arrears-observed"] == 2


def test_without_a_registration_only_known_households_are_taken(table: Make) -> None:
    arrears = table(HOUSEHOLD + ARREARS)
    arrears.take(COLUMNS, "1,A,2024-03-01,500,")
    known = HOUSEHOLD.split("  registered", maxsplit=1)[0]
    arrears.map(known.replace("affitti", "debiti") + ARREARS)

    arrears.take(COLUMNS, "1,A,2024-05-01,20,", "2,Z,2024-05-01,20,")

    assert arrears.left() == [(3, "not-registered")]
    assert arrears.names() == ["registered", "arrears-observed", "arrears-observed"]


def test_members_join_once_and_the_reference_is_who_the_columns_say(table: Make) -> None:
    mapping = HOUSEHOLD.replace("  key: Nucleo", "  key: Nucleo\n  reference: Capo") + MEMBER
    members = table(mapping)
    members.take(
        "Pratica,Nucleo,Capo,Persona,Ruolo,Nome,CF",
        "1,A,p1,p2,,Ada,",
        "2,A,p1,p1,capo,Lia,",
        "3,A,p1,p2,,Ada,",
    )

    registered, ada, lia = members.facts()
    assert isinstance(registered, HouseholdRegistered)
    assert isinstance(ada, MemberJoined)
    assert isinstance(lia, MemberJoined)
    assert (ada.relation, lia.relation) == ("child", "head")
    assert registered.reference_member == lia.member


def test_a_mistyped_fiscal_code_is_left_out_and_the_person_taken(table: Make) -> None:
    members = table(HOUSEHOLD + MEMBER)
    members.take("Pratica,Nucleo,Persona,Ruolo,Nome,CF", "1,A,p1,capo,Lia,GROLCU86D52G999X")

    [finding] = members.report.remarks("finding")
    assert (finding.line, finding.code) == (2, "unfit-fiscal-code")
    assert list(members.journeys.disclose(members.homes()[0]).values()) == [{"name": "Lia"}]


def test_a_household_that_others_recorded_is_found_by_fiscal_code(table: Make) -> None:
    code = "GROLCU86D52G999W"
    first = table(HOUSEHOLD + MEMBER)
    first.take("Pratica,Nucleo,Persona,Ruolo,Nome,CF", f"1,A,p1,capo,Lia,{code}")
    income = """
  find: {fiscal_code: CF}
  registered: {effective_from: "2024-01-01", unit: registry}
member: {key: CF}
facts:
  - fact: income-observed
    about: member
    fields:
      effective_from: "2024-05-01"
      source: total
      amount: {column: Reddito}
      currency: EUR
"""
    first.map("source: altro\ntable: redditi\nrow: {key: CF}\nhousehold:\n  key: CF" + income)

    first.take("CF,Reddito", f"{code},512.30", "RSSMRA85C52G999Y,100", "SBAGLIATO,3")

    assert first.names(0) == ["registered", "member-joined", "income-observed"]
    joined, observed = first.facts(0)[1:]
    assert isinstance(joined, MemberJoined)
    assert isinstance(observed, IncomeObserved)
    assert observed.member == joined.member
    assert first.left() == [(3, "not-a-member"), (4, "unfit-fiscal-code")]


LINKED = """
facts:
  - fact: accommodation-started
    name: stay
    when: {Che: inizio}
    fields: {effective_from: {column: Dal}, kind: hotel}
  - fact: accommodation-ended
    when: {Che: fine}
    fields:
      effective_from: {column: Dal}
      accommodation: {fact: stay, key: Di}
      ending: term-ended
"""


def test_an_end_finds_its_beginning_in_another_row_now_or_in_an_earlier_import(
    table: Make,
) -> None:
    stays = table(HOUSEHOLD + LINKED)
    header = "Pratica,Nucleo,Che,Dal,Di"
    stays.take(header, "1,A,inizio,2024-02-01,", "2,A,fine,2024-03-01,1", "3,A,inizio,2024-03-01,")
    stays.take(header, "4,A,fine,2024-04-01,3", "5,A,fine,2024-04-01,9")

    ends = [fact for fact in stays.facts() if isinstance(fact, AccommodationEnded)]
    assert [end.accommodation for end in ends] == [2, 4]
    assert stays.left() == [(3, "relies-on-left-out")]


def test_what_relies_on_a_refused_fact_is_not_taken_either(table: Make) -> None:
    stays = table(HOUSEHOLD + LINKED)
    stays.take("Pratica,Nucleo,Che,Dal,Di", "1,A,inizio,2099-02-01,", "2,A,fine,2024-03-01,1")

    assert stays.left() == [(2, "in-the-future"), (3, "relies-on-left-out")]


def test_lists_tables_and_guests_are_filled(table: Make) -> None:
    mapping = """
facts:
  - fact: assessment-scored
    fields:
      effective_from: {column: Dal}
      instrument: zrm
      instrument_version: "2017"
      rater: {column: Chi}
      scores: {finances: {column: F}, housing: {column: H}, justice: {column: J}}
  - fact: plan-agreed
    fields:
      effective_from: {column: Dal}
      goals: {column: Obiettivi, split: ";", codes: {casa: stable-home, lavoro: work}}
      package: [housing-search, job-guidance]
      signatories: [{column: Chi}, comune-prato]
  - fact: guest-hosted
    when: {Ospite: {empty: false}}
    fields: {effective_from: {column: Dal}, person: {name: {column: Ospite}}}
  - fact: intervention-delivered
    about: member
    fields:
      effective_from: {column: Dal}
      kind: home-visit
      hours: {column: Ore, decimal: comma}
"""
    many = table(HOUSEHOLD + MEMBER + mapping)
    many.take(
        "Pratica,Nucleo,Persona,Ruolo,Nome,CF,Dal,Chi,F,H,J,Obiettivi,Ospite,Ore",
        '1,A,p1,capo,Lia,,2024-02-01,operatrice-01,2,3,,casa; lavoro,Zia Rosa,"1,5"',
    )

    told: dict[str, Any] = {name_of(fact): fact for fact in many.facts()}
    scored, guest = told["assessment-scored"], told["guest-hosted"]
    assert isinstance(scored, AssessmentScored)
    assert isinstance(guest, GuestHosted)
    assert scored.scores == {"finances": 2, "housing": 3}
    assert told["plan-agreed"].goals == ("stable-home", "work")
    assert told["plan-agreed"].package == ("housing-search", "job-guidance")
    assert told["plan-agreed"].signatories == ("operatrice-01", "comune-prato")
    assert isinstance(told["intervention-delivered"], InterventionDelivered)
    assert told["intervention-delivered"].members == (told["member-joined"].member,)
    assert str(told["intervention-delivered"].hours) == "1.5"
    assert {"name": "Zia Rosa"} in many.journeys.disclose(many.homes()[0]).values()


def test_the_rules_of_the_household_hold_for_rows_too(table: Make) -> None:
    mapping = """
facts:
  - fact: tenancy-registered
    fields: {effective_from: {column: Dal}, monthly_rent: {column: Canone}, currency: EUR}
"""
    leases = table(HOUSEHOLD + mapping)
    leases.take("Pratica,Nucleo,Dal,Canone", "1,A,2024-02-01,500")

    assert leases.left() == [(2, "predates-referral")]
    assert not any(isinstance(fact, TenancyRegistered) for fact in leases.facts())


def test_many_rows_are_taken_in_several_transactions(arrears: Table) -> None:
    rows = [f"{n},{n % 7},2024-03-{n % 28 + 1:02d},{n + 1}," for n in range(950)]

    assert arrears.take(COLUMNS, *rows) == 957
    assert arrears.take(COLUMNS, *rows) == 0
    assert len(arrears.homes()) == 7


def test_a_formula_stays_a_text_in_the_vault(arrears: Table) -> None:
    arrears.take(COLUMNS, "1,A,2024-03-01,5,=cmd|' /C calc'!A0")

    assert list(arrears.journeys.disclose(arrears.homes()[0]).values()) == ["=cmd|' /C calc'!A0"]


def test_missing_columns_are_named_and_nothing_is_recorded(arrears: Table) -> None:
    with pytest.raises(WrongHeader, match="«Debito», «Nota»"):
        arrears.take("Pratica,Nucleo,Dal", "1,A,2024-01-01")

    assert arrears.journeys.recorder.size() == 0


def test_progress_is_told_in_bytes(arrears: Table, tmp_path: Path) -> None:
    arrears.take(COLUMNS, "1,A,2024-03-01,500,")
    told: list[tuple[int, int | None]] = []
    with Report() as report:
        import_table(
            arrears.journeys,
            tmp_path / "table.csv",
            tmp_path / "mapping.yaml",
            actor=ACTOR,
            report=report,
            progress=lambda done, of: told.append((done, of)),
        )

    size = (tmp_path / "table.csv").stat().st_size
    assert told == [(size, size)]


CELLS = st.sampled_from(["1", "A", "2024-03-01", "500", "", "=1+1", "\x00", "€", "-1", "x" * 500])


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(st.lists(CELLS | st.text(max_size=8), min_size=5, max_size=5), max_size=4))
def test_no_row_brings_anything_but_a_remark(
    table: Make, store_url: str, rows: list[list[str]]
) -> None:
    arrears = table(HOUSEHOLD + ARREARS)

    text = [",".join(row).encode("utf-8", "replace").decode() for row in rows]
    try:
        arrears.take(COLUMNS, *text)
    except Refusal as refusal:
        pytest.fail(refusal.sentence)


def test_an_end_does_not_end_a_stay_of_another_household(table: Make) -> None:
    stays = table(HOUSEHOLD + LINKED)
    header = "Pratica,Nucleo,Che,Dal,Di"
    stays.take(header, "1,A,inizio,2024-02-01,", "2,B,inizio,2024-02-01,")

    stays.take(header, "3,B,fine,2024-03-01,1")

    assert stays.left() == [(2, "relies-on-left-out")]


def test_a_fiscal_code_of_two_households_names_none_of_them(table: Make) -> None:
    code = "GROLCU86D52G999W"
    members = table(HOUSEHOLD + MEMBER)
    header = "Pratica,Nucleo,Persona,Ruolo,Nome,CF"
    members.take(header, f"1,A,p1,capo,Lia,{code}", f"2,B,p1,capo,Lia,{code}")
    found = "source: altro\ntable: debiti\nrow: {key: CF}\nhousehold:\n  key: CF\n"
    members.map(found + "  find: {fiscal_code: CF}" + ARREARS)

    assert members.take("CF,Dal,Debito,Nota", f"{code},2024-05-01,20,") == 0
    assert members.left() == [(2, "several-households")]


def test_evidence_covers_what_the_row_told_before_it(table: Make) -> None:
    evidence = """
  - fact: evidence-captured
    fields:
      effective_from: "2024-03-01"
      kind: rent-receipt
      sha256: {column: Impronta}
      issuer: locatore
      covers: [{fact: accommodation-started}]
"""
    stays = table(HOUSEHOLD + STAYS + evidence)
    stays.take("Pratica,Nucleo,Via,Impronta", f"1,A,x,{'a' * 64}", "2,A,x,zz")

    assert getattr(stays.facts()[2], "covers", None) == (2,)
    assert stays.left() == [(3, "malformed-fact")]


def test_a_person_of_whom_nothing_but_a_mistyped_code_is_told_is_taken(table: Make) -> None:
    members = table(HOUSEHOLD + MEMBER)
    members.take("Pratica,Nucleo,Persona,Ruolo,Nome,CF", "1,A,p1,capo,,GROLCU86D52G999X")

    assert members.names() == ["registered", "member-joined"]
    assert members.journeys.disclose(members.homes()[0]) == {}


def test_a_row_without_a_person_tells_of_the_household_alone(table: Make) -> None:
    members = table(HOUSEHOLD + MEMBER)
    members.take("Pratica,Nucleo,Persona,Ruolo,Nome,CF", "1,A,,,,")

    assert members.names() == ["registered"]


def test_what_the_keys_refuse_is_told_for_every_row_of_the_household(table: Make) -> None:
    members = table(HOUSEHOLD + MEMBER)
    header = "Pratica,Nucleo,Persona,Ruolo,Nome,CF"
    members.take(header, "1,A,p1,capo,Lia,", "2,B,p2,capo,Ada,")
    [lia] = {fact.member for fact in members.facts(0) if isinstance(fact, MemberJoined)}
    members.journeys.keyring.destroy(lia, dt.datetime(2025, 1, 1, tzinfo=dt.UTC))

    members.take(header, "1,A,p1,capo,Lea,", "2,B,p2,capo,Ida,")

    assert members.left() == [(2, "subject-erased")]
    assert members.report.counts["corrections"] == 1


def test_a_decision_keeps_the_quantities_that_it_was_made_from(table: Make) -> None:
    decided = """
facts:
  - fact: eligibility-assessed
    fields:
      effective_from: "2024-03-01"
      rule_version: criteri-2023-1
      inputs: {isee: {column: ISEE, decimal: comma}, members: "3"}
      result: eligible
"""
    decisions = table(HOUSEHOLD + decided)
    decisions.take("Pratica,Nucleo,ISEE", '1,A,"6.543,21"')

    inputs = getattr(decisions.facts()[1], "inputs", {})
    assert {key: str(value) for key, value in inputs.items()} == {"isee": "6543.21", "members": "3"}


def test_a_link_whose_key_is_empty_links_to_nothing(table: Make) -> None:
    delivered = """
  - fact: intervention-started
    name: service
    when: {Che: servizio}
    fields: {effective_from: {column: Dal}, kind: home-visit}
  - fact: intervention-delivered
    when: {Che: visita}
    fields:
      effective_from: {column: Dal}
      kind: home-visit
      intervention: {fact: service, key: Di}
"""
    visits = table(HOUSEHOLD + LINKED + delivered)
    header = "Pratica,Nucleo,Che,Dal,Di"
    visits.take(
        header, "1,A,servizio,2024-02-01,", "2,A,visita,2024-02-02,1", "3,A,visita,2024-02-03,"
    )
    visits.take(header, "4,A,fine,2024-02-03,")

    delivered_for = [f.intervention for f in visits.facts() if isinstance(f, InterventionDelivered)]
    assert delivered_for == [2, None]
    assert visits.left() == [(2, "unfit-value")]
