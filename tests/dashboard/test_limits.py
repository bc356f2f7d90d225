"""What takes a higher role says so before anybody tries, and the home is not asked."""

import asyncio

import pytest
from playwright.async_api import Browser, Locator, Route, expect

from homectl.dashboard.roles import needed
from homectl.home import Role
from tests.dashboard.doors import TOKENS
from tests.dashboard.seen import Seen, opened
from tests.dashboard.test_accessible import eventful
from tests.fakes import FakeHome

pytestmark = pytest.mark.browser

CONTROLS: dict[str, dict[str, str]] = {
    "home": {
        "Turn on Ceiling lamp": "targets/lamp/light",
        "Brightness of Ceiling lamp": "targets/lamp/light",
        "Raise Radiator by 0.5 °C": "targets/valve/setpoint",
        "Resume Ceiling lamp": "targets/lamp/light/resume",
        "Hold Front door lock": "targets/bolt/lock/hold",
        "Lock Front door lock": "targets/bolt/lock",
        "Unlock Front door lock": "targets/bolt/unlock",
        "Yes, do what is suggested for Radiator": "targets/valve/setpoint/accept",
        "No, leave Radiator as it is": "targets/valve/setpoint/reject",
        "Set guest mode": "mode",
    },
    "why": {
        "No, leave Radiator as it is": "targets/valve/setpoint/reject",
        "Set the level of Kitchen, lights": "autonomy/kitchen/light",
    },
    "simulator": {
        "Pause time": "simulator/pause",
        "Jump": "simulator/jump",
        "Clouds": "simulator/weather",
        "Clouds, exactly": "simulator/weather",
        "Move Ada": "simulator/move",
        "Break the broker": "simulator/broker",
    },
}
"""By view: how a control is named, and what it asks for."""


def named(seen: Seen, view: str, name: str) -> Locator:
    button = seen.view(view).get_by_role("button", name=name, exact=True)
    return button.or_(seen.view(view).get_by_label(name, exact=True)).first


@pytest.mark.parametrize("role", list(Role))
def test_a_control_is_disabled_with_its_reason_exactly_where_the_home_would_refuse_it(
    runner: asyncio.Runner, browser: Browser, role: Role
) -> None:
    async def play() -> None:
        async with opened(browser, eventful(), token=TOKENS[role]) as seen:
            for view, controls in CONTROLS.items():
                await seen.go(view)
                for name, path in controls.items():
                    needs = needed("POST", f"/api/{path}")
                    assert needs is not None
                    control = named(seen, view, name)
                    if role.may(needs):
                        await expect(control).not_to_have_attribute("aria-disabled", "true")
                    else:
                        await expect(control).to_have_attribute("aria-disabled", "true")
                        await expect(control).to_have_accessible_description(SAID[needs])
            assert await seen.page.locator("#limits").is_visible() is (role is not Role.OWNER)

    runner.run(play())


SAID = {
    Role.GUEST: "Lamps, warmth and holds take at least a guest.",
    Role.RESIDENT: "Doors, modes, suggestions and the simulated home take at least a resident.",
    Role.OWNER: "What homectl may do by itself is up to the owner.",
}


def test_what_is_disabled_keeps_the_focus_says_why_and_asks_nothing(runner: asyncio.Runner, browser: Browser) -> None:
    home = FakeHome()

    async def play() -> None:
        async with opened(browser, home, token=TOKENS[Role.VIEWER]) as seen:
            asked: list[str] = []
            seen.page.on("request", lambda request: asked.append(request.url) if request.method == "POST" else None)
            on = seen.button("Turn on Ceiling lamp")
            await on.focus()
            await seen.page.keyboard.press("Enter")
            await expect(on).to_be_focused()
            await expect(seen.page.locator("#spoken")).to_have_text(SAID[Role.GUEST])
            slider = seen.page.get_by_label("Brightness of Ceiling lamp")
            if await slider.is_visible():
                await slider.press("ArrowRight")
            await seen.button("Unlock Front door lock").dispatch_event("click")
            await expect(seen.page.get_by_role("form", name="Unlock Front door lock")).to_be_hidden()
            await expect(seen.page.locator("#spoken")).to_have_text(SAID[Role.RESIDENT])
            await seen.go("simulator")
            await seen.button("Pause time").dispatch_event("click")
            await seen.page.wait_for_timeout(700)  # longer than a slider settles
            assert (asked, home.asked, home.simulated) == ([], [], [])

    runner.run(play())


def test_who_is_signed_in_is_asked_again_until_it_is_answered(runner: asyncio.Runner, browser: Browser) -> None:
    async def play() -> None:
        async with opened(browser, FakeHome(), token=TOKENS[Role.VIEWER]) as seen:
            lost = asyncio.Event()

            async def lose(route: Route) -> None:
                if lost.is_set():
                    return await route.continue_()
                return await route.abort()

            await seen.page.route("**/api/session", lose)
            await seen.page.reload()
            await expect(seen.button("Turn on Ceiling lamp")).to_be_visible()
            await expect(seen.button("Sign out")).to_be_hidden()
            lost.set()
            await expect(seen.page.locator("#who")).to_have_text("viewer-1, viewer")
            await expect(seen.button("Sign out")).to_be_visible()
            await expect(seen.page.locator("#limits")).to_contain_text("You are signed in as a viewer.")
            await expect(seen.button("Turn on Ceiling lamp")).to_have_accessible_description(SAID[Role.GUEST])
            seen.excuse("net::ERR_FAILED")

    runner.run(play())


def test_axe_finds_nothing_serious_where_all_is_disabled(runner: asyncio.Runner, browser: Browser) -> None:
    axe = pytest.importorskip("axe_playwright_python.async_playwright").Axe()

    async def play() -> None:
        async with opened(browser, eventful(), token=TOKENS[Role.VIEWER]) as seen:
            for view in CONTROLS:
                await seen.go(view)
                await expect(seen.view(view).locator("[aria-disabled=true]:visible").first).to_be_visible()
                found = (await axe.run(seen.page)).response["violations"]
                grave = [one for one in found if one["impact"] in ("serious", "critical")]
                assert [(view, one["id"], one["nodes"][0]["html"]) for one in grave] == []
                seen.wrong.clear()  # axe itself tries what the page's policy forbids

    runner.run(play())
