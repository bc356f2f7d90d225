"""homectl train: fit the network to recorded logs, to simulated homes, or to both."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

NAME, HELP = "train", "train the network on recorded logs, simulated homes, or both"
EXAMPLE = "homectl train --homes 96 --days 21 --seed 0 --out my-weights"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("logs", nargs="*", type=Path, metavar="LOG.db", help="journals of homes")
    parser.add_argument("--homes", type=int, default=None, help="simulated homes (default: 96 without logs, else 0)")
    parser.add_argument("--days", type=float, default=21.0, help="days of each simulated home (default: %(default)g)")
    parser.add_argument("--seed", type=int, default=0, help="which homes, and the order of chance (default: 0)")
    parser.add_argument("--epochs", type=int, default=4, help="times through the rows (default: %(default)s)")
    parser.add_argument("--processes", type=int, default=2, help="homes recorded at once (default: %(default)s)")
    parser.add_argument("--name", default="own-1", help="what the network is called (default: %(default)s)")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the weights go")
    parser.add_argument("--json", type=Path, default=None, metavar="FILE", help="write what was measured here")


def run(args: Namespace) -> int:
    import json
    import time

    from homectl.cli import expect
    from homectl.cli.progress import shown
    from homectl.home import UsageError
    from homectl.trial.homes import Homes
    from homectl.trial.training import train

    _demand_torch()
    count = args.homes if args.homes is not None else 0 if args.logs else 96
    if count < 0 or (count == 0 and not args.logs):
        raise UsageError(f"--homes: expected some homes or logs to learn from, got {count}; name a log or some homes")
    if count and not 3 <= args.days <= 3660:
        raise UsageError(f"--days: expected 3 to 3660, because the first day is only past, got {args.days:g}")
    if count == 1 and not args.logs:
        raise UsageError("--homes: expected at least 2, because one is held out to judge by, got 1")
    expect.within("--epochs", args.epochs, 1, 1000)
    expect.within("--seed", args.seed, 0, expect.LARGEST_SEED)
    expect.folder("--out", args.out)
    expect.writable("--json", args.json)
    homes = Homes(count, args.days, args.seed, max(1, args.processes)) if count else None
    began = time.monotonic()
    with shown() as progress:
        manifest = train(
            args.logs, homes, args.out, name=args.name, seed=args.seed, epochs=args.epochs, progress=progress
        )
    found = {"data": manifest.data, "metrics": manifest.metrics, "temperatures": manifest.temperatures}
    if args.json is not None:
        timing = {"seconds": round(time.monotonic() - began, 1)}
        args.json.write_text(json.dumps({**found, "timing": timing}, indent=1) + "\n", encoding="utf-8")
    best = min(manifest.metrics["validation"])
    print(f"{args.out}: network {manifest.name}, {manifest.data['rows']} rows, validation loss {best:.3f}.")
    return 0


def _demand_torch() -> None:
    from importlib.util import find_spec

    from homectl.home import UsageError

    if find_spec("torch") is None:
        raise UsageError(
            "training needs PyTorch, which is not installed; install it with: pip install 'homectl[train]'"
        )
