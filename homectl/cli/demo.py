"""homectl demo: a simulated home run by homectl over a real broker, in the terminal and on a page."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

NAME, HELP = "demo", "run a simulated home over a real broker, with its page and a live view"
EXAMPLE = "homectl demo --headless --for 120 --speed 60 --json out.json"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--for", type=float, default=None, metavar="SECONDS", dest="seconds", help="real seconds")
    parser.add_argument("--speed", type=float, default=60.0, help="home seconds per second (default: %(default)g)")
    parser.add_argument("--seed", type=int, default=1, help="which household (default: %(default)s)")
    parser.add_argument("--start", default=None, help="the home's local time at the start (default: a Tuesday, 06:30)")
    parser.add_argument("--past", type=float, default=7.0, help="days lived before (default: %(default)g)")
    parser.add_argument("--policy", default="base", help="base, rules, or a folder made by homectl train")
    parser.add_argument("--port", type=int, default=8124, help="port of the page (default: %(default)s)")
    parser.add_argument("--wheel", action="store_true", help="use the broker that comes as a wheel, not Mosquitto")
    parser.add_argument("--headless", action="store_true", help="no live view in the terminal")
    parser.add_argument("--json", type=Path, default=None, metavar="FILE", help="write what it came to")
    parser.add_argument("--data", type=Path, default=None, metavar="DIR", help="keep journal and logs here")


def run(args: Namespace) -> int:
    import tempfile

    if args.data is not None:
        args.data.mkdir(parents=True, exist_ok=True)
        return _run(args, args.data)
    with tempfile.TemporaryDirectory(prefix="homectl-demo-") as folder:
        return _run(args, Path(folder))


def _run(args: Namespace, folder: Path) -> int:
    import asyncio

    from rich.console import Console
    from rich.live import Live

    from homectl.cli.simulate import world_of
    from homectl.demo import Show, ShowOptions
    from homectl.demo.terminal import home_table, outcome_table

    console = Console(stderr=args.headless)
    options = ShowOptions(
        seed=args.seed,
        start=args.start,
        speed=args.speed,
        past=args.past,
        port=args.port,
        policy=args.policy,
        wheel=args.wheel,
        seconds=args.seconds,
    )
    world = world_of(args)

    def say(text: str) -> None:
        console.print(f"demo: {text}", highlight=False)

    if args.headless:
        outcome = asyncio.run(Show(options, world, folder, say, None).run())
    else:
        with Live(console=console, refresh_per_second=4) as live:
            show = Show(options, world, folder, say, lambda view: live.update(home_table(view)))
            outcome = asyncio.run(show.run())
    console.print(outcome_table(outcome))
    if args.json is not None:
        args.json.write_text(outcome.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return 0 if outcome.ok else 1
