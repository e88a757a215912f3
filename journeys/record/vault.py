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

DEEPEST = 32
LARGEST = 2**63 - 1
_encode = msgspec.json.Encoder(order="sorted").encode


class CannotOpen(Refusal):
    """A sealed item does not open: another key, another place, or other bytes than were sealed."""

    code = "vault-cannot-open"


class BrokenCommitment(Refusal):
    """A sealed item opens to something else than the event committed to."""

    code = "vault-broken-commitment"


class Unsealable(Refusal):
    """Content has no one canonical form: a float, a huge number, a key that is no text, no JSON."""

    code = "vault-unsealable"


class VaultItem(msgspec.Struct, frozen=True):
    """One sealed field of one fact.

    `household` and `version` are the fact, `subject` the person or household whose key seals it;
    `commitment` is the 32 bytes that the fact carries in hexadecimal, `sealed` the nonce and the
    ciphertext.
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
    """Seal `plaintext` (see `canonical`) with the subject's 32-byte key; raises `Unsealable`."""
    place = _place(subject, household, version, field)
    content = canonical(plaintext)
    random, nonce = os.urandom(RANDOM), os.urandom(NONCE)
    ciphertext = nonce + AESGCM(key).encrypt(nonce, random + content, place)
    return VaultItem(
        subject, household, version, field, commitment(place, random, content), ciphertext
    )


def open_item(key: bytes, item: VaultItem) -> Any:
    """The content of a sealed item.

    Raises `CannotOpen` for a wrong key, altered bytes or an item moved to another place, which GCM
    cannot tell apart, and `BrokenCommitment` for content that `item.commitment` does not commit
    to. That the event carries this commitment is for the caller to see.
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
    try:
        return msgspec.json.decode(content)
    except ValueError as error:
        raise CannotOpen(f"{told} was sealed by something else: it holds no JSON.") from error


def commitment(place: bytes, random: bytes, content: bytes) -> bytes:
    """SHA-256 over tag, place, random bytes and content, each behind its length: 32 bytes."""
    digest = hashlib.sha256()
    for part in (TAG, place, random, content):
        digest.update(len(part).to_bytes(4, "big") + part)
    return digest.digest()


def canonical(plaintext: Any) -> bytes:
    """The one form in which content is sealed: JSON in UTF-8, keys sorted, without spaces.

    Takes texts, integers of 64 bits, booleans, None, and lists and mappings of them, at most 32
    deep. Raises `Unsealable` for anything else: a float can be written in more than one way.
    """
    _check(plaintext, 0)
    try:
        return _encode(plaintext)
    except UnicodeEncodeError as error:
        raise Unsealable("Personal content holds half a character.") from error


def _check(value: Any, depth: int) -> None:
    if depth > DEEPEST:
        raise Unsealable(f"Personal content is more than {DEEPEST} deep.")
    if isinstance(value, dict):
        for key, held in value.items():
            if not isinstance(key, str):
                raise Unsealable(f"A key in personal content is no text: {key!r}.")
            _check(held, depth + 1)
    elif isinstance(value, list):
        for held in value:
            _check(held, depth + 1)
    elif isinstance(value, int):
        if not -LARGEST <= value <= LARGEST:
            raise Unsealable("A number in personal content has more than 64 bits.")
    elif value is not None and not isinstance(value, str):
        raise Unsealable(f"Personal content cannot hold a {type(value).__name__}.")


def blind_index(key: bytes, fiscal_code: str) -> bytes:
    """HMAC-SHA-256 of a fiscal code: equal for equal persons, and without the key meaningless.

    `fiscal_code` is in its base form, as `check_fiscal_code` gives it.
    """
    return hmac.digest(key, b"journeys/blind-index/v1|" + fiscal_code.encode(), "sha256")


def _place(subject: UUID, household: UUID, version: int, field: str) -> bytes:
    return f"{TAG.decode()}|{subject}|{household}/{version}|{field}".encode()
