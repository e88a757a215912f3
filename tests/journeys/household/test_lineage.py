"""A household followed across streams, in both directions and back in time."""

from __future__ import annotations

from uuid import UUID

import pytest

from journeys.errors import NotFound, Refusal
from journeys.household.commands import Batch, Terms, match, merge, split, undo
from journeys.household.facts import (
    EmploymentEnded,
    EvidenceCaptured,
    Fact,
    GuestHosted,
    IdentityUnmatched,
    PersonalDataErased,
)
from journeys.household.household import Household
from journeys.household.lineage import Lineage, follow, joint
from tests.journeys.household.story import (
    ALMA,
    ANNA,
    BRUNO,
    HOME,
    STRANGER,
    Story,
    correction,
    day,
    fact,
    hired,
    housed,
    instant,
    joined,
    moved_out,
    referred,
    registered,
    retraction,
)

NEW = UUID("00000000-0000-4000-8000-000000000002")
CARLA = UUID("00000000-0000-4000-8000-0000000000c3")


class Village:
    """Several households, told together."""

    def __init__(self, *stories: Story) -> None:
        self.stories = {story.household.id: story for story in stories}

    def tell(self, batches: list[Batch], recorded: str = "2025-06-01") -> Village:
        for batch in batches:
            home = self.stories.setdefault(batch.household, Story(household=batch.household))
            home.tell(*batch.facts, recorded=recorded)
        return self

    def __getitem__(self, household: UUID) -> Household:
        return self.stories[household].household

    def follow(self, household: UUID, **kwargs: object) -> Lineage:
        def load(wanted: UUID) -> list[object]:
            return list(self.stories[wanted].record) if wanted in self.stories else []

        return follow(household, load, **kwargs)  # type: ignore[arg-type]


def terms(on: str = "2025-06-01") -> Terms:
    return Terms(
        day=day(on), clock="follows-tenancy", cap="shared", decided_by="comune-prato", by=ANNA
    )


def couple() -> Village:
    """Alma and Bruno, housed together; Bruno works."""
    story = Story.begun(
        joined(BRUNO, relation="partner"), housed("2025-02-01"), hired("2025-03-01", BRUNO)
    )
    return Village(story)


def told(lineage: Lineage) -> list[tuple[UUID, int]]:
    return [(entry.recorded.household, entry.version) for entry in joint(lineage)]


def test_a_split_gives_the_leaving_members_a_household_of_their_own() -> None:
    village = couple()
    village.tell(split(village[HOME], NEW, [BRUNO], "origin", terms()))

    assert village[NEW].is_member(BRUNO, day("2025-06-01"))
    assert not village[HOME].is_member(BRUNO, day("2025-06-01"))
    assert village[HOME].is_member(BRUNO, day("2025-05-31"))


def test_a_split_household_takes_along_what_was_true_before() -> None:
    village = couple().tell(split(couple()[HOME], NEW, [BRUNO], "origin", terms()))
    village[HOME]

    entries = told(village.follow(NEW))

    assert (HOME, 5) in entries, "the shared home before the split"
    assert (HOME, 6) in entries, "the job of the member who left"
    assert (HOME, 2) not in entries, "the joining of the one who stayed"


def test_the_origin_still_sees_what_becomes_of_those_who_left() -> None:
    village = couple().tell(split(couple()[HOME], NEW, [BRUNO], "origin", terms()))
    village.stories[NEW].tell(hired("2025-09-01", BRUNO), housed("2025-09-01"))

    entries = told(village.follow(HOME))

    assert (NEW, village[NEW].version - 1) in entries, "the job of the member who left"
    assert (NEW, village[NEW].version) not in entries, "the new household's own home"


def other_household() -> Story:
    return Story(
        registered(reference=CARLA), joined(CARLA), referred(), housed("2025-02-10"), household=NEW
    )


def test_a_merged_household_is_closed_to_facts_and_its_members_join() -> None:
    village = couple()
    village.stories[NEW] = other_household()
    village.tell(merge(village[HOME], village[NEW], {}, "survivor", terms()))

    assert village[HOME].is_member(CARLA, day("2025-06-01"))
    with pytest.raises(Refusal) as refusal:
        village.stories[NEW].tell(housed("2025-06-02"))
    assert refusal.value.code == "household-merged"


