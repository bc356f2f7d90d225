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
    """Once in a home's life the owner's token is part of the page's URL; a log of the system's does not get it."""
    import os

    from homectl.people import Tokens

    tokens = Tokens.beside(journal)
    first = None if "JOURNAL_STREAM" in os.environ else tokens.first()
    print(
        f"homectl: {home} is running; its page: {page}{f'#token={first.get_secret_value()}' if first else ''}",
        flush=True,
    )
    if first is not None:
        print("homectl: this token is the owner's and is told only now; more: homectl token add NAME --role ROLE")
    elif not tokens.kept():
        print("homectl: nobody can sign in yet: homectl token add NAME --role owner", flush=True)
