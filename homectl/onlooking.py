"""The composition root of a page without a daemon: settings become a home that is only looked at."""

import asyncio
import os
import signal
from collections.abc import Callable

from homectl.app import journal_path
from homectl.bridge.connection import Connection
from homectl.bridge.directory import Directory, dialects_of
from homectl.control.limits import Limits
from homectl.home import Clock, Home, SystemClock, ToldClock
from homectl.onlooker import Onlooker
from homectl.page import Page, with_first_token
from homectl.settings import Settings


async def look_on(settings: Settings, home: Home, limits: Limits, say: Callable[[str], None]) -> None:
    """Show a home until SIGTERM or SIGINT; `say` is told where, once the page answers."""
    clock: Clock = ToldClock(0.0) if home.simulated else SystemClock()
    connection = Connection(settings.bridge.broker, client_id=f"homectl-dashboard-{os.getpid()}")
    onlooker = Onlooker(Directory(home, dialects_of(settings.bridge)), connection, clock, limits)
    journal = journal_path(settings, home)
    page, enough, loop = Page(onlooker, settings.dashboard, journal), asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, enough.set)
    try:
        for line in with_first_token(
            f"homectl: no daemon runs {home.id}; it is shown at ", await page.start(), journal
        ):
            say(line)
        connection.start(loop, onlooker.hear, onlooker.connected)
        await enough.wait()
    finally:
        connection.stop()
        await page.stop()
