"""`journeys demo` and `journeys serve`: the pages, with invented people or with real ones."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from datetime import date
from pathlib import Path

import click

from journeys.application import Journeys
from journeys.clock import today
from journeys.errors import WrongSetting
from journeys.intake.prato import StepClock, cohort, record_cohort
from journeys.record.keys import create_keyring
from journeys.record.store import create_record
from projections.catalogue import with_names
from projections.engine import catch_up
from projections.store import Views
from web.cli.output import progress
from web.cli.setting import current_settings
from web.server import serve as run
from web.settings import Settings

YEARS = 2
LOOPBACK = "127.0.0.1"


@click.command()
@click.option("--households", default=120, show_default=True, type=click.IntRange(1, 100_000))
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--seed", default=2021, show_default=True, help="Another seed, other people.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 16))
def demo(households: int, port: int, seed: int, workers: int) -> None:
    """Serve an invented cohort of Prato from a temporary store, one sign-in link per role."""
    with tempfile.TemporaryDirectory(prefix="journeys-demo-", dir=_shelf(households)) as folder:
        settings = Settings(
            database=f"sqlite:///{folder}/record.db",
            home=Path(folder),
            secret_key=secrets.token_urlsafe(48),
        )
        fill(settings, households, seed, today())
        run(settings, LOOPBACK, port, workers, development_sign_in=True)


MEMORY = Path("/dev/shm")  # noqa: S108  # a folder of our own is made in it
BYTES_PER_HOUSEHOLD = 400_000


def _shelf(households: int) -> Path | None:
    """Where the temporary store lies: in memory where there is room, since it is thrown away."""
    if not MEMORY.is_dir() or not os.access(MEMORY, os.W_OK):
        return None
    room = shutil.disk_usage(MEMORY).free
    return MEMORY if room > households * BYTES_PER_HOUSEHOLD else None


def fill(settings: Settings, households: int, seed: int, until: date) -> None:
    """Make a demonstration store and record an invented cohort in it, up to `until`."""
    create_record(settings.database, kind="demonstration", origin=settings.origin).close()
    create_keyring(settings.database, settings.home).close()
    clock = StepClock()
    journeys = Journeys.open(settings.database, settings.home, clock=clock)
    views = Views.open(settings.database)
    try:
        steps = cohort(seed, households, until.replace(year=until.year - YEARS, day=1), until)
        with progress("recording the cohort") as tell:
            record_cohort(journeys, clock, steps, lambda _: tell(journeys.recorder.size(), None))
        catch_up(views, journeys.recorder, with_names(journeys.disclose))
        click.echo(f"{households} invented households, {journeys.recorder.size()} entries.")
    finally:
        views.close()
        journeys.close()


@click.command()
@click.option("--host", default=LOOPBACK, show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
@click.option(
    "--development-sign-in",
    is_flag=True,
    help="Sign in by choosing a role. Refused on any address but loopback.",
)
def serve(host: str, port: int, workers: int, development_sign_in: bool) -> None:
    """Serve the pages and the API of the store that the settings name."""
    settings = current_settings()
    if settings.secret_key is None:
        raise WrongSetting("JOURNEYS_SECRET_KEY is missing: sessions are signed with it.")
    run(settings, host, port, workers, development_sign_in=development_sign_in)
