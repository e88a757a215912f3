"""`journeys init`, `status` and `verify`: the store, how it stands, and whether it is whole."""

from __future__ import annotations

import click

from journeys.record.keys import create_keyring
from journeys.record.store import create_record
from journeys.record.verify import verify as walk
from projections.catalogue import EVERY
from projections.engine import status as standings
from projections.store import Views
from web import wire
from web.cli.output import as_json, json_option, progress, table
from web.cli.setting import current_settings, opened, opened_with_views

ANSWER_IS_NO = 1


@click.command()
@click.option("--app-role", help="PostgreSQL: the role that serves, and owns nothing.")
def init(app_role: str | None) -> None:
    """Make the store and its keys. Done again, it changes nothing."""
    settings = current_settings()
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    recorder = create_record(settings.database, origin=settings.origin, app_role=app_role)
    size = recorder.size()
    recorder.close()
    create_keyring(settings.database, settings.home, owner=app_role).close()
    if app_role is None:
        # Otherwise the role makes its own read models when it first opens them, and owns them.
        Views.open(settings.database).close()
    click.echo(f"The store is ready and holds {size} events.")


@click.command()
@json_option
def status(json: bool) -> None:
    """Where the log and its read models stand."""
    with opened_with_views() as (journeys, views):
        recorder = journeys.recorder
        size, last = recorder.size(), recorder.last_recorded_at()
        projections = standings(views, recorder, EVERY)
    told = {
        "position": size,
        "last_recorded_at": wire.moment(last) if size else None,
        "kind": recorder.meta.kind,
        "origin": recorder.meta.origin,
        "last_checkpoint": None,
        "projections": [
            {
                "projection": one.projection,
                "position": one.position,
                "lag": one.lag,
                "set_aside": one.set_aside,
                "current": one.current,
            }
            for one in projections
        ],
    }
    if json:
        as_json(told)
        return
    click.echo(f"{size} events, the last recorded at {told['last_recorded_at'] or 'no time yet'}")
    click.echo(f"{told['kind']} store, log {told['origin']}, no checkpoint yet")
    head = ("projection", "position", "lag", "set aside", "definition")
    rows = [
        (p.projection, p.position, p.lag, p.set_aside, "current" if p.current else "old")
        for p in projections
    ]
    table("Read models", head, rows)


@click.command()
@json_option
@click.pass_context
def verify(ctx: click.Context, json: bool) -> None:
    """Walk the whole log: rows, leaves, tiles, root. Exit status 1 where something does not fit."""
    with opened() as journeys, progress("verifying", quiet=json) as tell:
        found = walk(journeys.recorder, progress=tell)
    if json:
        as_json(
            {
                "whole": found.whole,
                "size": found.size,
                "root": found.root.hex(),
                "findings": [
                    {"code": f.code, "position": f.position, "sentence": f.sentence}
                    for f in found.findings
                ],
            }
        )
    else:
        for finding in found.findings:
            click.echo(f"{finding.code}: {finding.sentence}", err=True)
        click.echo(
            f"{'whole' if found.whole else 'NOT WHOLE'}: {found.size} events, "
            f"root {found.root.hex()}"
        )
    if not found.whole:
        ctx.exit(ANSWER_IS_NO)
