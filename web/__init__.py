"""Pages and JSON API over the record: `create_app` puts them together."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

# Every command of the command line goes through this module: it must cost nothing.
if TYPE_CHECKING:
    from flask import Flask

    from journeys.application import Journeys
    from projections.store import Views

LEAVE_TO = "https://www.meteoam.it/"
"""Where «Esci subito» leads: a page that says nothing about who looked at what."""


def create_app(
    journeys: Journeys,
    views: Views,
    *,
    secret_key: str,
    development_sign_in: bool = False,
    organisation: str = "Comune di Prato",
) -> Flask:
    """The application of one process, over stores that it alone uses.

    `development_sign_in` lets anybody in who chooses a role: only for an application that nobody
    but its own machine can reach. Whether the store holds invented people is the store's to say.
    """
    from flask import Flask  # noqa: PLC0415

    from web import api, errors, frame, guard, ui  # noqa: PLC0415
    from web.pages import BLUEPRINTS  # noqa: PLC0415
    from web.signin import LOOPBACK_HOSTS  # noqa: PLC0415

    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=secret_key,
        DEVELOPMENT_SIGN_IN=development_sign_in,
        TRUSTED_HOSTS=LOOPBACK_HOSTS if development_sign_in else None,
        LEAVE_TO=LEAVE_TO,
        ORGANISATION=organisation,
        VERSION=version("household-journeys"),
        DEMONSTRATION=journeys.recorder.meta.kind == "demonstration",
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]  # of the provider that Flask has
    app.extensions["journeys"] = journeys
    app.extensions["views"] = views
    ui.install(app)
    guard.install(app)
    frame.install(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    api.install(app)
    errors.install(app)
    return app
