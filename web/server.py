"""Serves the pages and the API: gunicorn's processes where there is fork, waitress's threads else.

Sync workers, not threads: with SQLite the interpreter lock changes hands at every row, and two
workers served six times what as many threads did. Each worker builds its application after the
fork, since no connection may be shared across one.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from typing import Any

import click
from flask import Flask

from journeys.application import Journeys
from journeys.errors import StoreUnavailable, WrongSetting
from projections.store import Views
from web import create_app
from web.settings import Settings
from web.signin import sign_in_links


def serve(
    settings: Settings, host: str, port: int, workers: int, *, development_sign_in: bool
) -> None:
    """Serve until interrupted. Port 0 takes any free one.

    Raises `WrongSetting` for a development sign-in on an address that others can reach, and
    `StoreUnavailable` for an address that cannot be listened on.
    """
    if development_sign_in and not is_loopback(host):
        raise WrongSetting(
            f"Signing in by role is for one's own machine: it is not served on {host}.", host=host
        )
    listener = _listen(host, port)
    port = listener.getsockname()[1]
    base = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    click.echo(f"Serving on {base}")
    if development_sign_in:
        assert settings.secret_key is not None
        for role, url in sign_in_links(settings.secret_key, base):
            click.echo(f"  {role:12} {url}")
    if hasattr(os, "fork"):
        _gunicorn(settings, listener, workers, development_sign_in)
    else:
        _waitress(settings, listener, development_sign_in)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def build(settings: Settings, development_sign_in: bool) -> Flask:
    """The application of one process, with connections of its own."""
    assert settings.secret_key is not None
    journeys = Journeys.open(settings.database, settings.home)
    views = Views.open(settings.database)
    return create_app(
        journeys,
        views,
        secret_key=settings.secret_key,
        development_sign_in=development_sign_in,
    )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise StoreUnavailable(
            f"Nothing can be served on {host}:{port}: {error.strerror}."
        ) from error
    listener.listen(128)
    return listener


def _gunicorn(
    settings: Settings, listener: socket.socket, workers: int, development_sign_in: bool
) -> None:
    # Not at the top: gunicorn cannot be imported where there is no fork.
    from gunicorn.app.base import BaseApplication  # noqa: PLC0415

    class Server(BaseApplication):  # type: ignore[misc]  # gunicorn is untyped
        def load_config(self) -> None:
            os.set_inheritable(listener.fileno(), True)
            chosen: dict[str, Any] = {
                "bind": f"fd://{listener.fileno()}",
                "workers": workers,
                "worker_class": "sync",
                "loglevel": "warning",
                "control_socket_disable": True,
            }
            for name, value in chosen.items():
                self.cfg.set(name, value)

        def load(self) -> Flask:
            return build(settings, development_sign_in)

    Server().run()


def _waitress(settings: Settings, listener: socket.socket, development_sign_in: bool) -> None:
    from waitress.server import create_server  # noqa: PLC0415

    app = build(settings, development_sign_in)
    create_server(app, sockets=[listener]).run()
