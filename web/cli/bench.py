"""`journeys bench`: the figures of the product on this machine, beside its peers'."""

from __future__ import annotations

from importlib import import_module

import click

from journeys.errors import WrongSetting
from web.cli.output import json_option


@click.command()
@click.argument("figures", nargs=-1)
@click.option("--events", default=1_000_000, show_default=True, help="Size of the large store.")
@click.option("--rounds", default=5, show_default=True, help="Rounds of each contender, in turn.")
@json_option
def bench(figures: tuple[str, ...], events: int, rounds: int, json: bool) -> None:
    """Measure FIGURES (P1, P2, …; all without a name), contenders side by side in one run."""
    try:
        runner = import_module("benchmarks.run")
    except ModuleNotFoundError as error:
        raise WrongSetting(
            f"The benchmarks are in the source tree, and «{error.name}» is not installed: "
            "run `make bench` there."
        ) from error
    runner.run(figures, events=events, rounds=rounds, json=json)
