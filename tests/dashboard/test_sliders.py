"""A slider shows where a hand has it, and asks for that: what was asked before does not draw it back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Locator, Route, expect

from homectl.home import Light, Quantity
from tests.dashboard.seen import See, Seen
from tests.fakes import LAMP, FakeHome

pytestmark = pytest.mark.browser

DRAG = """(slider, value) => {
  slider.value = value;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
}"""


async def drag(slider: Locator, value: float) -> None:
    """Move a slider and hold on to it."""
    await slider.evaluate(DRAG, value)


async def let_go(slider: Locator) -> None:
    await slider.dispatch_event("change")


@asynccontextmanager
async def slow(seen: Seen, asked: str) -> AsyncIterator[asyncio.Event]:
    """The home's answers to a wish take as long as this block; gives what is set once the wish is on its way."""
    on_its_way, answered = asyncio.Event(), asyncio.Event()

    async def slowly(route: Route) -> None:
        answer = await route.fetch()
        on_its_way.set()
        await answered.wait()
        await route.fulfill(response=answer)

    await seen.page.route(asked, slowly)
    async with seen.page.expect_response(asked):
        yield on_its_way
        answered.set()
    await seen.page.unroute(asked)


def test_brightness_stays_where_a_hand_dragged_it_while_the_first_wish_was_on_its_way(see: See) -> None:
    async def scene(seen: Seen) -> None:
        slider = seen.page.get_by_role("slider", name="Brightness of Ceiling lamp")
        async with slow(seen, "**/api/targets/**") as on_its_way:
            await drag(slider, 50)
            await let_go(slider)
            await on_its_way.wait()
            await drag(slider, 80)
        seen.home.confirm(LAMP)
        await expect(seen.target("lamp/light").locator('[data-field="outcome"]')).to_contain_text(
            "Confirmed: on at 50%"
        )
        await expect(slider).to_have_value("80")
        await let_go(slider)
        await expect(seen.target("lamp/light").locator('[data-field="outcome"]')).to_contain_text("Asked: on at 80%")
        assert seen.home.asked == [(LAMP, Light(on=True, level=0.5)), (LAMP, Light(on=True, level=0.8))]
        seen.home.confirm(LAMP)
        seen.home.pass_time(1)
        seen.home.report("lamp", Quantity.LIGHT_LEVEL, 0.3)
        await expect(slider).to_have_value("30")

    see(scene)


def test_a_dial_stays_where_a_hand_dragged_it_while_the_first_wish_was_on_its_way(see: See) -> None:
    home = FakeHome()

    async def scene(seen: Seen) -> None:
        await seen.go("simulator")
        clouds = seen.page.get_by_role("slider", name="Clouds", exact=True)
        async with slow(seen, "**/api/simulator/weather") as on_its_way:
            await drag(clouds, 60)
            await let_go(clouds)
            await on_its_way.wait()
            await drag(clouds, 90)
        home.simulator |= {"speed": 7.0}
        home.changed()
        await expect(seen.page.locator('[data-field="simulated-time"]')).to_have_text("Time runs at 7×")
        await expect(clouds).to_have_value("90")
        await let_go(clouds)
        await expect(seen.page.locator('[data-field="weather"]')).to_contain_text("overcast")
        assert home.simulated == [("weather", {"cloud": 0.6}), ("weather", {"cloud": 0.9})]
        home.simulator |= {"weather": {"outdoors": 3.2, "cloud": 0.1}}
        home.changed()
        await expect(clouds).to_have_value("10")

    see(scene, home)
