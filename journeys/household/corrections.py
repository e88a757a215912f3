"""What a correction or a retraction would do to the record, and when it may not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple
from uuid import UUID

import msgspec

from journeys.household.facts import (
    ENDS,
    UNCORRECTABLE,
    EntryCorrected,
    EntryRetracted,
    EvidenceCaptured,
    Fact,
    GuestHosted,
    HouseholdRegistered,
    HouseholdsMerged,
    HouseholdSplit,
    IdentityMatched,
    MemberJoined,
    MemberLeft,
    PersonalDataErased,
    ReEnrolled,
    name_of,
)
from journeys.household.history import Reading, acted_upon, corrected
from journeys.household.household import Household
from journeys.household.named import links, people
from journeys.household.refusals import CannotCorrect, NoSuchEntry, ReliedOn

_CORRECTIONS = (EntryCorrected, EntryRetracted)


class Outcome(NamedTuple):
    """The household as it would stand, and the entries that would say something new.

    `changed` are versions, with what they would say: entries corrected or restored, and
    corrections that are themselves corrected or restored.
    """

    household: Household
    changed: dict[int, Fact]


def foresee(household: Household, fact: EntryCorrected | EntryRetracted) -> Outcome:
    """What recording `fact` would do.

    Refuses a target that is not there or no longer stands, fields that the target does not have,
    values that do not fit, a correction that changes nothing, and anything that would pull the
    ground from under another entry (`ReliedOn` names it).
    """
    before = acted_upon(household.facts)
    target = _target(household, before, fact.target)
    if isinstance(fact, EntryCorrected):
        _correctable(household, before, target, fact)
    else:
        _retractable(target)
    then = acted_upon([*household.facts, fact])
    words = dict(_new_words(household, before, then))
    changed = {version: told for version, told in words.items() if told is not None}
    if isinstance(fact, EntryCorrected) and not changed:
        raise CannotCorrect(f"The correction changes nothing in entry {fact.target}.")
    trial = household.revised(
        {v: told for v, told in words.items() if not isinstance(told, _CORRECTIONS)}
    )
    _links_hold(household, trial)
    _members_remain(household, trial)
    return Outcome(trial, changed)


def disturbed(household: Household, outcome: Outcome) -> list[int]:
    """Versions whose own words stay the same while those that they rest on would change.

    The start of an end that changes, the end of a start that does, a return from an enrolment
    that does, and the comings and goings of a person whose membership would be another.
    """
    trial, touched = outcome.household, set(outcome.changed)
    touched |= household.standing.keys() - trial.standing.keys()
    found: set[int] = set()
    for version in touched:
        for home in (household, trial):
            fact = home.standing.get(version)
            if fact is not None and type(fact) in ENDS:
                found.add(getattr(fact, ENDS[type(fact)][0]))
            found.add(home.ended.get(version, version))
    moved = {
        person
        for person in household.members.keys() | trial.members.keys()
        if household.members.get(person) != trial.members.get(person)
    }
    for version, fact in trial.standing.items():
        if isinstance(fact, ReEnrolled):
            rests = fact.previous in found
        else:
            rests = type(fact) in _COMING_AND_GOING and not moved.isdisjoint(_whose(fact))
        if rests:
            found.add(version)
    return sorted((found - touched) & trial.standing.keys())


def _new_words(
    household: Household, before: Mapping[int, Reading], then: Mapping[int, Reading]
) -> Iterator[tuple[int, Fact | None]]:
    """What entries would newly say, None for those that would no longer stand."""
    for version in sorted(before.keys() | then.keys()):
        as_recorded = Reading(household.facts[version - 1])
        old, new = before.get(version, as_recorded), then.get(version, as_recorded)
        if new.retracted_by is not None:
            yield version, None
        elif old.retracted_by is not None or old.current != new.current:
            yield version, new.current


def _target(household: Household, readings: Mapping[int, Reading], version: int) -> Fact:
    if not 1 <= version <= household.version:
        raise NoSuchEntry(
            f"There is no entry {version} on this household, whose last is {household.version}.",
            field="target",
            version=version,
        )
    reading = readings.get(version) or Reading(household.facts[version - 1])
    if reading.retracted_by is not None:
        raise NoSuchEntry(
            f"Entry {version} was retracted by entry {reading.retracted_by}.",
            field="target",
            version=version,
        )
    return reading.current


def _retractable(target: Fact) -> None:
    if isinstance(target, HouseholdRegistered):
        raise CannotCorrect("A registration cannot be retracted: withdraw or merge the household.")
    if isinstance(target, PersonalDataErased):
        raise CannotCorrect("An erasure cannot be retracted: what was erased is gone.")


def _correctable(
    household: Household,
    readings: Mapping[int, Reading],
    target: Fact,
    correction: EntryCorrected,
) -> None:
    """A corrected correction must still fit what it corrects, down to the entry itself."""
    while True:
        _names_fields(target, correction)
        try:
            result = corrected(target, correction.changes)
        except (msgspec.ValidationError, ValueError, TypeError, RecursionError) as error:
            raise CannotCorrect(
                f"The correction does not fit entry {correction.target}: {error}."
            ) from error
        if not isinstance(result, EntryCorrected):
            return
        target, correction = _target(household, readings, result.target), result


def _names_fields(target: Fact, correction: EntryCorrected) -> None:
    if isinstance(target, EntryRetracted):
        raise CannotCorrect("A retraction is retracted, not corrected.", field="target")
    if not correction.changes:
        raise CannotCorrect("A correction names at least one field.", field="changes")
    fixed = _FIXED | _FIXED_OF_KIND.get(type(target), frozenset())
    for field in correction.changes:
        if field not in target.__struct_fields__:
            raise CannotCorrect(f"«{name_of(target)}» has no field «{field}».", field=field)
        if field in fixed:
            raise CannotCorrect(
                f"«{field}» of «{name_of(target)}» is not corrected: retract the entry instead.",
                field=field,
            )


_FIXED = UNCORRECTABLE | {"target"}

# A document's digest was witnessed, not judged: another file is another entry. Which households
# are bound is said on both streams, and an erasure has been carried out as it was told.
_FIXED_OF_KIND: dict[type[Fact], frozenset[str]] = {
    EvidenceCaptured: frozenset({"sha256"}),
    HouseholdSplit: frozenset({"origin", "new"}),
    HouseholdsMerged: frozenset({"survivor", "absorbed"}),
    IdentityMatched: frozenset({"other_household"}),
    PersonalDataErased: frozenset({"subject", "scope"}),
}


def _links_hold(household: Household, trial: Household) -> None:
    gone = household.standing.keys() - trial.standing.keys()
    if not gone:
        return
    for version, fact in trial.standing.items():
        for named in links(fact).values():
            if named in gone:
                raise ReliedOn(
                    f"Entry {version}, «{name_of(fact)}», relies on entry {named}: set that one "
                    "right first.",
                    versions=[version],
                )


def _members_remain(household: Household, trial: Household) -> None:
    """Nobody's facts may be left without the membership that they rest on.

    Comings and goings make the membership; they are judged by their own rules.
    """
    if household.members == trial.members:
        return
    for version, fact in trial.standing.items():
        if isinstance(fact, MemberJoined | MemberLeft):
            continue
        for _, member in people(fact):
            day = fact.effective_from
            if household.is_member(member, day) and not trial.is_member(member, day):
                raise ReliedOn(
                    f"Entry {version}, «{name_of(fact)}», speaks of {member} as a member on "
                    f"{day.isoformat()}: set that one right first.",
                    versions=[version],
                )


_COMING_AND_GOING = (MemberJoined, MemberLeft, HouseholdSplit, GuestHosted, PersonalDataErased)


def _whose(fact: Fact) -> tuple[UUID, ...]:
    """The people whose belonging to the household a fact makes, ends or presumes."""
    if isinstance(fact, HouseholdSplit):
        return fact.members
    if isinstance(fact, GuestHosted):
        return (fact.guest,)
    if isinstance(fact, PersonalDataErased):
        return (fact.subject,)
    assert isinstance(fact, MemberJoined | MemberLeft)
    return (fact.member,)
