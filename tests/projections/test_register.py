"""The register: one row for each household, found, filtered, sorted and turned page by page."""

from __future__ import annotations

import datetime as dt
from typing import Any, get_args
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.household.facts import HouseholdRegistered, PersonalDataErased
from projections.catalogue import EVERY, with_names
from projections.engine import catch_up
from projections.names import folded
from projections.projection import Journey
from projections.register import Register
from projections.search import Listed, Sort, UnknownCursor, Wanted, choices, listing
from projections.situation import state
from projections.store import Views
from tests.journeys.household.lives import lives
from tests.journeys.household.story import (
    ALMA,
    BRUNO,
    HOME,
    Story,
    correction,
    day,
    enrolled,
    fact,
    housed,
    joined,
    referred,
    registered,
    retraction,
)
from tests.projections.given import MemoryLog, household

TODAY = day("2026-06-30")


def listed(views: Views, today: dt.date = TODAY, **wanted: Any) -> list[Listed]:
    return listing(views, today, Wanted(**wanted), sort="household").households


def numbers(found: list[Listed]) -> list[int]:
    return [one.household.int >> 124 for one in found]


@pytest.fixture
def log() -> MemoryLog:
    log = MemoryLog()
    log.add(household(0), registered(), joined(ALMA), referred("2025-01-10"))
    log.add(household(1), registered(), enrolled("2025-01-20", programme="rigenerprato"))
    log.add(
        household(2),
        registered(),
        enrolled("2025-01-20", programme="rigenerprato-2"),
        housed("2025-03-01", kind="shelter", provider="il-ponte"),
    )
    log.add(household(3), registered(), housed("2025-04-01", provider="il-ponte"))
    return log


def test_a_household_is_listed_with_its_situation_and_what_was_recorded(
    views: Views, log: MemoryLog
) -> None:
    catch_up(views, log)

    found = listed(views)[2]

    assert found.household == household(2)
    assert (found.version, found.position, found.entries) == (3, 8, 3)
    assert (found.first_on, found.last_on) == (day("2025-01-07"), day("2025-03-01"))
    assert found.organisations == ("comune-prato",)
    assert (found.situation.status, found.situation.accommodation) == ("enrolled", "shelter")
    assert found.situation.housed_since == day("2025-03-01")


FILTERS: list[tuple[dict[str, Any], list[int]]] = [
    ({}, [0, 1, 2, 3]),
    ({"status": "referred"}, [0]),
    ({"programme": "rigenerprato"}, [1]),
    ({"accommodation": "shelter"}, [2]),
    ({"provider": "il-ponte"}, [2, 3]),
    ({"organisation": "comune-prato"}, [0, 1, 2, 3]),
    ({"organisation": "comune"}, []),
    ({"households": [household(1), household(3)]}, [1, 3]),
    ({"households": []}, []),
    ({"last_from": day("2025-03-01")}, [2, 3]),
    ({"last_until": day("2025-03-01")}, [0, 1]),
    ({"has_findings": True}, [1, 2, 3]),
    ({"has_findings": False}, [0]),
    ({"finding": "no-members"}, [1, 2, 3]),
    ({"finding": "two-heads"}, []),
    ({"incomplete": False}, [0, 1, 2, 3]),
    ({"provider": "il-ponte", "status": "enrolled"}, [2]),
]


def test_households_are_filtered(views: Views, log: MemoryLog) -> None:
    catch_up(views, log)

    assert [(wanted, numbers(listed(views, **wanted))) for wanted, _ in FILTERS] == FILTERS


def test_a_household_with_a_fact_set_aside_is_listed_as_incomplete(
    views: Views, log: MemoryLog
) -> None:
    log.add_stored(household(1), "household.abducted.v1", b"{}")
    catch_up(views, log)

    assert numbers(listed(views, incomplete=True)) == [1]


def test_a_household_of_which_nothing_can_be_read_is_listed_all_the_same(views: Views) -> None:
    catch_up(views, MemoryLog().add_stored(HOME, "household.abducted.v1", b"{}"))

    [found] = listed(views)

    assert (found.situation.status, found.incomplete) == ("unknown", True)


def test_the_situation_is_that_of_the_readers_day(views: Views) -> None:
    catch_up(views, MemoryLog().add(HOME, registered(), housed("2025-02-01", "2025-09-01")))

    [before], [after] = listed(views, day("2025-08-31")), listed(views, day("2025-09-01"))

    assert (before.situation.accommodation, after.situation.accommodation) == ("hotel", "")


