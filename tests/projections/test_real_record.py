"""The timeline of a whole real export, held against folding its facts from the start."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

import pytest

from journeys.application import Journeys
from journeys.errors import Refusal
from journeys.household.facts import EntryCorrected, EntryRetracted, Recorded
from journeys.household.history import read
from journeys.intake.hmis import import_hmis
from journeys.intake.report import Report
from journeys.record.keys import create_keyring
from journeys.record.store import create_record
from journeys.values import Actor
from projections.catalogue import ALL
from projections.engine import catch_up
from projections.rebuild import rebuild
from projections.store import Views
from projections.timeline import timeline

SEED = 2026
CORRECTIONS = 300
AUDITOR = {"by": "auditor-01", "organisation": "comune-prato", "role": "auditor"}


class Whole(NamedTuple):
    """The record of an export with corrections on it, and its views."""

    journeys: Journeys
    views: Views
    streams: dict[UUID, list[Recorded]]


@pytest.fixture(scope="module")
def eva(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    home = tmp_path_factory.mktemp("eva")
    url = f"sqlite:///{home / 'record.db'}"
    create_record(url).close()
    create_keyring(url, home).close()
    journeys = Journeys.open(url, home)
    with Report() as report:
        import_hmis(
            journeys,
            shared_data / "hmis" / "eva_demo_fy2026csv.zip",
            actor=Actor("import", "datalab", "import"),
            report=report,
        )
    ids = [household for household, _ in journeys.recorder.streams()]
    disturb(journeys, ids)
    views = Views.open(url)
    catch_up(views, journeys.recorder, ALL)
    yield Whole(journeys, views, {household: journeys.entries(household) for household in ids})
    views.close()
    journeys.close()


def disturb(journeys: Journeys, households: list[UUID]) -> None:
    """Corrections and retractions here and there, as far as the rules let them through."""
    rng, made = Random(SEED), 0
    while made < CORRECTIONS:
        household = rng.choice(households)
        version = rng.randint(1, journeys.household(household).version)
        day = dt.date(2026, 1, 1) - dt.timedelta(days=rng.randint(0, 2_000))
        told: dict[str, Any] = AUDITOR | {"effective_from": dt.date(2026, 1, 2), "target": version}
        try:
            if rng.random() < 0.3:
                journeys.record(household, [EntryRetracted(**told)])
            else:
                changes = {"effective_from": day.isoformat()}
                journeys.record(household, [EntryCorrected(changes=changes, **told)])
        except Refusal:
            continue
        made += 1


def differing(whole: Whole, as_of: dt.date, as_at: int) -> list[UUID]:
    """Households whose timeline is not what folding their facts from the start gives."""
    return [
        household
        for household, record in whole.streams.items()
        if [
            (line.version, line.position, line.status, line.current, line.recorded_at)
            for line in timeline(whole.views, household, as_of, as_at)
        ]
        != [
            (e.version, e.recorded.position, e.status, e.current, e.recorded.recorded_at)
            for e in read(record, as_of, as_at).entries
        ]
    ]


@pytest.mark.parametrize("place", range(4))
def test_any_day_of_any_household_as_known_at_any_instant_is_as_folding_gives_it(
    eva: Whole, place: int
) -> None:
    rng = Random(f"{SEED}/{place}")
    first = min(record[0].recorded_at for record in eva.streams.values())
    as_at = rng.randint(first, eva.journeys.recorder.last_recorded_at())
    as_of = dt.date(2016, 1, 1) + dt.timedelta(days=rng.randint(0, 3_600))

    assert differing(eva, as_of, as_at) == []


def test_a_rebuild_of_the_whole_gives_the_same_timeline(eva: Whole) -> None:
    last = eva.journeys.recorder.last_recorded_at()

    rebuild(eva.views, eva.journeys.recorder, ALL)

    assert differing(eva, dt.date(2026, 12, 31), last) == []
