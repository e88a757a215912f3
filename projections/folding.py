"""Folding a journey around facts that cannot be read or taken in.

One such fact must neither stop the other households nor vanish. It is set aside with its reason,
the fold goes on with the household's other facts, and the household counts as incomplete until a
later attempt takes the fact in. A fact that cannot be taken in without it is set aside as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from journeys.errors import Refusal
from journeys.household.facts import Recorded
from journeys.record.codec import CODEC, Codec
from journeys.record.recorder import StreamRow
from projections.projection import STAND_IN, Failure, Journey, Projection, Row


def load(household: UUID, stored: Sequence[StreamRow], codec: Codec = CODEC) -> Journey:
    """The journey that the stored rows of a stream, in version order, tell."""
    try:
        facts = codec.decode_all([(topic, state) for _, topic, state, _, _ in stored])
    except Refusal:
        return _load_around(household, stored, codec)
    return Journey(
        household,
        [
            Recorded(household, version, position, recorded_at, fact)
            for (version, _, _, recorded_at, position), fact in zip(stored, facts, strict=True)
        ],
    )


def fold(
    projection: Projection, journey: Journey, since: int = 0
) -> tuple[list[Row], tuple[Failure, ...]]:
    """The projection's rows of `journey`, and the facts that had to be set aside for them.

    Where any fact is set aside, the rows are all of the household's rows, whatever `since` says.
    """
    if journey.set_aside:
        since = 0
    try:
        return projection.rows(journey, since), journey.set_aside
    except Exception as error:  # noqa: BLE001  # whatever one fold raises, the others go on
        return _fold_around(projection, journey, error)


def _load_around(household: UUID, stored: Iterable[StreamRow], codec: Codec) -> Journey:
    entries, failures = [], []
    for version, topic, state, recorded_at, position in stored:
        try:
            fact = codec.decode(topic, state)
        except Refusal as refusal:
            fact = STAND_IN
            failures.append(Failure(version, position, topic, str(refusal)))
        entries.append(Recorded(household, version, position, recorded_at, fact))
    return Journey(household, entries, tuple(failures))


def _fold_around(
    projection: Projection, journey: Journey, error: Exception
) -> tuple[list[Row], tuple[Failure, ...]]:
    """Set facts aside one by one until the rest can be folded.

    Between a prefix that folds and one that does not lies a fact that fails; halving finds one
    such fact, which is all that is needed, even where several fail.
    """
    entries = list(journey.entries)
    failures = list(journey.set_aside)
    while True:
        folds, fails = 0, len(entries)
        while fails - folds > 1:
            middle = (folds + fails) // 2
            raised = _attempt(projection, journey, entries[:middle])
            if raised is None:
                folds = middle
            else:
                fails, error = middle, raised
        failing = entries[fails - 1]
        if failing.fact is STAND_IN:  # it raises whatever it is given: there is nothing to show
            return [], tuple(sorted(failures))
        failures.append(
            Failure(
                failing.version,
                failing.position,
                failing.fact.TOPIC,
                f"{type(error).__name__}: {error}",
            )
        )
        entries[fails - 1] = Recorded(
            failing.household, failing.version, failing.position, failing.recorded_at, STAND_IN
        )
        whole = Journey(journey.household, entries, tuple(sorted(failures)))
        try:
            return projection.rows(whole), whole.set_aside
        except Exception as again:  # noqa: BLE001  # another fact fails: set that one aside too
            error = again


def _attempt(projection: Projection, journey: Journey, entries: list[Recorded]) -> Exception | None:
    try:
        projection.rows(Journey(journey.household, entries))
    except Exception as error:  # noqa: BLE001  # which fact raises is what is being looked for
        return error
    return None
