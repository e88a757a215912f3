"""The shape of a mapping document, part by part, as far as it does not depend on the facts."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate
from msgspec import Struct

from journeys.intake.table.answers import Row
from journeys.intake.table.filling import OneOrMore
from journeys.intake.table.kinds import MAPPABLE

ENCODINGS = ("utf-8", "utf-16", "windows-1252", "iso-8859-1")

_NAME = validate.Regexp(r"[a-z0-9][a-z0-9-]{0,39}\Z", error="Lower-case letters, digits and -.")
_KEY = validate.Regexp(
    r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}\Z", error="1 to 60 letters, digits or . _ -."
)


class Condition(Struct, frozen=True):
    """What the text of a column must be, or must not be."""

    column: str
    among: tuple[str, ...] | None = None
    without: tuple[str, ...] = ()
    empty: bool | None = None

    def holds(self, row: Row) -> bool:
        """Whether the row meets it."""
        text = row[self.column]
        return (
            (self.among is None or text in self.among)
            and text not in self.without
            and (self.empty is None or self.empty == (not text))
        )


class ConditionSchema(Schema):
    """`not` and `empty`; anything else is written as a text or a list of texts."""

    without = OneOrMore(data_key="not")
    empty = fields.Bool()


class When(fields.Field[Any]):
    """Conditions by column, all of which must hold."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> tuple[Condition, ...]:
        if not isinstance(value, dict):
            raise ValidationError("Columns with the texts that they must have.")
        faults, found = {}, []
        for column, told in value.items():
            try:
                found.append(_condition(column, told))
            except ValidationError as error:
                faults[column] = error.messages
        if faults:
            raise ValidationError(faults)
        return tuple(found)


def _condition(column: str, told: Any) -> Condition:
    if isinstance(told, str):
        return Condition(column, (told,))
    if isinstance(told, list) and all(isinstance(text, str) for text in told):
        return Condition(column, tuple(told))
    if not isinstance(told, dict):
        raise ValidationError("A text, a list of texts, or «not» and «empty».")
    loaded = ConditionSchema().load(told)
    return Condition(column, None, tuple(loaded.get("without", ())), loaded.get("empty"))


class FileSchema(Schema):
    """How the file is written."""

    encoding = fields.Str(validate=validate.OneOf(ENCODINGS), load_default="utf-8")
    delimiter = fields.Str(validate=validate.OneOf([",", ";", "|", ":", "tab"]), load_default=",")
    quote = fields.Str(validate=validate.OneOf(['"', "'"]), load_default='"')
    skip = fields.Int(validate=validate.Range(0, 1000), load_default=0)
    columns = OneOrMore()


class RowSchema(Schema):
    """What names a row, and which rows are wanted."""

    key = OneOrMore(required=True, validate=validate.Length(1))
    when = When(load_default=())


class FindSchema(Schema):
    """How a household that is in the record already is found."""

    fiscal_code = fields.Str(required=True)


class HouseholdSchema(Schema):
    """What names a household, and how a new one is registered."""

    key = OneOrMore(required=True, validate=validate.Length(1))
    find = fields.Nested(FindSchema)
    reference = OneOrMore(load_default=())
    registered = fields.Dict(keys=fields.Str())


class MemberSchema(Schema):
    """What names a person, and how a new member joins."""

    key = OneOrMore(required=True, validate=validate.Length(1))
    joined = fields.Dict(keys=fields.Str())


class FactSchema(Schema):
    """One fact that a row tells."""

    fact = fields.Str(required=True, validate=validate.OneOf(sorted(MAPPABLE)))
    name = fields.Str(validate=_NAME)
    about = fields.Str(validate=validate.OneOf(["household", "member"]), load_default="household")
    when = When(load_default=())
    fields_ = fields.Dict(keys=fields.Str(), required=True, data_key="fields")


class MappingSchema(Schema):
    """The whole document, as far as it can be checked without knowing the facts."""

    source = fields.Str(required=True, validate=_KEY)
    table = fields.Str(required=True, validate=_KEY)
    file = fields.Nested(FileSchema, load_default=lambda: FileSchema().load({}))
    row = fields.Nested(RowSchema, required=True)
    household = fields.Nested(HouseholdSchema, required=True)
    member = fields.Nested(MemberSchema)
    facts = fields.List(fields.Nested(FactSchema), load_default=list)
