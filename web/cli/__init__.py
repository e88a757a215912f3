"""The `journeys` command: every command of the manual, one module per noun."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from journeys.errors import Refusal, StoreUnavailable

WRONG_USE = 2
NO_STORE = 3

COMMANDS = {
    "demo": "web.cli.demo:demo",
    "init": "web.cli.store:init",
    "serve": "web.cli.demo:serve",
    "status": "web.cli.store:status",
    "check-config": "web.cli.settings:check_config",
    "import": "web.cli.intake:import_",
    "history": "web.cli.household:history",
    "catch-up": "web.cli.views:catch_up",
    "rebuild": "web.cli.views:rebuild",
    "verify": "web.cli.store:verify",
    "bench": "web.cli.bench:bench",
}
"""Where each command lies, in the order in which a newcomer meets them."""


class Manual(click.Group):
    """Reads a command's module when the command is asked for: a short answer starts at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # as click asks
        """The names, in the order of `COMMANDS`."""
        return list(COMMANDS)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002  # as click asks
        cmd_name: str,
    ) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command


@click.group(cls=Manual, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="household-journeys", prog_name="journeys")
def cli() -> None:
    """Household Journeys: what was true, who knew it, when, and under which rule."""


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
