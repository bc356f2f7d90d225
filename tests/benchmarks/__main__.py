"""python -m tests.benchmarks: a table of what homectl costs on this machine, and with --json the checks as a file."""

import argparse
import json
import os
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from homectl.bridge.broker import MosquittoBroker, available
from tests.benchmarks import frames, latency, learning, page, replaying, speed
from tests.benchmarks.checks import Check


def main() -> int:
    """0 when nothing that must be is missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--commands", type=int, default=300, help="light commands to time per policy (default: 300)")
    parser.add_argument("--within", type=float, default=120.0, help="seconds to wait for them (default: 120)")
    parser.add_argument("--watched", type=float, default=10.0, help="seconds to watch the page for (default: 10)")
    parser.add_argument("--policy", choices=sorted(latency.AIMS), action="append", help="default: all of them")
    parser.add_argument("--json", type=Path, default=None, metavar="FILE", help="write the checks there")
    args = parser.parse_args()
    console = Console()
    figures, timing = speed.checks(decisions=300)
    console.print("measuring what learning costs …", highlight=False)
    more, spent = learning.checks()
    figures, timing = figures + more, timing | spent
    console.print("measuring what replaying costs …", highlight=False)
    more, spent = replaying.checks()
    figures, timing = figures + more, timing | spent
    console.print("measuring what the page costs …", highlight=False)
    more, spent = page.checks(args.watched)
    figures, timing = figures + more, timing | spent
    more, spent = frames.checks(args.watched / 2)
    figures, timing = figures + more, timing | spent
    if MosquittoBroker in available():
        for policy in args.policy or sorted(latency.AIMS, reverse=True):
            console.print(f"measuring latency with policy {policy}, up to {args.within:g} s …", highlight=False)
            more, spent = latency.checks(policy, args.commands, args.within)
            figures, timing = figures + more, timing | spent
    else:
        console.print("latency was not measured: MosquittoBroker is not installed on this machine")
    timing |= {"load average": round(os.getloadavg()[0], 2)}
    console.print(_table(figures))
    for name, value in timing.items():
        console.print(f"  {name}: {value:g}", highlight=False)
    if args.json is not None:
        content = {"checks": [check.as_json() for check in figures], "timing": timing}
        args.json.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0 if all(check.ok for check in figures) else 1


def _table(figures: list[Check]) -> Table:
    table = Table("measured", "value", "must", "aim", "")
    for check in figures:
        value = check.why or "–" if check.value is None else f"{check.value:.4g}"
        bounds = ["" if bound is None else f"{check.better} {bound:g}" for bound in (check.must, check.aim)]
        verdict = "missed" if not check.ok else {True: "reached", False: "aim missed", None: ""}[check.aimed]
        table.add_row(check.name, value, *bounds, verdict)
    return table


if __name__ == "__main__":
    sys.exit(main())
