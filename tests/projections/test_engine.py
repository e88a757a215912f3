"""Catching up: in pages, up to one's own write, around facts that cannot be taken in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from sqlalchemy import Column, Integer, Table, Uuid

from projections.catalogue import ALL
from projections.engine import Standing, catch_up, retry, status
from projections.projection import VIEWS, Journey, Row, SetAside
from projections.rebuild import rebuild
from projections.store import Views, set_aside
from projections.timeline import timeline
from tests.journeys.household.story import (
    HOME,
    correction,
    housed,
    referred,
    registered,
    tenancy,
)
from tests.projections.given import MemoryLog, contents, household, replayed

GREETED = Table(
    "greeted",
    VIEWS.__class__(schema=VIEWS.schema),
    Column("household", Uuid, nullable=False),
    Column("facts", Integer, nullable=False),
)


class Greeted:
    """A projection of a test: how many facts a household has; it chokes on what it is told to."""

    name = "greeted"
    version = 1
    settings = ""
    table = GREETED
    closes = False
    personal = False
    chokes_on: ClassVar[set[int]] = set()

    def rows(self, journey: Journey, since: int = 0) -> list[Row]:
        facts = [entry for entry in journey.entries if type(entry.fact) is not SetAside]
        for entry in facts:
            if entry.version in self.chokes_on:
                raise ValueError(f"version {entry.version} tastes odd")
        return [(journey.household.hex, len(facts))]


class Stricter(Greeted):
    version = 2


@pytest.fixture
def log() -> MemoryLog:
    log = MemoryLog()
    for number in range(3):
        log.add(household(number), registered(), referred(), housed("2025-02-01"))
    for number in range(3):
        log.add(household(number), correction(3, kind="shelter"), tenancy("2025-03-01"))
    return log


@pytest.mark.parametrize("page", [1, 2, 4, 1000])
def test_the_size_of_the_pages_makes_no_difference(
    views: Views, log: MemoryLog, page: int, tmp_path: Path
) -> None:
    catch_up(views, log, page=page)

    assert contents(views) == replayed(log, tmp_path)


def test_catching_up_again_changes_nothing(views: Views, log: MemoryLog) -> None:
    catch_up(views, log)
    before = contents(views)

    assert catch_up(views, log) == log.size()
    assert contents(views) == before


def test_one_can_read_what_one_has_just_written(views: Views, log: MemoryLog) -> None:
    catch_up(views, log)
    log.add(household(1), housed("2025-05-01"))

    catch_up(views, log, upto=log.size())

    assert 6 in [line.version for line in timeline(views, household(1))]


def test_a_request_takes_in_no_more_pages_than_it_is_given(views: Views, log: MemoryLog) -> None:
    assert catch_up(views, log, page=2, pages=3) == 6


def test_a_position_beyond_the_log_is_not_waited_for(views: Views, log: MemoryLog) -> None:
    assert catch_up(views, log, upto=log.size() + 5) == log.size()


def test_progress_is_told_after_each_page(views: Views, log: MemoryLog) -> None:
    told: list[tuple[int, int]] = []

    catch_up(views, log, page=6, progress=lambda done, size: told.append((done, size)))

    assert told == [(6, 15), (12, 15), (15, 15)]


def test_the_status_tells_how_far_each_projection_is(views: Views, log: MemoryLog) -> None:
    catch_up(views, log, ALL[:1], page=4, pages=1)

    first, second, *_ = status(views, log)

    assert first == Standing("timeline", position=4, lag=11, set_aside=0, current=True)
    assert second == Standing("register", position=0, lag=15, set_aside=0, current=True)


def test_a_projection_that_is_further_takes_in_nothing_twice(
    views: Views, log: MemoryLog, tmp_path: Path
) -> None:
    catch_up(views, log, ALL[:1], page=4, pages=2)

    catch_up(views, log, page=3)

    assert contents(views) == replayed(log, tmp_path)


def test_a_fact_of_an_unknown_kind_is_set_aside_and_the_rest_goes_on(
    views: Views, log: MemoryLog
) -> None:
    stranger = household(7)
    log.add(stranger, registered())
    log.add_stored(stranger, "household.abducted.v1", b'{"effective_from":"2025-02-01"}')
    log.add(stranger, housed("2025-02-01")).add(household(1), housed("2025-05-01"))

    catch_up(views, log)

    with views.reading() as connection:
        [first, *_] = set_aside(connection, stranger)
    assert (first["position"], first["version"], first["topic"]) == (
        17,
        2,
        "household.abducted.v1",
    )
    assert "household.abducted.v1" in first["reason"]
    assert {standing.set_aside for standing in status(views, log)} == {1}
    assert [line.version for line in timeline(views, stranger)] == [1, 3]
    assert 6 in [line.version for line in timeline(views, household(1))]


@pytest.mark.parametrize("page", [1, 1000])
def test_a_fact_that_cannot_be_read_is_set_aside_wherever_the_pages_part(
    views: Views, page: int
) -> None:
    log = MemoryLog().add(HOME, registered())
    log.add_stored(HOME, "household.referred.v1", b'{"effective_from":"yesterday"}')
    log.add(HOME, housed("2025-02-01"), correction(3, kind="shelter"))

    catch_up(views, log, page=page)

    assert [(line.version, line.status) for line in timeline(views, HOME)] == [
        (1, "current"),
        (3, "corrected"),
        (4, "current"),
    ]


def greeted(views: Views) -> list[tuple[Any, ...]]:
    return contents(views, [Greeted()])["greeted"]


@pytest.fixture
def greeting(record_url: str) -> Iterator[Views]:
    views = Views.open(record_url, [Greeted()])
    yield views
    views.close()


@pytest.mark.parametrize("chokes_on", [{1}, {2}, {1, 5}, {2, 3, 4}, {1, 2, 3, 4, 5}])
def test_exactly_the_facts_that_a_projection_chokes_on_are_set_aside(
    greeting: Views, log: MemoryLog, monkeypatch: pytest.MonkeyPatch, chokes_on: set[int]
) -> None:
    monkeypatch.setattr(Greeted, "chokes_on", chokes_on)

    catch_up(greeting, log, [Greeted()])

    with greeting.reading() as connection:
        aside = set_aside(connection, household(2))
    assert {row["version"] for row in aside} == chokes_on
    assert {row["reason"] for row in aside} == {
        f"ValueError: version {version} tastes odd" for version in chokes_on
    }
    assert [facts for _, facts in greeted(greeting)] == [5 - len(chokes_on)] * 3


def test_a_projection_that_always_fails_shows_nothing_and_says_why(
    greeting: Views, log: MemoryLog
) -> None:
    class Broken(Greeted):
        def rows(self, journey: Journey, since: int = 0) -> list[Row]:
            raise RuntimeError("out of order")

    catch_up(greeting, log, [Broken()])

    assert greeted(greeting) == []
    [standing] = status(greeting, log, [Broken()])
    assert standing.set_aside == 3


def test_what_was_set_aside_is_taken_in_once_it_can_be(
    greeting: Views, log: MemoryLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Greeted, "chokes_on", {2})
    catch_up(greeting, log, [Greeted()])
    monkeypatch.setattr(Greeted, "chokes_on", {3})

    assert retry(greeting, log, [Greeted()]) == 3

    monkeypatch.setattr(Greeted, "chokes_on", set())

    assert retry(greeting, log, [Greeted()]) == 0
    assert [facts for _, facts in greeted(greeting)] == [5, 5, 5]


def test_a_new_fact_of_the_household_tries_those_set_aside_again(
    greeting: Views, log: MemoryLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Greeted, "chokes_on", {2})
    catch_up(greeting, log, [Greeted()])
    monkeypatch.setattr(Greeted, "chokes_on", set())

    catch_up(greeting, log.add(household(1), housed("2025-05-01")), [Greeted()])

    [standing] = status(greeting, log, [Greeted()])
    assert standing.set_aside == 2
    assert [facts for _, facts in greeted(greeting)] == [4, 6, 4]


def test_rows_by_an_older_definition_wait_for_a_rebuild(greeting: Views, log: MemoryLog) -> None:
    catch_up(greeting, log, [Greeted()], page=5, pages=1)

    assert catch_up(greeting, log, [Stricter()]) == log.size()
    [waiting] = status(greeting, log, [Stricter()])
    assert (waiting.position, waiting.current) == (5, False)

    rebuild(greeting, log, [Stricter()])

    [current] = status(greeting, log, [Stricter()])
    assert (current.position, current.current) == (15, True)
