"""The Merkle tree over the log: one meaning, however it is grown, stored and read."""

from __future__ import annotations

import datetime as dt
from functools import cache
from hashlib import sha256
from uuid import UUID

import psycopg
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from journeys.clock import microseconds
from journeys.record.tiles import (
    EMPTY_ROOT,
    CompactRange,
    NoSuchProof,
    Tile,
    TreeIncomplete,
    complete_tiles,
    consistency_proof,
    inclusion_proof,
    leaf_bytes,
    leaf_hash,
    node_hash,
    root,
    verify_consistency,
    verify_inclusion,
)

SIZES = [1, 2, 3, 7, 8, 255, 256, 257, 511, 512, 513, 1000, 65535, 65536, 65537, 66049, 131_072]
sizes = st.one_of(st.integers(1, 2000), st.sampled_from(SIZES))


class Stored:
    """The rows of a log, grown in batches, that counts what is read of it."""

    def __init__(self) -> None:
        self.levels: dict[int, list[bytes]] = {0: []}
        self.reads: list[tuple[int, int, int]] = []

    def entries(self, level: int, start: int, stop: int) -> list[bytes]:
        self.reads.append((level, start, stop))
        return self.levels.get(level, [])[start:stop]

    def append(self, new: list[bytes]) -> list[Tile]:
        rows = complete_tiles(len(self.levels[0]), new, self)
        self.levels[0] += new
        for level, number, tile in rows:
            above = self.levels.setdefault(level + 1, [])
            assert number == len(above)
            above.append(tile)
        return rows


def leaves(count: int) -> list[bytes]:
    return [leaf_hash(b"event %d" % number) for number in range(count)]


@cache
def stored(size: int) -> Stored:
    log = Stored()
    log.append(leaves(size))
    return log


def rfc_root(hashes: list[bytes]) -> bytes:
    """MTH as RFC 9162 §2.1.1 words it, over hashes of leaves."""
    if len(hashes) < 2:
        return hashes[0] if hashes else EMPTY_ROOT
    left = 1
    while left * 2 < len(hashes):
        left *= 2
    return node_hash(rfc_root(hashes[:left]), rfc_root(hashes[left:]))


def test_the_empty_tree_has_the_root_of_no_bytes() -> None:
    assert root(0, Stored()) == CompactRange().root() == sha256(b"").digest()


def test_a_leaf_cannot_be_taken_for_a_node() -> None:
    left, right = leaves(2)
    assert leaf_hash(left + right) != node_hash(left, right)


@pytest.mark.parametrize("size", SIZES)
def test_the_root_from_tiles_is_that_of_the_definition(size: int) -> None:
    assert root(size, stored(size)) == rfc_root(leaves(size))


@pytest.mark.parametrize("size", SIZES)
def test_the_root_of_an_earlier_size_can_be_read_from_a_larger_log(size: int) -> None:
    assert root(size, stored(131_072)) == rfc_root(leaves(size))


@given(st.lists(st.integers(0, 700), max_size=8))
def test_batches_of_any_size_complete_the_same_tiles_as_one(batches: list[int]) -> None:
    hashes = leaves(sum(batches))
    by_batch, at_once = Stored(), Stored()
    at_once.append(hashes)

    for batch in batches:
        by_batch.append(hashes[len(by_batch.levels[0]) :][:batch])

    assert by_batch.levels == at_once.levels


def test_a_tile_of_tiles_completes_with_the_last_of_65536_leaves() -> None:
    hashes = leaves(65_536)
    log = Stored()
    log.append(hashes[:-1])

    rows = log.append(hashes[-1:])

    assert rows == [(0, 255, rfc_root(hashes[-256:])), (1, 0, rfc_root(hashes))]


def test_appending_reads_nothing_unless_a_tile_becomes_complete() -> None:
    log = Stored()
    log.append(leaves(700))
    log.reads.clear()

    log.append(leaves(67))

    assert log.reads == []


def test_completing_a_tile_reads_only_the_open_part_of_it() -> None:
    log = Stored()
    log.append(leaves(767))
    log.reads.clear()

    log.append(leaves(1))

    assert log.reads == [(0, 512, 767)]


