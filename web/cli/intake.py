"""`journeys import`: records from outside, with a report of every row that was not taken."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from journeys.application import Journeys
from journeys.intake.hmis import import_hmis
from journeys.intake.report import Report
from journeys.intake.table import import_table
from journeys.values import Actor
from projections.catalogue import with_names
from projections.engine import catch_up
from web.cli.output import Tell, as_json, json_option, progress
from web.cli.setting import opened_with_views

EXISTING = click.Path(exists=True, path_type=Path)
REPORT = click.option(
    "--report", type=click.Path(path_type=Path), help="List every row not taken, and why, here."
)
ORGANISATION = click.option(
    "--organisation", default="import", show_default=True, help="On whose behalf rows are taken."
)


@click.group("import")
def import_() -> None:
    """Take in records from outside. Done again, it adds only what changed."""


@import_.command()
@click.argument("path", type=EXISTING)
@REPORT
@ORGANISATION
@json_option
def hmis(path: Path, report: Path | None, organisation: str, json: bool) -> None:
    """HUD HMIS CSV 2022, 2024 or 2026 from PATH, a folder or a zip."""

    def take(journeys: Journeys, told: Report, tell: Tell) -> None:
        actor = Actor("import", organisation, "import")
        import_hmis(
            journeys,
            path,
            actor=actor,
            progress=lambda what, done, of: tell(done, of, what),
            report=told,
        )

    _import(take, report, json)


@import_.command()
@click.argument("path", type=EXISTING)
@click.option("--mapping", required=True, type=EXISTING, help="The mapping document (YAML).")
@REPORT
@ORGANISATION
@json_option
def table(path: Path, mapping: Path, report: Path | None, organisation: str, json: bool) -> None:
    """Any CSV file at PATH, through a mapping document."""

    def take(journeys: Journeys, told: Report, tell: Tell) -> None:
        actor = Actor("import", organisation, "import")
        import_table(journeys, path, mapping, actor=actor, progress=tell, report=told)

    _import(take, report, json)


def _import(take: Callable[[Journeys, Report, Tell], None], file: Path | None, json: bool) -> None:
    """Take rows in, bring the read models up to them, and say what was done and left."""
    with Report() as told, opened_with_views() as (journeys, views):
        with progress("importing", quiet=json) as tell:
            take(journeys, told, tell)
        with progress("projecting", quiet=json) as tell:
            catch_up(views, journeys.recorder, with_names(journeys.disclose), progress=tell)
        if file is not None:
            with file.open("wb") as out:
                told.write_json(out)
        if json:
            figures = dict(sorted(told.counts.items()))
            as_json(
                {
                    "counts": figures,
                    "not_taken": told.total("not-taken"),
                    "findings": told.total("finding"),
                }
            )
            return
        for name, number in sorted(told.counts.items()):
            click.echo(f"{number:>10}  {name}")
        left = told.total("not-taken")
        where = f"; {file} lists them" if file else "; --report FILE lists them"
        click.echo(f"{left} rows were not taken{where if left else ''}.")
