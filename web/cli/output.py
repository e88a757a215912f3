"""How commands speak: JSON for programs, tables for people, progress for the patient."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table


class Tell(Protocol):
    """Told how much is done, of how much where that is known, and of what where that changes."""

    def __call__(self, done: int, of: int | None, what: str | None = None, /) -> None:
        """Take note of it."""


json_option = click.option("--json", is_flag=True, help="Answer as JSON, for programs.")


def as_json(value: Any) -> None:
    """Print a value as indented JSON with stable keys."""
    text = msgspec.json.format(msgspec.json.encode(value), indent=2)
    click.echo(text.decode())


def as_json_lines(values: Iterator[Any]) -> None:
    """Print values as JSON, one to a line, while they come."""
    for value in values:
        click.echo(msgspec.json.encode(value).decode())


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table for people; wide enough for a pipe, too."""
    shown = Table(*head, title=title, title_justify="left", show_edge=False, pad_edge=False)
    for row in rows:
        shown.add_row(*("" if value is None else str(value) for value in row))
    Console(width=None if sys.stdout.isatty() else 160, highlight=False).print(shown, markup=False)


def _unseen(_done: int, _of: int | None, _what: str | None = None, /) -> None:
    """Nobody looks."""


@contextmanager
def progress(what: str, *, quiet: bool = False) -> Iterator[Tell]:
    """A progress bar on stderr while something long goes on; nothing where nobody looks."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield _unseen
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(what, total=None)

        def tell(done: int, of: int | None, now: str | None = None, /) -> None:
            bar.update(task, completed=done, total=of, description=now or what)

        yield tell
