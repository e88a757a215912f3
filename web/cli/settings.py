"""`journeys check-config`: are the settings right?"""

from __future__ import annotations

import click

from web.cli.output import as_json, json_option
from web.cli.setting import current_settings


@click.command("check-config")
@json_option
def check_config(json: bool) -> None:
    """Say which settings are in force; name every one that cannot be used."""
    settings = current_settings()
    shown = {
        "database": _without_password(settings.database),
        "home": str(settings.home),
        "secret_key": "set" if settings.secret_key else "not set",
        "origin": settings.origin,
        "tsa_url": settings.tsa_url,
        "oidc": {name: value for name, value in settings.oidc.items() if "secret" not in name},
    }
    if json:
        as_json(shown)
        return
    for name, value in shown.items():
        click.echo(f"{name:12} {value or '-'}")
    if settings.secret_key is None:
        click.echo("JOURNEYS_SECRET_KEY is not set: `journeys serve` needs it.", err=True)


def _without_password(url: str) -> str:
    scheme, _, rest = url.partition("://")
    login, at, place = rest.rpartition("@")
    user = login.partition(":")[0]
    return f"{scheme}://{user}{at}{place}" if at else url
