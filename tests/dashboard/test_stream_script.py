"""What the page makes of the stream's changes is the home as it is now."""

import asyncio
import json
from typing import Any

import pytest
from playwright.async_api import Browser
from pydantic_core import to_json

from homectl.dashboard import Server
from homectl.dashboard.differences import change
from homectl.home import HomeView, Mode, Quantity
from tests.dashboard.doors import door
from tests.fakes import HEATING, LAMP, FakeHome

pytestmark = pytest.mark.browser

APPLY = """async ([whole, changes]) => {
  const { changed } = await import("/static/stream.js");
  return changes.reduce(changed, whole);
}"""


def rounded(view: Any) -> Any:
    """Without the last digit of what grows older."""
    if isinstance(view, dict):
        older = ("age", "left", "hold_left")
        return {k: round(v) if k in older and v is not None else rounded(v) for k, v in view.items()}
    return [rounded(one) for one in view] if isinstance(view, list) else view


def lived() -> tuple[HomeView, list[dict[str, Any]], HomeView]:
    """A home at first, everything that then changed, and the home at last."""
    home = FakeHome()
    first = last = home.view()
    changes: list[dict[str, Any]] = []

    def see() -> None:
        nonlocal last
        found = change(last, home.view())
        assert found is not None
        changes.append(json.loads(to_json(found, inf_nan_mode="null")))
        last = home.view()

    home.by_hand(LAMP, 1.0)
    see()
    home.pass_time(7.0)
    see()
    home.report("climate", Quantity.TEMPERATURE, 21.5)
    home.alarms = ("Smoke",)
    see()
    home.pass_time(30.0)
    asyncio.run(home.mode(Mode.AWAY))
    asyncio.run(home.hold(HEATING, minutes=20))
    see()
    home.pass_time(3.0)
    home.connected, home.alarms = False, ()
    see()
    return first, changes, last


def test_a_whole_view_and_its_changes_are_the_view_now(runner: asyncio.Runner, browser: Browser) -> None:
    first, changes, last = lived()

    async def play() -> Any:
        server = Server(FakeHome(), 0, door())
        page = await browser.new_page()
        await page.goto(f"http://127.0.0.1:{await server.start()}/")
        found = await page.evaluate(APPLY, [json.loads(first.model_dump_json()), changes])
        await page.close()
        await server.stop()
        return found

    assert rounded(runner.run(play())) == rounded(json.loads(last.model_dump_json()))
    sizes = [len(json.dumps(one)) for one in changes]
    assert max(sizes) < len(first.model_dump_json()) / 2
