"""A scratch file on disk in which the rows of an export are brought together by household.

It is an SQLite file in a folder of its own that is gone when the import ends, killed or not; it
needs no durability and gets none. Memory stays flat however large the export is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, NamedTuple
from uuid import UUID

from journeys.intake.hmis.tables import CLIENT, DETAILS, ENROLLMENT, Line, parse

_SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA temp_store = FILE;
PRAGMA cache_size = -8192;
CREATE TABLE client (person TEXT, line INTEGER, told TEXT);
CREATE TABLE enrolment (id TEXT, row TEXT, person TEXT, party TEXT, head INTEGER, stream INTEGER,
    line INTEGER, told TEXT);
CREATE TABLE stream (number INTEGER PRIMARY KEY, name TEXT UNIQUE, head TEXT, household BLOB);
CREATE TABLE party (party TEXT PRIMARY KEY, stream INTEGER) WITHOUT ROWID;
CREATE TABLE detail (stream INTEGER, place INTEGER, line INTEGER, told TEXT);
CREATE TABLE known (household BLOB, key TEXT, version INTEGER, digest TEXT);
"""


class Gathered(NamedTuple):
    """All rows of the export for one household.

    `head` is the person whose household it is; `household` its id in the record, None for a new
    one. `clients` are the rows of its people by PersonalID, as far as the export has them.
    """

    head: str
    household: UUID | None
    enrolments: list[Line]
    details: list[Line]
    clients: dict[str, Line]


class Known(NamedTuple):
    """What the record holds for a row of the source: a fact of a household, a digest."""

    household: UUID
    key: str
    version: int
    digest: str


class Spool:
    """The scratch file. Use it in a `with` statement."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = TemporaryDirectory(prefix="journeys-import-", dir=folder)
        self._db = sqlite3.connect(Path(self._folder.name) / "rows.db", isolation_level=None)
        self._db.executescript(_SCHEMA)
        self.anything_known = False

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._db.close()
        self._folder.cleanup()

    def many(self, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Insert rows as they come, in one transaction."""
        self._db.execute("BEGIN")
        self._db.executemany(statement, rows)
        self._db.execute("COMMIT")

    def query(self, statement: str, *values: Any) -> Iterator[Any]:
        """The rows of a query, as they come."""
        return iter(self._db.execute(statement, values))

    def run(self, statement: str, *values: Any) -> None:
        """Carry out one statement."""
        self._db.execute(statement, values)

    def recall(self, known: Iterable[tuple[bytes, str, int, str]]) -> None:
        """Take in what the record holds of the source: household, key, version, digest."""
        self.many("INSERT INTO known VALUES (?, ?, ?, ?)", known)
        self.run("CREATE INDEX known_by_key ON known (key)")
        self.run("CREATE INDEX known_by_household ON known (household)")
        self.anything_known = any(True for _ in self.query("SELECT 1 FROM known LIMIT 1"))

    def has_enrolment(self, row: str) -> bool:
        """Whether the export has the enrolment whose row has that key."""
        return any(True for _ in self.query("SELECT 1 FROM enrolment WHERE row = ?", row))

    def in_several(self) -> Iterator[str]:
        """Persons that the export has in more than one household."""
        for (person,) in self.query(
            "SELECT person FROM enrolment GROUP BY person HAVING count(DISTINCT stream) > 1"
        ):
            yield person

    def known(self, household: UUID) -> list[Known]:
        """What the record holds of a household from this source, by key and version."""
        rows = self._db.execute(
            "SELECT key, version, digest FROM known WHERE household = ? ORDER BY key, version",
            (household.bytes,),
        )
        return [Known(household, *row) for row in rows]

    def households_of(self, key: str) -> list[tuple[UUID, int, str]]:
        """Households, versions and digests under which the record knows a key."""
        rows = self._db.execute(
            "SELECT household, version, digest FROM known WHERE key = ? ORDER BY version", (key,)
        )
        return [(UUID(bytes=household), version, told) for household, version, told in rows]

    def streams(self) -> int:
        """How many households the export tells of."""
        [(number,)] = self._db.execute("SELECT count(*) FROM stream")
        return int(number)

    def households(self) -> Iterator[Gathered]:
        """The rows of each household of the export, one household after the other."""
        details = _Aside(
            self._db.execute("SELECT stream, place, line, told FROM detail ORDER BY 1, 2, 3")
        )
        clients = _Aside(
            self._db.execute(
                "SELECT DISTINCT e.stream, c.person, c.line, c.told "
                "FROM enrolment e JOIN client c ON c.person = e.person ORDER BY 1"
            )
        )
        enrolments = self._db.execute(
            "SELECT s.number, s.head, s.household, e.line, e.told "
            "FROM enrolment e JOIN stream s ON s.number = e.stream ORDER BY s.number, e.line"
        )
        for (stream, head, household), rows in groupby(enrolments, key=itemgetter(0, 1, 2)):
            yield Gathered(
                head,
                None if household is None else UUID(bytes=household),
                [parse(ENROLLMENT, line, told) for *_, line, told in rows],
                [parse(DETAILS[place], line, told) for _, place, line, told in details.of(stream)],
                {person: parse(CLIENT, line, told) for _, person, line, told in clients.of(stream)},
            )

    def unseen(self) -> Iterator[UUID]:
        """Households that the record knows from this source and the export does not tell of."""
        for (household,) in self._db.execute(
            "SELECT DISTINCT household FROM known "
            "WHERE household NOT IN (SELECT household FROM stream WHERE household IS NOT NULL)"
        ):
            yield UUID(bytes=household)


class _Aside:
    """Rows in the order of streams, of which each stream takes its own when its turn comes."""

    def __init__(self, rows: Iterator[tuple[Any, ...]]) -> None:
        self._rows = rows
        self._next = next(rows, None)

    def of(self, stream: int) -> Iterator[tuple[Any, ...]]:
        """The rows of one stream; streams are asked for in rising order."""
        while self._next is not None and self._next[0] == stream:
            yield self._next
            self._next = next(self._rows, None)
