"""A folder or a zip of CSV files, opened by name whatever the case, read without unpacking.

Nothing of a zip is written to disk and no name in it is used as a path. Reading stops at the
declared size of a member, and members that would swell beyond reason are refused before they are
read.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import IO, cast

from journeys.errors import Refusal

MOST_BYTES = 64 * 2**30

MOST_SWELLING = 250
"""How many times its packed size a member may hold; records of people pack 5 to 60 times."""

SMALL = 16 * 2**20
"""A member of this size may be packed as tightly as it likes."""

_BUFFER = 1 << 18

Opener = Callable[[], IO[bytes]]

Progress = Callable[[int], None]
"""Is told how many bytes more have been read, unpacked."""


def in_silence(_: int) -> None:
    """Progress that nobody watches."""


class UnreadableArchive(Refusal):
    """The folder or zip cannot be read, or is not what it says."""

    code = "unreadable-archive"


class MissingFile(Refusal):
    """A file without which nothing can be imported is not in the archive."""

    code = "missing-file"


class Archive:
    """The CSV files of one folder of a file system or of a zip. Use it in a `with` statement.

    `most_bytes` is how much all files of a zip may hold together, unpacked.
    """

    def __init__(self, path: Path, *, most_bytes: int = MOST_BYTES) -> None:
        self.path = path
        self._most_bytes = most_bytes
        self._files: dict[str, tuple[str, Opener, int]] = {}
        self._closing = ExitStack()

    def __enter__(self) -> Archive:
        try:
            if self.path.is_dir():
                self._open_folder(self.path)
            elif self.path.is_file():
                self._open_zip()
            else:
                raise UnreadableArchive(f"There is nothing at {self.path}.")
        except OSError as error:
            raise UnreadableArchive(f"{self.path} cannot be read: {error.strerror}.") from error
        except Refusal:
            self._closing.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.close()

    @property
    def names(self) -> list[str]:
        """The files by their own names, in alphabetical order."""
        return sorted(name for name, _, _ in self._files.values())

    def has(self, name: str) -> bool:
        """Whether the archive holds a file of that name, in whatever case."""
        return name.casefold() in self._files

    def size(self, name: str) -> int:
        """How many bytes the file holds, unpacked; 0 where there is none."""
        return self._files[name.casefold()][2] if self.has(name) else 0

    def open(self, name: str, progress: Progress = in_silence) -> io.BufferedReader:
        """The bytes of the file, from the beginning; `MissingFile` where there is none."""
        try:
            _, opener, size = self._files[name.casefold()]
        except KeyError:
            raise MissingFile(f"{self.path.name} holds no {name}.", file=name) from None
        try:
            raw = opener()
        except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
            raise UnreadableArchive(f"{name} cannot be read: {error}.", file=name) from error
        return io.BufferedReader(_Guarded(raw, name, size, progress), _BUFFER)

    def _open_folder(self, folder: Path) -> None:
        files = [path for path in folder.iterdir() if path.is_file() and _is_csv(path.name)]
        inner = [path for path in folder.iterdir() if path.is_dir() and _is_plain(path.name)]
        if not files and len(inner) == 1:
            self._open_folder(inner[0])
        else:
            self._keep((path.name, _opens(path), path.stat().st_size) for path in files)

    def _open_zip(self) -> None:
        try:
            archive = self._closing.enter_context(zipfile.ZipFile(self.path))
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise UnreadableArchive(
                f"{self.path.name} is neither a folder nor a whole zip archive: {error}."
            ) from error
        members = [info for info in archive.infolist() if _is_member(info)]
        folders = {str(PurePosixPath(info.filename).parent) for info in members}
        if len(folders) > 1:
            raise UnreadableArchive(
                f"{self.path.name} holds CSV files in {len(folders)} folders: one is expected."
            )
        self._refuse_bombs(members)
        self._keep(
            (PurePosixPath(info.filename).name, _unpacks(archive, info), info.file_size)
            for info in members
        )

    def _refuse_bombs(self, members: list[zipfile.ZipInfo]) -> None:
        if sum(info.file_size for info in members) > self._most_bytes:
            raise UnreadableArchive(
                f"{self.path.name} would hold more than {self._most_bytes:,} bytes unpacked."
            )
        for info in members:
            if info.file_size > max(SMALL, MOST_SWELLING * info.compress_size):
                raise UnreadableArchive(
                    f"{info.filename} would swell to {info.file_size:,} bytes, more than "
                    f"{MOST_SWELLING} times its size.",
                    file=info.filename,
                )

    def _keep(self, files: Iterable[tuple[str, Opener, int]]) -> None:
        for name, opener, size in files:
            if name.casefold() in self._files:
                raise UnreadableArchive(f"{self.path.name} holds {name} twice.", file=name)
            self._files[name.casefold()] = (name, opener, size)
        if not self._files:
            raise UnreadableArchive(f"{self.path} holds no CSV file.")


class _Guarded(io.RawIOBase):
    """A stream whose failures are refusals, and which never gives more than was declared."""

    def __init__(self, raw: IO[bytes], name: str, size: int, progress: Progress) -> None:
        self._raw, self._name, self._left, self._progress = raw, name, size, progress

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast("bytearray", buffer))
        try:
            read = self._raw.read(len(view))
        except (OSError, EOFError, zipfile.BadZipFile, zlib.error, RuntimeError) as error:
            raise UnreadableArchive(
                f"{self._name} is cut off or damaged: {error}.", file=self._name
            ) from error
        self._left -= len(read)
        if self._left < 0:
            raise UnreadableArchive(f"{self._name} is longer than it says.", file=self._name)
        view[: len(read)] = read
        self._progress(len(read))
        return len(read)

    def close(self) -> None:
        self._raw.close()
        super().close()


def _is_csv(name: str) -> bool:
    return name.casefold().endswith(".csv") and _is_plain(name)


def _is_plain(name: str) -> bool:
    return not name.startswith((".", "__MACOSX"))


def _is_member(info: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(info.filename)
    return not info.is_dir() and _is_csv(path.name) and all(_is_plain(part) for part in path.parts)


def _opens(path: Path) -> Opener:
    return lambda: path.open("rb")


def _unpacks(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Opener:
    return lambda: archive.open(info)
