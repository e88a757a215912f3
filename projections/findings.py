"""Findings: what does not fit in a household's record, with the facts behind each.

Nothing is repaired in silence. A finding is there as long as the facts say so, and goes away when
one of them is corrected or retracted. The rules are in `projections.quality`; a further set of
rules is a further entry in `RULES`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
import sqlalchemy as sa
from sqlalchemy import BigInteger, Column, Date, Index, String, Table, Text, Uuid

from journeys.codes import CodeBook, shipped
from projections.case import Case, Finding, Rule
from projections.projection import VIEWS, Journey, Row
from projections.quality import LATE_AFTER_DAYS, rules

if TYPE_CHECKING:
    from projections.store import Views

FINDINGS = Table(
    "findings",
    VIEWS,
    Column("household", Uuid, nullable=False),
    Column("finding", String, nullable=False),
    Column("day", Date, nullable=False),
    Column("versions", Text, nullable=False),
    Column("details", Text, nullable=False),
    Column("told_by", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
)
"""`versions` are the entries behind the finding and `details` what it speaks of, both as JSON;
the last of the entries is version `told_by`, at log `position`."""

Index("findings_household", FINDINGS.c.household)
Index("findings_finding", FINDINGS.c.finding, FINDINGS.c.household)


class Found(msgspec.Struct, frozen=True):
    """A finding about a household, true since `day`; `versions` are the entries behind it."""

    household: UUID
    finding: str
    day: dt.date
    versions: tuple[int, ...]
    details: dict[str, Any]


class Findings:
    """The projection: a household's findings are replaced by what its record says now."""

    name = "findings"
    version = 1
    table = FINDINGS
    closes = False
    personal = False

    def __init__(
        self, codes: CodeBook | None = None, *, late_after_days: int = LATE_AFTER_DAYS
    ) -> None:
        codes = codes or shipped()
        self._rules: tuple[Rule, ...] = rules(codes, late_after_days)
        self.settings = f"late:{late_after_days} codes:{sorted(codes.versions.items())}"

    def rows(self, journey: Journey, since: int = 0) -> list[Row]:  # noqa: ARG002  # rows are replaced
        """The household's findings."""
        case = Case(journey)
        return [_row(journey, finding) for rule in self._rules for finding in rule(case)]


def findings(
    views: Views,
    household: UUID | None = None,
    *,
    kinds: Collection[str] | None = None,
    households: Collection[UUID] | None = None,
) -> list[Found]:
    """Findings by household and day: of one household, or of all; of some kinds, or of all.

    `households` restricts them to those that a reader may see.
    """
    row = FINDINGS.c
    query = sa.select(row.household, row.finding, row.day, row.versions, row.details).order_by(
        row.household, row.day, row.finding, row.versions
    )
    if household is not None:
        query = query.where(row.household == household)
    if kinds is not None:
        query = query.where(row.finding.in_(sorted(kinds)))
    if households is not None:
        query = query.where(row.household.in_(list(households)))
    with views.reading() as connection:
        return [
            Found(home, kind, day, tuple(_decode(versions)), _decode(details))
            for home, kind, day, versions, details in connection.execute(query)
        ]


def counts(views: Views, households: Collection[UUID] | None = None) -> dict[str, int]:
    """How many findings of each kind there are."""
    row = FINDINGS.c
    query = sa.select(row.finding, sa.func.count()).group_by(row.finding).order_by(row.finding)
    if households is not None:
        query = query.where(row.household.in_(list(households)))
    with views.reading() as connection:
        return {found.finding: found[1] for found in connection.execute(query)}


_encode = msgspec.json.Encoder(order="sorted").encode
_decode = msgspec.json.Decoder().decode


def _row(journey: Journey, finding: Finding) -> Row:
    last = journey.entries[max(finding.versions) - 1]
    return (
        journey.household.hex,
        finding.kind,
        finding.day.isoformat(),
        _encode(finding.versions).decode(),
        _encode(finding.details).decode(),
        last.version,
        last.position,
    )
