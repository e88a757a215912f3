"""Personal content on its way into the vault, and out of it again.

Facts carry commitments, never content. Here content is sealed while a batch is decided, and what
the vault holds is opened against what the facts committed to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace

from journeys.household.commands import Batch
from journeys.household.facts import EntryCorrected, Fact
from journeys.household.history import corrected
from journeys.household.household import Household
from journeys.household.personal import (
    UnfitPersonalData,
    commitment_of,
    personal_fields,
    plaintext,
    subject_of,
)
from journeys.record.fiscal_code import check_fiscal_code
from journeys.record.keyring import SubjectErased
from journeys.record.keys import Keyring
from journeys.record.recorder import BlindIndex
from journeys.record.vault import BrokenCommitment, VaultItem, blind_index, open_item, seal


class Sealing:
    """Seals the personal content of the batches of one transaction.

    `items` and `indexes` gather what is to be written beside the events. The keys of everybody
    in the batches are fetched, and made where they are missing, in one go.
    """

    def __init__(self, keyring: Keyring, batches: Sequence[Batch]) -> None:
        self.items: list[VaultItem] = []
        self.indexes: list[BlindIndex] = []
        self._keyring = keyring
        self._keys = keyring.get_or_create_many(_subjects(batches))

    def seal(self, batch: Batch, place: int, fact: Fact, household: Household) -> Fact:
        """The fact at `place` of the batch with the commitments of its personal content.

        Personal content of a correction is that of the entry which it corrects. Raises
        `UnfitPersonalData` for content that its field does not take, and for commitments that
        come from outside.
        """
        _no_foreign_commitment(household, fact)
        commitments = {
            field: self._sealed(fact, field, value, household)
            for (index, field), value in batch.personal.items()
            if index == place
        }
        if not commitments:
            return fact
        if isinstance(fact, EntryCorrected):
            own = {field: commitments.pop(field) for field in ("note",) if field in commitments}
            return replace(fact, changes={**fact.changes, **commitments}, **own)
        return replace(fact, **commitments)

    def _sealed(self, fact: Fact, field: str, value: Any, household: Household) -> str:
        about = fact if field in personal_fields(type(fact)) else _target(household, fact)
        subject = subject_of(about, household.id, field)
        content = plaintext(about, field, value)
        if isinstance(content, dict) and "fiscal_code" in content:
            content["fiscal_code"] = check_fiscal_code(content["fiscal_code"])
            index = blind_index(self._keyring.index_key, content["fiscal_code"])
            self.indexes.append((index, subject, household.id))
        key = self._keys.get(subject) or self._keyring.get_or_create(subject)
        item = seal(key, subject, household.id, household.version + 1, field, content)
        self.items.append(item)
        return item.commitment.hex()


def disclosed(
    keyring: Keyring, items: Iterable[VaultItem], facts: Sequence[Fact]
) -> dict[tuple[int, str], Any]:
    """The plain content of a household's vault items by version and field.

    `facts` is the household's stream from its first version. Content of an erased subject is
    absent. Raises a refusal for a lost or wrong key and for an altered item, and
    `BrokenCommitment` for one that its fact does not commit to, however well it opens.
    """
    found = {}
    for item in items:
        try:
            key = keyring.require(item.subject)
        except SubjectErased:
            continue
        fact = facts[item.version - 1] if 0 < item.version <= len(facts) else None
        if fact is None or commitment_of(fact, item.field) != item.commitment.hex():
            raise BrokenCommitment(
                f"Entry {item.version} of the household {item.household} does not commit to the "
                f"«{item.field}» that the vault holds."
            )
        found[item.version, item.field] = open_item(key, item)
    return found


def _no_foreign_commitment(household: Household, fact: Fact) -> None:
    """Nobody brings a commitment along; a correction may keep one of the correction it corrects."""
    for field in personal_fields(type(fact)):
        if getattr(fact, field) is not None:
            raise _brought_along(field)
    changes = getattr(fact, "changes", {})
    kept: Mapping[str, Any] = {}
    while isinstance(fact, EntryCorrected) and isinstance(changes, dict):
        if not 0 < fact.target <= household.version:
            return
        about = household.facts[fact.target - 1]
        for field in personal_fields(type(about)):
            if changes.get(field) not in (None, kept.get(field)):
                raise _brought_along(field)
        fact, changes = about, changes.get("changes", {})
        kept = getattr(about, "changes", {})


def _brought_along(field: str) -> UnfitPersonalData:
    return UnfitPersonalData(
        f"«{field}» is given as content to seal, not as a commitment.", field=field
    )


def _target(household: Household, fact: Fact) -> Fact:
    """The entry that a correction corrects, as it will read; any other fact is its own."""
    target = household.standing.get(fact.target) if isinstance(fact, EntryCorrected) else None
    if target is None or not isinstance(fact, EntryCorrected):
        return fact
    try:
        return corrected(target, fact.changes)
    except (msgspec.ValidationError, ValueError, TypeError, RecursionError):
        return target


def _subjects(batches: Sequence[Batch]) -> list[UUID]:
    """Everybody whose key is needed."""
    subjects = set()
    for batch in batches:
        for place, field in batch.personal:
            if not 0 <= place < len(batch.facts):
                raise UnfitPersonalData(
                    f"«{field}» is given for no fact of the batch.", field=field
                )
            subjects.add(subject_of(batch.facts[place], batch.household, field))
    return list(subjects)
