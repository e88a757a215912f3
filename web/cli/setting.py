"""What every command begins with: the settings, and the store that they name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from journeys.application import Journeys
from projections.store import Views
from web.settings import Settings, read_settings


def current_settings() -> Settings:
    """The settings of this process; `WrongSetting` names what cannot be used."""
    return read_settings(os.environ)


@contextmanager
def opened(settings: Settings | None = None) -> Iterator[Journeys]:
    """The record that the settings name, closed afterwards."""
    settings = settings or current_settings()
    journeys = Journeys.open(settings.database, settings.home)
    try:
        yield journeys
    finally:
        journeys.close()


@contextmanager
def opened_with_views(settings: Settings | None = None) -> Iterator[tuple[Journeys, Views]]:
    """The record and its read models, closed afterwards."""
    settings = settings or current_settings()
    with opened(settings) as journeys:
        views = Views.open(settings.database)
        try:
            yield journeys, views
        finally:
            views.close()
