"""The `journeys` command: every command of the manual, one module per noun."""

from __future__ import annotations

import sys

import click

from journeys.errors import Refusal, StoreUnavailable
from web.cli import bench, demo, household, intake, settings, store, views

ANSWER_IS_NO = 1
WRONG_USE = 2
NO_STORE = 3


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="household-journeys", prog_name="journeys")
def cli() -> None:
    """Household Journeys: what was true, who knew it, when, and under which rule."""


for module in (store, settings, household, intake, views, demo, bench):
    for command in module.COMMANDS:
        cli.add_command(command)


def main() -> None:
    """Run the command line. Errors go to stderr as one sentence with a code.

    Exit status: 0 done, 1 the answer is no, 2 wrong use, 3 the store is not available.
    """
    try:
        status = cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(WRONG_USE)
    except Refusal as refusal:
        click.echo(f"{refusal.code}: {refusal.sentence}", err=True)
        sys.exit(NO_STORE if isinstance(refusal, StoreUnavailable) else WRONG_USE)
    except BrokenPipeError:
        # The reader of a pipe went away; Python would complain again when it flushes.
        sys.stderr.close()
        sys.exit(0)
    sys.exit(status if isinstance(status, int) else 0)
