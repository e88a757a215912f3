"""What a correction or a retraction would do to the record, and when it may not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from journeys.household.facts import (
    UNCORRECTABLE,
    EntryCorrected,
    EntryRetracted,
    Fact,
    HouseholdRegistered,
    MemberJoined,
    name_of,
)
from journeys.household.history import corrected, resolve
from journeys.household.household import Household, links, people
from journeys.household.refusals import CannotCorrect, NoSuchEntry, ReliedOn


def after(household: Household, fact: EntryCorrected | EntryRetracted) -> Household:
    """The household as it would stand with `fact` recorded.

    Refuses a target that is not there or no longer stands, fields that the target does not have,
    values that do not fit, a correction that changes nothing, and anything that would pull the
    ground from under another entry (`ReliedOn` names it).
    """
    target = _target(household, fact.target)
    if isinstance(fact, EntryCorrected):
        _correctable(household, target, fact)
    elif isinstance(target, HouseholdRegistered):
        raise CannotCorrect("A registration cannot be retracted: withdraw or merge the household.")
    trial = household.where(_standing([*household.facts, fact]))
    if trial.standing == household.standing and isinstance(fact, EntryCorrected):
        raise CannotCorrect(f"The correction changes nothing in entry {fact.target}.")
    _links_hold(household, trial)
    _ends_follow_beginnings(household, trial)
    _members_remain(household, trial)
    return trial


def newly_standing(household: Household, trial: Household) -> Iterator[tuple[int, Fact]]:
    """Versions whose content in `trial` is new or other than it is now."""
    for version, fact in trial.standing.items():
        if household.standing.get(version) != fact:
            yield version, fact


def _standing(facts: list[Fact]) -> Iterator[tuple[int, Fact]]:
    for version, reading in enumerate(resolve(facts), start=1):
        if reading.retracted_by is None and not isinstance(
            reading.current, EntryCorrected | EntryRetracted
        ):
            yield version, reading.current


def _target(household: Household, version: int) -> Fact:
    if not 1 <= version <= household.version:
        raise NoSuchEntry(
            f"There is no entry {version} on this household, whose last is {household.version}.",
            field="target",
            version=version,
        )
    reading = resolve(household.facts)[version - 1]
    if reading.retracted_by is not None:
        raise NoSuchEntry(
            f"Entry {version} was retracted by entry {reading.retracted_by}.",
            field="target",
            version=version,
        )
    return reading.current


def _correctable(household: Household, target: Fact, correction: EntryCorrected) -> None:
    if isinstance(target, EntryRetracted):
        raise CannotCorrect("A retraction is retracted, not corrected.", field="target")
    if not correction.changes:
        raise CannotCorrect("A correction names at least one field.", field="changes")
    for field in correction.changes:
        if field not in target.__struct_fields__:
            raise CannotCorrect(f"«{name_of(target)}» has no field «{field}».", field=field)
        if field in _FIXED:
            raise CannotCorrect(
                f"«{field}» of «{name_of(target)}» is not corrected: retract the entry instead.",
                field=field,
            )
    try:
        _fits(household, target, correction.changes)
    except (msgspec.ValidationError, ValueError, TypeError) as error:
        raise CannotCorrect(
            f"The correction does not fit entry {correction.target}: {error}."
        ) from error


def _fits(household: Household, target: Fact, changes: dict[str, Any]) -> None:
    """A corrected correction must still fit what it corrects, down to the entry itself."""
    result = corrected(target, changes)
    if isinstance(result, EntryCorrected):
        _correctable(household, _target(household, result.target), result)


_FIXED = UNCORRECTABLE | {"target"}


def _links_hold(household: Household, trial: Household) -> None:
    gone = household.standing.keys() - trial.standing.keys()
    for version, fact in trial.standing.items():
        for named in links(fact).values():
            if named in gone:
                raise ReliedOn(
                    f"Entry {version}, «{name_of(fact)}», relies on entry {named}: set that one "
                    "right first.",
                    versions=[version],
                )


def _ends_follow_beginnings(household: Household, trial: Household) -> None:
    for start, end in trial.ended.items():
        begins = trial.standing[start].effective_from
        ends = trial.standing[end].effective_from
        if ends < begins and household.standing.get(start) != trial.standing[start]:
            raise ReliedOn(
                f"Entry {end} ends it on {ends.isoformat()}, before {begins.isoformat()}.",
                versions=[end],
            )


def _members_remain(household: Household, trial: Household) -> None:
    """Nobody's facts may be left without the membership that they rest on."""
    if household.members == trial.members:
        return
    for version, fact in trial.standing.items():
        if isinstance(fact, MemberJoined):
            continue
        for _, member in people(fact):
            day = fact.effective_from
            if household.is_member(member, day) and not trial.is_member(member, day):
                raise ReliedOn(
                    f"Entry {version}, «{name_of(fact)}», speaks of {member} as a member on "
                    f"{day.isoformat()}: set that one right first.",
                    versions=[version],
                )
