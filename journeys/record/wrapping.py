"""The master key of an installation, and how it wraps the keys of persons and households.

One file of one key is all that an operator has to keep apart. Every month has its own
key-encryption key, derived from the master key, so that none wraps without bound; a wrapped key is
bound to its subject and month, so that rows cannot be swapped. docs/decisions/0012-keyring.md
tells what this does not do.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
from functools import cache
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from journeys.errors import Refusal, WrongSetting

MASTER_KEY = "master.key"
"""The name of the master key's file in the home folder: 64 hexadecimal digits, mode 0600."""

KEY_LENGTH = 32
_LONGEST_FILE = 2 * KEY_LENGTH + len("\r\n")
_NONCE_LENGTH = 12
_EVERYBODY_ELSE = stat.S_IRWXG | stat.S_IRWXO


class MissingMasterKey(WrongSetting):
    """There is no master key where it should be."""

    code = "no-master-key"


class UnfitMasterKey(WrongSetting):
    """The master key's file cannot be used: its size, its content, or who may read it."""

    code = "unfit-master-key"


class WrongMasterKey(WrongSetting):
    """The keyring was made with another master key."""

    code = "wrong-master-key"


class UnreadableKey(Refusal):
    """A wrapped key was altered, or moved from another subject or month."""

    code = "unreadable-key"


def load_master(home: Path, create: bool = False) -> bytes:
    """The 32 bytes of the master key in the folder `home`; made first where `create` asks for it.

    Raises `MissingMasterKey`, or `UnfitMasterKey` for a file that is not 64 hexadecimal digits or
    that others than its owner may read or write.
    """
    path = home / MASTER_KEY
    try:
        if create and not path.exists():
            _make_master(path)
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read(_LONGEST_FILE + 1)
    except FileNotFoundError as error:
        raise MissingMasterKey(
            f"There is no master key at {path}: make one with «journeys init», or put back the "
            "one that the keyring was made with.",
            path=str(path),
        ) from error
    except OSError as error:
        raise UnfitMasterKey(
            f"The master key {path} cannot be read: {error.strerror}.", path=str(path)
        ) from error
    if mode & _EVERYBODY_ELSE:
        raise UnfitMasterKey(
            f"Others may read or write the master key {path}: allow only its owner "
            f"(chmod 600 {path}).",
            path=str(path),
        )
    if not re.fullmatch(rb"[0-9a-fA-F]{64}\r?\n?", content):
        raise UnfitMasterKey(f"The master key {path} is not 64 hexadecimal digits.", path=str(path))
    return bytes.fromhex(content[: 2 * KEY_LENGTH].decode())


def _make_master(path: Path) -> None:
    """Write a new master key that is whole from the moment it can be seen."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_hex(KEY_LENGTH) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass  # Another process was first: its key counts.
    finally:
        draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class Wrapper:
    """Wraps keys with AES-256-GCM under the month's key: nonce (12 bytes), ciphertext, tag."""

    def __init__(self, master: bytes) -> None:
        if len(master) != KEY_LENGTH:
            raise UnfitMasterKey(f"A master key has {KEY_LENGTH} bytes, not {len(master)}.")
        self._month = cache(lambda epoch: _derived(master, epoch))

    def wrap(self, subject: UUID, epoch: str, key: bytes) -> bytes:
        """The key of `subject`, wrapped for the month `epoch` (YYYY-MM)."""
        nonce = secrets.token_bytes(_NONCE_LENGTH)
        return nonce + self._month(epoch).encrypt(nonce, key, _bound_to(subject, epoch))

    def unwrap(self, subject: UUID, epoch: str, wrapped: bytes) -> bytes:
        """The key that `wrap` was given. Raises `UnreadableKey` if anything differs."""
        nonce, sealed = wrapped[:_NONCE_LENGTH], wrapped[_NONCE_LENGTH:]
        try:
            return self._month(epoch).decrypt(nonce, sealed, _bound_to(subject, epoch))
        except (InvalidTag, ValueError) as error:
            raise UnreadableKey(
                f"The key of {subject} cannot be unwrapped: it was altered, moved from another "
                "subject, or wrapped with another master key.",
                subject=subject,
            ) from error


def _derived(master: bytes, epoch: str) -> AESGCM:
    info = b"journeys/key-encryption/v1 " + epoch.encode()
    return AESGCM(HKDF(SHA256(), KEY_LENGTH, salt=None, info=info).derive(master))


def _bound_to(subject: UUID, epoch: str) -> bytes:
    return b"journeys/keyring/v1 " + subject.bytes + epoch.encode()
