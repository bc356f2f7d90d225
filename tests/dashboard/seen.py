"""A page opened on a fake home, and everything that went wrong in its browser."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Protocol

from playwright.async_api import Browser, ConsoleMessage, Locator, Page, Request, expect

from homectl.dashboard import Server
from homectl.home import Past
from simulator import controls
from tests.dashboard.doors import KEY, door
from tests.fakes import FakeHome


class Seen:
    """The open page, the home behind it, and everything that went wrong in the browser."""

    def __init__(self, page: Page, home: FakeHome, address: str) -> None:
        self.page, self.home, self.address = page, home, address
        self.wrong: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("request", self._asked)
        page.on("dialog", lambda dialog: self.wrong.append(f"dialog {dialog.message}"))

    async def go(self, view: str) -> None:
        """Turn to a view by its address."""
        await self.page.evaluate("view => { location.hash = `#/${view}` }", view)
        await expect(self.view(view)).to_be_visible()

    def view(self, name: str) -> Locator:
        return self.page.locator(f'[data-view="{name}"]')

    def target(self, name: str) -> Locator:
        return self.page.locator(f'[data-target="{name}"]')

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def excuse(self, expected: str) -> None:
        """What went wrong was expected, and all of it."""
        assert [wrong for wrong in self.wrong if expected not in wrong] == []
        self.wrong.clear()

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.wrong.append(f"{message.type}: {message.text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith(self.address):
            self.wrong.append(f"asked {request.url}")


class See(Protocol):
    def __call__(self, scene: Callable[[Seen], Awaitable[None]], home: FakeHome | None = None) -> None: ...


@asynccontextmanager
async def opened(
    browser: Browser, home: FakeHome, past: Past | None = None, token: str = KEY, **context: object
) -> AsyncIterator[Seen]:
    """The page on a server of its own; by the time it is closed nothing may have gone wrong in it, and all that it
    asked of the simulator must be what one takes."""
    server = Server(home, 0, door(), past)
    address = f"http://127.0.0.1:{await server.start()}/"
    page = await browser.new_page(**context)  # type: ignore[arg-type]
    seen = Seen(page, home, address)
    await page.goto(f"{address}#token={token}")
    await expect(page.get_by_role("heading", level=1)).to_have_text(home.home.name)
    yield seen
    await page.close()
    await server.stop()
    assert seen.wrong == []
    for control, arguments in home.simulated:
        controls.read(control, json.dumps(arguments).encode())
