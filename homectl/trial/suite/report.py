"""What the suite found, for programs (JSON), for the terminal and for the README (Markdown)."""

import sys
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

from homectl.trial.suite.stages import Check, Json, Result, Settings, Table

Results = Mapping[str, Result]

WIDTH = 140
"""Characters of a line that goes to no terminal."""


def as_json(results: Results, settings: Settings) -> Json:
    """All checks, then figures and tables by stage; wall time only in `timing`."""
    return {
        "suite": "quick" if settings.quick else "whole",
        "seeds": list(settings.seeds),
        "checks": [{**check.as_json(), "name": f"{name}: {check.name}"} for name, check in _checks(results)],
        "skipped": {name: result.skipped for name, result in results.items() if result.skipped},
        "figures": {name: _plain(result.figures) for name, result in results.items()},
        "timing": {name: _plain(result.timing) for name, result in results.items()},
    }


def passed(results: Results) -> bool:
    """No check that must be is missed. What was skipped has none."""
    return all(check.ok for _, check in _checks(results))


def verdict(check: Check) -> str:
    if not check.ok:
        return "missed"
    return {True: "reached", False: "aim missed", None: "as it must be"}[check.aimed]


def said(value: str | float | None) -> str:
    """A figure in four digits."""
    if value is None or (isinstance(value, float) and not isfinite(value)):
        return "–"
    return value if isinstance(value, str) else f"{value:.4g}"


def markdown(results: Results, command: str, settings: Settings) -> str:
    """The README's table: every check with the command and the seeds that make it again."""
    seeds = ", ".join(map(str, settings.seeds))
    lines = [
        f"`{command}`, training seeds {seeds}",
        "",
        "| measured | value | must | aim | |",
        "|---|---:|---|---|---|",
    ]
    for name, check in _checks(results):
        bounds = (check.as_json()[bound] or "" for bound in ("must", "aim"))
        lines.append("| " + " | ".join((f"{name}: {check.name}", said(check.value), *bounds, verdict(check))) + " |")
    lines += [f"| {name} | not measured: {r.skipped} | | | |" for name, r in results.items() if r.skipped]
    for result in results.values():
        for table in result.tables:
            lines += ["", *_markdown_of(table)]
    return "\n".join(lines) + "\n"


def _markdown_of(table: Table) -> Iterator[str]:
    yield f"{table.title[:1].upper()}{table.title[1:]}:"
    yield ""
    yield "| " + " | ".join(table.columns) + " |"
    yield "|---|" + "---:|" * (len(table.columns) - 1)
    for row in table.rows:
        yield "| " + " | ".join(map(said, row)) + " |"


def show(results: Results) -> None:
    """On the terminal: each stage's tables, then all checks."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table as Grid

    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    for result in results.values():
        for table in result.tables:
            grid = Grid(title=table.title, title_justify="left", box=SIMPLE_HEAD)
            for place, column in enumerate(table.columns):
                grid.add_column(column, justify="right" if place else "left", no_wrap=not place)
            for row in table.rows:
                grid.add_row(*map(said, row))
            console.print(grid)
    grid = Grid("measured", "value", "must", "aim", "", box=SIMPLE_HEAD)
    for name, check in _checks(results):
        bounds = (check.as_json()[bound] or "" for bound in ("must", "aim"))
        grid.add_row(f"{name}: {check.name}", said(check.value), *bounds, verdict(check))
    console.print(grid)
    for name, result in results.items():
        if result.skipped:
            console.print(f"{name}: not measured: {result.skipped}", highlight=False)


def _checks(results: Results) -> Iterator[tuple[str, Check]]:
    for name, result in results.items():
        for check in result.checks:
            yield name, check


def _plain(value: Any) -> Any:
    """As JSON has it: numbers in six digits, None for what is none."""
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, float):
        return float(f"{value:.6g}") if isfinite(value) else None
    return value