def test_a_survivor_takes_over_the_whole_past_and_the_absorbed_follows_it() -> None:
    village = couple()
    village.stories[NEW] = other_household()
    village.tell(merge(village[HOME], village[NEW], {}, "survivor", terms()))
    village.stories[HOME].tell(housed("2025-07-01"))

    assert (NEW, 4) in told(village.follow(HOME))
    assert (HOME, village[HOME].version) in told(village.follow(NEW))
    assert (HOME, 5) not in told(village.follow(NEW)), "what the survivor did before the merge"


def test_a_merge_can_be_taken_back() -> None:
    village = couple()
    village.stories[NEW] = other_household()
    village.tell(merge(village[HOME], village[NEW], {}, "survivor", terms()))

    village.tell(
        undo(village[HOME], village[NEW], day("2025-07-01"), "wrong-household", ANNA),
        recorded="2025-07-01",
    )

    assert village[NEW].merged_into is None
    assert not village[HOME].is_member(CARLA, day("2025-06-01"))
    assert list(village.follow(HOME).histories) == [HOME]
    assert set(village.follow(HOME, as_at=instant("2025-06-15")).histories) == {HOME, NEW}


def test_a_person_known_in_both_joins_once() -> None:
    village = couple()
    village.stories[NEW] = other_household()

    village.tell(merge(village[HOME], village[NEW], {CARLA: BRUNO}, "survivor", terms()))

    assert CARLA not in village[HOME].members


def matched() -> Village:
    village = couple()
    village.stories[NEW] = other_household()
    batches = match(
        village[HOME], BRUNO, village[NEW], CARLA, "fiscal-code", 100, ANNA, day("2025-06-01")
    )
    village.tell(batches)
    village.stories[NEW].tell(hired("2025-04-01", CARLA))
    return village


def test_a_match_brings_what_concerns_the_person_and_no_more() -> None:
    entries = told(matched().follow(HOME))

    assert (NEW, 6) in entries, "the job of the matched person"
    assert (NEW, 4) not in entries, "the home of the other household"


def test_a_match_taken_back_is_no_longer_followed_but_was() -> None:
    village = matched()
    village.stories[HOME].tell(
        fact(IdentityUnmatched, "2025-08-01", matched=7, method="registry-check"),
        recorded="2025-08-01",
    )

    assert list(village.follow(HOME).histories) == [HOME]
    assert NEW in village.follow(HOME, as_at=instant("2025-07-01")).histories


def test_a_bond_counts_from_its_recording() -> None:
    assert list(matched().follow(HOME, as_at=instant("2025-05-01")).histories) == [HOME]


def test_a_guest_is_followed_home() -> None:
    village = couple()
    village.stories[NEW] = other_household()
    village.stories[NEW].tell(hired("2025-04-01", CARLA))
    village.stories[HOME].tell(fact(GuestHosted, "2025-07-01", guest=CARLA))

    lineage = village.follow(HOME, homes=lambda person: [HOME, NEW] if person == CARLA else [])

    assert (NEW, 5) in told(lineage)
    assert [bond.relation for bond in lineage.path[NEW]] == ["hosts"]


def test_a_corrected_split_moves_the_line() -> None:
    village = couple().tell(split(couple()[HOME], NEW, [BRUNO], "origin", terms()))
    village.stories[HOME].tell(hired("2025-05-20", BRUNO))
    assert (HOME, 8) in told(village.follow(NEW))
    assert village.follow(NEW).reach[HOME].until == day("2025-06-01")

    village.stories[HOME].tell(correction(7, effective_from="2025-05-25"))

    assert village[HOME].is_member(BRUNO, day("2025-05-24"))
    assert not village[HOME].is_member(BRUNO, day("2025-05-25"))


