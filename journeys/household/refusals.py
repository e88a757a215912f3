"""Why a fact may not be recorded, each reason with its stable code."""

from __future__ import annotations

from journeys.errors import Refusal
from journeys.household.shape import MalformedFact

__all__ = [
    "AlreadyEnded",
    "AlreadyThere",
    "AmountWithoutCurrency",
    "CannotCorrect",
    "DatesOutOfOrder",
    "HouseholdMerged",
    "InTheFuture",
    "MalformedFact",
    "NegativeAmount",
    "NoSuchEntry",
    "NotAMember",
    "ParticipationEnded",
    "PredatesReferral",
    "ProcessingIsRestricted",
    "ReliedOn",
    "StreamNotBegun",
]


class StreamNotBegun(Refusal):
    """A household's first fact is its registration, and only the first."""

    code = "not-registered"


class HouseholdMerged(Refusal):
    """The household became a part of another one, where facts are recorded now."""

    code = "household-merged"


class DatesOutOfOrder(Refusal):
    """An end lies before its beginning, or knowledge before the event."""

    code = "dates-out-of-order"


class InTheFuture(Refusal):
    """A fact tells of a day that is still to come."""

    code = "in-the-future"


class NotAMember(Refusal):
    """A person does not belong to the household, or not on that day."""

    code = "not-a-member"


class NoSuchEntry(Refusal):
    """An entry that is referred to is not in this household's record, or no longer stands."""

    code = "no-such-entry"


class AlreadyEnded(Refusal):
    """What is to be ended has ended."""

    code = "already-ended"


class AlreadyThere(Refusal):
    """The same thing stands in the record: correct it instead of recording it again."""

    code = "already-there"


class PredatesReferral(Refusal):
    """A tenancy or an enrolment lies before the household was referred."""

    code = "predates-referral"


class ParticipationEnded(Refusal):
    """The household withdrew before that day."""

    code = "participation-ended"


class ProcessingIsRestricted(Refusal):
    """Processing is limited (GDPR art. 18) until the restriction is lifted."""

    code = "processing-restricted"


class NegativeAmount(Refusal):
    """An amount cannot be below zero."""

    code = "negative-amount"


class AmountWithoutCurrency(Refusal):
    """An amount of money says its currency."""

    code = "amount-without-currency"


class CannotCorrect(Refusal):
    """A correction names a field or a value that its target cannot have."""

    code = "cannot-correct"


class ReliedOn(Refusal):
    """Other entries rely on this one: set them right first."""

    code = "relied-on"
