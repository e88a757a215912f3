"""What may be recorded on a household: every rule in one place, each refusal a sentence.

Rules run when a fact is decided and never when it is read back. `decide` first checks what holds
for every fact, then the rules of its kind. What a correction or retraction would make stand is
put to the same rules, so that a correction cannot say what an entry could not have said.
"""

from __future__ import annotations

import datetime as dt

from journeys.codes import CodeBook
from journeys.errors import Refusal
from journeys.household.corrections import Outcome, disturbed, foresee
from journeys.household.facts import (
    BY_NAME,
    ENDS,
    GROUPS,
    BaselineFixed,
    EntryCorrected,
    EntryRetracted,
    Fact,
    GuestHosted,
    HouseholdRegistered,
    MemberJoined,
    RestrictionLifted,
    name_of,
)
from journeys.household.household import Household
from journeys.household.named import links, people
from journeys.household.refusals import (
    AlreadyEnded,
    DatesOutOfOrder,
    HouseholdMerged,
    InTheFuture,
    NoSuchEntry,
    NotAMember,
    ParticipationEnded,
    ProcessingIsRestricted,
    ReliedOn,
    StreamNotBegun,
)
from journeys.household.rules_by_kind import FOLLOWS_REFERRAL, RULES, Rule
from journeys.household.shape import check_shape
from journeys.values import ONE_DAY


def decide(household: Household, fact: Fact, *, today: dt.date, codes: CodeBook) -> None:
    """Refuse `fact` where it may not be recorded on `household`; say nothing where it may.

    `today` is the recording day in the contract's calendar. Raises a `Refusal` whose code and
    sentence name the rule.
    """
    check_shape(fact, codes)
    _begun(household, fact)
    _not_merged(household, fact)
    _not_restricted(household, fact)
    judge(household, fact, today)
    if isinstance(fact, EntryCorrected | EntryRetracted):
        outcome = foresee(household, fact)
        _new_words_pass(household, outcome, today, codes)
        _old_words_pass(household, outcome, today)


def judge(household: Household, fact: Fact, today: dt.date) -> None:
    """The rules that a fact meets by its dates, its people, its links and its kind."""
    _dates_in_order(fact, today)
    _people_exist(household, fact)
    _links_exist(household, fact)
    _ends_what_began(household, fact)
    _still_takes_part(household, fact)
    for judged in RULES.get(type(fact), ()):
        judged(household, fact)


def _new_words_pass(
    household: Household, outcome: Outcome, today: dt.date, codes: CodeBook
) -> None:
    """What a correction makes an entry say meets the rules of its kind.

    What was wrong with the entry before, because of something recorded since, does not keep it
    from being set right in another respect.
    """
    for version, fact in outcome.changed.items():
        check_shape(fact, codes)
        refusal = _refusal(outcome.household, version, fact, today)
        if refusal and str(refusal) != str(_present_refusal(household, version, today)):
            raise refusal


def _old_words_pass(household: Household, outcome: Outcome, today: dt.date) -> None:
    """No entry that met the rules fails them because another one is corrected or retracted."""
    trial = outcome.household
    for version in disturbed(household, outcome):
        refusal = _refusal(trial, version, trial.standing[version], today)
        if refusal and str(refusal) != str(_present_refusal(household, version, today)):
            raise _relied_on(version, trial.standing[version], refusal)
    if trial.referrals == household.referrals:
        return
    for version, fact in trial.standing.items():
        for follows in FOLLOWS_REFERRAL.get(type(fact), ()):
            refusal = _of(follows, trial, fact)
            if refusal and not _of(follows, household, fact):
                raise _relied_on(version, fact, refusal)


def _present_refusal(household: Household, version: int, today: dt.date) -> Refusal | None:
    fact = household.standing.get(version)
    return None if fact is None else _refusal(household, version, fact, today)


def _refusal(household: Household, version: int, fact: Fact, today: dt.date) -> Refusal | None:
    try:
        judge(household.without(version), fact, today)
    except Refusal as refusal:
        return refusal
    return None


def _of(rule: Rule, household: Household, fact: Fact) -> Refusal | None:
    try:
        rule(household, fact)
    except Refusal as refusal:
        return refusal
    return None


def _relied_on(version: int, fact: Fact, refusal: Refusal) -> ReliedOn:
    return ReliedOn(
        f"Entry {version}, «{name_of(fact)}», would no longer be right. {refusal}",
        versions=[version],
    )


def _begun(household: Household, fact: Fact) -> None:
    begins = isinstance(fact, HouseholdRegistered)
    if household.version == 0 and not begins:
        raise StreamNotBegun(
            f"No household {household.id} is registered: register it before «{name_of(fact)}».",
            household=household.id,
        )
    if household.version > 0 and begins:
        raise StreamNotBegun(
            f"The household {household.id} is registered already.", household=household.id
        )


# What was begun in a household ends there, its documents and rights concern what is kept there,
# and what was true before the merge was true of it and not of the survivor.
_OF_A_MERGED_HOUSEHOLD = frozenset(
    GROUPS["rights"] + GROUPS["correction"] + GROUPS["evidence"] + tuple(ENDS)
)


def _not_merged(household: Household, fact: Fact) -> None:
    if household.merged_on is None or type(fact) in _OF_A_MERGED_HOUSEHOLD:
        return
    if fact.effective_from >= household.merged_on:
        raise HouseholdMerged(
            f"The household {household.id} is part of {household.merged_into} now: record there.",
            household=household.id,
            into=household.merged_into,
        )


