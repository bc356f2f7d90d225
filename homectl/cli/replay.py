"""homectl replay: a recorded log through the live decision path, to see what homectl would have done."""

from argparse import ArgumentParser, Namespace
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from homectl.cli import again, publish, recorded

if TYPE_CHECKING:
    from homectl.captures import BridgeInterpreter
    from homectl.home import Home
    from homectl.journal.readers.areas_from_log import Guess
    from homectl.journal.readers.rows import Tally
    from homectl.replay.engine import Trial
    from homectl.replay.report import Report

NAME, HELP = "replay", "what homectl would have done, beside what people did, in a recorded log"
EXAMPLE = "homectl replay log.csv.gz --home auto --from 2024-01-01 --to 2024-02-01 --json report.json"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("logs", nargs="+", type=Path, metavar="LOG", help=recorded.LOG)
    parser.add_argument("--policy", default="base", metavar="base|rules|DIR", help="who decides (base)")
    parser.add_argument("--from", dest="start", metavar="DATE", help="first day, in the home's time zone")
    parser.add_argument("--to", dest="end", metavar="DATE", help="the day before which it ends")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report as JSON; the same bytes every time")
    parser.add_argument("--timing", action="store_true", help="put the time it took into the JSON")
    recorded.arguments(parser)
    publish.arguments(parser)
    again.arguments(parser)


def run(args: Namespace) -> int:
    import time

    from homectl.cli import expect

    expect.policy("--policy", args.policy)
    expect.writable("--json", args.json)
    expect.writable("--write-home", args.write_home)
    if args.again:
        return again.compare(args)
    began = time.perf_counter()
    speaker = recorded.interpreter(args)
    guess = recorded.home_of(args.home, args.logs, args.timezone, speaker)
    if args.publish:
        return _publish(args, guess, speaker)
    if args.write_home:
        args.write_home.write_text(recorded.home_yaml(guess), encoding="utf-8")
    trial, about = _trial(args, guess.home, speaker)
    read = time.perf_counter()
    report = _replayed(trial, quiet=args.quiet)
    done = time.perf_counter()
    timing = {"read_seconds": round(read - began, 2), "replay_seconds": round(done - read, 2)}
    _show(report, guess.reasons, about)
    if args.json:
        from homectl.replay.report import as_json

        content = as_json(report, {"log": about, **({"timing": timing} if args.timing else {})})
        args.json.write_text(content, encoding="utf-8")
    return 0


def _publish(args: Namespace, guess: "Guess", speaker: "BridgeInterpreter") -> int:
    """The log as its devices spoke, on a broker."""
    from homectl.home import LogError
    from homectl.journal import Journal
    from simulator.recording import on_air

    with Journal.in_memory() as journal:
        recorded.take_in(journal, args.logs, guess.home, speaker, quiet=args.quiet)
        first, last = journal.oldest(), journal.newest()
        if not last:
            raise LogError(f"{args.logs[0]}: expected readings of the home's devices, got none; check --home")
        home = on_air(guess.home, journal.signals)
        publish.root_of(args, home)
        if args.write_home:
            args.write_home.write_text(recorded.home_yaml(replace(guess, home=home)), encoding="utf-8")
        start, end = max(first, _day(args.start, home, first)), min(last, _day(args.end, home, last))
        _expect_days(start, end, first, last)
        return publish.play(args, home, journal.in_order(end=end + 0.001), start, end)


def _trial(args: Namespace, home: "Home", speaker: "BridgeInterpreter") -> "tuple[Trial, dict[str, Any]]":
    """The log in memory as a trial, and what of it was read."""
    from homectl.control.limits import Limits
    from homectl.control.rules import Rules
    from homectl.home import LogError
    from homectl.journal import Journal
    from homectl.journal.readers.any_log import modes
    from homectl.policies import policy_of
    from homectl.replay.engine import Trial

    limits = Limits()
    policy = policy_of(args.policy, limits)
    with Journal.in_memory() as journal:
        tallies = recorded.take_in(journal, args.logs, home, speaker, quiet=args.quiet)
        history = journal.history()
    if not history.tracks:
        raise LogError(f"{args.logs[0]}: expected readings of the home's devices, got none; check --home")
    first = min(float(track.times[0]) for track in history.tracks.values() if len(track))
    last = history.newest() + 0.001  # with the last reading
    start, end = max(first, _day(args.start, home, first)), min(last, _day(args.end, home, last))
    trial = Trial(
        home=home,
        history=history,
        policy=policy,
        fallback=Rules(limits),
        limits=limits,
        start=start,
        end=end,
        modes=modes(args.logs),
    )
    _expect_days(start, end, first, last)
    return trial, _read(list(tallies.values()))


def _expect_days(start: float, end: float, first: float, last: float) -> None:
    from homectl.home import UsageError
    from homectl.replay.report import iso

    if end <= start:
        raise UsageError(f"expected days from {iso(first)} to {iso(last)}; choose --from and --to there")


def _day(text: str | None, home: "Home", default: float) -> float:
    from datetime import datetime

    from homectl.home import UsageError

    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=home.zone).timestamp() if text else default
    except (ValueError, OverflowError):
        raise UsageError(f"expected a day such as 2024-01-31, got {text!r}") from None


def _read(tallies: "list[Tally]") -> "dict[str, Any]":
    """What became of the rows of all logs together."""
    total: dict[str, Any] = {"rows": 0, "taken": 0, "repeated": 0, "skipped": {}, "left_alone": {}}
    total["broken_files"] = sum(tally.broken for tally in tallies)
    for tally in tallies:
        for name in ("rows", "taken", "repeated"):
            total[name] += getattr(tally, name)
        for name in ("skipped", "left_alone"):
            for reason, number in sorted(getattr(tally, name).items()):
                known = total[name].setdefault(reason, {"rows": 0, "first_line": tally.first[reason]})
                known["rows"] += number
    return total


def _replayed(trial: "Trial", *, quiet: bool) -> "Report":
    from homectl.cli.progress import shown
    from homectl.replay.report import Report

    report = Report(trial)
    with shown(quiet=quiet) as progress:
        for at in report.run():
            progress(f"replaying {trial.policy.name}", (at - trial.start) / (trial.end - trial.start))
    return report


def _show(report: "Report", reasons: dict[str, str], about: "dict[str, Any]") -> None:
    from rich.console import Console

    from homectl.replay.table import as_table, legend

    console = Console()
    if not console.is_terminal:
        console = Console(width=120)
    console.print(as_table(report))
    for line in legend(report):
        console.print(line, highlight=False, markup=False)
    skipped = ", ".join(f"{v['rows']:,} {k} (first in line {v['first_line']:,})" for k, v in about["skipped"].items())
    alone = sorted(name for name, why in reasons.items() if why.startswith("switch, left alone"))
    for text in (
        f"Read {about['taken']:,} of {about['rows']:,} rows, {about['repeated']:,} of them twice.",
        f"Skipped: {skipped}." if skipped else "",
        f"{about['broken_files']} of the files break off or are damaged." if about["broken_files"] else "",
        f"Switches left alone, as nothing says that they are lamps: {', '.join(alone)}." if alone else "",
    ):
        if text:
            console.print(text, highlight=False, markup=False)
