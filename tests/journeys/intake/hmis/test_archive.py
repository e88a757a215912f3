"""A folder or a zip is opened whatever its shape, and refused in a sentence where it is broken."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from journeys.intake.hmis.archive import Archive, MissingFile, UnreadableArchive

FILES = {"Export.csv": b"A\n1\n", "client.CSV": b"B\n2\n"}


def zipped(path: Path, files: Mapping[str, bytes], packed: int = zipfile.ZIP_DEFLATED) -> Path:
    """A zip of those files at `path`."""
    with zipfile.ZipFile(path, "w", packed) as out:
        for name, content in files.items():
            out.writestr(name, content)
    return path


def foldered(path: Path, files: Mapping[str, bytes]) -> Path:
    """A folder of those files at `path`."""
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
    return path


@pytest.mark.parametrize("inner", ["", "hmis/", "a/b/"])
@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_files_are_found_in_a_folder_or_a_zip_with_inner_folders_or_without(
    tmp_path: Path, kind: str, inner: str
) -> None:
    files = {inner + name: content for name, content in FILES.items()}
    files |= {"__MACOSX/._Export.csv": b"x", ".hidden.csv": b"x", inner + "notes.txt": b"x"}
    if kind == "zip":
        path = zipped(tmp_path / "x.zip", files)
    else:
        path = foldered(tmp_path / "x", files)
        (path / ".hidden.csv").unlink()
    with Archive(path) as archive:
        assert archive.names == ["Export.csv", "client.CSV"]
        assert archive.has("CLIENT.csv")
        assert archive.size("client.csv") == 4
        with archive.open("Client.csv") as file:
            assert file.read() == b"B\n2\n"


def test_progress_counts_the_unpacked_bytes(tmp_path: Path) -> None:
    read: list[int] = []
    with (
        Archive(zipped(tmp_path / "x.zip", FILES)) as archive,
        archive.open("Export.csv", read.append) as file,
    ):
        file.read()
    assert sum(read) == 4


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with Archive(foldered(tmp_path, FILES)) as archive:
        with pytest.raises(MissingFile, match=r"holds no Exit\.csv"):
            archive.open("Exit.csv")
        assert archive.size("Exit.csv") == 0


def broken(path: Path, kind: str) -> Path:
    """An archive that is wrong in one way."""
    if kind == "nothing":
        return path / "nothing.zip"
    if kind == "no name":
        return path / ("x" * 300)
    if kind == "empty folder":
        return foldered(path / "folder", {"notes.txt": b"x"})
    if kind == "no zip":
        return foldered(path, {"x.zip": b"PK\x03\x04 no zip at all"}) / "x.zip"
    if kind == "cut off":
        whole = zipped(path / "x.zip", FILES).read_bytes()
        return foldered(path, {"cut.zip": whole[: len(whole) // 2]}) / "cut.zip"
    if kind == "two folders":
        return zipped(path / "x.zip", {"a/Export.csv": b"A\n", "b/Client.csv": b"A\n"})
    if kind == "twice":
        return zipped(path / "x.zip", {"Export.csv": b"A\n", "EXPORT.CSV": b"A\n"})
    assert kind == "bomb"
    return zipped(path / "x.zip", {"Export.csv": b"\0" * (20 << 20)})


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("nothing", "nothing at"),
        ("no name", "cannot be read"),
        ("empty folder", "no CSV file"),
        ("no zip", "neither a folder nor a whole zip"),
        ("cut off", "neither a folder nor a whole zip"),
        ("two folders", "in 2 folders"),
        ("twice", "twice"),
        ("bomb", "would swell"),
    ],
)
def test_a_broken_archive_is_refused_in_a_sentence(tmp_path: Path, kind: str, words: str) -> None:
    with pytest.raises(UnreadableArchive, match=words), Archive(broken(tmp_path, kind)):
        pass


def test_an_archive_that_would_hold_too_much_is_refused(tmp_path: Path) -> None:
    archive = Archive(zipped(tmp_path / "x.zip", FILES), most_bytes=7)
    with pytest.raises(UnreadableArchive, match="more than 7 bytes"), archive:
        pass


def test_a_damaged_member_is_refused_while_it_is_read(tmp_path: Path) -> None:
    content = os.urandom(1000)
    whole = zipped(tmp_path / "x.zip", {"Export.csv": content}, zipfile.ZIP_STORED).read_bytes()
    place = whole.index(content) + 500
    path = tmp_path / "damaged.zip"
    path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
    with (
        Archive(path) as archive,
        archive.open("Export.csv") as file,
        pytest.raises(UnreadableArchive, match=r"Export\.csv is cut off or damaged"),
    ):
        file.read()


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    whole = bytearray(zipped(tmp_path / "x.zip", FILES).read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = whole.index(mark) + offset
        whole[place] |= 1
    path = tmp_path / "encrypted.zip"
    path.write_bytes(whole)
    with Archive(path) as archive, pytest.raises(UnreadableArchive, match="encrypted"):
        archive.open("Export.csv")


def test_a_file_that_grew_since_it_was_listed_is_refused(tmp_path: Path) -> None:
    with Archive(foldered(tmp_path, FILES)) as archive:
        (tmp_path / "Export.csv").write_bytes(b"A\n1\n2\n")
        with (
            archive.open("Export.csv") as file,
            pytest.raises(UnreadableArchive, match="longer than it says"),
        ):
            io.TextIOWrapper(file).read()
