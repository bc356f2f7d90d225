"""homectl evaluate: the network beside what a household could use instead, on homes it has never seen."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.evaluate import Figures

NAME, HELP = "evaluate", "compare the network with persistence, habit and rules on unseen simulated homes"
EXAMPLE = "homectl evaluate --homes 8 --days 7 --json figures.json"


HEADINGS = {
    "log_loss": "loss",
    "level_error": "level error",
    "change_precision": "changes AP",
    "changes_per_day": "made a day",
    "proposed_per_day": "asked a day",
    "proposed_precision": "right",
}


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--homes", type=int, default=8, help="simulated homes (default: %(default)s)")
    parser.add_argument("--days", type=float, default=7.0, help="days judged, after a week of past (default: 7)")
    parser.add_argument("--seed", type=int, default=0, help="which homes (default: 0)")
    parser.add_argument("--processes", type=int, default=2, help="homes judged at once (default: %(default)s)")
    parser.add_argument("--policy", type=Path, default=None, metavar="DIR", help="weights (default: the shipped ones)")
    parser.add_argument("--json", type=Path, default=None, metavar="FILE", help="write the figures here")


def run(args: Namespace) -> int:
    import json
    import time

    from homectl.cli import expect
    from homectl.cli.progress import shown
    from homectl.home import UsageError
    from homectl.trial.homes import Homes
    from homectl.trial.unseen import compare
    from models.evaluate import checks
    from models.policy import NetworkPolicy

    if args.homes < 1 or not 1 <= args.days <= 3660:
        raise UsageError(f"expected at least one home and 1 to 3660 days, got {args.homes} and {args.days:g}")
    expect.within("--seed", args.seed, 0, expect.LARGEST_SEED)
    expect.writable("--json", args.json)
    if args.policy is not None:
        expect.policy("--policy", str(args.policy))
    network = NetworkPolicy.load(args.policy).name
    began = time.monotonic()
    with shown() as progress:
        found = compare(Homes(args.homes, args.days, args.seed, max(1, args.processes)), args.policy, progress)
    verdicts = checks(found, network)
    _print(found, verdicts)
    if args.json is not None:
        about = {"homes": args.homes, "days": args.days, "seed": args.seed, "policy": network}
        timing = {"seconds": round(time.monotonic() - began, 1)}
        figures = {p: {k: _rounded(v) for k, v in kinds.items()} for p, kinds in sorted(found.items())}
        said = {**about, "figures": figures, "checks": verdicts, "timing": timing}
        args.json.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    return 0


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
