"""How the reading of each entry changed while corrections and retractions came in.

`journeys.household.history.resolve` says how entries read at one moment. Asking it again after
every correction of a long stream would cost the square of the stream; only the few entries that
a correction bears on can change, so only those are asked about.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from journeys.household.facts import EntryCorrected, EntryRetracted, Fact, Recorded
from journeys.household.history import Reading, acted_upon
from projections.projection import SetAside

_ACTING = (EntryCorrected, EntryRetracted)
_KINDS = frozenset(_ACTING)
_LEFT_OUT = frozenset((*_ACTING, SetAside))


class Told(NamedTuple):
    """One reading of an entry: brought about by `opened`, changed by `closed` if at all."""

    entry: Recorded
    reading: Reading
    opened: Recorded
    closed: Recorded | None = None


def chains(entries: Sequence[Recorded]) -> list[list[Recorded]]:
    """Entries that bear on one: itself, then its corrections and what acts on those, in order.

    Entries that nothing acts on are in no chain.
    """
    found: dict[int, list[Recorded]] = {}
    roots: dict[int, int] = {}
    for entry in [entry for entry in entries if type(entry.fact) in _KINDS]:
        assert isinstance(entry.fact, _ACTING)
        target = entry.fact.target
        if 0 < target < entry.version:
            root = roots[entry.version] = roots.get(target, target)
            found.setdefault(root, [entries[root - 1]]).append(entry)
    return list(found.values())


def standing(entries: Sequence[Recorded]) -> list[tuple[int, Fact]]:
    """Version and content of what stands once corrections and retractions are applied.

    Corrections and retractions themselves, and what was set aside, are left out.
    """
    facts = [entry.fact for entry in entries]
    if _LEFT_OUT.isdisjoint([type(fact) for fact in facts]):
        return list(enumerate(facts, start=1))
    stands: list[tuple[int, Fact] | None] = list(enumerate(facts, start=1))
    for version, (current, _, retracted_by) in acted_upon(facts).items():
        stands[version - 1] = (version, current) if retracted_by is None else None
    return [item for item in stands if item is not None and type(item[1]) not in _LEFT_OUT]


def untouched(
    entries: Sequence[Recorded], among: list[list[Recorded]], since: int = 0
) -> Sequence[Recorded]:
    """The entries after position `since` that are in none of the chains."""
    first = bisect_right(entries, since, key=_position) if since else 0
    late = entries[first:] if first else entries
    if not among:
        return late
    chained = {entry.version for chain in among for entry in chain}
    return [entry for entry in late if entry.version not in chained]


def tellings(chain: Sequence[Recorded]) -> Iterator[Told]:
    """Every reading that the entries of a chain ever had."""
    root = chain[0]
    shown = [Told(root, Reading(root.fact), root)]
    for length, latest in enumerate(chain[1:], start=2):
        readings = _resolve(chain[:length])
        for place, (told, reading) in enumerate(zip(shown, readings, strict=False)):
            if reading != told.reading:
                yield told._replace(closed=latest)
                shown[place] = Told(told.entry, reading, latest)
        shown.append(Told(latest, readings[-1], latest))
    yield from shown


def _resolve(chain: Sequence[Recorded]) -> list[Reading]:
    """What the entries of a chain say together, asked of the domain as if they were a stream."""
    versions = [entry.version for entry in chain]
    stream = [chain[0].fact] + [
        replace(entry.fact, target=versions.index(entry.fact.target) + 1)
        for entry in chain[1:]
        if isinstance(entry.fact, _ACTING)
    ]
    readings = [Reading(entry.fact) for entry in chain]
    for place, (current, corrected_by, retracted_by) in acted_upon(stream).items():
        told = chain[place - 1].fact if current is stream[place - 1] else current
        if told is current and place > 1 and isinstance(current, _ACTING):
            told = replace(current, target=versions[current.target - 1])
        readings[place - 1] = Reading(
            told,
            tuple(versions[by - 1] for by in corrected_by),
            None if retracted_by is None else versions[retracted_by - 1],
        )
    return readings


def _position(entry: Recorded) -> int:
    return entry.position
