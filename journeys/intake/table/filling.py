"""From what a mapping document says of a field to where its value comes from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate
from msgspec.structs import replace

from journeys.codes import CodeBook
from journeys.intake.table.answers import Answer, Keyed, Link, Links, Several, Told
from journeys.intake.table.kinds import PERSON, Holds, Kind
from journeys.intake.table.texts import DATES, Unfit


class OneOrMore(fields.List[str]):
    """One text, or a list of texts."""

    def __init__(self, **named: Any) -> None:
        super().__init__(fields.Str(validate=validate.Length(1)), **named)

    def _deserialize(self, value: Any, *args: Any, **named: Any) -> Any:
        return super()._deserialize([value] if isinstance(value, str) else value, *args, **named)


class AnswerSchema(Schema):
    """A column or a constant, and how its text is read."""

    column = fields.Str(validate=validate.Length(1))
    value = fields.Str()
    default = fields.Str()
    date = OneOrMore(validate=validate.ContainsOnly(DATES))
    last_day = fields.Bool()
    decimal = fields.Str(validate=validate.OneOf(["point", "comma"]))
    codes = fields.Dict(keys=fields.Str(), values=fields.Str())
    yes = OneOrMore(validate=validate.Length(1))
    no = OneOrMore(validate=validate.Length(1))
    split = fields.Str(validate=validate.Length(1, 3))


class LinkSchema(Schema):
    """Another fact: of the same row, or of the row with that key."""

    fact = fields.Str(required=True)
    table = fields.Str()
    key = OneOrMore(load_default=list)


GOES_WITH: dict[str, tuple[Holds, ...]] = {
    "date": ("date", "month"),
    "last_day": ("date",),
    "decimal": ("money", "number", "whole"),
    "codes": ("code", "choice", "text"),
    "yes": ("yes-no",),
    "no": ("yes-no",),
}
"""Which way of reading goes with what a field holds."""


class Filling:
    """Fills the fields of facts; constants are tried out and codes looked up in `codes`."""

    def __init__(self, codes: CodeBook) -> None:
        self.codes = codes

    def fill(
        self, told: Mapping[str, Any], kinds: Mapping[str, Kind], filled: set[str]
    ) -> dict[str, Answer]:
        """Field to where it comes from. `filled` are fields that need not and may not be told.

        Raises `ValidationError` with the messages of each field.
        """
        answers, faults = {}, {}
        for name, answer in told.items():
            try:
                answers[name] = self._answer(name, answer, kinds, filled)
            except ValidationError as error:
                faults[name] = error.messages
        for name, kind in kinds.items():
            if kind.required and name not in filled and name not in told:
                faults[name] = ["This field is needed."]
        if faults:
            raise ValidationError(faults)
        return answers

    def _answer(self, name: str, told: Any, kinds: Mapping[str, Kind], filled: set[str]) -> Answer:
        if name in filled:
            raise ValidationError("It is not told here: «about», «key» and «reference» say it.")
        if name not in kinds:
            known = ", ".join(sorted(kinds.keys() - filled))
            raise ValidationError(f"There is no such field; there are {known}.")
        kind = kinds[name]
        if kind.holds == "link":
            return _links(told, kind)
        if kind.holds == "person":
            return self._keyed(told, _person, texts=True)
        if kind.many == "table":
            return self._keyed(told, lambda key: self._of_table(key, kind))
        if isinstance(told, list):
            if kind.many != "list":
                raise ValidationError("It takes one value, not a list.")
            return Several(self._many(told, kind))
        return self._told(told, kind)

    def _many(self, told: list[Any], kind: Kind) -> tuple[Told, ...]:
        found, faults = [], {}
        for place, item in enumerate(told):
            try:
                found.append(self._told(item, kind))
            except ValidationError as error:
                faults[place] = error.messages
        if faults:
            raise ValidationError(faults)
        return tuple(found)

    def _keyed(self, told: Any, kind_of: Callable[[str], Kind], *, texts: bool = False) -> Keyed:
        if not isinstance(told, dict) or not told:
            raise ValidationError("It takes a value for each key.")
        found, faults = {}, {}
        for key, item in told.items():
            try:
                found[key] = self._told(item, kind_of(key))
            except ValidationError as error:
                faults[key] = error.messages
        if faults:
            raise ValidationError(faults)
        return Keyed(found, texts)

    def _of_table(self, key: str, kind: Kind) -> Kind:
        if kind.key_codes is not None:
            self._known_code(kind.key_codes, key)
        return replace(kind, many="one")

    def _told(self, told: Any, kind: Kind) -> Told:
        if isinstance(told, str):
            told = {"value": told}
        elif not isinstance(told, dict):
            raise ValidationError("A text, or a column and how it is read.")
        loaded = AnswerSchema().load(told)
        if ("column" in loaded) == ("value" in loaded):
            raise ValidationError("It takes either a «column» or a «value».")
        misplaced = {
            way: [f"It does not go with a field that holds a {kind.holds}."]
            for way, holds in GOES_WITH.items()
            if way in loaded and kind.holds not in holds
        }
        if "split" in loaded and kind.many != "list":
            misplaced["split"] = ["Only a list is split."]
        if misplaced:
            raise ValidationError(misplaced)
        for way in ("date", "yes", "no"):
            if way in loaded:
                loaded[way] = tuple(loaded[way])
        answer = Told(kind, **loaded)
        self._try_constants(answer)
        return answer

    def _try_constants(self, answer: Told) -> None:
        try:
            for text in (answer.value, answer.default):
                if text:
                    replace(answer, column=None, value=text).read({})
            if answer.kind.codes is not None:
                for text in answer.constants():
                    self._known_code(answer.kind.codes, text)
        except Unfit as error:
            raise ValidationError(str(error)) from error

    def _known_code(self, list_name: str, code: str) -> None:
        if code not in self.codes.lists.get(list_name, {}):
            raise ValidationError(f"«{code}» is not in the code list «{list_name}».")


def _person(key: str) -> Kind:
    if key not in PERSON:
        raise ValidationError(f"A person has {', '.join(PERSON)}.")
    return Kind("date" if key == "birth_date" else "text")


def _links(told: Any, kind: Kind) -> Link | Links:
    if isinstance(told, list) and kind.many == "list":
        return Links(tuple(_link(item) for item in told))
    return Links((_link(told),)) if kind.many == "list" else _link(told)


def _link(told: Any) -> Link:
    if not isinstance(told, dict):
        raise ValidationError("It takes the name of another «fact» of the mapping.")
    loaded = LinkSchema().load(told)
    return Link(loaded["fact"], loaded.get("table"), tuple(loaded["key"]))
