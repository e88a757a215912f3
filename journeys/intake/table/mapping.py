"""The mapping document: which columns say what, checked whole before any row is read.

Its reference is docs/how-to/import-a-table.md. A document with a fault is refused with the path to
each of them; a path reads like `facts[0].fields.kind`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from marshmallow import ValidationError
from msgspec import Struct

from journeys.codes import CodeBook
from journeys.household.facts import Fact, HouseholdRegistered, MemberJoined
from journeys.intake.table.answers import Answer, Link, Links
from journeys.intake.table.document import WrongMapping, read_document
from journeys.intake.table.filling import Filling
from journeys.intake.table.kinds import MAPPABLE, kinds_of
from journeys.intake.table.schemas import Condition, MappingSchema

MOST_FAULTS = 20


class Layout(NamedTuple):
    """How a file is written."""

    encoding: str
    delimiter: str
    quote: str
    skip: int
    columns: tuple[str, ...] | None


class Template(Struct, frozen=True):
    """One fact that a row tells, with where each of its fields comes from."""

    name: str
    fact: type[Fact]
    answers: dict[str, Answer]
    when: tuple[Condition, ...] = ()
    about_member: bool = False

    def columns(self) -> Iterator[str]:
        """The columns that it needs."""
        yield from (condition.column for condition in self.when)
        for answer in self.answers.values():
            yield from answer.columns()


class TableMapping(Struct, frozen=True):
    """A mapping document, ready for use."""

    source: str
    table: str
    layout: Layout
    key: tuple[str, ...]
    when: tuple[Condition, ...]
    household: tuple[str, ...]
    reference: tuple[str, ...]
    fiscal_code: str | None
    registered: Template | None
    member: tuple[str, ...] | None
    joined: Template | None
    facts: tuple[Template, ...]

    def columns(self) -> list[str]:
        """Every column that the file must have, each once."""
        found = [*self.key, *self.household, *self.reference, *(self.member or ())]
        found += [condition.column for condition in self.when]
        if self.fiscal_code:
            found.append(self.fiscal_code)
        for template in (self.registered, self.joined, *self.facts):
            found += template.columns() if template else ()
        return list(dict.fromkeys(found))


def load_mapping(path: Path, codes: CodeBook) -> TableMapping:
    """The mapping document at `path`. Raises `WrongMapping` with the path to each fault."""
    document = read_document(path)
    try:
        return _Building(MappingSchema().load(document), codes).mapping()
    except ValidationError as error:
        faults = list(flat(error.messages))
        told = "; ".join(f"{place}: {sentence}" for place, sentence in faults[:MOST_FAULTS])
        raise WrongMapping(f"{path.name} cannot be used: {told}", errors=faults) from error


def flat(messages: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Path and sentence of each fault that marshmallow tells."""
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            step = f"[{key}]" if isinstance(key, int) else f".{key}"
            # What is wrong with the document as a whole stands at its path, without a name.
            yield from flat(inner, place if key == "_schema" else f"{place}{step}".lstrip("."))
    elif isinstance(messages, list):
        for inner in messages:
            yield from flat(inner, place)
    else:
        yield place, str(messages)


class _Building:
    """From checked parts to a mapping, with every fault of the facts collected."""

    def __init__(self, loaded: dict[str, Any], codes: CodeBook) -> None:
        self.loaded = loaded
        self.filling = Filling(codes)
        self.faults: dict[Any, Any] = {}

    def mapping(self) -> TableMapping:
        loaded, file = self.loaded, self.loaded["file"]
        household, member = loaded["household"], loaded.get("member")
        columns = file.get("columns")
        delimiter = "\t" if file["delimiter"] == "tab" else file["delimiter"]
        mapping = TableMapping(
            source=loaded["source"],
            table=loaded["table"],
            layout=Layout(
                file["encoding"],
                delimiter,
                file["quote"],
                file["skip"],
                tuple(columns) if columns else None,
            ),
            key=tuple(loaded["row"]["key"]),
            when=loaded["row"]["when"],
            household=tuple(household["key"]),
            reference=tuple(household["reference"]),
            fiscal_code=household.get("find", {}).get("fiscal_code"),
            registered=self._implied("household", "registered", HouseholdRegistered),
            member=tuple(member["key"]) if member else None,
            joined=self._implied("member", "joined", MemberJoined),
            facts=self._facts(),
        )
        if self.faults:
            raise ValidationError(self.faults)
        return mapping

    def _implied(self, section: str, part: str, fact: type[Fact]) -> Template | None:
        told = (self.loaded.get(section) or {}).get(part)
        if told is None:
            return None
        filled = {"member"} if fact is MemberJoined else {"reference_member"}
        return Template(part, fact, self._fill(told, fact, filled, (section, part)))

    def _facts(self) -> tuple[Template, ...]:
        found: list[Template] = []
        for place, told in enumerate(self.loaded["facts"]):
            template = self._fact(place, told)
            if template.name in {earlier.name for earlier in found}:
                self._fault(("facts", place, "name"), "Two facts have the same name: give others.")
            self._check_links(place, template, found)
            found.append(template)
        return tuple(found)

    def _fact(self, place: int, told: dict[str, Any]) -> Template:
        fact = MAPPABLE[told["fact"]]
        about_member = told["about"] == "member"
        kinds = kinds_of(fact)
        of_people = [name for name in ("member", "members") if name in kinds]
        if about_member and not (of_people and self.loaded.get("member")):
            self._fault(
                ("facts", place, "about"),
                "It takes a fact that can be about a member, and a section «member».",
            )
        if not about_member and "member" in kinds and kinds["member"].required:
            self._fault(("facts", place, "about"), "This fact is about a member: «about: member».")
        where = ("facts", place, "fields")
        answers = self._fill(told["fields_"], fact, set(of_people), where)
        return Template(told.get("name", told["fact"]), fact, answers, told["when"], about_member)

    def _fill(
        self, told: dict[str, Any], fact: type[Fact], filled: set[str], where: tuple[Any, ...]
    ) -> dict[str, Answer]:
        try:
            return self.filling.fill(told, kinds_of(fact), filled)
        except ValidationError as error:
            self._fault(where, error.messages)
            return {}

    def _check_links(self, place: int, template: Template, earlier: list[Template]) -> None:
        names = {told["fact"]: told for told in self.loaded["facts"]} | {
            told["name"]: told for told in self.loaded["facts"] if "name" in told
        }
        for field, answer in template.answers.items():
            links = answer.items if isinstance(answer, Links) else (answer,)
            for link in links:
                if not isinstance(link, Link) or link.table is not None:
                    continue
                known = names if link.key else {told.name for told in earlier}
                if link.fact not in known:
                    self._fault(
                        ("facts", place, "fields", field),
                        f"No fact «{link.fact}» is told before it.",
                    )

    def _fault(self, where: tuple[Any, ...], messages: Any) -> None:
        faults = self.faults
        for step in where[:-1]:
            faults = faults.setdefault(step, {})
        faults[where[-1]] = messages
