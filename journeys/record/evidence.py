"""What verification reads: rows as they lie in the database, whatever somebody made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

EventRow = tuple[Any, Any, Any, Any, Any, Any]
"""Position, household (16 bytes), version, topic, state and recorded_at; any may be None, or of
another type, where somebody changed the database."""

SealedRow = tuple[Any, Any, Any, Any, Any, Any]
"""Household, version, field and commitment of a vault item; topic and state of its event."""


class Dialect(NamedTuple):
    """The words in which the databases differ."""

    position: str
    household: str
    placeholder: str
    schema: str


_SIZE = "SELECT count(*) FROM {s}stored_events"
_LAST = "SELECT coalesce(max({position}), 0) FROM {s}stored_events"
_EVENTS = """
SELECT {position}, {household}, originator_version, topic, state, recorded_at
FROM {s}stored_events WHERE {position} > {p} ORDER BY {position} LIMIT {p}"""
_LEAVES = """
SELECT hash FROM {s}log_leaf WHERE position > {p} AND position <= {p} ORDER BY position"""
_LEAF = "SELECT hash FROM {s}log_leaf WHERE position = {p}"
_TILES = "SELECT tile, hash FROM {s}log_tile WHERE level = {p} AND tile >= {p} AND tile < {p}"
_SEALED = """
SELECT household, version, field, commitment, topic, state FROM {s}vault_item
LEFT JOIN {s}stored_events ON originator_id = household AND originator_version = version"""
_STRAYS = {
    "event": "SELECT {position} FROM {s}stored_events WHERE {position} < 1 LIMIT {p}",
    "leaf": """
SELECT position FROM {s}log_leaf WHERE position < 1 OR position > ({last}) LIMIT {p}""",
    "tile": """
SELECT level, tile FROM {s}log_tile WHERE level < 0 OR level > 6 OR tile < 0
OR tile >= ({last}) >> (8 * (level + 1)) LIMIT {p}""",
    "receipt": """
SELECT command, first_position, last_position FROM {s}command_receipt
WHERE first_position < 1 OR first_position > last_position OR last_position > ({last})
LIMIT {p}""",
    "source": """
SELECT source, key, household, version FROM {s}intake_source WHERE NOT EXISTS (
SELECT 1 FROM {s}stored_events WHERE originator_id = household AND originator_version = version
) LIMIT {p}""",
}


class Evidence:
    """Reads the rows of a record for `verify`; any error of the database may come out.

    `ask` answers a query with all its rows, `each` with one after the other; `damage` tells what
    the database itself finds wrong with its file.
    """

    def __init__(
        self,
        dialect: Dialect,
        ask: Callable[[str, Sequence[object]], list[Any]],
        each: Callable[[str], Iterator[Any]],
        damage: Callable[[], list[str]],
    ) -> None:
        self._words = {
            "position": f"stored_events.{dialect.position}",
            "household": dialect.household,
            "p": dialect.placeholder,
            "s": dialect.schema,
        }
        self._words["last"] = _LAST.format(**self._words)
        self._ask = ask
        self._each = each
        self.damage = damage

    def size(self) -> int:
        """How many events there are."""
        [(size,)] = self._rows(_SIZE)
        return int(size)

    def events(self, after: int, limit: int) -> tuple[list[EventRow], list[Any]]:
        """At most `limit` events with a position above `after`, and the stored hash of each leaf.

        They are read apart: a join costs as much as reading the events does.
        """
        rows: list[EventRow] = self._rows(_EVENTS, after, limit)
        if not rows:
            return [], []
        last = rows[-1][0]
        if last - after == len(rows):
            leaves = self._rows(_LEAVES, after, last)
            if len(leaves) == len(rows):
                return rows, [leaf for (leaf,) in leaves]
        return rows, [self._leaf(row[0]) for row in rows]

    def _leaf(self, position: int) -> Any:
        found = self._rows(_LEAF, position)
        return found[0][0] if found else None

    def tiles(self, level: int, start: int, stop: int) -> dict[Any, Any]:
        """The hashes of tiles `start` to `stop - 1` of a level, by number."""
        return dict(self._rows(_TILES, level, start, stop))

    def strays(self, limit: int) -> Iterator[tuple[str, tuple[Any, ...]]]:
        """Rows that no event explains, at most `limit` of a kind: the kind and the row's key."""
        for kind, query in _STRAYS.items():
            yield from ((kind, row) for row in self._rows(query, limit))

    def sealed(self) -> Iterator[SealedRow]:
        """All that the vault still holds."""
        return self._each(_SEALED.format(**self._words))

    def _rows(self, query: str, *values: int) -> list[Any]:
        return self._ask(query.format(**self._words), values)
