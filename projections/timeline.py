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
from journeys.household.history import Reading, Status
from projections.projection import VIEWS, Journey, Row, SetAside
from projections.readings import chains, tellings, untouched

if TYPE_CHECKING:
    from projections.store import Views

TIMELINE = Table(
    "timeline",
    VIEWS,
    Column("household", Uuid, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("position_from", BigInteger, nullable=False),
    Column("position_until", BigInteger),
    Column("known_from", BigInteger, nullable=False),
    Column("known_until", BigInteger),
    Column("effective_from", Date, nullable=False),
    Column("effective_until", Date),
    Column("kind", String, nullable=False),
    Column("status", String, nullable=False),
    Column("corrected_by", Text),
    Column("retracted_by", BigInteger),
    Column("told_by", BigInteger, nullable=False),
    Column("by", String, nullable=False),
    Column("organisation", String, nullable=False),
    Column("role", String, nullable=False),
    Column("known_on", Date),
    Column("recorded_at", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("payload", Text, nullable=False),
)
"""`known_*` and `recorded_at` are microseconds since the epoch; an `_until` is the first instant,
position or day that no longer belongs, empty where it goes on. `told_by` is the version of the
fact that brought the reading about, at `position_from`."""

_KEY = (TIMELINE.c.household, TIMELINE.c.version, TIMELINE.c.position_from)
Index("timeline_key", *_KEY, unique=True)


class Line(msgspec.Struct, frozen=True):
    """An entry as it reads at the instant asked about; the columns of `TIMELINE`."""

    household: UUID
    version: int
    position: int
    recorded_at: int
    kind: str
    effective_from: dt.date
    effective_until: dt.date | None
    status: Status
    corrected_by: tuple[int, ...]
    retracted_by: int | None
    told_by: int
    by: str
    organisation: str
    role: str
    known_on: dt.date | None
    payload: str

    @property
    def current(self) -> Fact:
        """The entry's content with its corrections applied."""
        return _DECODERS[self.kind](self.payload)


class Timeline:
    """The projection: readings are added, and closed by the corrections that follow."""

    name = "timeline"
    version = 1
    settings = ""
    table = TIMELINE
    closes = True

    def rows(self, journey: Journey, since: int = 0) -> list[Row]:
        """The readings that the facts after position `since` brought about or closed."""
        household = journey.household.hex
        touching = chains(journey.entries)
        rows = [
            _row(household, entry, entry.fact, entry)
            for entry in untouched(journey.entries, touching, since)
            if type(entry.fact) is not SetAside
        ]
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
        sa.select(*(row[field] for field in Line.__struct_fields__))
        .where(row.household == household, *_known(as_at))
        .order_by(row.effective_from, row.version)
    )
    if as_of is not None:
        query = query.where(row.effective_from <= as_of)
    if kinds is not None:
        query = query.where(row.kind.in_(sorted(kinds)))
    with views.reading() as connection:
        return [_line(found) for found in connection.execute(query).mappings()]


def _known(as_at: int | None) -> tuple[sa.ColumnElement[bool], ...]:
    row = TIMELINE.c
    if as_at is None:
        return (row.known_until.is_(None),)
    return (
        row.known_from <= as_at,
        sa.or_(row.known_until.is_(None), row.known_until > as_at),
    )


def _line(found: RowMapping) -> Line:
    by = found["corrected_by"]
    return Line(**{**found, "corrected_by": tuple(msgspec.json.decode(by)) if by else ()})


_DECODERS = {name: msgspec.json.Decoder(kind).decode for name, kind in BY_NAME.items()}
_ENCODE = msgspec.json.Encoder().encode
_NAMES: dict[type[Fact], str] = {kind: name_of(kind) for kind in FACTS}


class _Days(dict[dt.date | None, str | None]):
    """Days as ISO text, each written once: a fold writes the same few thousand over and over."""

    def __missing__(self, day: dt.date | None) -> str | None:
        text = self[day] = None if day is None else day.isoformat()
        return text


_DAYS = _Days()


def _changed(household: str, chain: Sequence[Recorded], since: int) -> Iterator[Row]:
    for told in tellings(chain):
        fact = told.reading.current
        if (told.closed or told.opened).position > since and type(fact) is not SetAside:
            yield _row(household, told.entry, fact, told.opened, told.closed, told.reading)


def _row(
    household: str,
    entry: Recorded,
    fact: Fact,
    opened: Recorded,
    closed: Recorded | None = None,
    reading: Reading | None = None,
) -> Row:
    status, corrected_by, retracted_by = "current", None, None
    if reading is not None and reading.corrected_by:
        status, corrected_by = "corrected", _ENCODE(reading.corrected_by).decode()
    if reading is not None and reading.retracted_by is not None:
        status, retracted_by = "retracted", reading.retracted_by
    return (
        household,
        entry.version,
        opened.position,
        closed and closed.position,
        opened.recorded_at,
        closed and closed.recorded_at,
        _DAYS[fact.effective_from],
        _DAYS[fact.effective_until],
        _NAMES[type(fact)],
        status,
        corrected_by,
        retracted_by,
        opened.version,
        fact.by,
        fact.organisation,
        fact.role,
        _DAYS[fact.known_on],
        entry.recorded_at,
        entry.position,
        _ENCODE(fact).decode(),
    )
