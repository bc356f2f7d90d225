"""homectl evaluate: the network beside what a household could use instead, on homes it has never seen."""

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from homectl.trial.suite.stages import Settings
    from models.evaluate import Figures

NAME, HELP = "evaluate", "compare the network with what a household could use instead, on homes it has never seen"
EXAMPLE = "homectl evaluate --suite --quick --json figures.json"

HEADINGS = {
    "log_loss": "loss",
    "level_error": "level error",
    "change_precision": "changes AP",
    "changes_per_day": "made a day",
    "proposed_per_day": "asked a day",
    "proposed_precision": "right",
}


def arguments(parser: ArgumentParser) -> None:
    what = parser.add_argument_group("what is compared (default: forecasts in unseen simulated homes)")
    one = what.add_mutually_exclusive_group()
    one.add_argument("--suite", action="store_true", help="everything that is claimed, stage by stage, as checks")
    one.add_argument("--closed-loop", action="store_true", help="policies in charge of unseen simulated homes")
    what.add_argument("--policy", type=Path, default=None, metavar="DIR", help="weights (default: the shipped ones)")
    what.add_argument("--processes", type=int, default=2, help="homes or stages' parts at once (default: %(default)s)")
    what.add_argument("--json", type=Path, default=None, metavar="FILE", help="write the figures here")
    homes = parser.add_argument_group("without --suite")
    homes.add_argument("--homes", type=int, default=None, help="simulated homes (default: 8; in charge: 20)")
    homes.add_argument("--days", type=float, default=None, help="days judged, after a past (default: 7; in charge: 14)")
    homes.add_argument("--seed", type=int, default=0, help="which homes (default: 0)")
    homes.add_argument("--policies", nargs="+", default=None, metavar="NAME", help="who is in charge (default: six)")
    suite = parser.add_argument_group("with --suite")
    suite.add_argument("--quick", action="store_true", help="a tenth of the work, in ten minutes")
    suite.add_argument("--only", action="append", default=None, metavar="STAGE", help="this stage, and what it needs")
    suite.add_argument("--cache", type=Path, default=None, metavar="DIR", help="keep results and unfinished work here")
    suite.add_argument("--data", type=Path, default=None, metavar="DIR", help="logs of real homes (../shared/data)")
    suite.add_argument("--journals", type=Path, default=None, metavar="DIR", help="simulated homes recorded before")
    suite.add_argument("--pictures", type=Path, default=None, metavar="DIR", help="draw what was found here")
    suite.add_argument("--table", type=Path, default=None, metavar="FILE", help="write the README's table here")


def run(args: Namespace) -> int:
    from homectl.cli import expect
    from homectl.home import UsageError

    _fit(args)
    homes, days = (20, 14.0) if args.closed_loop else (8, 7.0)
    args.homes, args.days = (homes if args.homes is None else args.homes, days if args.days is None else args.days)
    if args.homes < 1 or not 1 <= args.days <= 3660:
        raise UsageError(f"expected at least one home and 1 to 3660 days, got {args.homes} and {args.days:g}")
    expect.within("--seed", args.seed, 0, expect.LARGEST_SEED)
    expect.writable("--json", args.json)
    if args.policy is not None:
        expect.policy("--policy", str(args.policy))
    if args.suite:
        return _suite(args)
    return _closed_loop(args) if args.closed_loop else _compare(args)


def _fit(args: Namespace) -> None:
    """UsageError for an option that what is compared has no use for."""
    from homectl.home import UsageError

    suite = {"--quick": args.quick or None} | {
        f"--{name}": getattr(args, name) for name in ("only", "cache", "data", "journals", "pictures", "table")
    }
    homes = {"--homes": args.homes, "--days": args.days, "--policies": args.policies}
    idle = homes if args.suite else suite if args.closed_loop else suite | {"--policies": args.policies}
    given = [name for name, value in idle.items() if value is not None]
    if given:
        asked = (
            "--suite" if args.suite else "--closed-loop" if args.closed_loop else "neither --suite nor --closed-loop"
        )
        raise UsageError(f"expected options that fit what is compared, got {given[0]} with {asked}; leave it out")


