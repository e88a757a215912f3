"""A YAML document read as plain text values: no types are guessed, nothing is built or run.

Everything is text, a list or a mapping with text keys; `no` stays a word and `2024-01-05` stays as
it is written. Aliases and repeated keys are refused.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from journeys.errors import Refusal

MOST_BYTES = 1_000_000
DEEPEST = 20


class WrongMapping(Refusal):
    """The mapping document cannot be used; `errors` lists path and sentence of each fault."""

    code = "wrong-mapping"


class _Loader(yaml.BaseLoader):
    """YAML without types, without aliases, without repeated keys."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "aliases are not taken", event.start_mark)
        self.depth += 1
        if self.depth > DEEPEST:
            raise yaml.composer.ComposerError(None, None, "it is nested too deeply", None)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                told = "a key is no text"
            elif key.value in seen:
                told = f"the key «{key.value}» is there twice"
            else:
                seen.add(key.value)
                continue
            raise yaml.constructor.ConstructorError(None, None, told, key.start_mark)
        return super().construct_mapping(node, deep)


def read_document(path: Path) -> dict[str, Any]:
    """The mapping at the top of the YAML file at `path`. Raises `WrongMapping`."""
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise WrongMapping(f"{path} cannot be read: {error.strerror}.") from error
    if len(raw) > MOST_BYTES:
        raise WrongMapping(f"{path.name} is longer than {MOST_BYTES:,} bytes.")
    try:
        # S506: the loader knows text, lists and mappings only.
        document = yaml.load(raw.decode("utf-8-sig"), _Loader)  # noqa: S506
    except UnicodeDecodeError as error:
        raise WrongMapping(f"{path.name} is not UTF-8.") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise WrongMapping(f"{path.name} is no YAML document: {_told(error)}.") from error
    if not isinstance(document, dict):
        raise WrongMapping(f"{path.name} is no mapping document: it has no keys.")
    return document


def _told(error: Exception) -> str:
    """What is wrong and where, in one line."""
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    mark = getattr(error, "problem_mark", None)
    where = f", line {mark.line + 1}" if mark is not None else ""
    return f"{problem}{where}"
