"""The vault: personal content, sealed per subject, of which events carry only a commitment.

An item is the AES-256-GCM ciphertext of 32 random bytes `r` followed by the canonical plaintext,
bound to its place by associated data. The event holds SHA-256 over a tag, that data, `r` and the
plaintext. GCM does not commit to its key (one ciphertext can be made to open under two keys to two
meanings), so opening checks the commitment too; and `r` keeps the commitment from being guessed.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from typing import Any
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from journeys.errors import Refusal

TAG = b"journeys/vault/v1"
NONCE, RANDOM = 12, 32

ITEM_TABLE = """vault_item(subject, household, version, field, commitment, sealed,
    PRIMARY KEY (household, version, field, subject))"""
INDEX_TABLE = "blind_index(index, subject, household)"

_encode = msgspec.json.Encoder(order="sorted").encode


class CannotOpen(Refusal):
    """A sealed item does not open: another key, another place, or other bytes than were sealed."""

    code = "vault-cannot-open"


class BrokenCommitment(Refusal):
    """A sealed item opens to something else than the event committed to."""

    code = "vault-broken-commitment"


class Unsealable(Refusal):
    """Content that has no one canonical form cannot be sealed: floats, and what is no JSON."""

    code = "vault-unsealable"


class VaultItem(msgspec.Struct, frozen=True):
    """One sealed field of one fact.

    `household` and `version` are the fact, `subject` the person or household whose key seals it;
    `commitment` is the 32 bytes that the fact carries in hexadecimal, `sealed` nonce and ciphertext.
    """

    subject: UUID
    household: UUID
    version: int
    field: str
    commitment: bytes
    sealed: bytes


def seal(
    key: bytes, subject: UUID, household: UUID, version: int, field: str, plaintext: Any
) -> VaultItem:
    """Seal `plaintext` (JSON values without floats) with the subject's 32-byte key.

    Raises `Unsealable` for content without a canonical form.
    """
    place = _place(subject, household, version, field)
    content = canonical(plaintext)
    random, nonce = os.urandom(RANDOM), os.urandom(NONCE)
    ciphertext = nonce + AESGCM(key).encrypt(nonce, random + content, place)
    return VaultItem(
        subject, household, version, field, commitment(place, random, content), ciphertext
    )


def open_item(key: bytes, item: VaultItem) -> Any:
    """The content of a sealed item.

    Raises `CannotOpen` for a wrong key or altered bytes, and `BrokenCommitment` for content that
    the event did not commit to.
    """
    place = _place(item.subject, item.household, item.version, item.field)
    told = f"«{item.field}» of entry {item.version} of the household {item.household}"
    try:
        nonce, sealed = item.sealed[:NONCE], item.sealed[NONCE:]
        opened = AESGCM(key).decrypt(nonce, sealed, place)
    except (InvalidTag, ValueError) as error:
        raise CannotOpen(f"{told} does not open with the subject's key.") from error
    random, content = opened[:RANDOM], opened[RANDOM:]
    if not hmac.compare_digest(commitment(place, random, content), item.commitment):
        raise BrokenCommitment(f"{told} is not what the event committed to.")
    return msgspec.json.decode(content)


def commitment(place: bytes, random: bytes, content: bytes) -> bytes:
    """SHA-256 over tag, place, random bytes and content, each behind its length: 32 bytes."""
    digest = hashlib.sha256()
    for part in (TAG, place, random, content):
        digest.update(len(part).to_bytes(4, "big") + part)
    return digest.digest()


def canonical(plaintext: Any) -> bytes:
    """The one form in which content is sealed: JSON in UTF-8 with sorted keys and no floats."""
    if _holds_float(plaintext):
        raise Unsealable("Personal content holds a float, which has no one written form.")
    try:
        return _encode(plaintext)
    except (TypeError, ValueError, RecursionError) as error:
        raise Unsealable(f"Personal content cannot be written as JSON: {error}.") from error


def blind_index(key: bytes, fiscal_code: str) -> bytes:
    """HMAC-SHA-256 of a fiscal code: equal for equal persons, and without the key meaningless.

    `fiscal_code` is in its base form, as `check_fiscal_code` gives it.
    """
    return hmac.digest(key, b"journeys/blind-index/v1|" + fiscal_code.encode(), "sha256")


def _place(subject: UUID, household: UUID, version: int, field: str) -> bytes:
    return f"{TAG.decode()}|{subject}|{household}/{version}|{field}".encode()


def _holds_float(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_float, value.values()))
    if isinstance(value, list | tuple):
        return any(map(_holds_float, value))
    return isinstance(value, float)
