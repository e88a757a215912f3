"""The projections of this release."""

from __future__ import annotations

from projections.projection import Projection
from projections.situation import Situations
from projections.timeline import Timeline

ALL: tuple[Projection, ...] = (Timeline(), Situations())
"""Every projection that needs nothing but the record."""
