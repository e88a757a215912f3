"""Whether a proof from the log's Merkle tree holds (RFC 9162 §2.1.3.2 and §2.1.4.2).

What is verified came from outside: whatever is wrong with it, the answer is no, never an error.
"""

from __future__ import annotations

from collections.abc import Sequence

from journeys.record.leaf import node_hash

_HASH_LENGTH = 32


def verify_inclusion(
    leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes
) -> bool:
    """Whether `path` leads from the leaf hash at `index` to `root` (RFC 9162 §2.1.3.2)."""
    if not (_are_hashes(path) and _are_hashes([leaf, root]) and _are_counts(index, size)):
        return False
    if index >= size:
        return False
    node, last, result = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if node & 1 or node == last:
            result = node_hash(sibling, result)
            node, last = _climb_left_edge(node, last)
        else:
            result = node_hash(result, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and result == root


def verify_consistency(
    old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]
) -> bool:
    """Whether `path` shows that `new` leaves begin with the `old` ones (RFC 9162 §2.1.4.2).

    Nothing follows from the empty tree: `old == 0` is never shown.
    """
    if not (_are_hashes(path) and _are_hashes([old_root, new_root]) and _are_counts(old, new)):
        return False
    if old == new:
        return old > 0 and not path and old_root == new_root
    if not 0 < old < new or not path:
        return False
    # A perfect old tree is itself the first hash of the path, and is left out of it.
    first, *rest = path if old & (old - 1) else (old_root, *path)
    node, last = old - 1, new - 1
    shift = (old & -old).bit_length() - 1
    node, last = node >> shift, last >> shift
    was = becomes = first
    for sibling in rest:
        if last == 0:
            return False
        if node & 1 or node == last:
            was, becomes = node_hash(sibling, was), node_hash(sibling, becomes)
            node, last = _climb_left_edge(node, last)
        else:
            becomes = node_hash(becomes, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and was == old_root and becomes == new_root


def _climb_left_edge(node: int, last: int) -> tuple[int, int]:
    """Skip the levels at which the node is a lonely left child and so has no sibling."""
    while node and not node & 1:
        node, last = node >> 1, last >> 1
    return node, last


def _are_hashes(values: object) -> bool:
    return isinstance(values, list | tuple) and all(
        isinstance(value, bytes) and len(value) == _HASH_LENGTH for value in values
    )


def _are_counts(*values: object) -> bool:
    return all(isinstance(value, int) and value >= 0 for value in values)
