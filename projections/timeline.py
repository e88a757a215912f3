"""The timeline: what each entry said, over which days, and from when to when it was known to.

One row is one reading of one entry. It is known from the instant of the fact that brought it
about (the entry itself, a correction, a retraction) until that of the fact that changed it, and
so the timeline of any day as known at any instant is one query. It says exactly what
`journeys.household.history.read` says.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
import sqlalchemy as sa
from sqlalchemy import BigInteger, Column, Date, Index, String, Table, Text, Uuid
from sqlalchemy.engine import RowMapping

from journeys.household.facts import (
    BY_NAME,
    FACTS,
    Fact,
    Recorded,
    name_of,
)
from journeys.household.history import Status
from projections.projection import VIEWS, Journey, Row, SetAside, known
from projections.readings import Told, chains, tellings, untouched

if TYPE_CHECKING:
    from projections.store import Views

TIMELINE = Table(
    "timeline",
    VIEWS,
    Column("household", Uuid, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("position_from", BigInteger, nullable=False),
    Column("known_from", BigInteger, nullable=False),
    Column("effective_from", Date, nullable=False),
    Column("kind", String, nullable=False),
    Column("content", Text, nullable=False),
    Column("effective_until", Date),
    Column("position_until", BigInteger),
    Column("known_until", BigInteger),
    Column("told_by", BigInteger),
    Column("position", BigInteger),
    Column("recorded_at", BigInteger),
    Column("corrected_by", Text),
    Column("retracted_by", BigInteger),
)
"""`content` is the entry as JSON, its corrections applied. `known_*` and `recorded_at` are
microseconds since the epoch; an `_until` is the first instant, position or day that no longer
belongs, empty where it goes on. The reading was brought about at `position_from` by the fact of
version `told_by`. The last six columns are empty in an entry that nothing acted upon."""

_KEY = (TIMELINE.c.household, TIMELINE.c.version, TIMELINE.c.position_from)
Index("timeline_key", *_KEY, unique=True)


class Line(msgspec.Struct, frozen=True):
    """An entry as it reads at the instant asked about.

    `told_by` is the version of the fact that made it read so, at log position `told_at`: the
    entry itself, a correction of it, or a retraction.
    """

    household: UUID
    version: int
    position: int
    recorded_at: int
    kind: str
    effective_from: dt.date
    effective_until: dt.date | None
    corrected_by: tuple[int, ...]
    retracted_by: int | None
    told_by: int
    told_at: int
    content: str

    @property
    def current(self) -> Fact:
        """The entry with its corrections applied: what it says, who told it, for whom."""
        return _DECODERS[self.kind](self.content)

    @property
    def status(self) -> Status:
        """Whether it stands as recorded, stands corrected, or no longer stands."""
        if self.retracted_by is not None:
            return "retracted"
        return "corrected" if self.corrected_by else "current"


class Timeline:
    """The projection: readings are added, and closed by the corrections that follow."""

    name = "timeline"
    version = 1
    settings = ""
    table = TIMELINE
    closes = True
    personal = False

    def rows(self, journey: Journey, since: int = 0) -> list[Row]:
        """The readings that the facts after position `since` brought about or closed."""
        household = journey.household.hex
        touching = chains(journey.entries)
        plain = untouched(journey.entries, touching, since)
        if journey.set_aside:
            plain = [entry for entry in plain if type(entry.fact) is not SetAside]
        rows = [_row(household, entry, entry.fact, entry) for entry in plain]
        for chain in touching:
            if chain[-1].position > since:
                rows += _changed(household, chain, since)
        return rows


def timeline(
    views: Views,
    household: UUID,
    as_of: dt.date | None = None,
    as_at: int | None = None,
    *,
    kinds: Collection[str] | None = None,
) -> list[Line]:
    """The household's entries as of a day, as known at an instant (microseconds, inclusive).

    Ordered by effective day, then version; None means without limit. `kinds` keeps only these
    names of facts. An unknown household has no entries.
    """
    row = TIMELINE.c
    query = (
        sa.select(
            row.household,
            row.version,
            sa.func.coalesce(row.position, row.position_from).label("position"),
            sa.func.coalesce(row.recorded_at, row.known_from).label("recorded_at"),
            row.kind,
            row.effective_from,
            row.effective_until,
            row.corrected_by,
            row.retracted_by,
            sa.func.coalesce(row.told_by, row.version).label("told_by"),
            row.position_from.label("told_at"),
            row.content,
        )
        .where(row.household == household, *known(TIMELINE, as_at))
        .order_by(row.effective_from, row.version)
    )
    if as_of is not None:
        query = query.where(row.effective_from <= as_of)
    if kinds is not None:
        query = query.where(row.kind.in_(sorted(kinds)))
    with views.reading() as connection:
        return [_line(found) for found in connection.execute(query).mappings()]


def _line(found: RowMapping) -> Line:
    by = found["corrected_by"]
    return Line(**{**found, "corrected_by": tuple(msgspec.json.decode(by)) if by else ()})


_DECODERS = {name: msgspec.json.Decoder(kind).decode for name, kind in BY_NAME.items()}
_ENCODE = msgspec.json.Encoder().encode
_NAMES: dict[type[Fact], str] = {kind: name_of(kind) for kind in FACTS}
_UNTIL = list(TIMELINE.c.keys()).index("effective_until")


class _Days(dict[dt.date, str]):
    """Days as ISO text, each written once: a fold writes the same few thousand over and over."""

    def __missing__(self, day: dt.date) -> str:
        text = self[day] = day.isoformat()
        return text


_DAYS = _Days()


def _row(household: str, entry: Recorded, fact: Fact, opened: Recorded) -> Row:
    row = (
        household,
        entry.version,
        opened.position,
        opened.recorded_at,
        _DAYS[fact.effective_from],
        _NAMES[type(fact)],
        _ENCODE(fact).decode(),
    )
    return row if fact.effective_until is None else (*row, _DAYS[fact.effective_until])


def _told_row(household: str, told: Told) -> Row:
    entry, reading, opened, closed = told
    fact = reading.current
    return (
        *_row(household, entry, fact, opened)[:_UNTIL],
        _DAYS[fact.effective_until] if fact.effective_until else None,
        closed and closed.position,
        closed and closed.recorded_at,
        opened.version,
        entry.position,
        entry.recorded_at,
        _ENCODE(reading.corrected_by).decode() if reading.corrected_by else None,
        reading.retracted_by,
    )


def _changed(household: str, chain: Sequence[Recorded], since: int) -> Iterator[Row]:
    for told in tellings(chain):
        last = told.closed or told.opened
        if last.position > since and type(told.reading.current) is not SetAside:
            yield _told_row(household, told)
