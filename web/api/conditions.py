"""The headers that make writing safe: which command it is, and which version its author saw."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID, uuid4

from flask import Response, request
from msgspec.structs import replace

from journeys.application import Journeys, Receipt
from journeys.errors import Conflict, Refusal
from journeys.household.commands import Batch
from journeys.household.facts import EntryCorrected, Fact
from journeys.household.personal import personal_fields
from web import recording, wire
from web.signin import actor

LONGEST_KEY = 255


class WrongKey(Refusal):
    """The Idempotency-Key is empty, too long or not plain text."""

    code = "wrong-idempotency-key"


class KeyReused(Refusal):
    """An Idempotency-Key was sent again with another request."""

    code = "idempotency-key-reused"


class VersionMismatch(Conflict):
    """The household is no longer at the version of If-Match."""

    code = "version-mismatch"


def command() -> UUID:
    """The command of this request: that of its Idempotency-Key, or one of its own."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return uuid4()
    if not 0 < len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise WrongKey("An Idempotency-Key has 1 to 255 printable ASCII characters.")
    return recording.command_id("idempotency-key", (actor().id, key))


def record(journeys: Journeys, batches: Sequence[Batch], asked: UUID) -> Receipt:
    """Record, or answer again what the same request was answered; `KeyReused` for another one."""
    household = batches[0].household
    expected = _expected()
    # A request that is sent again must find its receipt even where the household went on since.
    if expected is not None and journeys.recorder.receipt(asked) is None:
        version = journeys.household(household).version
        if version != expected:
            raise VersionMismatch(
                f"The household {household} is at version {version}, not {expected}.",
                household=household,
                version=version,
            )
        batches[0].expected = version
    receipt = recording.record(journeys, batches, asked)
    if receipt.repeated:
        _check_same(journeys, receipt, batches[0])
    return receipt


def answer(receipt: Receipt, status: int = 201) -> tuple[dict[str, object], int, dict[str, str]]:
    """A receipt as the answer to a write, with the version it leaves the household at."""
    headers = {"ETag": etag(receipt.versions[-1])}
    return wire.receipt(receipt), 200 if receipt.repeated else status, headers


def etag(version: int) -> str:
    """The entity tag of a household at a version."""
    return f'"{version}"'


def tagged(body: Response, version: int) -> Response:
    """An answer that says which version of the household it shows; 304 where that is known."""
    body.set_etag(str(version))
    return body


def _expected() -> int | None:
    """The version of If-Match; None where the header is absent or `*`."""
    if not request.if_match or request.if_match.star_tag:
        return None
    tags = list(request.if_match)
    if len(tags) == 1 and tags[0].isascii() and tags[0].isdigit() and len(tags[0]) < 16:
        return int(tags[0])
    raise VersionMismatch("If-Match must be the ETag of a household.", version=None)


def _check_same(journeys: Journeys, receipt: Receipt, batch: Batch) -> None:
    """The recorded facts must be those asked for, but for the sealed content, which is salted."""
    entries = journeys.entries(receipt.household)
    recorded = [
        _bare(entries[version - 1].fact, {field for at, field in batch.personal if at == place})
        for place, version in enumerate(receipt.versions)
    ]
    if receipt.household != batch.household or recorded != [_bare(fact) for fact in batch.facts]:
        raise KeyReused("This Idempotency-Key was sent before with another request.")


def _bare(fact: Fact, sealed: Collection[str] = ()) -> Fact:
    """The fact without its command and its commitments, those of a correction included."""
    if isinstance(fact, EntryCorrected):
        changes = {field: to for field, to in fact.changes.items() if field not in sealed}
        fact = replace(fact, changes=changes)
    return replace(fact, command=None, **dict.fromkeys(personal_fields(type(fact))))
