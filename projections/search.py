"""Looking households up: search, filters, sorting and pages of the register."""

from __future__ import annotations

import datetime as dt
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import Counter
from collections.abc import Collection
from typing import Any, Literal
from uuid import UUID

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import RowMapping

from journeys.errors import Refusal
from projections.circumstances import Situation
from projections.findings import FINDINGS
from projections.names import NAMES, folded
from projections.projection import holds
from projections.register import REGISTER
from projections.store import Views

Sort = Literal["name", "last_on", "recorded_at", "housed_since", "findings", "household"]


class UnknownCursor(Refusal):
    """A page was asked for by a cursor that no page of this listing gave."""

    code = "unknown-cursor"


class Wanted(msgspec.Struct, frozen=True):
    """Which households to list; what is left out does not restrict.

    `text` is looked for in names, word by word. `households` are those that the reader may see, or
    those that a blind index found. A household meets `programme` by an open enrolment,
    `accommodation` and `provider` by where it stays now, `organisation` by whoever recorded on it.
    `last_from` and `last_until` are the first day and the first day after, of its last entry.
    """

    text: str = ""
    households: Collection[UUID] | None = None
    status: str | None = None
    programme: str | None = None
    accommodation: str | None = None
    provider: str | None = None
    organisation: str | None = None
    finding: str | None = None
    has_findings: bool | None = None
    incomplete: bool | None = None
    last_from: dt.date | None = None
    last_until: dt.date | None = None


EVERYBODY = Wanted()


class Listed(msgspec.Struct, frozen=True):
    """One household of the register, as it stands on the reader's day."""

    household: UUID
    name: str
    version: int
    position: int
    recorded_at: int
    entries: int
    first_on: dt.date | None
    last_on: dt.date | None
    organisations: tuple[str, ...]
    incomplete: bool
    findings: int
    situation: Situation


class Listing(msgspec.Struct, frozen=True):
    """A page of the register. `total` counts all pages; `after` asks for the next, if any."""

    households: list[Listed]
    total: int
    after: str | None


def listing(
    views: Views,
    today: dt.date,
    wanted: Wanted = EVERYBODY,
    *,
    sort: Sort = "name",
    descending: bool = False,
    after: str | None = None,
    size: int = 50,
) -> Listing:
    """A page of the households wanted, as they stand today.

    `after` is that of the page before. Raises `UnknownCursor` for anything else.
    """
    key, household = _SORTS[sort], REGISTER.c.household
    meeting = [*holds(REGISTER, today), *_conditions(wanted, views.sqlite)]
    query = sa.select(
        *REGISTER.c,
        sa.func.coalesce(NAMES.c.name, "").label("name"),
        _FOUND.label("findings"),
        key.label("sort_key"),
    ).select_from(_JOINED)
    if after is not None:
        value, last = _opened(after, sort, key.type)
        beyond = key < value if descending else key > value
        query = query.where(beyond | ((key == value) & (household > last)))
    ordered = query.where(*meeting).order_by(key.desc() if descending else key.asc(), household)
    with views.reading() as connection:
        rows = connection.execute(ordered.limit(size + 1)).mappings().all()
        total = connection.scalar(sa.select(sa.func.count()).select_from(_JOINED).where(*meeting))
    following = _cursor(sort, rows[size - 1]) if len(rows) > size else None
    return Listing([_listed(row) for row in rows[:size]], total or 0, following)


def choices(views: Views, today: dt.date) -> dict[str, Counter[str]]:
    """What the register can be filtered by: for each filter its values, with how many have it."""
    fields = {
        "status": REGISTER.c.status,
        "programme": REGISTER.c.programmes,
        "accommodation": REGISTER.c.accommodation,
        "provider": REGISTER.c.provider,
        "organisation": REGISTER.c.organisations,
    }
    found = {field: Counter[str]() for field in fields}
    with views.reading() as connection:
        for field, column in fields.items():
            counting = sa.select(column, sa.func.count()).group_by(column)
            for values, number in connection.execute(counting.where(*holds(REGISTER, today))):
                found[field].update(dict.fromkeys(values.split(), number))
    return found


_JOINED = REGISTER.outerjoin(NAMES, NAMES.c.household == REGISTER.c.household)
_FOUND = (
    sa.select(sa.func.count()).where(FINDINGS.c.household == REGISTER.c.household).scalar_subquery()
)
_SORTS: dict[Sort, sa.ColumnElement[Any]] = {
    "name": sa.func.coalesce(NAMES.c.sorts_as, "", type_=sa.Text()),
    "last_on": sa.func.coalesce(REGISTER.c.last_on, dt.date.min, type_=sa.Date()),
    "housed_since": sa.func.coalesce(REGISTER.c.housed_since, dt.date.min, type_=sa.Date()),
    "recorded_at": REGISTER.c.recorded_at,
    "findings": _FOUND,
    "household": REGISTER.c.household,
}


def _conditions(wanted: Wanted, on_sqlite: bool) -> list[sa.ColumnElement[bool]]:
    row = REGISTER.c
    equal = {"status": row.status, "accommodation": row.accommodation, "provider": row.provider}
    among = {"programme": row.programmes, "organisation": row.organisations}
    found = [
        column == value for field, column in equal.items() if (value := getattr(wanted, field))
    ]
    found += [
        _has_word(column, value, on_sqlite)
        for field, column in among.items()
        if (value := getattr(wanted, field))
    ]
    found += [
        NAMES.c.search.contains(word, autoescape=True) for word in folded(wanted.text).split()
    ]
    if wanted.households is not None:
        found.append(row.household.in_(list(wanted.households)))
    if wanted.incomplete is not None:
        found.append(row.incomplete == int(wanted.incomplete))
    if wanted.has_findings is not None:
        found.append(_FOUND > 0 if wanted.has_findings else _FOUND == 0)
    if wanted.finding is not None:
        of_kind = FINDINGS.c.finding == wanted.finding
        found.append(sa.exists().where(FINDINGS.c.household == row.household, of_kind))
    if wanted.last_from is not None:
        found.append(row.last_on >= wanted.last_from)
    if wanted.last_until is not None:
        found.append(row.last_on < wanted.last_until)
    return found


def _has_word(column: sa.ColumnElement[str], word: str, on_sqlite: bool) -> sa.ColumnElement[bool]:
    """Whether one of the words in a column, parted by spaces, is this one."""
    locate = sa.func.instr if on_sqlite else sa.func.strpos
    return locate(sa.literal(" ").concat(column).concat(" "), f" {word} ") > 0


def _listed(row: RowMapping) -> Listed:
    return Listed(
        situation=Situation(*(row[field] for field in Situation._fields)),
        organisations=tuple(row["organisations"].split()),
        incomplete=bool(row["incomplete"]),
        **{field: row[field] for field in _PLAIN},
    )


_PLAIN = [
    field
    for field in Listed.__struct_fields__
    if field not in ("situation", "organisations", "incomplete")
]


def _cursor(sort: Sort, row: RowMapping) -> str:
    told = msgspec.json.encode([sort, row["sort_key"], row["household"]])
    return urlsafe_b64encode(told).decode().rstrip("=")


def _opened(cursor: str, sort: Sort, of: sa.types.TypeEngine[Any]) -> tuple[Any, UUID]:
    try:
        told = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        kind, value, household = msgspec.json.decode(told, type=tuple[str, Any, UUID])
        if kind != sort:
            raise ValueError(kind)
        return sa.literal(msgspec.convert(value, of.python_type), of), household
    except (ValueError, msgspec.MsgspecError) as error:
        raise UnknownCursor(
            "The page asked for is of another listing; start from the first."
        ) from error
