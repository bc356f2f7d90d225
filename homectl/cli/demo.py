"""homectl demo: a simulated home run by homectl over a real broker, in the terminal and on a page."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from homectl.cli.expect import port

if TYPE_CHECKING:
    from rich.console import Console

    from homectl.demo import Outcome, Show
    from simulator.world import World

NAME, HELP = "demo", "run a simulated home over a real broker, with its page and a live view"
EXAMPLE = "homectl demo --headless --for 120 --speed 60 --json out.json"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--for",
        type=float,
        default=None,
        metavar="SECONDS",
        dest="seconds",
        help="real seconds from when all is ready, after which its checks give the exit code (default: until Ctrl-C)",
    )
    parser.add_argument("--speed", type=float, default=60.0, help="home seconds per second (default: %(default)g)")
    parser.add_argument("--seed", type=int, default=1, help="which household (default: %(default)s)")
    parser.add_argument("--start", default=None, help="the home's local time at the start (default: a Tuesday, 06:30)")
    parser.add_argument("--past", type=float, default=21.0, help="days lived before (default: %(default)g)")
    parser.add_argument("--policy", default="base", help="base, rules, or a folder made by homectl train")
    parser.add_argument("--port", type=port, default=8124, help="port of the page (default: %(default)s)")
    parser.add_argument("--wheel", action="store_true", help="use the broker that comes as a wheel, not Mosquitto")
    parser.add_argument("--headless", action="store_true", help="no live view in the terminal")
    parser.add_argument("--json", type=Path, default=None, metavar="FILE", help="write what it came to")
    parser.add_argument("--data", type=Path, default=None, metavar="DIR", help="keep journal and logs here")


def run(args: Namespace) -> int:
    import shutil
    import tempfile

    from homectl.cli.simulate import world_of
    from homectl.home import HomeError

    _expect(args)
    args.scenario = None
    world = world_of(args)
    if args.data is not None:
        args.data.mkdir(parents=True, exist_ok=True)
        return _run(args, world, args.data)
    folder = Path(tempfile.mkdtemp(prefix="homectl-demo-"))
    keep = False
    try:
        return _run(args, world, folder)
    except HomeError:
        keep = True  # the message names a log in it
        raise
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


def _expect(args: Namespace) -> None:
    """Everything that can be refused before a process is started."""
    import socket

    from homectl.cli import expect
    from homectl.home import HomeError, UsageError

    expect.within("--speed", args.speed, 0.1, 3600)
    expect.within("--for", args.seconds, 0, expect.LONGEST)
    expect.policy("--policy", args.policy)
    expect.writable("--json", args.json)
    if args.data is not None:
        expect.folder("--data", args.data)
        if any(args.data.glob("*.db")):
            raise UsageError(f"--data: expected a folder of this demo's own, found a journal in {args.data}")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", args.port))
        except OSError:
            raise HomeError(f"The page needs port {args.port}, which is taken; choose another with --port") from None


def _run(args: Namespace, world: "World", folder: Path) -> int:
    import signal

    from rich.console import Console

    from homectl.cli.simulate import begun_anew, world_of
    from homectl.demo import Show, ShowOptions
    from homectl.demo.terminal import outcome_table

    console = Console(stderr=args.headless)
    policy = args.policy if args.policy in ("base", "rules") else str(Path(args.policy).absolute())

    def options_of(asked: Namespace) -> ShowOptions:
        return ShowOptions(
            seed=asked.seed,
            start=asked.start,
            speed=asked.speed,
            past=asked.past,
            port=asked.port,
            policy=policy,
            wheel=asked.wheel,
            seconds=asked.seconds,
            scenario=asked.scenario,
        )

    def begin(wish: dict[str, Any]) -> tuple[ShowOptions, "World"]:
        asked = begun_anew(args, wish)
        world = world_of(asked)
        return options_of(Namespace(**vars(asked) | {"seed": world.seed})), world

    def say(text: str) -> None:
        console.print(f"demo: {text}", highlight=False, markup=False, soft_wrap=True)

    outcome = _shown(Show(options_of(args), world, folder, say, begin), console, live=not args.headless)
    if outcome is None:
        say("interrupted before it was ready")
        return 128 + signal.SIGINT
    console.print(outcome_table(outcome, judged=args.seconds is not None))
    if args.json is not None:
        args.json.write_text(outcome.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return 0 if outcome.ok or args.seconds is None else 1


def _shown(show: "Show", console: "Console", *, live: bool) -> "Outcome | None":
    """Let the demo run, with a picture of the home where somebody watches."""
    import asyncio

    from rich.live import Live

    from homectl.demo.terminal import home_table

    if not live or not console.is_terminal:
        return asyncio.run(show.run())
    with Live(console=console, refresh_per_second=4) as picture:
        return asyncio.run(show.run(lambda view: picture.update(home_table(view))))
