"""How smoothly the page is drawn: in the last of five tabs, of 50 devices that report five times a second."""

import asyncio
import subprocess
import sys

from playwright.async_api import Browser, Page, async_playwright, expect

from tests.benchmarks.checks import HIGHER, Check
from tests.benchmarks.served import TOKEN
from tests.chromium import ARGUMENTS, CHROMIUM

TABS = 5
VIEWS = ("home", "why", "simulator", "history", "model")
SMOOTH = 59.0
"""Frames a second; Chromium draws 60 at most."""

SETTLING = 1.5
COUNTED = """milliseconds => new Promise((done) => {
  let frames = 0, longest = 0, last = performance.now();
  const began = last;
  function drawn() {
    const now = performance.now();
    frames += 1;
    longest = Math.max(longest, now - last);
    last = now;
    if (now - began < milliseconds) requestAnimationFrame(drawn);
    else done([(1000 * frames) / (now - began), longest]);
  }
  requestAnimationFrame(drawn);
})"""
"""Frames a second, and the longest time between two in milliseconds."""


def checks(seconds: float) -> tuple[list[Check], dict[str, float]]:
    """The frames of every view, each watched for so long."""
    name = f"page in {TABS} tabs: frames a second, slowest view"
    if not CHROMIUM.exists():
        return [Check(name=name, value=None, better=HIGHER, why="no Chromium")], {}
    command = [sys.executable, "-m", "tests.benchmarks.served"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        counted = asyncio.run(_count(int(server.stdout.readline()), seconds))
        server.stdin.close()
    spent = {f"page, {view}: longest between two frames, ms": round(gap) for view, (_, gap) in counted.items()}
    return [Check(name=name, value=min(rate for rate, _ in counted.values()), must=SMOOTH, better=HIGHER)], spent


async def _count(port: int, seconds: float) -> dict[str, tuple[float, float]]:
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        pages = [await _opened(browser, port) for _ in range(TABS)]
        found = {view: await _drawn(pages[-1], view, seconds) for view in VIEWS}
        await browser.close()
        return found


async def _opened(browser: Browser, port: int) -> Page:
    page = await browser.new_page(viewport={"width": 1280, "height": 900})
    await page.goto(f"http://127.0.0.1:{port}/#token={TOKEN}")
    await expect(page.locator('[data-target="device0/light"]')).to_be_visible()
    return page


async def _drawn(page: Page, view: str, seconds: float) -> tuple[float, float]:
    await page.evaluate("view => { location.hash = `#/${view}` }", view)
    await asyncio.sleep(SETTLING)
    rate, longest = await page.evaluate(COUNTED, 1000 * seconds)
    return rate, longest
