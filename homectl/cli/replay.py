"""homectl replay: a recorded log through the live decision path, to see what homectl would have done."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from homectl.cli import again, on_trial, publish, recorded
from homectl.cli.reported import Told, Wanted, replayed

if TYPE_CHECKING:
    from homectl.replay.report import Report

NAME, HELP = "replay", "what homectl would have done, beside what people did, in a recorded log"
EXAMPLE = "homectl replay log.csv.gz --home auto --from 2024-01-01 --to 2024-02-01 --report report.html"

POLICIES = "base|own|rules|DIR"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("logs", nargs="+", type=Path, metavar="LOG", help=recorded.LOG)
    who = parser.add_mutually_exclusive_group()
    own = "own: what the home whose journal this is has made of its days"
    who.add_argument("--policy", default="base", metavar=POLICIES, help=f"who decides (base); {own}")
    who.add_argument("--diff", nargs=2, metavar=("A", "B"), help="when two of these policies wish for different things")
    on_trial.arguments(parser)
    parser.add_argument("--report", type=Path, metavar="FILE", help="write a page (.html) or a text (.md) for people")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report as JSON; the same bytes every time")
    parser.add_argument("--decisions", type=Path, metavar="FILE.parquet", help="write every decision as Parquet")
    parser.add_argument("--timing", action="store_true", help="put the time it took into the JSON")
    recorded.arguments(parser)
    publish.arguments(parser)
    again.arguments(parser)


def run(args: Namespace) -> int:
    import time

    _check(args)
    if args.again:
        return again.compare(args)
    if args.publish:
        return publish.published(args)
    began = time.perf_counter()
    log = on_trial.recording(args)
    ready = time.perf_counter()
    if args.diff:
        from homectl.cli.diff import differences

        differences(args, log)
        return 0
    start, end = on_trial.span(args, log)
    policy = on_trial.policy_named(args.policy, args.logs)
    trial = on_trial.trial_of(log, policy, start, end, args.autonomy)

    told = Told(notes=on_trial.taught(trial), log=on_trial.read_in_words(log.about, log.reasons))
    shown = replayed(trial, Wanted(page=args.report, decisions=args.decisions), told, quiet=args.quiet)
    done = time.perf_counter()
    _show(shown, told)
    if args.json:
        from homectl.replay.report import as_json

        timing = {"read_seconds": round(ready - began, 2), "replay_seconds": round(done - ready, 2)}
        content = as_json(shown, {"log": log.about, **({"timing": timing} if args.timing else {})})
        args.json.write_text(content, encoding="utf-8")
    return 0


def _check(args: Namespace) -> None:
    """UsageError for what cannot work, before any work begins."""
    from homectl.cli import expect, reported
    from homectl.home import UsageError

    for name in args.diff or [args.policy]:
        expect.policy("--diff" if args.diff else "--policy", name, "own")
    for option in ("json", "write_home", "report", "decisions"):
        expect.writable(f"--{option.replace('_', '-')}", getattr(args, option))
    if args.diff and (args.report or args.decisions):
        raise UsageError("--diff: expected no --report and no --decisions, which are of one policy; leave them out")
    reported.check(args.report, args.decisions)
    if "own" in (args.diff or [args.policy]):
        from homectl.policies import own_of

        own_of(args.logs)


def _show(report: "Report", told: Told) -> None:
    from homectl.replay.table import as_table, legend

    console = on_trial.console()
    console.print(as_table(report))
    for line in [*told.notes, *legend(report), *told.log]:
        console.print(line, highlight=False, markup=False)
