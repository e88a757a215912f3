"""Answers that hold several values: lists and mappings, from forms and from JSON alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from web.words.answers import MESSAGES


class Several(fields.List[Any]):
    """A list; as typed, check boxes or one answer a line. Kept as a tuple."""

    default_error_messages = {  # noqa: RUF012  # as marshmallow declares it
        **MESSAGES,
        "invalid": MESSAGES["list"],
    }

    def _deserialize(self, value: Any, *rest: Any, **named: Any) -> Any:
        if isinstance(value, str) and getattr(self.root, "typed", False):
            value = value.splitlines()
        return tuple(super()._deserialize(value, *rest, **named))

    def _serialize(self, value: Any, *rest: Any, **named: Any) -> Any:
        return super()._serialize(list(value or ()), *rest, **named)


class Pairs(fields.Dict):
    """A mapping; as typed, a field for each key or lines of `key = value`."""

    default_error_messages = {  # noqa: RUF012  # as marshmallow declares it
        **MESSAGES,
        "invalid": MESSAGES["mapping"],
    }

    def _deserialize(self, value: Any, *rest: Any, **named: Any) -> Any:
        if isinstance(value, str) and getattr(self.root, "typed", False):
            lines = [line.partition("=") for line in value.splitlines() if line.strip()]
            if any(not middle for _, middle, _ in lines):
                raise self.make_error("invalid")
            value = {key.strip(): told.strip() for key, _, told in lines}
        return super()._deserialize(value, *rest, **named)  # type: ignore[no-untyped-call]


def without_blanks(told: Mapping[str, Any]) -> dict[str, Any]:
    """Answers without those that were left empty, all the way down."""
    kept: dict[str, Any] = {}
    for name, value in told.items():
        if (answer := _without_blanks(value)) not in ("", [], {}):
            kept[name] = answer
    return kept


def _without_blanks(value: Any) -> Any:
    if isinstance(value, Mapping):
        return without_blanks(value)
    if isinstance(value, list):
        return [each for each in value if not isinstance(each, str) or each.strip()]
    return value.strip() if isinstance(value, str) else value
