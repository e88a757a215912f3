"""`journeys history`: one household's timeline, on two dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID

import click

from journeys.clock import instant, microseconds
from journeys.household.facts import name_of
from journeys.household.history import Change, Entry, History, difference
from journeys.household.lineage import joint as joint_entries
from projections.catalogue import with_names
from projections.engine import catch_up
from projections.homes import homes
from web import wire
from web.cli.output import as_json, json_option, table
from web.cli.setting import opened, opened_with_views
from web.formats import parse_day, parse_instant, short_instant


class Typed(click.ParamType[Any]):
    """A value read by one of the functions that read what people type."""

    def __init__(self, name: str, read: Callable[[str], Any]) -> None:
        self.name = name
        self._read = read

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The value, or a usage error that says what is expected."""
        try:
            return self._read(value) if isinstance(value, str) else value
        except ValueError as error:
            self.fail(str(error), param, ctx)


DAY = Typed("day", parse_day)
INSTANT = Typed("instant", lambda text: microseconds(parse_instant(text)))


@click.command()
@click.argument("household", type=click.UUID)
@click.option("--as-of", type=DAY, help="Facts up to this day: gg/mm/aaaa or YYYY-MM-DD.")
@click.option("--as-at", type=INSTANT, help="As known at the end of this day, or at this instant.")
@click.option("--diff-from", type=INSTANT, help="Only what changed since it was known like this.")
@click.option("--joint", is_flag=True, help="With the households that it is bound to.")
@json_option
def history(
    household: UUID,
    as_of: dt.date | None,
    as_at: int | None,
    diff_from: int | None,
    joint: bool,
    json: bool,
) -> None:
    """The timeline of HOUSEHOLD with its provenance, as it was and as it was known.

    With --joint, splits, merges, identity matches and guests are followed in both directions.
    """
    if joint:
        _show_joint(household, as_of, as_at, json)
        return
    with opened() as journeys:
        read = journeys.history(household, as_of, as_at)
        if diff_from is None:
            _show(household, read, json)
        else:
            before = journeys.history(household, as_of, diff_from)
            _show_difference(household, difference(before, read), json)


def _show(household: UUID, read: History, json: bool) -> None:
    if json:
        as_json({"household": str(household), **wire.history(read)})
        return
    table(f"Household {household}", _HEAD, [_row(entry) for entry in read.entries])


def _show_joint(household: UUID, as_of: dt.date | None, as_at: int | None, json: bool) -> None:
    with opened_with_views() as (journeys, views):
        catch_up(views, journeys.recorder, with_names(journeys.disclose))
        read = journeys.lineage(household, as_of, as_at, lambda person: homes(views, person))
    if json:
        as_json({"household": str(household), **wire.lineage(read)})
        return
    for stream, path in read.path.items():
        for bond in path[-1:]:
            click.echo(f"{bond.relation} {stream} on {bond.day.isoformat()}")
    rows = [(str(entry.recorded.household)[:8], *_row(entry)) for entry in joint_entries(read)]
    table(f"Household {household} and those it is bound to", ("stream", *_HEAD), rows)


_HEAD = ("no.", "effective", "fact", "content", "status", "by", "recorded", "position")


def _row(entry: Entry) -> tuple[object, ...]:
    fact = entry.current
    return (
        entry.version,
        _days(fact.effective_from, wire.last_day(fact.effective_until)),
        name_of(fact),
        _content(wire.fact(fact)["content"]),
        _status(entry.status, entry.corrected_by, entry.retracted_by),
        f"{entry.recorded.fact.by} ({entry.recorded.fact.organisation})",
        short_instant(instant(entry.recorded.recorded_at)),
        entry.recorded.position,
    )


def _show_difference(household: UUID, changes: list[Change], json: bool) -> None:
    told = wire.difference(changes)
    if json:
        as_json({"household": str(household), "changes": told})
        return
    rows = [
        (change["change"], change["version"], change["fact"], field, before, after)
        for change in told
        for field, before, after in (
            [(f["field"], f["before"], f["after"]) for f in change["fields"]] or [("", "", "")]
        )
    ]
    head = ("change", "no.", "fact", "field", "before", "after")
    table(f"Household {household}: what changed", head, rows)


def _days(first: dt.date, last: str | None) -> str:
    return first.isoformat() if last is None else f"{first.isoformat()} – {last}"


def _content(content: dict[str, Any]) -> str:
    return ", ".join(f"{field} {value}" for field, value in content.items() if value is not None)


def _status(status: str, corrected_by: tuple[int, ...], retracted_by: int | None) -> str:
    if retracted_by is not None:
        return f"retracted by {retracted_by}"
    if corrected_by:
        return f"corrected by {', '.join(map(str, corrected_by))}"
    return status
