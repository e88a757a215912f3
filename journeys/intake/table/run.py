"""The import of a table: rows in, facts in the record, some hundred rows in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import groupby
from pathlib import Path
from uuid import UUID, uuid4

from journeys.application import Journeys
from journeys.errors import Conflict, Refusal, StoreUnavailable
from journeys.household.commands import Batch
from journeys.household.facts import EntryCorrected, EntryRetracted, Fact, name_of
from journeys.household.household import Household
from journeys.household.rules import decide
from journeys.intake.report import Report
from journeys.intake.table.drafts import Reading, keys_in
from journeys.intake.table.mapping import TableMapping, load_mapping
from journeys.intake.table.rows import Reader, RowRefused
from journeys.intake.table.sheet import Sheet
from journeys.intake.table.writing import Judge, Run, Writer
from journeys.record.recorder import SourceRow
from journeys.values import Actor

ROWS_AT_ONCE = 400
"""How many rows are recorded in one transaction."""

TRIES = 3
"""How often a transaction is planned anew when others record on the same households meanwhile."""

Home = tuple[UUID, list[Reading]]
"""A household with the rows that tell of it."""

Progress = Callable[[int, int | None], object]
"""Told how many bytes have been read, and of how many."""


def import_table(
    journeys: Journeys,
    path: Path,
    mapping_path: Path,
    *,
    actor: Actor,
    report: Report,
    progress: Progress | None = None,
) -> int:
    """Import the CSV file at `path` through a mapping document; how many facts were recorded.

    Rows that are not taken, and odd ones that are, go to `report`. A second import of the same
    rows records nothing; a row that changed is corrected. Raises a `Refusal` for a mapping
    (`wrong-mapping`), a header (`wrong-header`) or a file (`unreadable-table`) that cannot be
    used, and `StoreUnavailable`, after which the same import goes on where it stopped. Of the rows
    only a digest of each key is held in memory.
    """
    mapping = load_mapping(mapping_path, journeys.codes)
    sheet = Sheet(path, mapping.layout, mapping.columns())
    taking = _Taking(journeys, mapping, actor, report, path.name)
    for chunk in _chunks(taking.readings(sheet), ROWS_AT_ONCE):
        taking.record(chunk)
        if progress is not None:
            progress(sheet.done, sheet.size)
    return report.counts["facts"]


class _Taking:
    """One run: reads rows, plans them household by household, records and counts."""

    def __init__(
        self, journeys: Journeys, mapping: TableMapping, actor: Actor, report: Report, file: str
    ) -> None:
        envelope = {
            "by": actor.id,
            "organisation": actor.organisation,
            "role": actor.role,
            "cause": f"import:{uuid4().hex[:16]}",
        }
        secret = blake2b(b"table intake", key=journeys.keyring.index_key, digest_size=32).digest()
        self._journeys = journeys
        self._mapping = mapping
        self._report = report
        self._file = file
        self._run = Run(f"table:{mapping.source}", envelope, journeys.today())
        self._reader = Reader(mapping, secret, envelope, journeys.find_fiscal_code, file, report)
        self._seen: set[str] = set()

    def readings(self, sheet: Sheet) -> Iterator[Reading]:
        """What each row tells, of the rows that can be read and are wanted."""
        for line, row in sheet.read(self._refuse):
            self._report.count("rows read")
            if not all(condition.holds(row) for condition in self._mapping.when):
                self._report.count("rows passed over")
                continue
            try:
                key = self._reader.key_of(row)
                if key in self._seen:
                    raise RowRefused("duplicate-key", "A row with the same key came before.")
                self._seen.add(key)
                yield self._reader.read(line, row)
            except RowRefused as refused:
                self._refuse(line, refused.reason, refused.sentence)

    def record(self, readings: Iterable[Reading]) -> None:
        """Record what the rows say that the record does not say yet."""
        homes = _by_household(readings)
        try:
            self._settle(homes, judged=False)
        except (StoreUnavailable, Conflict):
            raise
        except Refusal:
            # Somewhere in them a rule says no: find out where, and record the rest.
            for home in homes:
                self._settle([home], judged=True)

    def _settle(self, homes: Sequence[Home], *, judged: bool) -> None:
        for _ in range(TRIES - 1):
            try:
                return self._record(homes, judged=judged)
            except Conflict:
                continue
        return self._record(homes, judged=judged)

    def _record(self, homes: Sequence[Home], *, judged: bool) -> None:
        # The households first: whoever records between the two is found out by the version.
        households = {home: self._journeys.household(home) for home, _ in homes}
        known = self._known(reading for _, rows in homes for reading in rows)
        written = []
        for home, rows in homes:
            judge = self._judge(households[home]) if judged else None
            writer = Writer(self._run, households[home], known, judge)
            for reading in rows:
                writer.take(reading)
            written.append((writer, writer.batch()))
        batches = [batch for _, batch in written if batch.facts]
        try:
            if batches:
                self._journeys.record_all(batches)
        except (StoreUnavailable, Conflict):
            raise
        except Refusal as refusal:
            if not judged:
                raise
            for reading in (reading for _, rows in homes for reading in rows):
                self._refuse(reading.line, refusal.code, refusal.sentence)
        else:
            for writer, batch in written:
                self._count(writer, batch)

    def _judge(self, household: Household) -> Judge:
        """Puts fact after fact to the rules, on a copy of the household."""
        copy = Household.fold(household.id, household.facts)

        def judge(fact: Fact) -> None:
            decide(copy, fact, today=self._run.today, codes=self._journeys.codes)
            copy.apply(fact)

        return judge

    def _known(self, readings: Iterable[Reading]) -> Mapping[str, Sequence[SourceRow]]:
        keys = list(dict.fromkeys(key for reading in readings for key in keys_in(reading)))
        return self._journeys.recorder.sources(self._run.source, keys)

    def _count(self, writer: Writer, batch: Batch) -> None:
        if writer.unchanged:
            self._report.count("rows unchanged", writer.unchanged)
        for left in writer.left:
            self._refuse(*left)
        for fact in batch.facts:
            self._report.count("facts")
            self._report.count(f"facts {name_of(fact)}")
            if isinstance(fact, EntryCorrected):
                self._report.count("corrections")
            elif isinstance(fact, EntryRetracted):
                self._report.count("retractions")
        if batch.facts and batch.expected == 0:
            self._report.count("households new")

    def _refuse(self, line: int, code: str, sentence: str) -> None:
        self._report.not_taken(self._file, line, code, sentence)


def _by_household(readings: Iterable[Reading]) -> list[Home]:
    """Rows by household, in the order in which the file names the households first."""
    grouped: dict[UUID, list[Reading]] = {}
    for reading in readings:
        grouped.setdefault(reading.household, []).append(reading)
    return list(grouped.items())


def _chunks(readings: Iterator[Reading], size: int) -> Iterator[list[Reading]]:
    """The readings in runs of at most `size`."""
    for _, group in groupby(enumerate(readings), key=lambda numbered: numbered[0] // size):
        yield [reading for _, reading in group]
