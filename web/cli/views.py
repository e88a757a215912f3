"""`journeys catch-up` and `journeys rebuild`: the read models."""

from __future__ import annotations

import time

import click

from projections.catalogue import EVERY, with_names
from projections.engine import catch_up as take_in
from projections.rebuild import rebuild as build_again
from web.cli.output import progress
from web.cli.setting import opened_with_views

NAMES = tuple(projection.name for projection in EVERY)


@click.command("catch-up")
@click.option("--follow", is_flag=True, help="Go on until interrupted.")
@click.option("--every", default=1.0, show_default=True, help="Seconds between looks at the log.")
def catch_up(follow: bool, every: float) -> None:
    """Bring the read models up to the end of the log."""
    with opened_with_views() as (journeys, views), progress("catching up") as tell:
        while True:
            chosen = with_names(journeys.disclose)
            position = take_in(views, journeys.recorder, chosen, progress=tell)
            if not follow:
                break
            time.sleep(every)
    click.echo(f"caught up to position {position}")


@click.command()
@click.argument("projections", nargs=-1, type=click.Choice(NAMES))
def rebuild(projections: tuple[str, ...]) -> None:
    """Build PROJECTIONS again beside the live ones (all without a name), then swap them in."""
    with opened_with_views() as (journeys, views), progress("rebuilding") as tell:
        every = with_names(journeys.disclose)
        chosen = [one for one in every if not projections or one.name in projections]
        build_again(views, journeys.recorder, chosen, progress=tell)
    click.echo(f"rebuilt {', '.join(one.name for one in chosen)}")
