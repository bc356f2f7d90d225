"""What `homectl replay --diff A B` shows: when two policies wish for different things, and who was right."""

from argparse import Namespace
from typing import TYPE_CHECKING, Any

from homectl.cli import on_trial

if TYPE_CHECKING:
    from homectl.cli.on_trial import Recording
    from homectl.replay.differences import Differences

SHOWN = 20
"""Clashes in the table: the longest."""

MEANING = (
    "Minutes of all things to be set. Only A: B has no opinion. Where both wish for something and clash, the one is "
    "right whose wish is what was had, in minutes in which somebody wanted that. --json FILE has every difference."
)


def differences(args: Namespace, log: "Recording") -> None:
    """Replay both, show the counts and the longest differences, and write all of them as JSON if that is asked for."""
    from homectl.cli.progress import shown
    from homectl.replay.differences import Differences, differences_json

    start, end = on_trial.span(args, log)
    one, other = (
        on_trial.trial_of(log, on_trial.policy_named(name, args.logs), start, end, args.autonomy) for name in args.diff
    )
    found = Differences(one, other)
    with shown(quiet=args.quiet) as progress:
        for at in found.run():
            progress(f"comparing {one.policy.name} and {other.policy.name}", (at - start) / (end - start))
    _show(found)
    if args.json:
        args.json.write_text(differences_json(found, {"log": log.about}), encoding="utf-8")


def _show(found: "Differences") -> None:
    terminal, clashes = on_trial.console(), [span for span in found.spans() if span.clash]
    terminal.print(_counts(found))
    longest = sorted(clashes, key=lambda span: -span.minutes())[:SHOWN]
    if longest:
        title = f"{len(clashes):,} clashes" + (f"; the {SHOWN} longest" if len(clashes) > SHOWN else "")
        terminal.print(_longest(found, sorted(longest, key=lambda span: (span.since, span.target)), title))
    terminal.print(MEANING, highlight=False)


def _table(title: str | None, columns: tuple[str, ...], numbers: tuple[str, ...] = ()) -> Any:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        table.add_column(name, justify="right" if name in numbers else "left")
    return table


def _counts(found: "Differences") -> Any:
    columns = ("Minutes", "Alike", "Only A", "Only B", "A right", "B right", "Neither", "Nobody says")
    title = f"A is {found.one.policy.name}, B is {found.other.policy.name}"
    table = _table(title, ("Task", *columns), columns)
    for kind, tally in sorted(found.tallies.items()):
        alone, known = tally.one_alone + tally.other_alone, tally.one_right + tally.other_right + tally.neither
        counts = (tally.minutes, tally.alike, tally.one_alone, tally.other_alone, tally.one_right, tally.other_right)
        others = (tally.neither, tally.minutes - tally.alike - alone - known)
        table.add_row(str(kind), *(f"{count:,}" for count in (*counts, *others)))
    return table


def _longest(found: "Differences", spans: Any, title: str | None) -> Any:
    from datetime import datetime

    from rich.text import Text

    from homectl.replay.differences import in_words
    from homectl.replay.sentences import state

    home = found.one.home
    table = _table(title, ("From", "Minutes", "What", "A says", "B says", "It was", "Right"), ("Minutes",))
    for span in spans:
        local = datetime.fromtimestamp(span.since, home.zone)
        said = (in_words(span.target, span.one), in_words(span.target, span.other), state(span.target, span.had))
        name = Text(home.device(span.target.device).label)
        table.add_row(f"{local:%Y-%m-%d %H:%M}", f"{span.minutes():,}", name, *said, span.right() or "–")
    return table
