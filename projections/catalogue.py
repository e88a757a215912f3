"""The projections of this release."""

from __future__ import annotations

from projections.findings import Findings
from projections.names import Disclose, Names
from projections.projection import Projection
from projections.register import Register
from projections.situation import Situations
from projections.timeline import Timeline

INLINE: tuple[Projection, ...] = (Timeline(), Register(), Findings())
"""What a request catches up before it shows a household: what its next page is made of."""

ALL: tuple[Projection, ...] = (*INLINE, Situations())
"""Every projection that needs nothing but the record."""


EVERY: tuple[Projection, ...] = (*ALL, Names())
"""Those, and the one of people's names, which is caught up only by who may open the vault."""


def with_names(
    disclose: Disclose, projections: tuple[Projection, ...] = ALL
) -> tuple[Projection, ...]:
    """The projections and the names of people, for a process that may open the vault."""
    return (*projections, Names(disclose))
