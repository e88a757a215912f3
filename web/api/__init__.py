"""The JSON API under `/api/v1`, described by OpenAPI 3.1 at `/api/openapi.json`."""

from __future__ import annotations

from typing import Any, ClassVar

from apispec import APISpec
from flask import Flask, Response
from flask_babel import gettext
from flask_smorest import Api
from flask_smorest.arguments import FlaskParser
from flask_smorest.blueprint import Blueprint
from marshmallow import ValidationError

from web import fields
from web.answers import PersonAnswer
from web.api.problems import problem
from web.api.reading import UnreadableJson, read_json
from web.formats import marked
from web.forms import schema_of, told_wrong
from web.recording import RECORDABLE, kind_named
from web.registration import Members, MemberSchema
from web.ui import flat_errors
from web.words.kinds import KINDS
from web.words.refusals import said

INVALID = marked("Alcuni dati non vanno bene.")


class StrictParser(FlaskParser):  # type: ignore[misc]  # flask-smorest is untyped
    """Reads bodies through our own guard, and leaves what is unknown to the schema to refuse."""

    DEFAULT_UNKNOWN_BY_LOCATION: ClassVar[dict[str, Any]] = {}

    def load_json(self, _: Any, __: Any) -> Any:
        """The body, read strictly."""
        return read_json()

    def handle_error(self, error: ValidationError, *_: Any, **__: Any) -> None:
        """Let the application answer, as for every other error."""
        raise error


class Description(Api):  # type: ignore[misc]  # flask-smorest is untyped
    """The description of the API; errors are answered by `web.errors`, pages' and API's alike."""

    def _register_error_handlers(self) -> None:
        """None of its own: they would answer for the pages too."""


def install(app: Flask) -> None:
    """Add the API and its description."""
    from web.api.facts import facts  # noqa: PLC0415  # they import this package
    from web.api.households import households  # noqa: PLC0415

    app.config.update(
        API_TITLE="Household Journeys",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api",
        OPENAPI_JSON_PATH="openapi.json",
    )
    Blueprint.ARGUMENTS_PARSER = StrictParser()
    api = Description(app)
    _describe_fields(api)
    _describe_facts(api.spec)
    for blueprint in (facts, households):
        api.register_blueprint(blueprint)
    app.register_error_handler(ValidationError, invalid)
    app.register_error_handler(UnreadableJson, unreadable)


def invalid(refused: ValidationError) -> Response:
    """Answers that a schema refuses: 422 with the sentences by field."""
    errors: dict[str, list[str]] = {}
    for place, sentence in flat_errors(told_wrong(refused)):
        errors.setdefault(place or "_schema", []).append(sentence)
    return problem(422, "invalid-data", gettext(INVALID), errors=errors)


def unreadable(refused: UnreadableJson) -> Response:
    """A body that is no JSON, or JSON that cannot be kept."""
    return problem(400, refused.code, said(refused))


def _describe_fields(api: Api) -> None:
    described: dict[type[fields.Answer], tuple[Any, Any]] = {
        fields.Day: ("string", "date"),
        fields.LastDay: ("string", "date"),
        fields.MonthOfYear: ("string", None),
        fields.Money: ("integer", "int64"),
        fields.Whole: ("integer", "int64"),
        fields.Amount: ("string", "decimal"),
        fields.YesNo: ("boolean", None),
        fields.Id: ("string", "uuid"),
        fields.Words: ("string", None),
        fields.Answer: (None, None),
        PersonAnswer: ("object", None),
        Members: ("array", None),
    }
    for field, (kind, form) in described.items():
        api.register_field(field, kind, form)
    api.spec.components.schema("Member", schema=MemberSchema)


def _describe_facts(spec: APISpec) -> None:
    """Every kind of fact by its short name, told apart by `fact`."""
    choices = {}
    for name in RECORDABLE:
        kind = kind_named(name)
        assert kind is not None
        spec.components.schema(kind.__name__, schema=schema_of(kind))
        reference = f"#/components/schemas/{kind.__name__}"
        choices[name] = {
            "title": KINDS[name][0],
            "allOf": [
                {"type": "object", "required": ["fact"], "properties": {"fact": {"const": name}}},
                {"$ref": reference},
            ],
        }
    spec.components.schema("Fact", {"oneOf": list(choices.values())})
