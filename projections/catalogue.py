"""The projections of this release."""

from __future__ import annotations

from projections.projection import Projection
from projections.timeline import Timeline

ALL: tuple[Projection, ...] = (Timeline(),)
"""Every projection that needs nothing but the record."""