@given(lives(), st.integers(-1, 700))
def test_the_register_stands_as_folding_from_the_start(story: Story, later: int) -> None:
    last = story.record[-1]
    today = day("1970-01-01") + dt.timedelta(days=last.recorded_at // 86_400_000_000 + later)

    rows = Register().rows(Journey(HOME, story.record))

    [row] = [row for row in rows if row[1] <= today.isoformat() < (row[2] or "9999")]
    folded_state = state(HOME, story.record, today)
    assert folded_state is not None
    assert row[11] == folded_state.status
    assert row[12] == folded_state.members
    assert row[14] == folded_state.accommodation


ORDERS = [
    (sort, descending, size)
    for sort in get_args(Sort)
    for descending in (False, True)
    for size in (1, 3)
]


def test_turning_the_pages_lists_every_household_once_in_order(
    views: Views, log: MemoryLog
) -> None:
    catch_up(views, log)

    for sort, descending, size in ORDERS:
        whole = listing(views, TODAY, sort=sort, descending=descending)
        turned, after = list[Listed](), None
        for _ in range(5):
            page = listing(views, TODAY, sort=sort, descending=descending, after=after, size=size)
            turned += page.households
            if (after := page.after) is None:
                break
        assert turned == whole.households, (sort, descending, size)
        assert len(turned) == whole.total == 4


def test_households_are_sorted_by_their_last_entry(views: Views, log: MemoryLog) -> None:
    catch_up(views, log)

    page = listing(views, TODAY, sort="last_on", descending=True)

    assert numbers(page.households) == [3, 2, 1, 0]


def test_a_cursor_that_no_page_gave_is_refused(views: Views) -> None:
    for cursor in ("x", "", "e30", "WyJuYW1lIiwxLDJd", "è"):
        with pytest.raises(UnknownCursor):
            listing(views, TODAY, after=cursor)


def test_a_cursor_of_another_order_is_refused(views: Views, log: MemoryLog) -> None:
    catch_up(views, log)
    after = listing(views, TODAY, sort="name", size=1).after

    with pytest.raises(UnknownCursor):
        listing(views, TODAY, sort="last_on", after=after)


def test_the_choices_count_the_households_that_have_each(views: Views, log: MemoryLog) -> None:
    catch_up(views, log)

    found = choices(views, TODAY)

    assert found["programme"] == {"rigenerprato": 1, "rigenerprato-2": 1}
    assert found["provider"] == {"il-ponte": 2}
    assert found["status"] == {"referred": 1, "enrolled": 2, "registered": 1}


class Vault:
    """What a vault would disclose."""

    def __init__(self) -> None:
        self.people: dict[UUID, dict[tuple[int, str], Any]] = {}

    def seal(self, home: UUID, version: int, surname: str, name: str) -> None:
        person = {"surname": surname, "name": name}
        self.people.setdefault(home, {})[version, "person"] = person

    def disclose(self, home: UUID) -> dict[tuple[int, str], Any]:
        return self.people.get(home, {})


@pytest.fixture
def vault() -> Vault:
    return Vault()


def named(views: Views, log: MemoryLog, vault: Vault) -> None:
    catch_up(views, log, with_names(vault.disclose))


def test_a_household_is_listed_under_the_name_of_its_head(views: Views, vault: Vault) -> None:
    log = MemoryLog().add(
        HOME, registered(reference=BRUNO), joined(BRUNO, relation="child"), joined(ALMA)
    )
    vault.seal(HOME, 2, "Bianchi", "Bruno")
    vault.seal(HOME, 3, "Rossi", "Alma")

    named(views, log, vault)

    [found] = listed(views)
    assert found.name == "Rossi Alma"


def test_a_household_is_found_by_any_of_its_names(views: Views, vault: Vault) -> None:
    log = MemoryLog().add(HOME, registered(), joined(ALMA), joined(BRUNO, relation="child"))
    vault.seal(HOME, 2, "Rossi", "Alma")
    vault.seal(HOME, 3, "D’Àngelo", "Nicolò")
    named(views, log, vault)

    texts = ("rossi", "ALMA ros", "nicolo", "d’à", "rossi verdi", "%", "_")

    assert [text for text in texts if listed(views, text=text)] == list(texts[:4])


def test_a_corrected_name_is_the_one_shown(views: Views, vault: Vault) -> None:
    log = MemoryLog().add(HOME, registered(), joined(ALMA), correction(2, person="0" * 64))
    vault.seal(HOME, 2, "Rosi", "Alma")
    vault.seal(HOME, 3, "Rossi", "Alma")

    named(views, log, vault)

    [found] = listed(views)
    assert found.name == "Rossi Alma"


def test_who_was_entered_by_mistake_is_not_named(views: Views, vault: Vault) -> None:
    log = MemoryLog().add(
        HOME, registered(), joined(ALMA), joined(BRUNO, relation="child"), retraction(3)
    )
    vault.seal(HOME, 2, "Rossi", "Alma")
    vault.seal(HOME, 3, "Bianchi", "Bruno")

    named(views, log, vault)

    assert listed(views, text="bianchi") == []


def test_erased_names_are_gone_with_the_fact_that_tells_of_it(views: Views, vault: Vault) -> None:
    log = MemoryLog().add(HOME, registered(), joined(ALMA))
    vault.seal(HOME, 2, "Rossi", "Alma")
    named(views, log, vault)
    vault.people.clear()

    erased = fact(
        PersonalDataErased, "2025-06-01", subject=ALMA, scope="all", legal_basis="gdpr-17"
    )
    named(views, log.add(HOME, erased), vault)

    assert listed(views, text="rossi") == []
    assert [found.name for found in listed(views)] == [""]
    with views.reading() as connection:
        assert connection.execute(EVERY[-1].table.select()).all() == []


def test_without_the_vault_the_register_has_no_names(views: Views, log: MemoryLog) -> None:
    catch_up(views, log)

    assert {found.name for found in listed(views)} == {""}


def test_folding_a_name_takes_away_case_accents_and_spaces() -> None:
    assert folded("  Nicolò   D'ÀNGELO ") == "nicolo d'angelo"


def test_a_registration_alone_is_listed(views: Views) -> None:
    alone = fact(HouseholdRegistered, "2025-01-07", unit="isee", reference_member=ALMA)
    catch_up(views, MemoryLog().add(HOME, alone))

    assert [found.situation.status for found in listed(views)] == ["registered"]
