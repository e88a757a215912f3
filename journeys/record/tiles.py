"""The Merkle tree over the log (RFC 9162, SHA-256), kept as 256-wide tiles (C2SP tlog-tiles).

Leaf `i` belongs to log position `i + 1`. *Entries* of level 0 are the leaf hashes; entry `t` of
level `k + 1` is the root of the complete tile `t` of level `k`, that is of its 256 entries. A log
that keeps these entries proves anything from two tiles a level: five reads at a million leaves.

Everything here is pure. Rows come through a `LeafSource`, and rows to keep are returned; why they
are kept this way is told in docs/decisions/0010-tiles.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from hashlib import sha256
from typing import Protocol

from journeys.errors import Refusal
from journeys.record.leaf import EMPTY_ROOT, leaf_bytes, leaf_hash, node_hash
from journeys.record.proofs import verify_consistency, verify_inclusion

__all__ = [
    "EMPTY_ROOT",
    "TILE_WIDTH",
    "CompactRange",
    "LeafSource",
    "NoSuchProof",
    "Tile",
    "TreeIncomplete",
    "complete_tiles",
    "consistency_proof",
    "inclusion_proof",
    "leaf_bytes",
    "leaf_hash",
    "node_hash",
    "root",
    "verify_consistency",
    "verify_inclusion",
]

TILE_WIDTH = 256
_TILE_HEIGHT = 8

Tile = tuple[int, int, bytes]
"""A complete tile: (level, number within the level, root of its 256 entries)."""


class NoSuchProof(Refusal):
    """A proof was asked about a leaf or a size that the tree does not have."""

    code = "no-such-proof"


class TreeIncomplete(Refusal):
    """Rows of the tree are missing from the store, so nothing can be proved from it."""

    code = "tree-incomplete"


class LeafSource(Protocol):
    """Where the entries of the tree are read from."""

    def entries(self, level: int, start: int, stop: int) -> list[bytes]:
        """Entries `start` to `stop - 1` of `level`, in order: at most 256, within one tile."""
        ...


def _fold(hashes: Sequence[bytes]) -> bytes:
    """The root over 2**k hashes."""
    while len(hashes) > 1:
        pairs = iter(hashes)
        # node_hash written out: a call for each pair would show in a whole verification.
        hashes = [
            sha256(b"\x01" + left + right).digest()
            for left, right in zip(pairs, pairs, strict=True)
        ]
    return hashes[0]


def _peaks(hashes: Sequence[bytes]) -> list[bytes]:
    """The roots of the largest perfect trees that hold the hashes, from left to right."""
    peaks, start = [], 0
    while start < len(hashes):
        width = 1 << ((len(hashes) - start).bit_length() - 1)
        peaks.append(_fold(hashes[start : start + width]))
        start += width
    return peaks


def _join(peaks: Sequence[bytes]) -> bytes:
    """The root over perfect trees that shrink from left to right."""
    return reduce(lambda right, left: node_hash(left, right), reversed(peaks))


# --- Growing --------------------------------------------------------------------------------


def complete_tiles(size: int, new: Sequence[bytes], source: LeafSource) -> list[Tile]:
    """The tiles that become complete when the leaf hashes `new` are appended to `size` leaves.

    Reads at most one partial tile of each level, and none when no tile becomes complete.
    """
    rows: list[Tile] = []
    level = 0
    while (first := size // TILE_WIDTH) < (size + len(new)) // TILE_WIDTH:
        pending = [*_read(source, level, first * TILE_WIDTH, size), *new]
        new = _full_tiles(pending)
        rows += [(level, first + number, root) for number, root in enumerate(new)]
        level, size = level + 1, first
    return rows


def _full_tiles(entries: Sequence[bytes]) -> list[bytes]:
    """The roots of the complete tiles at the front of the entries of one level."""
    whole = len(entries) - len(entries) % TILE_WIDTH
    return [_fold(entries[start : start + TILE_WIDTH]) for start in range(0, whole, TILE_WIDTH)]


class CompactRange:
    """A tree that is only ever appended to: its root, and the tiles that a stored log must have.

    Keeps at most 255 hashes of each level, so memory grows with the logarithm of the size.
    """

    def __init__(self) -> None:
        self.size = 0
        self._open: list[list[bytes]] = [[]]

    def append(self, leaf: bytes) -> list[Tile]:
        """Append one leaf hash and return the tiles that it completes, the lowest level first."""
        self.size += 1
        self._open[0].append(leaf)
        return self._close() if len(self._open[0]) == TILE_WIDTH else []

    def extend(self, leaves: Iterable[bytes]) -> list[Tile]:
        """Append leaf hashes in order and return the tiles that they complete, level by level."""
        before = len(self._open[0])
        self._open[0].extend(leaves)
        self.size += len(self._open[0]) - before
        return self._close()

    def _close(self) -> list[Tile]:
        tiles: list[Tile] = []
        level, size = 0, self.size
        while len(entries := self._open[level]) >= TILE_WIDTH:
            roots = _full_tiles(entries)
            del entries[: len(roots) * TILE_WIDTH]
            size //= TILE_WIDTH
            tiles += [(level, size - len(roots) + n, root) for n, root in enumerate(roots)]
            level += 1
            if level == len(self._open):
                self._open.append([])
            self._open[level] += roots
        return tiles

    def root(self) -> bytes:
        """The root of the tree as it stands, 32 bytes."""
        peaks = [peak for entries in reversed(self._open) for peak in _peaks(entries)]
        return _join(peaks) if peaks else EMPTY_ROOT


# --- Proving --------------------------------------------------------------------------------


def root(size: int, source: LeafSource) -> bytes:
    """The root of the first `size` leaves, 32 bytes."""
    return _Tree(size, source).root(0, size) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, source: LeafSource) -> list[bytes]:
    """The path from leaf `index` to the root of `size` leaves (RFC 9162 §2.1.3.1).

    Refuses an index outside the tree (`NoSuchProof`).
    """
    if not 0 <= index < size:
        raise NoSuchProof(f"A tree of {size} leaves has no leaf {index}.", index=index, size=size)
    tree = _Tree(size, source)
    path = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + _left_width(stop - start)
        if index < middle:
            path.append(tree.root(middle, stop))
            stop = middle
        else:
            path.append(tree.root(start, middle))
            start = middle
    return path[::-1]


def consistency_proof(old: int, new: int, source: LeafSource) -> list[bytes]:
    """The hashes that show that `new` leaves begin with the first `old` (RFC 9162 §2.1.4.1).

    Empty for equal sizes and for `old == 0`, from which nothing follows. Refuses a tree that
    shrinks (`NoSuchProof`).
    """
    if not 0 <= old <= new:
        raise NoSuchProof(f"A tree of {new} leaves does not extend {old}.", old=old, new=new)
    if old == 0:
        return []
    tree = _Tree(new, source)
    path = []
    start, stop = 0, new
    while old != stop:
        middle = start + _left_width(stop - start)
        if old <= middle:
            path.append(tree.root(middle, stop))
            stop = middle
        else:
            path.append(tree.root(start, middle))
            start = middle
    # The verifier holds the old root already, so it is told only a last part of the old tree.
    if start:
        path.append(tree.root(start, stop))
    return path[::-1]


def _left_width(width: int) -> int:
    """The largest power of two below `width` (at least 2)."""
    return 1 << ((width - 1).bit_length() - 1)


class _Tree:
    """The first `size` leaves of a source, each tile of which is read once at most."""

    def __init__(self, size: int, source: LeafSource) -> None:
        self._size = size
        self._source = source
        self._tiles: dict[tuple[int, int], list[bytes]] = {}

    def root(self, start: int, stop: int) -> bytes:
        """The root over leaves `start` to `stop - 1`, where `start` is a node's first leaf."""
        peaks = []
        while start < stop:
            height = (stop - start).bit_length() - 1
            peaks.append(self._perfect(height, start >> height))
            start += 1 << height
        return _join(peaks)

    def _perfect(self, height: int, number: int) -> bytes:
        """The root of the perfect tree `number` among those of `height`."""
        level, above = divmod(height, _TILE_HEIGHT)
        tile, place = divmod(number << above, TILE_WIDTH)
        return _fold(self._tile(level, tile)[place : place + (1 << above)])

    def _tile(self, level: int, tile: int) -> list[bytes]:
        if (level, tile) not in self._tiles:
            start = tile * TILE_WIDTH
            stop = min(start + TILE_WIDTH, self._size >> (_TILE_HEIGHT * level))
            self._tiles[level, tile] = _read(self._source, level, start, stop)
        return self._tiles[level, tile]


def _read(source: LeafSource, level: int, start: int, stop: int) -> list[bytes]:
    entries = source.entries(level, start, stop) if start < stop else []
    if len(entries) != stop - start:
        raise TreeIncomplete(
            f"The store has {len(entries)} of the tree's entries {start} to {stop - 1} "
            f"at level {level}: the log is damaged.",
            level=level,
            start=start,
            stop=stop,
        )
    return entries