@given(st.lists(st.integers(0, 700), max_size=8))
def test_a_compact_range_has_the_root_and_the_tiles_of_the_log(batches: list[int]) -> None:
    hashes = leaves(sum(batches))
    log, streamed = Stored(), CompactRange()

    for batch in batches:
        new = hashes[streamed.size :][:batch]
        assert sorted(streamed.extend(new)) == sorted(log.append(new))

    assert streamed.size == len(hashes)
    assert streamed.root() == root(len(hashes), log)


def test_a_compact_range_gives_each_tile_with_the_leaf_that_completes_it() -> None:
    hashes = leaves(131_072)
    log, streamed = Stored(), CompactRange()

    given_out = [tile for leaf in hashes for tile in streamed.append(leaf)]

    assert sorted(given_out) == log.append(hashes)
    assert streamed.root() == rfc_root(hashes)


def test_a_compact_range_keeps_less_than_a_tile_of_each_level() -> None:
    streamed = CompactRange()
    streamed.extend(leaves(131_072 + 255))
    assert [len(level) for level in streamed._open] == [255, 0, 2]


@given(sizes, st.data())
def test_every_leaf_is_proved_to_be_in_the_tree(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))

    path = inclusion_proof(index, size, stored(size))

    leaf = stored(size).levels[0][index]
    assert verify_inclusion(leaf, index, size, path, root(size, stored(size)))


@given(sizes, st.data())
def test_every_tree_is_proved_to_begin_with_its_past(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))

    path = consistency_proof(old, new, stored(new))

    old_root, new_root = root(old, stored(new)), root(new, stored(new))
    assert verify_consistency(old, new, old_root, new_root, path)


@given(sizes, st.data())
def test_a_leaf_is_not_proved_at_another_place_or_size(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    elsewhere = data.draw(st.integers(0, size + 2))
    assume(elsewhere != index)
    log = stored(size)

    path = inclusion_proof(index, size, log)

    assert not verify_inclusion(log.levels[0][index], elsewhere, size, path, root(size, log))


@given(st.integers(2, 2000), st.data())
def test_a_proof_changed_in_any_hash_is_refused(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size - 1))
    log = stored(size)
    tree = root(size, log)
    inclusion = inclusion_proof(index, size, log)
    consistency = consistency_proof(old, size, log)

    def mutated(path: list[bytes]) -> list[bytes]:
        place = data.draw(st.integers(0, len(path) - 1))
        byte, bit = data.draw(st.integers(0, 31)), data.draw(st.integers(0, 7))
        changed = bytearray(path[place])
        changed[byte] ^= 1 << bit
        return data.draw(
            st.sampled_from(
                [
                    [*path[:place], bytes(changed), *path[place + 1 :]],
                    path[:place] + path[place + 1 :],
                    [*path[: place + 1], *path[place:]],
                    [*path, tree],
                    [tree, *path],
                ]
            )
        )

    assert not verify_inclusion(log.levels[0][index], index, size, mutated(inclusion), tree)
    assert not verify_consistency(old, size, root(old, log), tree, mutated(consistency))


@given(st.integers(2, 600), st.data())
def test_a_rewritten_leaf_breaks_the_tie_to_the_old_root(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size - 1))
    rewritten = leaves(size)
    rewritten[data.draw(st.integers(0, old - 1))] = leaf_hash(b"rewritten")
    log = Stored()
    log.append(rewritten)

    path = consistency_proof(old, size, log)

    assert not verify_consistency(old, size, root(old, stored(size)), root(size, log), path)


anything = st.one_of(
    st.none(),
    st.integers(),
    st.text(),
    st.binary(),
    st.floats(),
    st.just(leaf_hash(b"")),
    st.lists(st.one_of(st.none(), st.binary(), st.binary(min_size=32, max_size=32))),
)


@given(st.integers(0, 4), anything)
def test_a_malformed_argument_is_answered_with_no(place: int, junk: object) -> None:
    log = stored(255)
    inclusion = [log.levels[0][4], 4, 255, inclusion_proof(4, 255, log), root(255, log)]
    consistency = [5, 255, root(5, log), root(255, log), consistency_proof(5, 255, log)]
    assume(junk not in (4, 5, 255))

    inclusion[place] = consistency[place] = junk

    assert verify_inclusion(*inclusion) is False  # type: ignore[arg-type]
    assert verify_consistency(*consistency) is False  # type: ignore[arg-type]


