"""Showing what was measured: tables for people, JSON for programs."""

from __future__ import annotations

import msgspec
from rich.console import Console
from rich.table import Table as Grid

from benchmarks.harness import Table
from benchmarks.machine import Machine


class Report(msgspec.Struct, frozen=True):
    """All that one run measured, and on what."""

    machine: Machine
    seed: int
    events: int
    rounds: int
    tables: list[Table]


def as_json(report: Report) -> str:
    """The report as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(report), indent=2).decode()


def show(report: Report) -> None:
    """Print the report on the terminal."""
    console = Console()
    machine = report.machine
    console.print(
        f"{machine.cpu}, {machine.cores} cores, {machine.memory_gib} GiB, {machine.system}; "
        f"Python {machine.python}, SQLite {machine.sqlite}, "
        f"PostgreSQL {machine.postgresql or '(not used)'}; fsync {machine.fsync_us} µs. "
        f"{report.events:,} events, seed {report.seed}, {report.rounds} rounds.",
        highlight=False,
    )
    console.print("Peers: " + ", ".join(f"{n} {v}" for n, v in machine.peers.items()) + ".")
    if machine.absent:
        console.print(f"Not installed: {', '.join(machine.absent)}.")
    for table in report.tables:
        _show(console, table)


def _show(console: Console, table: Table) -> None:
    console.print(f"\n[bold]{table.figure}[/] {table.title}", highlight=False)
    if table.lines:
        grid = Grid("contender", table.unit, "lowest", "highest")
        for column in grid.columns[1:]:
            column.justify = "right"
        for line in table.lines:
            grid.add_row(line.contender, *map(_number, (line.median, line.lowest, line.highest)))
        console.print(grid)
    if table.verdicts:
        grid = Grid("compared", "measured", "goal", "met")
        for verdict in table.verdicts:
            met = "[green]yes[/]" if verdict.met else "[red]no[/]"
            grid.add_row(verdict.what, f"{verdict.measured:.2f}", verdict.goal, met)
        console.print(grid)
    for remark in table.remarks:
        console.print(remark, style="dim", highlight=False)


def _number(rate: float) -> str:
    return f"{rate:,.0f}" if rate >= 100 else f"{rate:,.2f}"