def _suite(args: Namespace) -> int:
    from homectl.cli import expect
    from homectl.cli.progress import shown
    from homectl.trial.suite import report
    from homectl.trial.suite.running import STAGES, Suite, stage_of

    expect.writable("--table", args.table)
    for option in ("cache", "pictures"):
        if getattr(args, option) is not None:
            expect.folder(f"--{option}", getattr(args, option))
    stages = [stage_of(name) for name in args.only or STAGES]
    settings = _settings(args)
    with shown() as progress:
        suite = Suite(settings, progress)
        for stage in stages:
            suite.run(stage)
    report.show(suite.results)
    if args.pictures is not None:
        from homectl.trial.suite.pictures import draw

        for file in draw(suite.results, args.pictures):
            print(f"drew {file}")
    _write(args.json, report.as_json(suite.results, settings))
    if args.table is not None:
        command = "homectl evaluate --suite" + " --quick" * args.quick
        args.table.write_text(report.markdown(suite.results, command, settings), encoding="utf-8")
    return 0 if report.passed(suite.results) else 1


def _settings(args: Namespace) -> "Settings":
    import os

    from homectl.trial.suite.sources import ROOT
    from homectl.trial.suite.stages import Settings

    beside = ROOT.parent / "shared" / "data"
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Settings(
        cache=args.cache or caches / "homectl" / "suite",
        quick=args.quick,
        seeds=(0,) if args.quick else (0, 1, 2),
        processes=max(1, args.processes),
        checkpoint=args.policy,
        data=args.data or (beside if beside.is_dir() else None),
        journals=args.journals,
    )


def _closed_loop(args: Namespace) -> int:
    import time

    from homectl.cli.progress import shown
    from homectl.home import UsageError
    from homectl.trial import contest
    from homectl.trial.suite import report
    from homectl.trial.suite.stages import Result

    known = (*contest.POLICIES, contest.OWN)
    policies = tuple(args.policies or contest.POLICIES)
    if odd := [name for name in policies if name not in known]:
        raise UsageError(f"--policies: expected some of {', '.join(known)}, got {odd[0]!r}")
    asked = contest.Contest(homes=args.homes, days=args.days, seed=args.seed, policies=policies, checkpoint=args.policy)
    began = time.monotonic()
    with shown() as progress:
        accounts = contest.compete(asked, max(1, args.processes), progress)
    figures = contest.figures(accounts)
    beside = contest.table(figures, f"in charge of {asked.homes} unseen homes for {asked.days:g} days")
    found = {"closed loop": Result(checks=contest.checks(accounts), figures=figures, tables=(beside,))}
    report.show(found)
    about = {"homes": args.homes, "days": args.days, "seed": args.seed, "policies": list(policies)}
    told = {**about, "figures": figures, "timing": _seconds(began)}
    _write(args.json, {**told, "checks": [check.as_json() for check in found["closed loop"].checks]})
    return 0 if report.passed(found) else 1


def _compare(args: Namespace) -> int:
    import time

    from homectl.cli.progress import shown
    from homectl.trial.homes import Homes
    from homectl.trial.unseen import compare
    from models.evaluate import checks
    from models.policy import NetworkPolicy

    network = NetworkPolicy.load(args.policy).name
    began = time.monotonic()
    with shown() as progress:
        found = compare(Homes(args.homes, args.days, args.seed, max(1, args.processes)), args.policy, progress)
    verdicts = checks(found, network)
    _print(found, verdicts)
    about = {"homes": args.homes, "days": args.days, "seed": args.seed, "policy": network}
    figures = {p: {k: _rounded(v) for k, v in kinds.items()} for p, kinds in sorted(found.items())}
    _write(args.json, {**about, "figures": figures, "checks": verdicts, "timing": _seconds(began)})
    return 0


def _write(file: Path | None, content: Mapping[str, Any]) -> None:
    import json

    if file is not None:
        file.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _seconds(began: float) -> dict[str, float]:
    import time

    return {"seconds": round(time.monotonic() - began, 1)}


def _rounded(figures: dict[str, float]) -> dict[str, float | None]:
    return {name: round(value, 6) if value == value else None for name, value in figures.items()}


def _print(found: "Figures", verdicts: list[dict[str, object]]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    for kind in ("light", "setpoint", "lock"):
        table = Table(title=kind, title_justify="left")
        table.add_column("policy", no_wrap=True)
        names = next(iter(found.values())).get(kind, {})
        for name in names:
            table.add_column(HEADINGS.get(name, name), justify="right")
        for policy, kinds in found.items():
            values = kinds.get(kind, {})
            table.add_row(policy, *("–" if v != v else f"{v:.3g}" for v in values.values()))
        console.print(table)
    for verdict in verdicts:
        mark = "fine" if verdict["ok"] else "short"
        console.print(f"{mark:5}  {verdict['name']}: {verdict['value']}, must be {verdict['must']}", highlight=False)
