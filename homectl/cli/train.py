"""homectl train: fit the network to recorded logs, to simulated homes, or to both."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from homectl.trial.homes import Homes
    from models.train import Recipe

NAME, HELP = "train", "train the network on recorded logs, simulated homes, or both"
EXAMPLE = "homectl train --homes 240 --days 42 --seed 0 --out my-weights"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("logs", nargs="*", type=Path, metavar="LOG.db", help="journals of homes")
    parser.add_argument("--homes", type=int, default=None, help="simulated homes (default: 240 without logs, else 0)")
    parser.add_argument("--days", type=float, default=42.0, help="days of each simulated home (default: %(default)g)")
    parser.add_argument("--seed", type=int, default=0, help="which homes, and the order of chance (default: 0)")
    parser.add_argument("--out", type=Path, default=None, metavar="DIR", help="where the weights go")
    parser.add_argument("--name", default="own-1", help="what the network is called (default: %(default)s)")
    onward = "weights to train further; base: those that come with homectl"
    parser.add_argument("--from", type=Path, default=None, metavar="base|DIR", dest="start", help=onward)
    parser.add_argument("--resume", action="store_true", help="go on with the interrupted training in --out")
    recipe = parser.add_argument_group("recipe")
    recipe.add_argument("--epochs", type=int, default=None, help="times through the rows (default: the recipe's own)")
    recipe.add_argument("--architecture", default=None, help="homenet, or the textbook net to compare it with")
    recipe.add_argument("--balance", default=None, help="sum (default), plain, uw, pcgrad, imtl-g or upgrad")
    recipe.add_argument("--search", type=int, default=0, metavar="N", help="search for a better one in N trials")
    parser.add_argument(
        "--asked", type=int, default=0, metavar="HOMES", help="simulated homes to say how welcome its changes are"
    )
    parser.add_argument("--threads", type=int, default=1, help="processors to train on (default: %(default)s)")
    parser.add_argument("--processes", type=int, default=2, help="homes recorded at once (default: %(default)s)")
    parser.add_argument("--curves", type=Path, default=None, metavar="PNG", help="draw the learning curves here")
    parser.add_argument("--json", type=Path, default=None, metavar="FILE", help="write what was measured here")
    parser.add_argument(
        "--compare-balance", action="store_true", help="compare the schemes of --balance; needs no --out"
    )
    parser.add_argument("--seeds", type=int, default=3, help="trainings of each scheme compared (default: %(default)s)")


def polite(_args: Namespace) -> bool:
    """It shares the machine with a home."""
    return True


def run(args: Namespace) -> int:
    from homectl.policies import checkpoint_of

    _demand("torch", "train", "training needs PyTorch")
    if args.start is not None:
        args.start = checkpoint_of(str(args.start))
    _check(args)
    return _compare(args) if args.compare_balance else _train(args)


def _check(args: Namespace) -> None:
    """UsageError for what cannot work, before any work begins."""
    from homectl.cli import expect
    from homectl.home import UsageError

    if args.homes is None:
        args.homes = 0 if args.logs else 240
    if args.homes < 0 or (args.homes == 0 and not args.logs):
        raise UsageError(f"--homes: expected some homes or logs to learn from, got {args.homes}; name a log or homes")
    if args.homes and not 3 <= args.days <= 3660:
        raise UsageError(f"--days: expected 3 to 3660, because the first day is only past, got {args.days:g}")
    if args.homes == 1 and not args.logs:
        raise UsageError("--homes: expected at least 2, because one is held out to judge by, got 1")
    for option, most in (("epochs", 1000), ("threads", 1024), ("processes", 1024), ("seeds", 100)):
        expect.within(f"--{option}", getattr(args, option), 1, most)
    expect.within("--search", args.search, 0, 10_000)
    expect.within("--asked", args.asked, 0, 10_000)
    expect.within("--seed", args.seed, 0, expect.LARGEST_SEED)
    if args.out is not None:
        expect.folder("--out", args.out)
    elif not args.compare_balance:
        raise UsageError("--out: expected a folder for the weights, got none; name one")
    if args.search and args.start is not None:
        raise UsageError(
            "--search: expected a fresh network, got --from, whose shape is settled; leave one of them out"
        )
    for option in ("json", "curves"):
        expect.writable(f"--{option}", getattr(args, option))
    if args.search:
        _demand("optuna", "search", "a search needs Optuna")
    if args.curves is not None:
        _demand("matplotlib", "evaluate", "a picture needs Matplotlib")


def _demand(library: str, extra: str, what: str) -> None:
    from importlib.util import find_spec

    from homectl.home import UsageError

    if find_spec(library) is None:
        raise UsageError(f"{what}, which is not installed; install it with: pip install 'homectl[{extra}]'")


def _train(args: Namespace) -> int:
    import sys
    import time

    from homectl.cli.progress import shown
    from homectl.trial.training import Order, train

    order = Order(
        out=args.out,
        recipe=_recipe(args),
        name=args.name,
        logs=tuple(args.logs),
        homes=_homes(args),
        start=args.start,
        trials=args.search,
        asked=args.asked,
        resume=args.resume,
    )
    began = time.monotonic()
    try:
        with shown() as progress:
            manifest, trained = train(order, progress)
    except KeyboardInterrupt:
        print(f"homectl: interrupted; the same command with --resume goes on in {args.out}", file=sys.stderr)
        raise
    if args.curves is not None:
        from models.curves import draw

        draw(trained, args.curves)
    found = {"data": manifest.data, "metrics": manifest.metrics, "temperatures": manifest.temperatures}
    _write(args.json, {**found, "checks": []}, time.monotonic() - began)
    if trained.unlabelled:
        print(f"No usable label for {', '.join(trained.unlabelled)}: not learned; everything else is.")
    if args.search:
        changes = ", ".join(f"{name} {round(value, 5)}" for name, value in manifest.metrics.get("searched", {}).items())
        print(f"Best recipe of {args.search} trials: {changes or 'the one it began with'}.")
    best = min(trained.before, *trained.validation)
    print(f"{args.out}: network {manifest.name}, {manifest.data['rows']} rows, validation loss {best:.3f}.")
    return 0


def _compare(args: Namespace) -> int:
    import time
    from dataclasses import replace

    from homectl.cli.progress import shown
    from homectl.home import UsageError
    from homectl.trial.ablation import RECIPE, available, compare, figures, split, table

    homes = _homes(args)
    if homes is None or args.logs:
        raise UsageError("--compare-balance: expected simulated homes alone; leave the logs out and give --homes")
    began = time.monotonic()
    schemes, missing = available()
    recipe = replace(RECIPE, threads=args.threads, epochs=args.epochs or RECIPE.epochs)
    with shown() as progress:
        runs = compare(split(homes, progress), schemes, range(args.seeds), recipe, progress)
    print("\n".join([*missing, *table(runs)]))
    _write(args.json, {"figures": figures(runs), "checks": []}, time.monotonic() - began)
    return 0


def _recipe(args: Namespace) -> "Recipe":
    """The recipe of the architecture, or of fine-tuning, with what the options change. UsageError for unknown names."""
    from dataclasses import replace

    from homectl.home import UsageError
    from models import checkpoint
    from models.balance import balance_of
    from models.train import FINE, RECIPES

    architecture = args.architecture or "homenet"
    if args.start is not None:
        architecture = checkpoint.read(args.start)[1].architecture
        if args.architecture not in (None, architecture):
            raise UsageError(f"--architecture: expected that of --from, {architecture}, got {args.architecture}")
    if architecture not in RECIPES:
        raise UsageError(f"--architecture: expected one of {', '.join(RECIPES)}, got {architecture!r}")
    own = RECIPES[architecture] if args.start is None else replace(FINE, architecture=architecture)
    recipe = replace(
        own,
        seed=args.seed,
        threads=args.threads,
        epochs=args.epochs or own.epochs,
        balance=args.balance or own.balance,
    )
    balance_of(recipe.balance, {})
    return recipe


def _homes(args: Namespace) -> "Homes | None":
    from homectl.trial.homes import Homes

    return Homes(args.homes, args.days, args.seed, args.processes) if args.homes else None


def _write(file: Path | None, found: dict[str, Any], seconds: float) -> None:
    import json

    if file is not None:
        text = json.dumps({**found, "timing": {"seconds": round(seconds, 1)}}, indent=1, ensure_ascii=False)
        file.write_text(text + "\n", encoding="utf-8")
