"""What the Merkle tree over the log is made of: its hashes (RFC 9162), and what a leaf says."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from struct import Struct
from uuid import UUID

EMPTY_ROOT = sha256(b"").digest()
"""The root of the tree without leaves (RFC 9162 §2.1.1)."""


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 | data), 32 bytes (RFC 9162 §2.1.1)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 | left | right), 32 bytes (RFC 9162 §2.1.1)."""
    return sha256(b"\x01" + left + right).digest()


_LEAF_TAG = b"\x00\x00\x00\x10journeys/leaf/v1\x00\x00\x00\x08"
_BEFORE_TOPIC = Struct(">QI16sIQI")
_AFTER_TOPIC = Struct(">IqI32s")


def leaf_bytes(
    index: int, stream: UUID, version: int, topic: str, recorded_at: int, state: bytes
) -> bytes:
    """What a leaf says of one event; its hash is `leaf_hash` of these bytes.

    Seven fields, each preceded by its length in bytes as a 4-byte big-endian integer:

    1. the 16 ASCII bytes `journeys/leaf/v1`;
    2. `index`, the log position less one, as 8 bytes big-endian;
    3. `stream`, the 16 bytes of the UUID in network order;
    4. `version` within the stream, 8 bytes big-endian;
    5. `topic`, UTF-8;
    6. `recorded_at`, whole microseconds since 1970-01-01T00:00:00Z, 8 bytes big-endian, two's
       complement;
    7. SHA-256 of `state`, 32 bytes, so that a disposed state leaves a provable leaf.
    """
    name = topic.encode()
    return b"".join(
        (
            _LEAF_TAG,
            _BEFORE_TOPIC.pack(index, 16, stream.bytes, 8, version, len(name)),
            name,
            _AFTER_TOPIC.pack(8, recorded_at, 32, sha256(state).digest()),
        )
    )


_BEFORE_LEAF = b"\x00" + _LEAF_TAG
_TOPICS = 1_024


def event_leaf(
    index: int, stream: bytes, version: int, topic: str, recorded_at: int, state: bytes
) -> bytes:
    """The leaf hash of one event: `leaf_hash(leaf_bytes(…))` in two thirds of the time.

    `stream` is the 16 bytes of the UUID. Whoever records or walks a whole log calls nothing more
    often than this.
    """
    pack, name = _packing(topic)
    digest = sha256(state).digest()
    return sha256(
        pack(
            _BEFORE_LEAF, index, 16, stream, 8, version, len(name), name, 8, recorded_at, 32, digest
        )
    ).digest()


@lru_cache(_TOPICS)
def _packing(topic: str) -> tuple[Callable[..., bytes], bytes]:
    """How the leaf of a topic is laid out, and the topic's bytes."""
    name = topic.encode()
    return Struct(f">{len(_BEFORE_LEAF)}sQI16sIQI{len(name)}sIqI32s").pack, name
