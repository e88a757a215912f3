"""What a store says of itself, and whether this release may use it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal, NamedTuple, cast, get_args

from journeys.clock import now_us
from journeys.errors import StoreUnavailable, WrongStore

SCHEMA_VERSION = 1
"""The version of the tables that this release reads and writes."""

Kind = Literal["live", "demonstration"]
"""A live store keeps its own time; a demonstration store takes the instants it is given."""


class MissingStore(StoreUnavailable):
    """There is no record there yet: `journeys init` makes one."""

    code: ClassVar[str] = "no-store"


class Meta(NamedTuple):
    """What a store says of itself.

    `created` is an instant in microseconds since the epoch, `origin` the name of the log.
    """

    schema: int
    created: int
    origin: str
    kind: Kind


def new_meta(kind: Kind, origin: str) -> dict[str, str]:
    """The rows of `store_meta` for a store that is made now."""
    return {
        "schema": str(SCHEMA_VERSION),
        "created": str(now_us()),
        "origin": origin,
        "kind": kind,
    }


def read_meta(rows: Mapping[str, str]) -> Meta:
    """What the rows of `store_meta` say.

    Raises `WrongStore` for rows that say nothing, and for a schema that this release does not
    know: a newer one may hold what an older program would not respect.
    """
    try:
        meta = Meta(
            int(rows["schema"]), int(rows["created"]), rows["origin"], cast("Kind", rows["kind"])
        )
    except (KeyError, ValueError) as error:
        raise WrongStore(
            "The record does not say what it is: its own description is damaged."
        ) from error
    if meta.kind not in get_args(Kind):
        raise WrongStore(f"The record is of an unknown kind, «{meta.kind}».", kind=meta.kind)
    if meta.schema != SCHEMA_VERSION:
        raise WrongStore(
            f"The record has schema {meta.schema}, and this version of the program only knows "
            f"{SCHEMA_VERSION}: use the version that made it, or a newer one.",
            schema=meta.schema,
            known=SCHEMA_VERSION,
        )
    return meta


def check_same_kind(meta: Meta, kind: Kind) -> None:
    """Refuse to take a record of one kind for another (`WrongStore`)."""
    if meta.kind != kind:
        raise WrongStore(f"There is a {meta.kind} record there already.", kind=meta.kind)