def test_nothing_is_consistent_with_the_empty_tree() -> None:
    assert consistency_proof(0, 5, stored(255)) == []
    tree = root(5, stored(255))
    assert not verify_consistency(0, 5, EMPTY_ROOT, tree, [])
    assert not verify_consistency(0, 0, EMPTY_ROOT, EMPTY_ROOT, [])


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_a_leaf_outside_the_tree_has_no_proof(index: int, size: int) -> None:
    with pytest.raises(NoSuchProof, match=f"{size} leaves has no leaf {index}"):
        inclusion_proof(index, size, stored(255))


@pytest.mark.parametrize(("old", "new"), [(-1, 3), (4, 3)])
def test_a_tree_that_shrinks_has_no_proof(old: int, new: int) -> None:
    with pytest.raises(NoSuchProof, match=f"{new} leaves does not extend {old}"):
        consistency_proof(old, new, stored(255))


def test_missing_rows_are_told_instead_of_a_wrong_proof() -> None:
    log = Stored()
    log.append(leaves(600))
    del log.levels[1][1]
    with pytest.raises(TreeIncomplete, match="1 of the tree's entries 0 to 1 at level 1"):
        inclusion_proof(3, 600, log)


def test_missing_rows_stop_an_append() -> None:
    log = Stored()
    log.append(leaves(255))
    del log.levels[0][7]
    with pytest.raises(TreeIncomplete):
        complete_tiles(255, leaves(1), log)


@given(st.integers(0, 131_070))
def test_a_proof_reads_two_tiles_of_each_level_at_most(index: int) -> None:
    log = stored(131_072)
    log.reads.clear()

    inclusion_proof(index, 131_071, log)

    assert max(stop - start for _, start, stop in log.reads) <= 256
    for level in range(3):
        assert [read[0] for read in log.reads].count(level) <= 2


STREAM = UUID("00112233-4455-6677-8899-aabbccddeeff")
LEAF = bytes.fromhex(
    "00000010 6a6f75726e6579732f6c6561662f7631"
    "00000008 0000000000000006"
    "00000010 00112233445566778899aabbccddeeff"
    "00000008 0000000000000003"
    "00000005 663ac3a82e"
    "00000008 0006474846203fff"
    "00000020 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
)


def test_the_bytes_of_a_leaf_never_change() -> None:
    moment = dt.datetime(2025, 12, 31, 23, 59, 59, 999_999, dt.UTC)
    assert leaf_bytes(6, STREAM, 3, "f:è.", microseconds(moment), b"hello") == LEAF


Told = tuple[int, UUID, int, str, int, bytes]
told: st.SearchStrategy[Told] = st.tuples(
    st.integers(0, 2**40),
    st.uuids(),
    st.integers(1, 2**40),
    st.text(),
    st.integers(-(2**62), 2**62),
    st.binary(),
)


@given(told, told, st.integers(0, 5))
def test_a_leaf_tells_every_field_apart(one: Told, other: Told, field: int) -> None:
    changed = (*one[:field], other[field], *one[field + 1 :])
    assume(changed != one)
    assert leaf_bytes(*changed) != leaf_bytes(*one)  # type: ignore[arg-type]


def test_postgresql_can_rebuild_the_bytes_of_a_leaf(postgres_database: str) -> None:
    moment = dt.datetime(1969, 7, 20, 20, 17, 40, 1, dt.UTC)
    with psycopg.connect(postgres_database) as connection:
        row = connection.execute(
            r"""
            SELECT int4send(16) || 'journeys/leaf/v1'::bytea
                || int4send(8) || int8send(%(index)s)
                || int4send(16) || uuid_send(%(stream)s)
                || int4send(8) || int8send(%(version)s)
                || int4send(octet_length(%(topic)s::text)) || convert_to(%(topic)s, 'UTF8')
                || int4send(8) || int8send((extract(epoch FROM %(at)s) * 1000000)::bigint)
                || int4send(32) || sha256(%(state)s)
            """,
            {
                "index": 2**33,
                "stream": STREAM,
                "version": 3,
                "topic": "f:è.",
                "at": moment,
                "state": b"hello",
            },
        ).fetchone()
    assert row == (leaf_bytes(2**33, STREAM, 3, "f:è.", microseconds(moment), b"hello"),)
