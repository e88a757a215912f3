"""What a keyring does with its two tables, whichever database keeps them.

`data_key` holds a wrapped key for each subject, `destroyed_key` says whose key is gone. Deleting a
row is not enough where the right to be forgotten hangs on it: the journal of the one database and
the dead rows of the other would still hold the wrapped key, so `destroy` sweeps after itself.
"""

from __future__ import annotations

import secrets
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any
from uuid import UUID

from journeys.clock import Clock, instant, microseconds
from journeys.errors import Refusal, StoreUnavailable
from journeys.record.wrapping import KEY_LENGTH, UnreadableKey, Wrapper, WrongMasterKey

_BATCH = 500

# Nobody has this id. Its key makes the blind indexes, and shows that a master key is the right one.
_NOBODY = UUID(int=0)


class MissingKeyring(StoreUnavailable):
    """There is no keyring there yet: `journeys init` makes one."""

    code = "no-keyring"


class SubjectErased(Refusal):
    """The subject's key was destroyed; it will never have another."""

    code = "subject-erased"


class LostKey(Refusal):
    """The key with which something was sealed is not in the keyring, though nobody erased it."""

    code = "lost-key"


class KeyLeavesTraces(Refusal):
    """The key is destroyed, but its traces in the database could not be removed yet."""

    code = "key-leaves-traces"


def first_row(master: bytes, now: Clock) -> tuple[bytes, str, bytes]:
    """The row of `data_key` that every keyring begins with."""
    key = secrets.token_bytes(KEY_LENGTH)
    return _row(Wrapper(master), _NOBODY, _epoch(now), key)


def _row(wrapper: Wrapper, subject: UUID, epoch: str, key: bytes) -> tuple[bytes, str, bytes]:
    return subject.bytes, epoch, wrapper.wrap(subject, epoch, key)


def _epoch(now: Clock) -> str:
    return f"{instant(now()):%Y-%m}"


