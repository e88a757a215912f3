"""From one row to what it tells: a household, perhaps a member, and facts without their places."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable
from hashlib import blake2b
from typing import Any
from uuid import UUID

import msgspec

from journeys.errors import Refusal
from journeys.household.facts import UNCORRECTABLE, Fact, GuestHosted
from journeys.household.personal import personal_fields, plaintext
from journeys.intake.report import Report
from journeys.intake.table.answers import Link, Links, Row
from journeys.intake.table.drafts import Draft, Reading, Stamp
from journeys.intake.table.kinds import kinds_of
from journeys.intake.table.mapping import TableMapping, Template
from journeys.intake.table.texts import Unfit
from journeys.record.fiscal_code import check_fiscal_code

Find = Callable[[str], list[tuple[UUID, UUID]]]
"""The members with a fiscal code, each with the household."""

NO_PLACE = 1
"""Stands for the version of a linked entry until that is known."""

_encode = msgspec.json.Encoder(order="sorted", enc_hook=str).encode


class RowRefused(Refusal):
    """A row that cannot be taken as a whole."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = code


class Reader:
    """Reads rows through a mapping. `envelope` is what every fact of the run carries.

    Ids and keys are keyed digests: the same for the same source, and nobody without the key, which
    lies apart from the record, can tell whose number they stand for.
    """

    def __init__(
        self,
        mapping: TableMapping,
        secret: bytes,
        envelope: dict[str, Any],
        find: Find,
        file: str,
        report: Report,
    ) -> None:
        self.mapping = mapping
        self._secret = secret
        self._envelope = envelope
        self._find = find
        self._file = file
        self._report = report

    def read(self, line: int, row: Row) -> Reading:
        """What the row tells. Raises `RowRefused` where nothing of it can be taken."""
        mapping = self.mapping
        key = self._row_key(mapping.table, _texts(row, mapping.key, "row"))
        home = _texts(row, mapping.household, "household")
        household, member = self._place(row, home)
        reading = Reading(line, household, [], [])
        if mapping.registered is not None:
            reference = self._reference(row, home, member)
            told = {"reference_member": reference}
            place = f"h.{self._seal('h', *home)}"
            self._add(reading, mapping.registered, row, place, key, told)
        if mapping.joined is not None and member is not None:
            self._add(
                reading, mapping.joined, row, self._person_key(row, home), key, {"member": member}
            )
        for template in mapping.facts:
            self._tell(reading, template, row, key, member)
        return reading

    def key_of(self, row: Row) -> str:
        """What names the row for ever, in a digest. Raises `RowRefused`."""
        return self._row_key(self.mapping.table, _texts(row, self.mapping.key, "row"))

    def _tell(
        self, reading: Reading, template: Template, row: Row, key: str, member: UUID | None
    ) -> None:
        place = f"{key}.{template.name}"
        if not all(condition.holds(row) for condition in template.when):
            reading.silent.append(place)
            return
        people: dict[str, Any] = {}
        if template.about_member:
            kinds = kinds_of(template.fact)
            people = {"member": member} if "member" in kinds else {"members": (member,)}
        if template.fact is GuestHosted:
            people = {"guest": self._id("guest", key)}
        self._add(reading, template, row, place, None, people)

    def _add(
        self,
        reading: Reading,
        template: Template,
        row: Row,
        place: str,
        once: str | None,
        people: dict[str, Any],
    ) -> None:
        """The draft of one fact; what cannot be made is told in the report.

        `once` is the key of the row for what only the first row tells that names it.
        """
        try:
            draft = self._draft(template, row, place, reading.line, people)
        except Unfit as unfit:
            self._left_out(reading.line, "unfit-value", template, str(unfit))
            return
        except Refusal as refusal:
            self._left_out(reading.line, refusal.code, template, refusal.sentence)
            return
        if once is not None:
            draft.once = True
            draft.stamp = draft.stamp._replace(row=once)
        reading.drafts.append(draft)

    def _draft(
        self, template: Template, row: Row, place: str, line: int, people: dict[str, Any]
    ) -> Draft:
        kinds, sealed = kinds_of(template.fact), personal_fields(template.fact)
        values: dict[str, Any] = {**self._envelope, **people}
        personal: dict[str, Any] = {}
        links: dict[str, list[str]] = {}
        for field, answer in template.answers.items():
            if isinstance(answer, Link | Links):
                value = self._open(field, answer, row, links)
            else:
                value = _read(field, answer.read, row)
            if value is None:
                if kinds[field].required:
                    raise Unfit(f"«{field}» is needed and its column is empty.")
            elif field in sealed:
                personal[field] = value
            else:
                values[field] = value
        fact = template.fact(**values)
        self._check_personal(fact, personal, line)
        told = {name: value for name, value in values.items() if name not in self._envelope}
        # A note is what somebody said at the time: it is told once and never corrected.
        sealed = {
            field: self._seal("sealed", content)
            for field, content in personal.items()
            if field not in UNCORRECTABLE
        }
        stamp = Stamp("", self._seal("open", told, links), sealed)
        return Draft(place, fact, line, stamp, personal, links)

    def _open(self, field: str, answer: Link | Links, row: Row, links: dict[str, list[str]]) -> Any:
        """Take note of what a field links to; it gets its versions when it is recorded."""
        items = answer.items if isinstance(answer, Links) else (answer,)
        keys = [key for link in items if (key := self._link_key(link, row)) is not None]
        if not keys:
            return None
        links[field] = keys
        return (NO_PLACE,) * len(keys) if isinstance(answer, Links) else NO_PLACE

    def _link_key(self, link: Link, row: Row) -> str | None:
        columns = link.key or self.mapping.key
        texts = [row[column] for column in columns]
        if not all(texts):
            return None
        return f"{self._row_key(link.table or self.mapping.table, texts)}.{link.fact}"

    def _check_personal(self, fact: Fact, personal: dict[str, Any], line: int) -> None:
        """Refuse what the vault would not take; a mistyped fiscal code is only left out."""
        for field, content in list(personal.items()):
            if isinstance(content, dict) and "fiscal_code" in content:
                try:
                    check_fiscal_code(content["fiscal_code"])
                except Refusal as refusal:
                    del content["fiscal_code"]
                    self._report.finding(
                        self._file,
                        line,
                        refusal.code,
                        f"The fiscal code was left out: {refusal.sentence}",
                    )
                    if not content:
                        del personal[field]
                        continue
            plaintext(fact, field, content)

    def _place(self, row: Row, home: list[str]) -> tuple[UUID, UUID | None]:
        """The household and the member that the row is about: found by fiscal code, or derived."""
        mapping = self.mapping
        member = None
        if mapping.member is not None:
            texts = [row[column] for column in mapping.member]
            member = self._id("member", *texts) if all(texts) else None
        household = self._id("household", *home)
        if mapping.fiscal_code is None or not row[mapping.fiscal_code]:
            return household, member
        try:
            found = self._find(row[mapping.fiscal_code])
        except Refusal as refusal:
            raise RowRefused(refusal.code, refusal.sentence) from refusal
        homes = {one for _, one in found}
        if len(homes) > 1 and household not in homes:
            raise RowRefused(
                "several-households", f"The fiscal code is known in {len(homes)} households."
            )
        if not found:
            return household, member
        home_found = household if household in homes else homes.pop()
        person = next(person for person, one in found if one == home_found)
        return home_found, person if member is not None else None

    def _reference(self, row: Row, home: list[str], member: UUID | None) -> UUID:
        """The reference member: by the columns of the mapping, or else whom the row is about."""
        texts = [row[column] for column in self.mapping.reference]
        if texts and all(texts):
            return self._id("member", *texts)
        return member or self._id("reference", *home)

    def _person_key(self, row: Row, home: list[str]) -> str:
        texts = [row[column] for column in self.mapping.member or ()]
        return f"m.{self._seal('m', home, texts)}"

    def _row_key(self, table: str, texts: list[str]) -> str:
        return f"r.{self._seal('r', table, *texts)}"

    def _id(self, *told: Any) -> UUID:
        content = _encode((self.mapping.source, *told))
        return UUID(bytes=blake2b(content, key=self._secret, digest_size=16).digest(), version=4)

    def _seal(self, *told: Any) -> str:
        digest = blake2b(_encode(told), key=self._secret, digest_size=15, person=b"table intake")
        return urlsafe_b64encode(digest.digest()).decode("ascii")

    def _left_out(self, line: int, code: str, template: Template, sentence: str) -> None:
        self._report.not_taken(self._file, line, code, f"{template.name}: {sentence}")


def _read(field: str, read: Callable[[Row], Any], row: Row) -> Any:
    try:
        return read(row)
    except Unfit as unfit:
        raise Unfit(f"«{field}»: {unfit}") from unfit


def _texts(row: Row, columns: tuple[str, ...], what: str) -> list[str]:
    texts = [row[column] for column in columns]
    if not all(texts):
        raise RowRefused(
            f"no-{what}-key", f"The row names no {what}: «{'», «'.join(columns)}» is empty."
        )
    return texts
