"""The household's event catalogue. `FACTS` is the closed list that the codec knows."""

from __future__ import annotations

from journeys.household.facts.composition import (
    GuestHosted,
    HouseholdRegistered,
    HouseholdsMerged,
    HouseholdSplit,
    IdentityMatched,
    IdentityUnmatched,
    MemberJoined,
    MemberLeft,
)
from journeys.household.facts.correction import EntryCorrected, EntryRetracted
from journeys.household.facts.economy import (
    BenefitEnded,
    BenefitGranted,
    EmploymentEnded,
    EmploymentStarted,
    IncomeObserved,
    IseeAttested,
    QualificationAwarded,
)
from journeys.household.facts.entry import (
    BaselineFixed,
    EligibilityAssessed,
    Enrolled,
    Exited,
    ReEnrolled,
    Referred,
)
from journeys.household.facts.envelope import ENVELOPE, UNCORRECTABLE, Fact, Recorded
from journeys.household.facts.housing import (
    AbsenceRecorded,
    AccommodationEnded,
    AccommodationStarted,
    ArrearsObserved,
    EvictionStageReached,
    TenancyRegistered,
)
from journeys.household.facts.outcome import (
    AssessmentScored,
    AttestationGiven,
    EvidenceAssessed,
    EvidenceCaptured,
    MeasureObserved,
    OutcomeObserved,
)
from journeys.household.facts.plan import (
    InterventionDelivered,
    InterventionEnded,
    InterventionMissed,
    InterventionStarted,
    PlanAgreed,
    PlanRevised,
)
from journeys.household.facts.rights import (
    AddressProtected,
    ParticipationWithdrawn,
    PersonalDataErased,
    ProcessingRestricted,
    RestrictionLifted,
)

GROUPS: dict[str, tuple[type[Fact], ...]] = {
    "composition": (
        HouseholdRegistered,
        MemberJoined,
        MemberLeft,
        GuestHosted,
        HouseholdSplit,
        HouseholdsMerged,
        IdentityMatched,
        IdentityUnmatched,
    ),
    "entry": (Referred, EligibilityAssessed, Enrolled, BaselineFixed, Exited, ReEnrolled),
    "plan": (
        PlanAgreed,
        PlanRevised,
        InterventionStarted,
        InterventionDelivered,
        InterventionMissed,
        InterventionEnded,
    ),
    "housing": (
        AccommodationStarted,
        AccommodationEnded,
        AbsenceRecorded,
        TenancyRegistered,
        ArrearsObserved,
        EvictionStageReached,
    ),
    "economy": (
        IncomeObserved,
        IseeAttested,
        EmploymentStarted,
        EmploymentEnded,
        BenefitGranted,
        BenefitEnded,
        QualificationAwarded,
    ),
    "outcome": (AssessmentScored, MeasureObserved, OutcomeObserved),
    "evidence": (EvidenceCaptured, EvidenceAssessed, AttestationGiven),
    "correction": (EntryCorrected, EntryRetracted),
    "rights": (
        ParticipationWithdrawn,
        ProcessingRestricted,
        RestrictionLifted,
        AddressProtected,
        PersonalDataErased,
    ),
}
"""Every kind of fact, by the group that a person looks for it in."""

FACTS: tuple[type[Fact], ...] = tuple(fact for group in GROUPS.values() for fact in group)

ENDS: dict[type[Fact], tuple[str, tuple[type[Fact], ...]]] = {
    Exited: ("enrolment", (Enrolled, ReEnrolled)),
    InterventionEnded: ("intervention", (InterventionStarted,)),
    AccommodationEnded: ("accommodation", (AccommodationStarted,)),
    EmploymentEnded: ("employment", (EmploymentStarted,)),
    BenefitEnded: ("benefit", (BenefitGranted,)),
    IdentityUnmatched: ("matched", (IdentityMatched,)),
    RestrictionLifted: ("restriction", (ProcessingRestricted,)),
}
"""Facts that close another one: the field that names its version, and what it may close."""


def name_of(fact: Fact | type[Fact]) -> str:
    """The fact's short name, stable across versions: ``tenancy-registered``."""
    return fact.TOPIC.split(".")[1]


BY_NAME: dict[str, type[Fact]] = {name_of(fact): fact for fact in FACTS}

__all__ = [
    "BY_NAME",
    "ENDS",
    "ENVELOPE",
    "FACTS",
    "GROUPS",
    "UNCORRECTABLE",
    "AbsenceRecorded",
    "AccommodationEnded",
    "AccommodationStarted",
    "AddressProtected",
    "ArrearsObserved",
    "AssessmentScored",
    "AttestationGiven",
    "BaselineFixed",
    "BenefitEnded",
    "BenefitGranted",
    "EligibilityAssessed",
    "EmploymentEnded",
    "EmploymentStarted",
    "Enrolled",
    "EntryCorrected",
    "EntryRetracted",
    "EvictionStageReached",
    "EvidenceAssessed",
    "EvidenceCaptured",
    "Exited",
    "Fact",
    "GuestHosted",
    "HouseholdRegistered",
    "HouseholdSplit",
    "HouseholdsMerged",
    "IdentityMatched",
    "IdentityUnmatched",
    "IncomeObserved",
    "InterventionDelivered",
    "InterventionEnded",
    "InterventionMissed",
    "InterventionStarted",
    "IseeAttested",
    "MeasureObserved",
    "MemberJoined",
    "MemberLeft",
    "OutcomeObserved",
    "ParticipationWithdrawn",
    "PersonalDataErased",
    "PlanAgreed",
    "PlanRevised",
    "ProcessingRestricted",
    "QualificationAwarded",
    "ReEnrolled",
    "Recorded",
    "Referred",
    "RestrictionLifted",
    "TenancyRegistered",
    "name_of",
]
