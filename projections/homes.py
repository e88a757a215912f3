"""Where a person lives or lived: the households that ever named them as a member or a guest.

Facts name a household's people; asking the other way round needs a view. It is what lets a guest
be followed home.
"""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from projections.store import Views
from projections.timeline import TIMELINE


def homes(views: Views, person: UUID) -> list[UUID]:
    """The households in which `person` ever joined or was hosted, by id."""
    row = TIMELINE.c
    # The id stands in the content of few entries, and nothing else can look like it.
    named = sa.or_(
        sa.and_(row.kind == "member-joined", row.content.contains(f'"member":"{person}"')),
        sa.and_(row.kind == "guest-hosted", row.content.contains(f'"guest":"{person}"')),
    )
    query = sa.select(row.household).where(named).distinct().order_by(row.household)
    with views.reading() as connection:
        return list(connection.scalars(query))
