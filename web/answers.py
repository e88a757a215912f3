"""What every schema of answers does, whether a person typed them or a program sent them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, post_load, pre_load

from web import fields
from web.formats import marked
from web.many import without_blanks
from web.words.fields import label_of


class AnswersSchema(Schema):
    """Answers, `typed` by a person or exact from a program."""

    error_messages = {  # noqa: RUF012  # as marshmallow declares it
        "unknown": marked("Questo dato non è previsto."),
        "type": marked("Serve un oggetto JSON."),
    }

    def __init__(self, *, typed: bool = False, **named: Any) -> None:
        super().__init__(**named)
        self.typed = typed
        self.currency: str | None = None

    @pre_load
    def _prepare(self, told: Any, **_: Any) -> Any:
        if not isinstance(told, Mapping):
            return told
        if isinstance(told.get("currency"), str):
            self.currency = told["currency"].strip()
        return without_blanks(told) if self.typed else told


class PersonSchema(AnswersSchema):
    """Who somebody is: sealed in the vault, never part of a fact."""

    name = fields.Words(metadata={"label": label_of("person", "name")})
    surname = fields.Words(metadata={"label": label_of("person", "surname")})
    birth_date = fields.Day(metadata={"label": label_of("person", "birth_date"), "widget": "date"})
    fiscal_code = fields.Words(metadata={"label": label_of("person", "fiscal_code")})
    identity_number = fields.Words(metadata={"label": label_of("person", "identity_number")})

    @post_load
    def _as_sealed(self, told: dict[str, Any], **_: Any) -> dict[str, Any]:
        if "birth_date" in told:
            told["birth_date"] = told["birth_date"].isoformat()
        return told


class PersonAnswer(fields.Answer):
    """A person's data inside another form: `person-name`, `person-surname` …"""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        if not isinstance(value, Mapping):
            raise self.make_error("mapping")
        return PersonSchema(typed=self.typed).load(value)

    def _serialize(self, value: Any, *_: Any, **__: Any) -> Any:
        if not value:
            return None
        day = value.get("birth_date")
        told = {**value, "birth_date": dt.date.fromisoformat(day)} if day else value
        return PersonSchema(typed=self.typed).dump(told)
