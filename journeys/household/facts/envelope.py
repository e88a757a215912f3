"""What every fact on a household carries, whatever it tells."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from msgspec import Struct

from journeys.values import Code, Digest, Key, Period, Text

Span = Literal["day", "open", "closed"]


class Fact(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Something that was true of a household, told by somebody.

    `effective_from` is the first day on which it was true. `effective_until` is the first day on
    which it no longer was (half-open), None for a single day or an open end; `SPAN` says which:

    * ``day``: true of one day (an observation, the beginning or end of something)
    * ``open``: runs from its first day, with or without a known end
    * ``closed``: a stretch with both ends, such as an absence

    The day the organisation learned it is `known_on` (None: the recording day). The instant and
    the position of recording are the store's and are not here. `cause` names what brought the
    fact in when no person typed it (``import:<run>``).
    """

    TOPIC: ClassVar[str]
    SPAN: ClassVar[Span] = "day"

    effective_from: dt.date
    effective_until: dt.date | None = None
    known_on: dt.date | None = None
    by: Key
    organisation: Key
    role: Key
    attested_by: Key | None = None
    attestor_interested: bool | None = None
    evidence: tuple[Digest, ...] = ()
    command: UUID | None = None
    cause: Key | None = None
    reason: Annotated[str, Code("reason")] | None = None
    note: Text | None = None

    @property
    def effective(self) -> Period:
        """The days on which it was true; a single day for a ``day`` fact."""
        if self.SPAN == "day":
            return Period(self.effective_from, self.effective_from + dt.timedelta(days=1))
        return Period(self.effective_from, self.effective_until)


class Recorded(Struct, frozen=True, gc=False):
    """A fact at its place in the record.

    `position` counts from 1 through the whole log, `version` from 1 through the household's
    stream; `recorded_at` is the store's instant in microseconds since the epoch, UTC.
    """

    household: UUID
    version: int
    position: int
    recorded_at: int
    fact: Fact


ENVELOPE = frozenset(Fact.__struct_fields__)
"""Names of the fields that every fact has."""

UNCORRECTABLE = frozenset({"by", "organisation", "role", "command", "cause", "note"})
"""Who recorded, for whom, and from what: the record's own testimony, which nobody corrects."""
