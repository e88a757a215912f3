"""The import of an HMIS export, from the archive to the record.

The export is first brought together on disk, household by household, and refused as a whole where
it is broken; only then are facts recorded, many households in one transaction and each of them
whole. An import that was killed goes on when it is run again: what was recorded is found by its
rows and not recorded twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Literal
from uuid import uuid4

from msgspec import Struct

from journeys.application import Journeys
from journeys.intake.hmis.absence import Coverage
from journeys.intake.hmis.archive import Archive
from journeys.intake.hmis.draft import Run
from journeys.intake.hmis.edition import Edition, read_export
from journeys.intake.hmis.identities import match_people
from journeys.intake.hmis.load import Loader, load
from journeys.intake.hmis.numbers import Numbers
from journeys.intake.hmis.recording import Recording
from journeys.intake.hmis.spool import Spool
from journeys.intake.hmis.tables import CLIENT, DETAILS, ENROLLMENT
from journeys.intake.hmis.telling import Setting
from journeys.intake.hmis.told import sealing
from journeys.intake.report import Report
from journeys.values import ONE_DAY, Actor, Period

Step = Literal["reading", "recording", "matching"]


Progress = Callable[[Step, int, int], None]
"""Is told the step, how far it has come, and how far it goes: bytes, households, persons."""


class Outcome(Struct, frozen=True):
    """What an import did. `cause` is on every fact of the run.

    `facts` counts everything recorded, corrections, retractions and matches included;
    `not_taken` and `findings` are in the report.
    """

    cause: str
    source: str
    edition: Edition
    made: str
    households: int
    new: int
    changed: int
    facts: int
    corrections: int
    retractions: int
    not_taken: int
    findings: int


def import_hmis(
    journeys: Journeys,
    path: Path,
    *,
    actor: Actor,
    report: Report,
    progress: Progress | None = None,
    facts_at_once: int = 2_000,
) -> Outcome:
    """Import the HMIS CSV export at `path`, a folder or a zip, recorded by `actor`.

    Rows that are not taken, and odd ones that are, go to `report`. One transaction takes about
    `facts_at_once` facts, and never a part of a household. Raises a `Refusal` in a
    sentence for an archive that cannot be read (`unreadable-archive`, `missing-file`,
    `wrong-header`, `wrong-edition`), with nothing recorded; and `StoreUnavailable`, after which
    the same import goes on where it stopped.
    """
    told = progress or _in_silence
    with Archive(path) as archive, Spool() as spool:
        export = read_export(archive, report)
        secret = blake2b(b"hmis intake", key=journeys.keyring.index_key).digest()
        seal, party_key = sealing(secret[:32]), secret[32:]
        source = f"hmis:{export.source}"
        numbers = Numbers(journeys.codes, export.edition)
        _recall(journeys, source, spool)
        watched = _Bytes(archive, told)
        projects, whole = load(Loader(archive, export, spool, numbers, seal, report, watched))
        setting = Setting(export, numbers, projects, seal, report, journeys.today())
        run = Run(actor, source, f"import:{uuid4().hex[:16]}", party_key, setting)
        covered = (
            None if export.covers is None else Period(export.covers[0], export.covers[1] + ONE_DAY)
        )
        programmes = frozenset(project.programme for project in projects.values())
        coverage = Coverage(covered, programmes, whole, spool.has_enrolment)
        _record(journeys, run, spool, coverage, told, facts_at_once)
        return _outcome(run, spool.streams())


def _recall(journeys: Journeys, source: str, spool: Spool) -> None:
    """Bring what the record knows of the source into the spool, page by page."""

    def rows() -> Iterator[tuple[bytes, str, int, str]]:
        page = journeys.recorder.source_rows(source)
        while page:
            yield from ((row.household.bytes, row.key, row.version, row.digest) for row in page)
            page = journeys.recorder.source_rows(source, page[-1])

    spool.recall(rows())


def _record(
    journeys: Journeys,
    run: Run,
    spool: Spool,
    coverage: Coverage,
    progress: Progress,
    at_once: int,
) -> None:
    recording = Recording(journeys, run, spool, coverage, at_once)
    total = spool.streams()
    for done, gathered in enumerate(spool.households(), start=1):
        recording.take(gathered)
        if not done % 50 or done == total:
            progress("recording", done, total)
    if coverage.days is not None and spool.anything_known:
        for household in spool.unseen():
            recording.take_unseen(household)
    recording.finish()
    shared = sorted(recording.shared | set(spool.in_several()))
    for done, person in enumerate(shared, start=1):
        matches = match_people(journeys, run, [person])
        run.setting.report.count("facts identity-matched", 2 * matches)
        progress("matching", done, len(shared))


class _Bytes:
    """Turns the bytes of each read into the progress of the whole reading."""

    def __init__(self, archive: Archive, progress: Progress) -> None:
        self._total = sum(archive.size(name) for name in _READ)
        self._progress, self._done = progress, 0

    def __call__(self, read: int) -> None:
        self._done += read
        self._progress("reading", self._done, self._total)


_READ = ("Project.csv", *(table.file for table in (CLIENT, ENROLLMENT, *DETAILS)))


def _in_silence(_step: Step, _done: int, _total: int) -> None:
    """Progress that nobody watches."""


def _outcome(run: Run, households: int) -> Outcome:
    report = run.setting.report
    counts = report.counts
    return Outcome(
        cause=run.cause,
        source=run.source,
        edition=run.export.edition,
        made=run.export.made,
        households=households,
        new=counts["households new"],
        changed=counts["households changed"],
        facts=sum(number for name, number in counts.items() if name.startswith("facts ")),
        corrections=counts["facts entry-corrected"],
        retractions=counts["facts entry-retracted"],
        not_taken=report.total("not-taken"),
        findings=report.total("finding"),
    )