def _dates_in_order(fact: Fact, today: dt.date) -> None:
    start, end = fact.effective_from, fact.effective_until
    if fact.SPAN == "day" and end is not None:
        raise DatesOutOfOrder(f"«{name_of(fact)}» is true of one day and has no last day.")
    if fact.SPAN == "closed" and end is None:
        raise DatesOutOfOrder(f"«{name_of(fact)}» needs its last day.", field="effective_until")
    if end is not None and end <= start:
        raise DatesOutOfOrder(
            f"The last day, {(end - ONE_DAY).isoformat()}, lies before the first, "
            f"{start.isoformat()}.",
            field="effective_until",
        )
    if fact.SPAN != "open" and start > today:
        raise InTheFuture(
            f"«{name_of(fact)}» tells what happened, and {start.isoformat()} is still to come.",
            field="effective_from",
        )
    if fact.SPAN == "open" and start > today + 366 * ONE_DAY:
        raise InTheFuture(f"{start.isoformat()} is more than a year ahead.", field="effective_from")
    if fact.known_on is not None and fact.known_on > today:
        raise InTheFuture(
            f"It cannot have been learned on {fact.known_on.isoformat()}, which is still to come.",
            field="known_on",
        )
    if fact.SPAN == "day" and fact.known_on is not None and fact.known_on < start:
        raise DatesOutOfOrder(
            f"It cannot have been known on {fact.known_on.isoformat()}, before it was true on "
            f"{start.isoformat()}.",
            field="known_on",
        )


_NAMES_NEW_PEOPLE = (HouseholdRegistered, MemberJoined, GuestHosted)
_LOOKS_BACK = (BaselineFixed,)
"""Facts about how things stood before, perhaps before the person belonged to the household."""


def _people_exist(household: Household, fact: Fact) -> None:
    if isinstance(fact, _NAMES_NEW_PEOPLE):
        return
    for field, member in people(fact):
        if member not in household.members:
            raise NotAMember(
                f"{member} is not a member of the household {household.id}.",
                field=field,
                member=member,
            )
        if not isinstance(fact, _LOOKS_BACK) and not household.is_member(
            member, fact.effective_from
        ):
            raise NotAMember(
                f"{member} was not a member of the household on {fact.effective_from.isoformat()}.",
                field=field,
                member=member,
                day=fact.effective_from,
            )


def _links_exist(household: Household, fact: Fact) -> None:
    for field, version in links(fact).items():
        if version not in household.standing:
            raise NoSuchEntry(
                f"«{field}» names entry {version}, which does not stand on this household.",
                field=field,
                version=version,
            )
        allowed = _LINKED_KINDS.get(field)
        if allowed and type(household.standing[version]) not in allowed:
            raise NoSuchEntry(
                f"«{field}» names entry {version}, which is "
                f"«{name_of(household.standing[version])}».",
                field=field,
                version=version,
            )


_LINKED_KINDS: dict[str, tuple[type[Fact], ...]] = dict(ENDS.values()) | {
    "plan": (BY_NAME["plan-agreed"],),
    "captured": (BY_NAME["evidence-captured"],),
    "previous": (BY_NAME["enrolled"], BY_NAME["re-enrolled"]),
}


def _ends_what_began(household: Household, fact: Fact) -> None:
    if type(fact) not in ENDS:
        return
    version = getattr(fact, ENDS[type(fact)][0])
    start = household.standing[version]
    if version in household.ended:
        raise AlreadyEnded(
            f"Entry {version}, «{name_of(start)}», was ended by entry {household.ended[version]}.",
            version=version,
            ended_by=household.ended[version],
        )
    if fact.effective_from < start.effective_from:
        raise DatesOutOfOrder(
            f"The end, {fact.effective_from.isoformat()}, lies before the beginning, "
            f"{start.effective_from.isoformat()}.",
            field="effective_from",
        )
    if start.effective_until is not None and fact.effective_from > start.effective_until:
        raise AlreadyEnded(
            f"Entry {version}, «{name_of(start)}», has its own end on "
            f"{start.effective_until.isoformat()}.",
            version=version,
        )


_NEEDS_PARTICIPATION = frozenset(GROUPS["plan"]) | frozenset(GROUPS["outcome"])


def _still_takes_part(household: Household, fact: Fact) -> None:
    if type(fact) not in _NEEDS_PARTICIPATION:
        return
    withdrawn = household.withdrawn_by(fact.effective_from)
    if withdrawn is not None:
        raise ParticipationEnded(
            f"The household withdrew on {withdrawn.isoformat()}: nothing is done for it after.",
            withdrawn_on=withdrawn,
        )


_ALLOWED_WHEN_RESTRICTED = frozenset(
    GROUPS["rights"] + GROUPS["correction"] + GROUPS["evidence"] + (RestrictionLifted,)
)


def _not_restricted(household: Household, fact: Fact) -> None:
    restriction = household.restricted_by
    if restriction is not None and type(fact) not in _ALLOWED_WHEN_RESTRICTED:
        raise ProcessingIsRestricted(
            f"Processing is restricted by entry {restriction}: only rights, corrections and "
            "evidence are recorded until it is lifted.",
            version=restriction,
        )