def test_a_chain_of_bonds_is_followed_for_the_same_person() -> None:
    village = couple().tell(split(couple()[HOME], NEW, [BRUNO], "origin", terms()))
    third = UUID("00000000-0000-4000-8000-000000000003")
    village.stories[third] = Story(
        registered(reference=CARLA), joined(CARLA), hired("2025-08-01", CARLA), household=third
    )
    village.tell(
        match(
            village[NEW], BRUNO, village[third], CARLA, "fiscal-code", 90, ANNA, day("2025-09-01")
        ),
        recorded="2025-09-01",
    )

    lineage = village.follow(HOME)

    assert list(lineage.histories) == [HOME, NEW, third]
    assert lineage.reach[third].persons == frozenset({CARLA})
    assert (third, 3) in told(lineage)


def test_following_stops_at_a_household_that_is_not_there_or_too_far() -> None:
    village = matched()
    del village.stories[NEW]

    assert list(village.follow(HOME).histories) == [HOME]
    assert list(matched().follow(HOME, furthest=1).histories) == [HOME]


def test_commands_on_households_that_are_not_there_are_refused() -> None:
    village = couple()
    empty = Household(STRANGER)

    with pytest.raises(NotFound):
        split(empty, NEW, [ALMA], "origin", terms())
    with pytest.raises(NotFound):
        split(village[HOME], NEW, [], "origin", terms())
    with pytest.raises(NotFound):
        split(village[HOME], NEW, [STRANGER], "origin", terms())
    with pytest.raises(NotFound):
        undo(village[HOME], empty, day("2025-06-01"), "wrong-household", ANNA)


def ended_job(on: str, employment: int) -> Fact:
    return fact(EmploymentEnded, on, employment=employment, ending="term-ended")


def test_the_end_of_a_job_follows_the_person_who_left_with_it() -> None:
    village = couple().tell(split(couple()[HOME], NEW, [BRUNO], "origin", terms()))
    village.stories[HOME].tell(ended_job("2025-08-01", 6), moved_out("2025-08-01", 5))

    entries = told(village.follow(NEW))

    assert (HOME, 8) in entries, "the end of the job of the one who left"
    assert (HOME, 9) not in entries, "the end of the stay of those who did not"


def test_the_end_of_a_job_follows_a_matched_person() -> None:
    village = matched()
    village.stories[NEW].tell(ended_job("2025-05-01", 6), moved_out("2025-05-01", 4))

    assert (NEW, 7) in told(village.follow(HOME))
    assert (NEW, 8) not in told(village.follow(HOME))


def test_what_sets_an_entry_right_is_read_beside_it() -> None:
    village = matched()
    village.stories[NEW].tell(
        correction(6, weekly_hours="20"), correction(4, kind="shelter"), retraction(7)
    )

    entries = told(village.follow(HOME))

    assert (NEW, 7) in entries
    assert (NEW, 8) not in entries
    assert (NEW, 9) in entries


def test_a_match_undone_on_one_side_binds_neither() -> None:
    village = matched()
    unmatched = fact(IdentityUnmatched, "2025-08-01", matched=5, method="registry-check")
    village.stories[NEW].tell(unmatched, recorded="2025-08-01")

    assert list(village.follow(NEW).histories) == [NEW]
    assert list(village.follow(HOME).histories) == [HOME]
    assert NEW in village.follow(HOME, as_at=instant("2025-07-01")).histories

    village.stories[NEW].tell(retraction(village[NEW].version), recorded="2025-09-01")
    assert NEW in village.follow(HOME).histories


def test_a_merge_retracted_on_one_side_binds_neither() -> None:
    village = couple()
    village.stories[NEW] = other_household()
    village.tell(merge(village[HOME], village[NEW], {}, "survivor", terms()))
    village.stories[NEW].tell(retraction(5), recorded="2025-08-01")

    assert list(village.follow(HOME).histories) == [HOME]


def test_a_split_can_be_taken_back_with_the_joinings_that_it_brought() -> None:
    village = couple()
    village.tell(split(village[HOME], NEW, [BRUNO], "origin", terms()))

    village.tell(undo(village[NEW], village[HOME], day("2025-07-01"), "wrong-household", ANNA))

    assert village[HOME].is_member(BRUNO, day("2025-06-01"))
    assert BRUNO not in village[NEW].members
    assert list(village.follow(HOME).histories) == [HOME]


