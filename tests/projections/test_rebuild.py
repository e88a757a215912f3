"""Rebuilding beside the live tables, and swapping in whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from journeys.record.recorder import StreamRow
from projections.catalogue import ALL
from projections.engine import catch_up, status
from projections.rebuild import rebuild
from projections.store import Views
from projections.timeline import timeline
from tests.journeys.household.story import (
    HOME,
    correction,
    housed,
    referred,
    registered,
    retraction,
    tenancy,
)
from tests.projections.given import MemoryLog, contents, household, replayed


class Interrupted(Exception):
    """What a test throws into a rebuild."""


class Interrupting(MemoryLog):
    """A log that does something when the rebuild comes to a household, once."""

    def __init__(self, at: UUID, act: Any) -> None:
        super().__init__()
        self.at, self.act = at, act

    def streams(
        self, first: UUID | None = None, last: UUID | None = None
    ) -> Iterator[tuple[UUID, list[StreamRow]]]:
        for home, rows in super().streams(first, last):
            if home == self.at and self.act is not None:
                act, self.act = self.act, None
                act()
            yield home, rows


def fill(log: MemoryLog, households: int = 6) -> MemoryLog:
    for number in range(households):
        log.add(household(number), registered(), referred(), housed("2025-02-01"))
    for number in range(households):
        log.add(household(number), correction(3, kind="shelter"), tenancy("2025-03-01"))
    return log.add(household(1), retraction(4))


def interrupt() -> None:
    raise Interrupted


def test_a_rebuild_gives_the_rows_that_catching_up_gives(views: Views, tmp_path: Path) -> None:
    log = fill(MemoryLog())

    rebuild(views, log, chunk=7)

    assert contents(views) == replayed(log, tmp_path)
    assert {(s.position, s.lag) for s in status(views, log)} == {(31, 0)}


def test_a_rebuild_repairs_rows_that_went_wrong(views: Views, tmp_path: Path) -> None:
    log = fill(MemoryLog())
    catch_up(views, log)
    with views.writing() as connection:
        connection.execute(sa.delete(ALL[0].table))

    rebuild(views, log)

    assert contents(views) == replayed(log, tmp_path)


def test_rebuilding_can_be_done_again_and_again(views: Views, tmp_path: Path) -> None:
    log = fill(MemoryLog())
    for _ in range(3):
        rebuild(views, log, chunk=7)
        catch_up(views, log.add(household(2), housed("2025-06-01")))

    assert contents(views) == replayed(log, tmp_path)


def test_the_new_table_has_the_indexes_of_the_old(views: Views) -> None:
    def indexed() -> list[tuple[list[str | None], bool | None]]:
        found = sa.inspect(views.engine).get_indexes("timeline", schema=schema)
        return [(index["column_names"], index["unique"]) for index in found]

    schema = None if views.sqlite else "projections"
    before = indexed()

    rebuild(views, fill(MemoryLog()))

    assert indexed() == before


def test_live_rows_are_read_and_written_while_a_rebuild_goes_on(
    views: Views, tmp_path: Path
) -> None:
    seen: list[int] = []

    def meanwhile() -> None:
        log.add(household(0), housed("2025-06-01")).add(household(5), housed("2025-06-01"))
        catch_up(views, log)
        seen.append(len(timeline(views, household(0))))

    log = fill(Interrupting(household(3), meanwhile))
    catch_up(views, log)

    rebuild(views, log, chunk=4)

    assert seen == [6]
    assert contents(views) == replayed(log, tmp_path)
    assert {s.lag for s in status(views, log)} == {0}


def test_an_interrupted_rebuild_goes_on_where_it_stopped(views: Views, tmp_path: Path) -> None:
    log = fill(Interrupting(household(4), interrupt))
    with pytest.raises(Interrupted):
        rebuild(views, log, chunk=4)
    told: list[tuple[int, int]] = []

    rebuild(views, log, chunk=4, progress=lambda done, size: told.append((done, size)))

    assert told[0][0] > 4 * 4
    assert told[-1] == (31, 31)
    assert contents(views) == replayed(log, tmp_path)


def test_an_interrupted_rebuild_leaves_the_live_rows_alone(views: Views) -> None:
    log = fill(Interrupting(household(4), interrupt))
    catch_up(views, log)
    before = contents(views)

    with pytest.raises(Interrupted):
        rebuild(views, log, chunk=4)

    assert contents(views) == before


def test_facts_recorded_between_two_attempts_are_taken_in(views: Views, tmp_path: Path) -> None:
    log = fill(Interrupting(household(4), interrupt))
    with pytest.raises(Interrupted):
        rebuild(views, log, chunk=4)
    log.add(household(0), housed("2025-06-01")).add(household(9), registered())

    rebuild(views, log, chunk=4, page=1)
    catch_up(views, log)

    assert contents(views) == replayed(log, tmp_path)


def test_two_rebuilds_at_once_neither_repeat_nor_skip_a_household(
    views: Views, tmp_path: Path
) -> None:
    def meanwhile() -> None:
        rebuild(views, log, chunk=4)

    log = fill(Interrupting(household(3), meanwhile))

    rebuild(views, log, chunk=4)

    assert contents(views) == replayed(log, tmp_path)


def test_a_half_built_table_of_an_older_definition_is_thrown_away(
    views: Views, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = fill(Interrupting(household(4), interrupt))
    with pytest.raises(Interrupted):
        rebuild(views, log, chunk=4)
    monkeypatch.setattr(type(ALL[0]), "version", 99)

    rebuild(views, log, chunk=4)

    assert contents(views) == replayed(log, tmp_path)
    assert all(s.current for s in status(views, log))


def test_only_the_projections_named_are_rebuilt(views: Views) -> None:
    log = fill(MemoryLog())

    rebuild(views, log, ALL[:1])

    assert [s.position for s in status(views, log)][:2] == [31, 0]


def test_a_fact_set_aside_by_the_old_rows_is_tried_again(views: Views) -> None:
    log = fill(MemoryLog())
    log.add_stored(HOME, "household.abducted.v1", b"{}")
    rebuild(views, log)

    assert {s.set_aside for s in status(views, log)} == {1}

    log.rows[-1] = (*log.rows[-1][:3], referred().TOPIC, log.rows[1][4], log.rows[-1][5])
    rebuild(views, log)

    assert {s.set_aside for s in status(views, log)} == {0}


def test_an_empty_record_is_rebuilt_to_nothing(views: Views) -> None:
    rebuild(views, MemoryLog())

    assert set(map(len, contents(views).values())) == {0}
