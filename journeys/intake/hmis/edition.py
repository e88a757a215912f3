"""Which edition of HUD's HMIS CSV format an export follows, who made it, and what it covers.

HUD publishes the format ("HMIS CSV Format Specifications") every two years; 2022, 2024 and 2026
are read. Only the columns named here are looked at.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from journeys.errors import Refusal
from journeys.intake.hmis.archive import Archive
from journeys.intake.hmis.days import day
from journeys.intake.hmis.sheet import SEPARATOR, Sheet, column_names
from journeys.intake.report import Report, shown

Edition = Literal[2022, 2024, 2026]

EDITIONS: dict[str, Edition] = {"2022": 2022, "2024": 2024, "2026": 2026}

_SIGNS: dict[Edition, tuple[str, str]] = {
    2022: ("Project.csv", "trackingmethod"),
    2024: ("Client.csv", "woman"),
    2026: ("Client.csv", "sex"),
}
"""A column that only this edition has, where it has it."""

_COLUMNS = (
    "SourceID",
    "SourceName",
    "ExportDate",
    "ExportStartDate",
    "ExportEndDate",
    "CSVVersion",
    "ExportPeriodType",
    "ExportDirective",
    "HashStatus",
)

_WHOLE = ("2", "3")
"""ExportDirective full refresh, ExportPeriodType reporting period."""


class WrongEdition(Refusal):
    """The export follows an edition that is not read, or contradicts itself about it."""

    code = "wrong-edition"


class Export(Struct, frozen=True):
    """What an export says of itself.

    `source` names the system it comes from, the same in every export of that system; `made` is
    when it was made, as ISO text that sorts by time, and `day` the day of it. `covers` are the
    first and last day of a full refresh: a row of that time that is missing was removed at the
    source. It is None where the export does not claim to be complete. `hashed` says that names
    are hashes, not names.
    """

    edition: Edition
    source: str
    made: str
    day: dt.date
    covers: tuple[dt.date, dt.date] | None
    hashed: bool


def read_export(archive: Archive, report: Report) -> Export:
    """Read `Export.csv` and look for the signs of an edition in the other files.

    Raises `WrongEdition`, and `MissingFile` or `WrongHeader` for what is not there.
    """
    rows = Sheet(archive, "Export.csv", _COLUMNS, ("ExportDate",), report).read()
    told = [joined.split(SEPARATOR) for _, joined in rows]
    if len(told) != 1:
        raise WrongEdition(f"Export.csv has {len(told)} readable rows: it needs exactly one.")
    source, name, made, start, end, version, period, directive, hashing = told[0]
    first, last, instant = day(start), day(end), _instant(made)
    whole = (directive, period) == _WHOLE and first and last and first <= last
    return Export(
        edition=_edition(archive, version),
        source=_source(source or name),
        made=instant.isoformat(timespec="seconds"),
        day=instant.date(),
        covers=(first, last) if whole and first and last else None,
        hashed=hashing in ("2", "3", "4"),
    )


def _edition(archive: Archive, version: str) -> Edition:
    year = re.search(r"20\d\d", version)
    if year and year[0] not in EDITIONS:
        raise WrongEdition(
            f"The export says that it follows {shown(version)}: 2022, 2024 and 2026 are read."
        )
    signed = list(_signed(archive))
    said = EDITIONS[year[0]] if year else None
    if said is None and len(signed) != 1:
        raise WrongEdition(
            f"Neither the version {shown(version)} nor the columns tell the edition of the export."
        )
    if said is not None and signed and said not in signed:
        raise WrongEdition(
            f"The export says that it follows {said}, but its columns are those of {signed[0]}."
        )
    return said or signed[0]


def _signed(archive: Archive) -> Iterator[Edition]:
    for edition, (file, column) in _SIGNS.items():
        if column in column_names(archive, file):
            yield edition


def _source(name: str) -> str:
    """A name for the source that may stand in a fact's key."""
    return re.sub(r"[^A-Za-z0-9.-]+", "-", name).strip("-.")[:32] or "unnamed"


def _instant(text: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        raise WrongEdition(
            f"The export date {shown(text)} is not a date: it tells which export is newer."
        ) from None
