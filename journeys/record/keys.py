"""The keyring: one key for each person and household, so that forgetting one is destroying a key.

It has a database file, or a schema, of its own and its own backups, apart from the record. What
it protects against and what not is told in docs/decisions/0012-keyring.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID

from journeys.record.keyring import KeyLeavesTraces, LostKey, MissingKeyring, SubjectErased
from journeys.record.keyring_postgres import PostgresKeyring
from journeys.record.keyring_sqlite import SqliteKeyring
from journeys.record.wrapping import (
    MissingMasterKey,
    UnfitMasterKey,
    UnreadableKey,
    WrongMasterKey,
    load_master,
)

__all__ = [
    "KeyLeavesTraces",
    "Keyring",
    "LostKey",
    "MissingKeyring",
    "MissingMasterKey",
    "PostgresKeyring",
    "SqliteKeyring",
    "SubjectErased",
    "UnfitMasterKey",
    "UnreadableKey",
    "WrongMasterKey",
    "create_keyring",
    "load_master",
    "open_keyring",
]

KEYRING = "keyring.db"
"""The name of an embedded keyring's file in the home folder."""


class Keyring(Protocol):
    """Keeps the subjects' keys, 32 bytes each. May be shared by threads, not by processes.

    Every method raises `StoreUnavailable` when the database cannot be reached, and
    `UnreadableKey` when a row was altered or swapped.
    """

    @property
    def index_key(self) -> bytes:
        """The key of the blind indexes, the same for as long as the keyring lives."""
        ...

    def get(self, subject: UUID) -> bytes | None:
        """The subject's key; None if it was never made or is destroyed."""
        ...

    def get_many(self, subjects: Sequence[UUID]) -> dict[UUID, bytes]:
        """The keys of those subjects that have one."""
        ...

    def require(self, subject: UUID) -> bytes:
        """The key with which something was sealed; raises `SubjectErased` or `LostKey`."""
        ...

    def get_or_create(self, subject: UUID) -> bytes:
        """The subject's key, made now if there was none. Raises `SubjectErased`."""
        ...

    def get_or_create_many(self, subjects: Sequence[UUID]) -> dict[UUID, bytes]:
        """The keys of all subjects, made in one transaction. Raises `SubjectErased` for any."""
        ...

    def destroy(self, subject: UUID, when: datetime) -> None:
        """Destroy the subject's key for good. Raises `KeyLeavesTraces`: then destroy it again."""
        ...

    def destroyed(self, subject: UUID) -> datetime | None:
        """When the subject's key was destroyed; None if it was not."""
        ...

    def rewrap(self, master: bytes) -> int:
        """Wrap every key anew with another master key, and return how many there are."""
        ...

    def close(self) -> None:
        """Give back connections and file handles."""
        ...


def create_keyring(url: str, home: Path, *, owner: str | None = None) -> Keyring:
    """Make the master key in `home` and the keyring of the record at `url`, or open what is there.

    `owner` is the PostgreSQL role that the application signs in with; it will own the keyring.
    """
    master = load_master(home, create=True)
    if url.startswith("postgres"):
        return PostgresKeyring.create(url, master, owner=owner)
    return SqliteKeyring.create(home / KEYRING, master)


def open_keyring(url: str, home: Path) -> Keyring:
    """Open the keyring of the record at `url` with the master key in `home`.

    Raises `MissingMasterKey`, `UnfitMasterKey`, `WrongMasterKey` or `MissingKeyring`.
    """
    master = load_master(home)
    if url.startswith("postgres"):
        return PostgresKeyring(url, master)
    return SqliteKeyring(home / KEYRING, master)
