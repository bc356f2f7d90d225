"""homectl run: the daemon of one home, in the foreground."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from homectl.cli.configuration import WHERE

NAME, HELP = "run", "run a home: listen, decide, act, and serve its page"
EXAMPLE = "homectl run -c config/homectl.yaml"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("-c", "--config", type=Path, default=None, help=WHERE)
    parser.add_argument("--verbose", action="store_true", help="log every message that was not understood")


def run(args: Namespace) -> int:
    import asyncio
    import logging

    from homectl.app import journal_path
    from homectl.app import run as run_home
    from homectl.cli.configuration import find
    from homectl.settings import load

    level = logging.DEBUG if args.verbose else logging.INFO
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    settings, home, limits = load(find(args.config))
    asyncio.run(run_home(settings, home, limits, lambda page: _say_ready(home.id, page, journal_path(settings, home))))
    return 0


def _say_ready(home: str, page: str, journal: Path) -> None:
    from homectl.page import with_first_token

    for line in with_first_token(f"homectl: {home} is running; its page: ", page, journal):
        print(line, flush=True)
