"""Our Merkle tree and proofs agree with implementations that are not ours."""

from __future__ import annotations

import json
from base64 import b64decode
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import pytest
from pymerkle import InmemoryTree

from journeys.record import tiles

LARGEST = 2_000
SEED = 9162
EVENTS = [b"event %d" % number for number in range(LARGEST)]


class Leaves:
    """A tree as the store would hold it: level 0 the leaf hashes, level 1 its complete tiles."""

    def __init__(self, events: list[bytes]) -> None:
        hashes = [tiles.leaf_hash(event) for event in events]
        complete = tiles.CompactRange().extend(hashes)
        self.levels = {0: hashes, 1: [tile for _, _, tile in complete]}

    def entries(self, level: int, start: int, stop: int) -> list[bytes]:
        return self.levels[level][start:stop]


@pytest.fixture(scope="module")
def ours() -> Leaves:
    return Leaves(EVENTS)


@pytest.fixture(scope="module")
def theirs() -> InmemoryTree:
    tree = InmemoryTree(algorithm="sha256")
    tree.append_entries(EVENTS)
    return tree


def test_roots_of_all_sizes_are_those_of_pymerkle(ours: Leaves, theirs: InmemoryTree) -> None:
    streamed = tiles.CompactRange()
    for size in range(LARGEST + 1):
        assert tiles.root(size, ours) == streamed.root() == theirs.get_root(size)
        streamed.extend(ours.levels[0][size : size + 1])


def test_inclusion_proofs_are_those_of_pymerkle(ours: Leaves, theirs: InmemoryTree) -> None:
    random = Random(SEED)
    for _ in range(1_000):
        size = random.randint(1, LARGEST)
        index = random.randrange(size)

        path = tiles.inclusion_proof(index, size, ours)

        # Theirs counts leaves from one and begins the path with the leaf itself.
        leaf = ours.levels[0][index]
        assert [leaf, *path] == theirs.prove_inclusion(index + 1, size).path
        assert tiles.verify_inclusion(leaf, index, size, path, theirs.get_root(size))


def test_consistency_proofs_tie_roots_of_pymerkle(ours: Leaves, theirs: InmemoryTree) -> None:
    random = Random(SEED)
    for _ in range(1_000):
        new = random.randint(2, LARGEST)
        old = random.randrange(1, new)
        before, after = theirs.get_root(old), theirs.get_root(new)

        path = tiles.consistency_proof(old, new, ours)

        assert tiles.verify_consistency(old, new, before, after, path)
        assert not tiles.verify_consistency(old, new, after, before, path)


def test_10_000_mutated_proofs_are_refused(ours: Leaves) -> None:
    random = Random(SEED)
    roots = [tiles.root(size, ours) for size in range(LARGEST + 1)]
    for _ in range(5_000):
        size = random.randint(2, LARGEST)
        index, old = random.randrange(size), random.randrange(1, size)
        leaf = ours.levels[0][index]

        inclusion = mutated(random, tiles.inclusion_proof(index, size, ours))
        consistency = mutated(random, tiles.consistency_proof(old, size, ours))

        assert not tiles.verify_inclusion(leaf, index, size, inclusion, roots[size])
        assert not tiles.verify_consistency(old, size, roots[old], roots[size], consistency)


def mutated(random: Random, path: list[bytes]) -> list[bytes]:
    """The path with one bit flipped, one hash dropped, doubled or moved in from elsewhere."""
    place = random.randrange(len(path))
    before, hash_, after = path[:place], path[place], path[place + 1 :]
    flipped = (int.from_bytes(hash_) ^ 1 << random.randrange(256)).to_bytes(32)
    return random.choice(
        [
            [*before, flipped, *after],
            [*before, *after],
            [*before, hash_, *path[place:]],
            [*before, random.randbytes(32), *path[place:]],
        ]
    )


@pytest.fixture(scope="session")
def suites(shared_data: Path) -> Path:
    """The vectors of transparency-dev/merkle, which are not part of the repository."""
    folder = shared_data / "suites"
    if not (folder / "merkle-transparency-dev").is_dir():
        pytest.skip("the vectors of transparency-dev/merkle are not here")
    return folder


def test_roots_are_those_of_certificate_transparency(suites: Path) -> None:
    vectors = json.loads((suites / "rfc6962_roots.json").read_text())
    events = [bytes.fromhex(text) for text in vectors["leaf_inputs_hex"]]
    expected = [bytes.fromhex(text) for text in vectors["root_by_tree_size_hex"]]

    assert [tiles.root(size, Leaves(events)) for size in range(len(events) + 1)] == expected


def test_verdicts_on_inclusion_are_those_of_transparency_dev(suites: Path) -> None:
    cases = vectors(suites, "inclusion")
    for name, case in cases.items():
        verdict = tiles.verify_inclusion(
            decoded(case["leafHash"]),
            case["leafIdx"],
            case["treeSize"],
            [decoded(text) for text in case["proof"] or ()],
            decoded(case["root"]),
        )
        assert verdict is not case["wantErr"], name
    assert len(cases) == 98


def test_verdicts_on_consistency_are_those_of_transparency_dev(suites: Path) -> None:
    cases = vectors(suites, "consistency")
    for name, case in cases.items():
        roots = decoded(case["root1"]), decoded(case["root2"])
        path = [decoded(text) for text in case["proof"] or ()]
        verdict = tiles.verify_consistency(case["size1"], case["size2"], *roots, path)
        assert verdict is not case["wantErr"], name
    assert len(cases) == 98


def vectors(suites: Path, kind: str) -> dict[str, dict[str, Any]]:
    files = (suites / "merkle-transparency-dev" / "testdata" / kind).rglob("*.json")
    return {str(file): json.loads(file.read_text()) for file in files}


def decoded(text: str | None) -> bytes:
    """The bytes of a vector; where it says "don't care", a hash, as we take nothing else."""
    data = b64decode(text or "")
    return sha256(data).digest() if data.startswith(b"don't care") else data
