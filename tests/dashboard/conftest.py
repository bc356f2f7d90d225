"""A real browser on a fake home."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import pytest
from playwright.async_api import Browser, Playwright, async_playwright

from tests.chromium import ARGUMENTS, CHROMIUM
from tests.dashboard.seen import See, Seen, opened
from tests.fakes import FakeHome


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    """One loop for the browser, the server and the home of a module."""
    with asyncio.Runner() as running:
        yield running


@pytest.fixture(scope="module")
def browser(runner: asyncio.Runner) -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}: install Debian's chromium to run this")

    async def start() -> tuple[Playwright, Browser]:
        driver = await async_playwright().start()
        return driver, await driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)

    async def stop() -> None:
        await opened.close()
        await driver.stop()

    driver, opened = runner.run(start())
    yield opened
    runner.run(stop())


@pytest.fixture
def see(runner: asyncio.Runner, browser: Browser) -> See:
    """Run a scene on a freshly opened page; nothing may go wrong in the browser meanwhile."""

    def run(scene: Callable[[Seen], Awaitable[None]], home: FakeHome | None = None) -> None:
        async def play() -> None:
            async with opened(browser, home or FakeHome()) as seen:
                await scene(seen)

        runner.run(play())

    return run
