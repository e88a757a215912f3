"""From the archive into the spool: every row at the household that it belongs to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple
from uuid import UUID

from msgspec import Struct

from journeys.intake.hmis.archive import Archive, MissingFile, Progress
from journeys.intake.hmis.edition import Export
from journeys.intake.hmis.numbers import Numbers
from journeys.intake.hmis.sheet import SEPARATOR, Sheet, count_rows
from journeys.intake.hmis.spool import Spool
from journeys.intake.hmis.tables import CLIENT, DETAILS, ENROLLMENT, NEEDED, SENSITIVE, Table
from journeys.intake.hmis.told import Seal, enrolment_key, household_key
from journeys.intake.report import Report, shown

LONGEST_ID = 64
"""HUD's ids have at most 32 characters."""


class Project(Struct, frozen=True):
    """A project: its key as a programme and the code of its type."""

    programme: str
    type: str | None


class Loader(NamedTuple):
    """What loading needs at hand."""

    archive: Archive
    export: Export
    spool: Spool
    numbers: Numbers
    seal: Seal
    report: Report
    progress: Progress

    def sheet(self, table: Table) -> Sheet:
        """The sheet of a table with the columns of its edition."""
        required = table.required(self.export.edition)
        return Sheet(self.archive, table.file, table.columns, required, self.report)


def load(loader: Loader) -> tuple[dict[str, Project], frozenset[str]]:
    """Fill the spool; the projects by their id, and the files that were read without damage.

    Raises `MissingFile`, `WrongHeader` and `UnreadableArchive`; nothing has been recorded then.
    """
    missing = [name for name in NEEDED if not loader.archive.has(name)]
    if missing:
        raise MissingFile(f"{loader.archive.path.name} holds no {', '.join(missing)}.")
    projects = dict(_projects(loader))
    whole = {table.file for table in (CLIENT, ENROLLMENT) if _load(loader, table)}
    _keep_first(loader, CLIENT, "client", "person")
    _keep_first(loader, ENROLLMENT, "enrolment", "id")
    _gather(loader)
    for place, table in enumerate(DETAILS):
        if not loader.archive.has(table.file):
            loader.report.remark(table.file, "missing-file", "The archive does not hold it.")
        elif _load_details(loader, table, place):
            whole.add(table.file)
    _remark_others(loader)
    return projects, frozenset(whole)


def programme(source: str, project: str) -> str:
    """The key of a project as a programme: its source and its id there."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in ".-") else "-" for c in project)
    return f"hmis:{source}:{plain[:40]}"


def _projects(loader: Loader) -> Iterator[tuple[str, Project]]:
    columns = ("ProjectID", "ProjectType", "TrackingMethod", "DateDeleted")
    required = columns[:2]
    sheet = Sheet(loader.archive, "Project.csv", columns, required, loader.report)
    for line, joined in sheet.read(loader.progress):
        project, kind, tracking, _ = joined.split(SEPARATOR)
        code = loader.numbers.project_type(kind, tracking)
        if code is None:
            loader.report.finding(
                sheet.name, line, "unknown-code", f"The project type {shown(kind)} is not HUD's."
            )
        yield project, Project(programme(loader.export.source, project), code)
    loader.report.count(f"rows {sheet.name}", sheet.rows)


def _load(loader: Loader, table: Table) -> bool:
    sheet = loader.sheet(table)
    if table is CLIENT:
        insert = "INSERT INTO client VALUES (?, ?, ?)"
        rows = ((person, line, joined) for line, joined, (*_, person) in _fit(loader, sheet))
        loader.spool.many(insert, rows)
    else:
        insert = "INSERT INTO enrolment VALUES (?, ?, ?, ?, ?, NULL, ?, ?)"
        loader.spool.many(insert, _enrolments(loader, sheet))
    loader.report.count(f"rows {sheet.name}", sheet.rows)
    return not sheet.damaged


def _enrolments(loader: Loader, sheet: Sheet) -> Iterator[tuple[str | int, ...]]:
    """Enrolments, with 2 for a head of household, 1 for another member, 0 for a deleted row."""
    for line, joined, (enrolment, _, person) in _fit(loader, sheet):
        values = joined.split(SEPARATOR)
        weight = 0 if values[6] else 2 if values[9] == "1" else 1
        row = enrolment_key(loader.seal, enrolment)
        party = party_of(values[8], enrolment)
        yield enrolment, row, person, party, weight, line, joined


def party_of(household: str, enrolment: str) -> str:
    """The group that enrolled together: HUD's HouseholdID, or the enrolment where there is none."""
    return household or f"enrolment {enrolment}"


def _fit(loader: Loader, sheet: Sheet) -> Iterator[tuple[int, str, list[str]]]:
    """Rows whose ids can be used, with these: the row's own, the enrolment's, the person's."""
    for line, joined in sheet.read(loader.progress):
        ids = joined.split(SEPARATOR, 3)[:3]
        if not all(ids):
            loader.report.not_taken(sheet.name, line, "no-id", "The row lacks one of its ids.")
        elif max(map(len, ids)) > LONGEST_ID:
            loader.report.not_taken(
                sheet.name, line, "over-long", f"An id has more than {LONGEST_ID} characters."
            )
        else:
            yield line, joined, ids