class KeyTables(ABC):
    """A keyring over tables; `?` stands for a parameter in every statement.

    `now` gives the month for which new keys are wrapped.
    """

    def __init__(self, master: bytes, now: Clock) -> None:
        self._wrapper = Wrapper(master)
        self._now = now

    @abstractmethod
    def close(self) -> None:
        """Give back connections and file handles."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Any]:
        """A cursor that reads."""

    @abstractmethod
    def _writing(self) -> AbstractContextManager[Any]:
        """A cursor in a transaction of its own, while nobody else writes."""

    @abstractmethod
    def _sweep(self) -> None:
        """Remove every trace of deleted rows, or raise `KeyLeavesTraces`."""

    @abstractmethod
    def _sql(self, statement: str) -> Any:
        """The statement as the database's driver wants it."""

    @property
    def index_key(self) -> bytes:
        """The key of the blind indexes, 32 bytes, the same for as long as the keyring lives."""
        return self._index_key

    def get(self, subject: UUID) -> bytes | None:
        """The subject's key, 32 bytes; None if it was never made or is destroyed."""
        return self.get_many([subject]).get(subject)

    def get_many(self, subjects: Sequence[UUID]) -> dict[UUID, bytes]:
        """The keys of those subjects that have one."""
        with self._reading() as cursor:
            return self._found(cursor, subjects)

    def require(self, subject: UUID) -> bytes:
        """The key with which something was sealed; raises `SubjectErased` or `LostKey`."""
        key = self.get(subject)
        if key is None:
            with self._reading() as cursor:
                self._refuse_erased(cursor, [subject])
            raise LostKey(f"The keyring has no key of {subject}: restore it.", subject=subject)
        return key

    def get_or_create(self, subject: UUID) -> bytes:
        """The subject's key, made now if there was none. Raises `SubjectErased`."""
        return self.get_or_create_many([subject])[subject]

    def get_or_create_many(self, subjects: Sequence[UUID]) -> dict[UUID, bytes]:
        """The keys of all subjects, made in one transaction. Raises `SubjectErased` for any."""
        keys = self.get_many(subjects)
        if missing := [subject for subject in dict.fromkeys(subjects) if subject not in keys]:
            with self._writing() as cursor:
                self._refuse_erased(cursor, missing)
                # Somebody else may have made some of them since we looked.
                made = self._found(cursor, missing)
                new = {one: secrets.token_bytes(KEY_LENGTH) for one in missing if one not in made}
                self._insert(cursor, new, self._wrapper)
            keys |= made | new
        return keys

    def destroy(self, subject: UUID, when: datetime) -> None:
        """Destroy the subject's key for good; the first `when` stays.

        Raises `KeyLeavesTraces` if the database could not be swept; destroying again sweeps again.
        """
        with self._writing() as cursor:
            cursor.execute(self._sql("DELETE FROM data_key WHERE subject = ?"), [subject.bytes])
            cursor.execute(
                self._sql("INSERT INTO destroyed_key VALUES (?, ?) ON CONFLICT DO NOTHING"),
                [subject.bytes, microseconds(when)],
            )
        self._sweep()

    def destroyed(self, subject: UUID) -> datetime | None:
        """When the subject's key was destroyed; None if it was not."""
        with self._reading() as cursor:
            rows = self._select(cursor, "destroyed_at FROM destroyed_key", [subject])
        return instant(rows[0][0]) if rows else None

    def rewrap(self, master: bytes) -> int:
        """Wrap every key anew with another master key, and return how many there are.

        Once the former master key is destroyed too, no copy of the former keyring opens anything.
        """
        wrapper = Wrapper(master)
        with self._writing() as cursor:
            cursor.execute("SELECT subject, epoch, wrapped FROM data_key")
            keys = self._unwrapped(cursor.fetchall())
            cursor.execute("DELETE FROM data_key")
            self._insert(cursor, keys, wrapper)
        self._wrapper = wrapper
        self._sweep()
        return len(keys)

    def _unlock(self) -> None:
        """Read the one key that every keyring has; raises `WrongMasterKey`."""
        try:
            self._index_key = self.get_many([_NOBODY])[_NOBODY]
        except (UnreadableKey, KeyError) as error:
            raise WrongMasterKey(
                "The keyring was made with another master key: put back the one that belongs to it."
            ) from error

    def _insert(self, cursor: Any, keys: dict[UUID, bytes], wrapper: Wrapper) -> None:
        epoch = _epoch(self._now)
        rows = [_row(wrapper, subject, epoch, key) for subject, key in keys.items()]
        cursor.executemany(self._sql("INSERT INTO data_key VALUES (?, ?, ?)"), rows)

    def _found(self, cursor: Any, subjects: Sequence[UUID]) -> dict[UUID, bytes]:
        return self._unwrapped(
            self._select(cursor, "subject, epoch, wrapped FROM data_key", subjects)
        )

    def _unwrapped(self, rows: Sequence[tuple[bytes, str, bytes]]) -> dict[UUID, bytes]:
        return {
            (subject := UUID(bytes=name)): self._wrapper.unwrap(subject, epoch, wrapped)
            for name, epoch, wrapped in rows
        }

    def _select(self, cursor: Any, what: str, subjects: Sequence[UUID]) -> list[Any]:
        rows: list[Any] = []
        for start in range(0, len(subjects), _BATCH):
            batch = [subject.bytes for subject in subjects[start : start + _BATCH]]
            places = ", ".join("?" * len(batch))
            cursor.execute(self._sql(f"SELECT {what} WHERE subject IN ({places})"), batch)
            rows += cursor.fetchall()
        return rows

    def _refuse_erased(self, cursor: Any, subjects: Sequence[UUID]) -> None:
        for (name,) in self._select(cursor, "subject FROM destroyed_key", subjects):
            subject = UUID(bytes=name)
            raise SubjectErased(
                f"The personal data of {subject} was erased; nothing can be sealed for it again.",
                subject=subject,
            )
