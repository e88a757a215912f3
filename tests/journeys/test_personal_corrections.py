"""Personal content is corrected like any other: sealed anew, under its person's own key."""

from __future__ import annotations

import pytest

from journeys.application import Journeys
from journeys.household.commands import Batch
from journeys.household.facts import EntryCorrected, MemberJoined
from journeys.household.personal import UnfitPersonalData
from tests.journeys.household.story import ALMA, HOME, correction, joined, registered

PERSON = {"name": "Alma", "surname": "Prova", "identity_number": "516-25-1004"}


def begin(journeys: Journeys) -> None:
    journeys.record(HOME, [registered(), joined(ALMA)], personal={(1, "person"): PERSON})


def test_a_corrected_name_is_sealed_for_its_member_and_stands_in_the_entry(
    journeys: Journeys,
) -> None:
    begin(journeys)
    right = PERSON | {"name": "Elma"}
    journeys.record(HOME, [correction(2)], personal={(0, "person"): right})

    entry = journeys.history(HOME).find(2)

    assert entry is not None
    assert isinstance(entry.current, MemberJoined)
    items = {item.commitment.hex(): item for item in journeys.recorder.vault_items(HOME)}
    item = items[str(entry.current.person)]
    assert (item.subject, item.version, item.field) == (ALMA, 3, "person")
    assert journeys.disclose(HOME)[3, "person"] == right


def test_a_correction_may_have_a_note_of_its_own(journeys: Journeys) -> None:
    begin(journeys)
    journeys.record(
        HOME,
        [correction(2, birth_month="1980-01")],
        personal={(0, "note"): "She told us.", (0, "person"): PERSON},
    )
    corrected = journeys.entries(HOME)[2].fact
    assert isinstance(corrected, EntryCorrected)
    assert corrected.note is not None
    assert corrected.changes.keys() == {"birth_month", "person"}
    assert journeys.disclose(HOME)[3, "note"] == "She told us."


def test_a_birth_day_must_fit_the_month_that_the_same_correction_gives(journeys: Journeys) -> None:
    begin(journeys)
    wrong = Batch(
        household=HOME,
        facts=[correction(2, birth_month="1980-01")],
        personal={(0, "person"): {"birth_date": "1980-02-01"}},
    )
    with pytest.raises(UnfitPersonalData, match="1980-01"):
        journeys.record_all([wrong])


def test_an_entry_without_personal_fields_takes_none_by_correction(journeys: Journeys) -> None:
    begin(journeys)
    with pytest.raises(UnfitPersonalData, match="no personal data"):
        journeys.record(HOME, [correction(1)], personal={(0, "person"): PERSON})


def test_personal_content_for_an_entry_that_is_not_there_is_refused(journeys: Journeys) -> None:
    begin(journeys)
    with pytest.raises(UnfitPersonalData, match="no personal data"):
        journeys.record(HOME, [correction(9)], personal={(0, "person"): PERSON})


def test_a_change_that_does_not_fit_is_refused_as_such(journeys: Journeys) -> None:
    begin(journeys)
    wrong = correction(2, birth_month=["January"])
    with pytest.raises(Exception, match="does not fit"):
        journeys.record(HOME, [wrong], personal={(0, "person"): PERSON})