def _keep_first(loader: Loader, table: Table, name: str, column: str) -> None:
    """Of rows with the same id keep the first, and make that id an index."""
    # S608: the names are those of the spool's own schema.
    later = f"rowid NOT IN (SELECT min(rowid) FROM {name} GROUP BY {column})"  # noqa: S608
    for line, key in loader.spool.query(f"SELECT line, {column} FROM {name} WHERE {later}"):  # noqa: S608
        loader.report.not_taken(
            table.file, line, "duplicate-key", f"The id {shown(key)} was there before."
        )
    loader.spool.run(f"DELETE FROM {name} WHERE {later}")  # noqa: S608
    loader.spool.run(f"CREATE UNIQUE INDEX {name}_by_id ON {name} ({column})")


def _gather(loader: Loader) -> None:
    """Find the household of each group that enrolled together."""
    spool = loader.spool
    rows = spool.query("SELECT party, id, person, head, line FROM enrolment ORDER BY party, line")
    spool.run("BEGIN")
    for party, group in groupby(rows, key=itemgetter(0)):
        _, enrolment, person, _, _ = _reference(loader, list(group))
        household = _household(loader, enrolment, person)
        name = household.hex if household else f"person {person}"
        spool.run(
            "INSERT OR IGNORE INTO stream (name, head, household) VALUES (?, ?, ?)",
            name,
            person,
            household and household.bytes,
        )
        spool.run("INSERT INTO party SELECT ?, number FROM stream WHERE name = ?", party, name)
    spool.run("COMMIT")
    spool.run(
        "UPDATE enrolment SET stream = "
        "(SELECT p.stream FROM party p WHERE p.party = enrolment.party)"
    )


Candidate = tuple[str, str, str, int, int]


def _reference(loader: Loader, group: Sequence[Candidate]) -> Candidate:
    """The enrolment of the person whose household it is: the head, or else the lowest id.

    Not exactly one head is a finding. Which one is chosen depends on nothing but the ids, so that
    a later export chooses the same.
    """
    weight = max(row[3] for row in group)
    heads = [row for row in group if row[3] == 2]
    chosen = min((row for row in group if row[3] == weight), key=_by_id)
    if len(heads) != 1 and weight > 0:
        told = f"has {len(heads)} heads" if heads else "has no head"
        loader.report.finding(
            ENROLLMENT.file,
            chosen[4],
            "several-heads" if heads else "no-head",
            f"The household {shown(chosen[0])} {told}: it goes by {shown(chosen[2])}.",
        )
    return chosen


def _by_id(row: Candidate) -> tuple[int, str, int, str]:
    return len(row[2]), row[2], len(row[1]), row[1]


def _household(loader: Loader, enrolment: str, person: str) -> UUID | None:
    """The household in the record that has the enrolment, or else that of the person."""
    keys = (
        f"{enrolment_key(loader.seal, enrolment)}.enrolled",
        f"{household_key(loader.seal, person)}.registered",
    )
    for key in keys:
        known = loader.spool.households_of(key)
        if known:
            return next((home for home, _, told in reversed(known) if told), known[-1][0])
    return None


def _load_details(loader: Loader, table: Table, place: int) -> bool:
    sheet = loader.sheet(table)
    insert = "INSERT INTO detail VALUES ((SELECT stream FROM enrolment WHERE id = ?), ?, ?, ?)"
    rows = ((ids[1], place, line, joined) for line, joined, ids in _fit(loader, sheet))
    loader.spool.many(insert, rows)
    orphans = "stream IS NULL"
    for line, joined in loader.spool.query(f"SELECT line, told FROM detail WHERE {orphans}"):  # noqa: S608
        enrolment = joined.split(SEPARATOR, 2)[1]
        loader.report.not_taken(
            table.file, line, "orphan", f"There is no enrolment {shown(enrolment)}."
        )
    loader.spool.run(f"DELETE FROM detail WHERE {orphans}")  # noqa: S608
    loader.report.count(f"rows {sheet.name}", sheet.rows)
    return not sheet.damaged


def _remark_others(loader: Loader) -> None:
    """Say of every other file that it was left out, and how many rows it has."""
    read = {name.casefold() for name in (*NEEDED, *(table.file for table in DETAILS))}
    sensitive = {name.casefold() for name in SENSITIVE}
    for name in loader.archive.names:
        if name.casefold() in read:
            continue
        rows = count_rows(loader.archive, name)
        if name.casefold() in sensitive:
            told = "Data on health and violence is not imported"
            loader.report.remark(name, "sensitive", f"{told}: {rows} rows.", rows)
        else:
            told = "The journey of a household does not need it"
            loader.report.remark(name, "not-imported", f"{told}: {rows} rows.", rows)
