"""Everybody can use every view: whatever the width, by keyboard alone, and as axe judges it."""

import asyncio

import pytest
from playwright.async_api import Browser, expect

from homectl.home import Cause, Decision, Kind, Light, LockState, Quantity, Ruling, Setpoint, Verdict
from homectl.past import Remembered
from tests.dashboard.seen import See, Seen, opened
from tests.fakes import HEATING, LAMP, NOON, FakeHome
from tests.past.conftest import day, past

__all__ = ["day", "past"]

pytestmark = pytest.mark.browser

VIEWS = ("home", "why", "simulator")
PARTS = 9


def eventful() -> FakeHome:
    """Something to see of every kind: a hold, a suggestion, a refusal, an alarm, a fault, an overridden sensor."""
    home = FakeHome()
    home.by_hand(LAMP, 1.0)
    home.report("bolt", Quantity.LOCK, float(LockState.JAMMED))
    home.suggestions = {HEATING: Setpoint(21.0)}
    home.alarms = ("Front door lock: jammed",)
    wish = Decision(target=LAMP, setting=Light(on=False), cause=Cause.LEARNED, confidence=0.87, reason="still", at=NOON)
    home.verdicts = {LAMP: Verdict(decision=wish, ruling=Ruling.REFUSED, rule="flicker", reason="changed 20 s ago")}
    home.simulator |= {"faults": {"climate": ["stuck"], "": ["clock"]}, "overridden": {"climate": {"humidity": 70.0}}}
    return home


@pytest.mark.parametrize("view", VIEWS)
def test_nothing_is_wider_than_the_window_and_every_control_has_a_name_and_room(see: See, view: str) -> None:
    async def scene(seen: Seen) -> None:
        await seen.go(view)
        for width in (320, 360, 720, 1440):
            await seen.page.set_viewport_size({"width": width, "height": 900})
            assert await seen.page.evaluate("document.documentElement.scrollWidth") <= width
            controls = await seen.page.locator("button:visible, input:visible, select:visible").evaluate_all(
                "nodes => nodes.map(node => [node.ariaLabel ?? node.labels?.[0]?.textContent ?? node.textContent,"
                " node.offsetWidth, node.offsetHeight])"
            )
            names = [name for name, *_ in controls]
            assert len(names) >= 5
            assert [name for name in names if not name or names.count(name) > 1] == []
            assert [(name, *sides) for name, *sides in controls if min(sides) < 24] == []

    see(scene, eventful())


@pytest.mark.parametrize("view", VIEWS)
def test_every_control_of_a_view_is_reached_by_tab_and_shows_that_it_is(see: See, view: str) -> None:
    async def scene(seen: Seen) -> None:
        await seen.go(view)
        controls = "a[href], button, input, select, summary, [tabindex='0']"
        wanted = await seen.page.locator(controls).evaluate_all(
            "nodes => nodes.filter(node => node.checkVisibility()).map((node, at) => (node.dataset.at = at, at))"
        )
        await seen.page.evaluate("document.activeElement.blur()")
        reached: dict[int, bool] = {}
        for _ in range(len(wanted) + PARTS):  # a field for a time has several parts, each of which is stopped at
            await seen.page.keyboard.press("Tab")
            place, outlined = await seen.page.evaluate(
                "() => { const { activeElement: at } = document; const drawn = getComputedStyle(at);"
                " return [Number(at.dataset.at ?? -1), drawn.outlineStyle !== 'none' && drawn.outlineWidth !== '0px'] }"
            )
            reached[place] = reached.get(place, True) and outlined
        assert sorted(set(reached) - {-1}) == wanted
        assert [place for place, outlined in reached.items() if place >= 0 and not outlined] == []

    see(scene, eventful())


def test_the_views_are_turned_and_the_navigation_skipped_by_keyboard_alone(see: See) -> None:
    async def scene(seen: Seen) -> None:
        await seen.page.keyboard.press("Tab")
        await expect(seen.page.get_by_role("link", name="Skip to the content")).to_be_focused()
        await seen.page.keyboard.press("Enter")
        await expect(seen.page.locator("main")).to_be_focused()
        await seen.page.get_by_role("link", name="Why").focus()
        await seen.page.keyboard.press("Enter")
        await expect(seen.view("why")).to_be_visible()
        await expect(seen.view("home")).to_be_hidden()
        await expect(seen.page.get_by_role("link", name="Why")).to_have_attribute("aria-current", "page")
        await expect(seen.page).to_have_title("Why · Small home")
        await seen.page.go_back()
        await expect(seen.view("home")).to_be_visible()

    see(scene)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_any_view(
    runner: asyncio.Runner, browser: Browser, past: Remembered, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.async_playwright").Axe()

    async def play() -> None:
        async with opened(browser, eventful(), past, color_scheme=scheme) as seen:
            for view in (*VIEWS, "history", "model"):
                await seen.go(view)
                assert seen.wrong == []
                found = (await axe.run(seen.page)).response["violations"]
                grave = [one for one in found if one["impact"] in ("serious", "critical")]
                assert [(view, one["id"], one["nodes"][0]["html"]) for one in grave] == []
                seen.wrong.clear()  # axe itself tries what the page's policy forbids

    runner.run(play())


def test_people_walk_only_where_motion_is_welcome(runner: asyncio.Runner, browser: Browser) -> None:
    async def play() -> None:
        for motion, walks in (("no-preference", "1.2s"), ("reduce", "0s")):
            async with opened(browser, FakeHome(), reduced_motion=motion) as seen:
                await seen.go("simulator")
                duration = "node => getComputedStyle(node).transitionDuration.split(',')[0]"
                assert await seen.page.locator('[data-walker="Ada"]').evaluate(duration) == walks

    runner.run(play())


def test_the_kinds_shown_are_all_that_can_be_set() -> None:
    assert {target.kind for target in eventful().home.targets} == set(Kind)