def test_a_split_is_not_taken_back_from_under_what_was_told_since() -> None:
    village = couple()
    village.tell(split(village[HOME], NEW, [BRUNO], "origin", terms()))
    village.stories[NEW].tell(hired("2025-07-01", BRUNO))

    with pytest.raises(Refusal) as refusal:
        village.tell(undo(village[HOME], village[NEW], day("2025-08-01"), "wrong-household", ANNA))
    assert refusal.value.code == "relied-on"


THIRD = UUID("00000000-0000-4000-8000-000000000003")


def test_a_joining_retracted_since_is_not_retracted_again() -> None:
    village = couple()
    village.stories[NEW] = other_household()
    village.tell(merge(village[HOME], village[NEW], {}, "survivor", terms()))
    village.stories[HOME].tell(retraction(village[HOME].version))

    village.tell(undo(village[HOME], village[NEW], day("2025-07-01"), "wrong-household", ANNA))

    assert list(village.follow(HOME).histories) == [HOME]


def test_of_two_merges_on_one_day_one_is_taken_back() -> None:
    village = couple()
    village.stories[NEW] = other_household()
    village.stories[THIRD] = Story(
        registered(reference=STRANGER), joined(STRANGER), household=THIRD
    )
    for absorbed in (NEW, THIRD):
        village.tell(merge(village[HOME], village[absorbed], {}, "survivor", terms()))

    village.tell(undo(village[HOME], village[NEW], day("2025-07-01"), "wrong-household", ANNA))

    assert CARLA not in village[HOME].members
    assert village[HOME].is_member(STRANGER, day("2025-06-01"))


def test_a_merge_whose_day_was_corrected_is_taken_back_with_its_joinings() -> None:
    village = couple()
    village.stories[NEW] = other_household()
    village.tell(merge(village[HOME], village[NEW], {}, "survivor", terms()))
    version = village[HOME].version
    village.stories[HOME].tell(correction(version - 1, effective_from="2025-05-30"))

    village.tell(undo(village[HOME], village[NEW], day("2025-07-01"), "wrong-household", ANNA))

    assert CARLA not in village[HOME].members


def test_what_is_undone_is_what_holds_on_both_sides() -> None:
    village = matched()
    unmatched = {"method": "registry-check"}
    village.stories[HOME].tell(fact(IdentityUnmatched, "2025-06-03", matched=7, **unmatched))

    with pytest.raises(NotFound):
        undo(village[HOME], village[NEW], day("2025-07-01"), "wrong-household", ANNA)

    pair = match(
        village[HOME], BRUNO, village[NEW], CARLA, "fiscal-code", 99, ANNA, day("2025-06-04")
    )
    taken_back = undo(
        village.tell(pair)[HOME], village[NEW], day("2025-07-01"), "wrong-household", ANNA
    )
    village.tell(taken_back)

    assert list(village.follow(HOME).histories) == [HOME]
    assert village[NEW].standing.keys() == {1, 2, 3, 4, 5, 6}, "the first match stays as it was"


def test_a_household_that_became_part_of_another_still_ends_what_it_began() -> None:
    village = couple()
    village.stories[NEW] = other_household()
    village.stories[NEW].tell(hired("2025-03-01", CARLA))
    village.tell(merge(village[HOME], village[NEW], {}, "survivor", terms()))

    village.stories[NEW].tell(
        ended_job("2025-08-01", 5),
        hired("2025-05-31", CARLA),
        fact(
            EvidenceCaptured,
            "2025-08-02",
            kind="landlord-letter",
            sha256="a" * 64,
            issuer="proprietario",
            covers=(4,),
        ),
        fact(
            PersonalDataErased,
            "2025-09-01",
            subject=CARLA,
            scope="member",
            legal_basis="objection-upheld",
        ),
    )

    with pytest.raises(Refusal) as refusal:
        village.stories[NEW].tell(hired("2025-06-01", CARLA))
    assert refusal.value.code == "household-merged"
    assert (NEW, 7) in told(village.follow(HOME)), "the end of the job comes along"
