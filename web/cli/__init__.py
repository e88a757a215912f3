"""The `journeys` command: every command of the manual, one module per noun."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module

import click

from journeys.errors import Refusal, StoreUnavailable

WRONG_USE = 2
NO_STORE = 3
INTERRUPTED = 130

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
    """The entry point of the installed command."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status; errors go to stderr as one sentence.

    0 done, 1 the answer is no, 2 wrong use, 3 the store is not available.
    """
    try:
        status = cli.main(list(arguments), standalone_mode=False)
    except click.exceptions.Abort:
        return INTERRUPTED
    except click.ClickException as error:
        error.show()
        return WRONG_USE
    except Refusal as refusal:
        click.echo(f"{refusal.code}: {refusal.sentence}", err=True)
        return NO_STORE if isinstance(refusal, StoreUnavailable) else WRONG_USE
    except BrokenPipeError:
        # The reader of a pipe went away; Python would complain again when it flushes.
        sys.stderr.close()
        return 0
    return status if isinstance(status, int) else 0
