"""From what somebody told to facts in the record: composing, trying out, recording.

Pages and the JSON API record through the same functions, so that both give the same facts and the
same refusals.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from msgspec.structs import replace

from journeys.application import Journeys, Receipt
from journeys.household.commands import Batch, Terms, match, merge, split
from journeys.household.facts import (
    BY_NAME,
    FACTS,
    EntryCorrected,
    EntryRetracted,
    Fact,
    GuestHosted,
    HouseholdRegistered,
    HouseholdsMerged,
    HouseholdSplit,
    IdentityMatched,
    IdentityUnmatched,
    MemberJoined,
    PersonalDataErased,
    name_of,
)
from journeys.household.household import Household
from journeys.household.personal import personal_fields, plaintext
from journeys.household.rules import decide
from journeys.record.fiscal_code import check_fiscal_code
from journeys.values import Actor
from web.forms import Told

NO_COMMITMENT = "0" * 64
"""Stands for a commitment while nothing is sealed yet."""

COMMANDS = uuid5(NAMESPACE_URL, "household-journeys:commands")

ELSEWHERE: tuple[type[Fact], ...] = (
    HouseholdRegistered,
    EntryCorrected,
    EntryRetracted,
    IdentityUnmatched,
    PersonalDataErased,
)
"""Kinds that are not recorded by telling one fact: they have ways of their own."""

RECORDABLE: tuple[str, ...] = tuple(name_of(kind) for kind in FACTS if kind not in ELSEWHERE)
"""Short names of the kinds that a form or the API may tell of a household."""


def command_id(asked: str, answers: object) -> UUID:
    """The command of one form or idempotency key with these answers.

    A second sending of the same answers is the same command; the same form with other answers,
    such as after going back, is another one.
    """
    return uuid5(COMMANDS, f"{asked}\n{answers!r}")


def compose(journeys: Journeys, household: UUID, told: Told, by: Actor) -> list[Batch]:
    """The facts to record on one household, or on two where the fact binds them."""
    composed = _COMPOSED.get(told.kind)
    if composed is not None:
        return _telling_more(composed(journeys, household, told, by), household, told)
    personal = {(0, field): content for field, content in told.personal.items()}
    return [Batch(household=household, facts=[told.fact(by)], personal=personal)]


def _telling_more(batches: list[Batch], household: UUID, told: Told) -> list[Batch]:
    """The batches with what else was told of the fact: when it was known, by whom attested."""
    envelope = {name: told.values[name] for name in _ALSO if name in told.values}
    for batch in batches:
        batch.facts = [
            replace(fact, **envelope) if isinstance(fact, told.kind) else fact
            for fact in batch.facts
        ]
        if batch.household == household:
            place = next(n for n, fact in enumerate(batch.facts) if isinstance(fact, told.kind))
            batch.personal = {(place, field): each for field, each in told.personal.items()}
    return batches


_ALSO = ("known_on", "reason", "attested_by", "attestor_interested", "evidence")


def attempt(journeys: Journeys, batches: Sequence[Batch]) -> None:
    """Decide batches without recording them; raises the `Refusal` that recording would raise."""
    today = journeys.today()
    households: dict[UUID, Household] = {}
    for batch in batches:
        known = households.get(batch.household)
        household = journeys.household(batch.household) if known is None else known
        households[batch.household] = household
        for place, fact in enumerate(batch.facts):
            content = {f: told for (at, f), told in batch.personal.items() if at == place}
            tried = _as_if_sealed(household, fact, content)
            decide(household, tried, today=today, codes=journeys.codes)
            household.apply(tried)


def _as_if_sealed(household: Household, fact: Fact, content: dict[str, Any]) -> Fact:
    """The fact as it will be decided once its content is sealed, which is checked on the way."""
    own = personal_fields(type(fact))
    about = fact
    if isinstance(fact, EntryCorrected) and content.keys() - own.keys():
        about = household.standing.get(fact.target, fact)
    for field, told in content.items():
        sealed = plaintext(fact if field in own else about, field, told)
        if isinstance(sealed, dict) and "fiscal_code" in sealed:
            check_fiscal_code(sealed["fiscal_code"])
    if isinstance(fact, EntryCorrected):
        foreign = dict.fromkeys(content.keys() - own.keys(), NO_COMMITMENT)
        return replace(fact, changes={**fact.changes, **foreign})
    return fact


def record(journeys: Journeys, batches: Sequence[Batch], command: UUID) -> Receipt:
    """Record batches in one transaction; answers with the first household's receipt."""
    return journeys.record_all(batches, command=command)[0]


def _split(journeys: Journeys, household: UUID, told: Told, by: Actor) -> list[Batch]:
    values = told.values
    return split(
        journeys.household(household),
        values["new"],
        values["members"],
        values["tenancy_to"],
        _terms(told, by),
    )


def _merge(journeys: Journeys, household: UUID, told: Told, by: Actor) -> list[Batch]:
    values = told.values
    return merge(
        journeys.household(household),
        journeys.household(values["absorbed"]),
        values.get("member_map", {}),
        values["tenancy_to"],
        _terms(told, by),
    )


def _match(journeys: Journeys, household: UUID, told: Told, by: Actor) -> list[Batch]:
    values = told.values
    return match(
        journeys.household(household),
        values["member"],
        journeys.household(values["other_household"]),
        values["other_member"],
        values["method"],
        values["confidence"],
        by,
        values["effective_from"],
    )


def _terms(told: Told, by: Actor) -> Terms:
    values = told.values
    return Terms(
        day=values["effective_from"],
        clock=values["clock"],
        cap=values["cap"],
        decided_by=values["decided_by"],
        by=by,
    )


_COMPOSED: dict[type[Fact], Callable[[Journeys, UUID, Told, Actor], list[Batch]]] = {
    HouseholdSplit: _split,
    HouseholdsMerged: _merge,
    IdentityMatched: _match,
}


def kind_named(name: str) -> type[Fact] | None:
    """The kind of fact of that short name, where it may be told; None otherwise."""
    return BY_NAME[name] if name in RECORDABLE else None


def carried_ids(kind: type[Fact]) -> tuple[str, ...]:
    """Fields whose ids nobody types: new people and households, and the household itself."""
    return _CARRIED.get(kind, ())


_CARRIED: dict[type[Fact], tuple[str, ...]] = {
    MemberJoined: ("member",),
    GuestHosted: ("guest",),
    HouseholdSplit: ("origin", "new"),
    HouseholdsMerged: ("survivor",),
}
