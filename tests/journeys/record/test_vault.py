"""What is sealed opens with its subject's key, at its place, as the event committed to it."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from journeys.record.vault import (
    BrokenCommitment,
    CannotOpen,
    Unsealable,
    VaultItem,
    blind_index,
    canonical,
    commitment,
    open_item,
    seal,
)

KEY, OTHER_KEY = bytes(range(32)), bytes(range(1, 33))
ANNA, BRUNO, HOME = UUID(int=1), UUID(int=2), UUID(int=3)
PLACE = f"journeys/vault/v1|{ANNA}|{HOME}/4|person".encode()

content = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63) + 1, 2**63 - 1) | st.text(),
    lambda held: st.lists(held) | st.dictionaries(st.text(), held),
    max_leaves=10,
)


def sealed(plaintext: Any = "content", key: bytes = KEY) -> VaultItem:
    return seal(key, ANNA, HOME, 4, "person", plaintext)


def forged(ciphertext: bytes, committed: bytes, nonce: bytes = bytes(12)) -> VaultItem:
    return VaultItem(ANNA, HOME, 4, "person", committed, nonce + ciphertext)


@given(content)
def test_what_is_sealed_opens_as_it_was(plaintext: Any) -> None:
    assert open_item(KEY, sealed(plaintext)) == plaintext


@pytest.mark.parametrize("key", [OTHER_KEY, b"", bytes(32)])
def test_another_key_does_not_open_it(key: bytes) -> None:
    with pytest.raises(CannotOpen, match="«person» of entry 4"):
        open_item(key, sealed())


def test_a_change_of_any_byte_is_found() -> None:
    item = sealed()
    for place in range(len(item.sealed)):
        changed = bytearray(item.sealed)
        changed[place] ^= 1
        with pytest.raises(CannotOpen):
            open_item(KEY, replace(item, sealed=bytes(changed)))


def test_a_cut_item_is_found() -> None:
    item = sealed()
    for length in range(len(item.sealed)):
        with pytest.raises(CannotOpen):
            open_item(KEY, replace(item, sealed=item.sealed[:length]))


@pytest.mark.parametrize(
    "moved", [{"subject": BRUNO}, {"household": BRUNO}, {"version": 5}, {"field": "guest"}]
)
def test_an_item_does_not_open_at_another_place(moved: dict[str, Any]) -> None:
    with pytest.raises(CannotOpen):
        open_item(KEY, replace(sealed(), **moved))


def test_two_items_of_one_subject_cannot_be_swapped() -> None:
    first, second = sealed("first"), seal(KEY, ANNA, HOME, 5, "person", "second")
    with pytest.raises(CannotOpen):
        open_item(KEY, replace(first, sealed=second.sealed, commitment=second.commitment))


def test_another_content_at_the_same_place_breaks_the_commitment() -> None:
    committed, resealed = sealed("committed"), sealed("resealed")
    with pytest.raises(BrokenCommitment, match="not what the event committed to"):
        open_item(KEY, replace(resealed, commitment=committed.commitment))


@pytest.mark.parametrize("broken", [b"", bytes(32), bytes(31), bytes(33)])
def test_a_commitment_of_any_other_shape_is_broken(broken: bytes) -> None:
    with pytest.raises(BrokenCommitment):
        open_item(KEY, replace(sealed(), commitment=broken))


def test_other_random_bytes_break_the_commitment() -> None:
    text = canonical("content")
    item = forged(
        AESGCM(KEY).encrypt(bytes(12), bytes(32) + text, PLACE),
        commitment(PLACE, b"\1" * 32, text),
    )
    with pytest.raises(BrokenCommitment):
        open_item(KEY, item)


def test_what_another_program_sealed_is_no_content() -> None:
    item = forged(
        AESGCM(KEY).encrypt(bytes(12), bytes(32) + b"{", PLACE), commitment(PLACE, bytes(32), b"{")
    )
    with pytest.raises(CannotOpen, match="holds no JSON"):
        open_item(KEY, item)


def test_the_commitment_is_the_one_that_is_written_down() -> None:
    """SHA-256 over tag, place, random bytes and content, each behind 4 bytes of length."""
    item = sealed({"name": "Alma", "birth_date": "1985-01-01"})
    opened = AESGCM(KEY).decrypt(item.sealed[:12], item.sealed[12:], PLACE)
    parts = [
        b"journeys/vault/v1",
        PLACE,
        opened[:32],
        b'{"birth_date":"1985-01-01","name":"Alma"}',
    ]
    told = b"".join(len(part).to_bytes(4, "big") + part for part in parts)

    assert item.commitment == hashlib.sha256(told).digest()
    assert opened[32:] == parts[3]


def test_equal_contents_have_nothing_in_common() -> None:
    one, other = sealed("content"), sealed("content")
    assert one.commitment != other.commitment
    assert one.sealed != other.sealed


# --- One ciphertext, two keys ---------------------------------------------------------------


def test_a_ciphertext_that_opens_under_two_keys_has_one_meaning() -> None:
    """GCM takes the item under both keys; the commitment takes one of the two meanings."""
    nonce = bytes(12)
    text = canonical("outcome: tenancy kept " + "x" * 25)
    ciphertext = two_key_ciphertext(KEY, OTHER_KEY, nonce, text)
    meaning = AESGCM(KEY).decrypt(nonce, ciphertext, PLACE)
    other_meaning = AESGCM(OTHER_KEY).decrypt(nonce, ciphertext, PLACE)
    assert meaning[32:] == text != other_meaning[32:]

    item = forged(ciphertext, commitment(PLACE, meaning[:32], text))

    assert open_item(KEY, item) == "outcome: tenancy kept " + "x" * 25
    with pytest.raises(BrokenCommitment):
        open_item(OTHER_KEY, item)


def two_key_ciphertext(one: bytes, other: bytes, nonce: bytes, text: bytes) -> bytes:
    """AES-256-GCM of 32 bytes and `text` under `one`, with a tag that `other` takes as well.

    The tag is a polynomial in a secret of each key over the blocks of data; the first block, a
    part of `r` that nobody reads, is solved for so that both polynomials meet.
    """
    lengths = b"".join((size * 8).to_bytes(8, "big") for size in (len(PLACE), 32 + len(text)))
    body = bytes(16) + bytes(
        a ^ b for a, b in zip(bytes(16) + text, stream(one, nonce)[16:], strict=False)
    )
    blocks = [*in_blocks(PLACE), *in_blocks(body), lengths]
    free = len(in_blocks(PLACE))
    power = len(blocks) - free
    gap = tag_of(one, nonce, blocks) ^ tag_of(other, nonce, blocks)
    weight = gf_power(secret(one), power) ^ gf_power(secret(other), power)
    solved = gf_times(gap, gf_power(weight, 2**128 - 2)).to_bytes(16, "big")
    blocks[free] = solved
    return solved + body[16:] + tag_of(one, nonce, blocks).to_bytes(16, "big")


def aes(key: bytes, block: bytes) -> bytes:
    return Cipher(algorithms.AES(key), modes.ECB()).encryptor().update(block)


def stream(key: bytes, nonce: bytes) -> bytes:
    return b"".join(aes(key, nonce + count.to_bytes(4, "big")) for count in range(2, 10))


def secret(key: bytes) -> int:
    return int.from_bytes(aes(key, bytes(16)), "big")


def in_blocks(data: bytes) -> list[bytes]:
    return [data[start : start + 16].ljust(16, b"\0") for start in range(0, len(data), 16)]


def tag_of(key: bytes, nonce: bytes, blocks: list[bytes]) -> int:
    """The tag of GCM (NIST SP 800-38D §6.4 and §7.1)."""
    total = 0
    for block in blocks:
        total = gf_times(total ^ int.from_bytes(block, "big"), secret(key))
    return total ^ int.from_bytes(aes(key, nonce + b"\0\0\0\1"), "big")


def gf_times(one: int, other: int) -> int:
    """The product in GF(2**128) as GCM writes it, the highest bit first (§6.3)."""
    product = 0
    for bit in range(127, -1, -1):
        if one >> bit & 1:
            product ^= other
        other = other >> 1 ^ (0xE1 << 120 if other & 1 else 0)
    return product


def gf_power(base: int, exponent: int) -> int:
    result = 1 << 127
    while exponent:
        if exponent & 1:
            result = gf_times(result, base)
        base, exponent = gf_times(base, base), exponent >> 1
    return result


# --- What can be sealed ---------------------------------------------------------------------


def test_the_written_form_does_not_depend_on_the_order_of_keys() -> None:
    assert canonical({"b": [1, None, True], "a": "è"}) == '{"a":"è","b":[1,null,true]}'.encode()
    assert canonical({"b": 1, "a": 2}) == canonical({"a": 2, "b": 1})


@given(content, content)
def test_different_contents_are_written_differently(one: Any, other: Any) -> None:
    assume(repr(one) != repr(other) and one != other)
    assert canonical(one) != canonical(other)


def deep(levels: int) -> Any:
    return [deep(levels - 1)] if levels else "bottom"


@pytest.mark.parametrize(
    ("unfit", "reason"),
    [
        (1.5, "cannot hold a float"),
        ({"rent": [float("nan")]}, "cannot hold a float"),
        (2**63, "more than 64 bits"),
        (-(2**63), "more than 64 bits"),
        ({1: "one"}, "a key .* is no text"),
        (b"bytes", "cannot hold a bytes"),
        ((1, 2), "cannot hold a tuple"),
        ({"day": ANNA}, "cannot hold a UUID"),
        ("\ud800", "half a character"),
        ({"\udfff": 1}, "half a character"),
        (deep(33), "more than 32 deep"),
        ({"a": deep(32)}, "more than 32 deep"),
        (deep(5_000 // 6), "more than 32 deep"),
    ],
)
def test_content_without_one_written_form_is_refused(unfit: Any, reason: str) -> None:
    with pytest.raises(Unsealable, match=f"(?i){reason}"):
        sealed(unfit)


@pytest.mark.parametrize("fit", [deep(32), {"a": deep(31)}, 2**63 - 1, -(2**63) + 1])
def test_content_may_be_32_deep_and_numbers_have_64_bits(fit: Any) -> None:
    assert open_item(KEY, sealed(fit)) == fit


# --- The blind index ------------------------------------------------------------------------


def test_a_blind_index_finds_the_same_code_and_no_other() -> None:
    assert blind_index(KEY, "PRVLMA85A41G999P") == blind_index(KEY, "PRVLMA85A41G999P")
    assert blind_index(KEY, "PRVLMA85A41G999P") != blind_index(KEY, "PRVLMA85A42G999P")


def test_a_blind_index_means_nothing_without_its_key() -> None:
    assert blind_index(KEY, "PRVLMA85A41G999P") != blind_index(OTHER_KEY, "PRVLMA85A41G999P")


def test_blind_indexes_never_change() -> None:
    """HMAC-SHA-256, keyed, over a tag and the code: what was indexed stays findable."""
    # RFC 2104, written out.
    padded = KEY.ljust(64, b"\0")
    inside, outside = (bytes(byte ^ pad for byte in padded) for pad in (0x36, 0x5C))
    inner = hashlib.sha256(inside + b"journeys/blind-index/v1|CODE").digest()
    assert blind_index(KEY, "CODE") == hashlib.sha256(outside + inner).digest()


def test_every_refusal_has_a_code_of_its_own() -> None:
    codes = {CannotOpen.code, BrokenCommitment.code, Unsealable.code}
    assert len(codes) == 3
