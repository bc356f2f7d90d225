"""homectl dashboard: a page without running a home: a daemon's at another address, or one that only shows."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from homectl.cli.configuration import WHERE
from homectl.cli.expect import port

if TYPE_CHECKING:
    from homectl.page_key import PageKey
    from homectl.settings import Settings

NAME, HELP = "dashboard", "serve a daemon's page at another address, or, without a daemon, one that only shows"
EXAMPLE = "homectl dashboard --port 8125 --daemon http://127.0.0.1:8124"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--port", type=port, default=8125, help="port of this page (default: %(default)s)")
    parser.add_argument(
        "--daemon", metavar="URL", help="the daemon's page (default: the one that the settings name, where it answers)"
    )
    parser.add_argument("-c", "--config", type=Path, default=None, help=WHERE)


def run(args: Namespace) -> int:
    import asyncio
    import logging

    from homectl.cli.configuration import find
    from homectl.settings import Settings, load

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    if args.daemon is not None:
        settings = Settings() if args.config is None else load(find(args.config))[0]
        asyncio.run(_forward(args.daemon, settings, args.port))
        return 0
    settings, home, limits = load(find(args.config))
    if daemon := _daemon_of(settings):
        asyncio.run(_forward(daemon, settings, args.port))
        return 0
    from homectl.onlooking import look_on

    own = settings.dashboard.model_copy(update={"port": args.port})
    asyncio.run(look_on(settings.model_copy(update={"dashboard": own}), home, limits, _say))
    return 0


def _daemon_of(settings: "Settings") -> str:
    """The URL of the daemon that these settings run; empty where none answers."""
    from http.client import HTTPException

    from homectl.client import connection
    from homectl.page import url
    from homectl.page_key import PageKey

    own = settings.dashboard.port
    key = PageKey.of(own) or PageKey(port=own, token="")
    asked = connection(key, 2.0)
    try:
        asked.request("GET", "/healthz")
        answers = asked.getresponse().status == 200
    except (OSError, HTTPException):
        answers = False
    finally:
        asked.close()
    return url(key.host, own, secure=bool(key.certificate)) if answers else ""


def _key_of(daemon: str) -> "PageKey | None":
    """The key of a daemon of this machine; None for another's, and for a URL that is none."""
    from urllib.parse import urlsplit

    from homectl.page_key import PageKey

    try:
        host, port = urlsplit(daemon).hostname, urlsplit(daemon).port
    except ValueError:
        return None
    key = PageKey.of(port or 0)
    return key if key is not None and host in (key.host, "127.0.0.1", "localhost", "::1") else None


def _say(said: str) -> None:
    print(said, flush=True)


async def _forward(daemon: str, settings: "Settings", own: int) -> None:
    """Until a signal says that it is enough."""
    import asyncio
    import signal

    from homectl.dashboard import Address, Forwarder
    from homectl.page import url

    asked = settings.dashboard
    address = Address(own, asked.bind, asked.hosts, asked.certificate, asked.key)
    key = _key_of(daemon)
    server, enough = Forwarder(daemon, address, key.encrypted() if key else None), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, enough.set)
    port = await server.start()
    shown = url(address.reached, port, secure=address.certificate is not None)
    _say(f"homectl: the page of {daemon} is at {shown}")
    await enough.wait()
    await server.stop()
