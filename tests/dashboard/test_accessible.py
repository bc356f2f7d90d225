"""Everybody can use every view: whatever the width, by keyboard alone, and as axe judges it."""

import asyncio

import pytest
from playwright.async_api import Browser, Locator, expect

from homectl.home import (
    Cause,
    Decision,
    FeatureView,
    HeadView,
    InputsView,
    Kind,
    Light,
    LockState,
    Quantity,
    Ruling,
    Setpoint,
    Target,
    Verdict,
)
from homectl.past import Remembered
from tests.dashboard.seen import See, Seen, opened
from tests.fakes import HEATING, LAMP, NOON, FakeHome
from tests.past.conftest import day, past

__all__ = ["day", "past"]

pytestmark = pytest.mark.browser

VIEWS = ("home", "why", "simulator")
LOOKED_BACK = {"history": ".logbook li", "model": ".plot canvas"}
"""Views of the past, and what is there once they have been told it."""

PARTS = 9


class Eventful(FakeHome):
    """Something to see of every kind: a hold, a suggestion, a refusal, an alarm, a fault, an overridden sensor, and
    a network in charge whose facts and decisions have long names."""

    async def inputs(self, target: Target) -> InputsView:
        fact = "share_of_the_last_hour_in_which_somebody_moved_there"
        features = (FeatureView(name=fact, value=0.25, unit="", age=180.0, missing=False),)
        heads = (HeadView(task="light_on", said={"on": 1.0, "off": 0.0}),)
        about = {"policy": "network base-3", "guard": "would be let through", "record": f"front_door_{target}@{NOON}"}
        return InputsView(at=NOON, features=features, heads=heads, change=0.31, **about)


def eventful() -> FakeHome:
    home = Eventful()
    home.by_hand(LAMP, 1.0)
    home.report("bolt", Quantity.LOCK, float(LockState.JAMMED))
    home.suggestions = {HEATING: Setpoint(21.0)}
    home.alarms = ("Front door lock: jammed",)
    wish = Decision(target=LAMP, setting=Light(on=False), cause=Cause.LEARNED, confidence=0.87, reason="still", at=NOON)
    home.verdicts = {LAMP: Verdict(decision=wish, ruling=Ruling.REFUSED, rule="flicker", reason="changed 20 s ago")}
    home.simulator |= {"faults": {"climate": ["stuck"], "": ["clock"]}, "overridden": {"climate": {"humidity": 70.0}}}
    return home


def wordy() -> FakeHome:
    """The same with a long name."""
    home = eventful()
    bolt = home.home.device("bolt").model_copy(update={"name": "Front door lock and letterbox of the whole house"})
    home.home = home.home.with_device(bolt)
    return home


@pytest.mark.parametrize("view", [*VIEWS, *LOOKED_BACK])
def test_nothing_is_wider_than_the_window_and_every_control_has_a_name_and_room(
    runner: asyncio.Runner, browser: Browser, past: Remembered, view: str
) -> None:
    async def play() -> None:
        async with opened(browser, wordy(), past) as seen:
            await settled(seen, view)
            await unfolded(seen, view)
            for width in (320, 360, 720, 1440):
                await seen.page.set_viewport_size({"width": width, "height": 900})
                assert await seen.page.evaluate("document.documentElement.scrollWidth") <= width
                controls = await seen.page.locator("button:visible, input:visible, select:visible").evaluate_all(
                    "nodes => nodes.map(node => [node.ariaLabel ?? node.labels?.[0]?.textContent ?? node.textContent,"
                    " node.offsetWidth, node.offsetHeight])"
                )
                names = [name for name, *_ in controls]
                assert len(names) >= 4
                assert [name for name in names if not name or names.count(name) > 1] == []
                assert [(name, *sides) for name, *sides in controls if min(sides) < 24] == []

    runner.run(play())


NAMED = """nodes => nodes.map(node => [
  node.innerText || node.textContent, node.getAttribute("aria-label") ?? node.textContent,
])"""
"""What each control says to the eye, shown now or not, and to the ear."""


def plain(text: str) -> str:
    """Words and figures alone: arrows, dots and signs such as − are not said."""
    return " ".join("".join(sign if sign.isalnum() else " " for sign in text.casefold()).split())


@pytest.mark.parametrize("view", [*VIEWS, *LOOKED_BACK])
def test_the_spoken_name_of_a_control_holds_its_visible_text(
    runner: asyncio.Runner, browser: Browser, past: Remembered, view: str
) -> None:
    async def play() -> None:
        async with opened(browser, eventful(), past) as seen:
            await settled(seen, view)
            await unfolded(seen, view)
            if view == "simulator":
                await seen.page.locator('[data-walker="Ben"]').click()  # who is carried somewhere renames every room
            said = await seen.page.locator("button, summary").evaluate_all(NAMED)
            assert len(said) > 5
            texts = [(plain(shown), plain(spoken)) for shown, spoken in said]
            assert [text for text in texts if text[0] and f" {text[0]} " not in f" {text[1]} "] == []

    runner.run(play())


@pytest.mark.parametrize("view", [*VIEWS, *LOOKED_BACK])
def test_every_control_of_a_view_is_reached_by_tab_and_shows_that_it_is(
    runner: asyncio.Runner, browser: Browser, past: Remembered, view: str
) -> None:
    async def play() -> None:
        async with opened(browser, eventful(), past) as seen:
            await settled(seen, view)
            await unfolded(seen, view)
            wanted = await seen.page.locator(CONTROLS).evaluate_all(
                "nodes => nodes.filter(node => node.checkVisibility()).map((node, at) => (node.dataset.at = at, at))"
            )
            reached = await tabbed(seen, len(wanted) + PARTS)
            assert sorted(set(reached) - {-1}) == wanted
            assert [place for place, outlined in reached.items() if place >= 0 and not outlined] == []

    runner.run(play())


CONTROLS = "a[href], button, input, select, summary, [tabindex='0']"


async def settled(seen: Seen, view: str) -> None:
    """Turn to a view, and wait until it has been told what it shows."""
    await seen.go(view)
    if view in LOOKED_BACK:
        await expect(seen.view(view).locator(LOOKED_BACK[view]).first).to_be_visible()


async def unfolded(seen: Seen, view: str) -> None:
    """Open what is folded away: that counts as well. What the model reads is waited for."""
    await seen.view(view).locator("details").evaluate_all("nodes => { for (const node of nodes) node.open = true }")
    if view == "simulator":
        await expect(seen.view(view).locator(".inputs tbody tr")).to_have_count(1)


async def tabbed(seen: Seen, times: int) -> dict[int, bool]:
    """The numbered controls that so many presses of Tab come by, and whether each always showed that it was there."""
    await seen.page.evaluate("document.activeElement.blur()")
    reached: dict[int, bool] = {}
    for _ in range(times):  # a field for a time has several parts, each of which is stopped at
        await seen.page.keyboard.press("Tab")
        place, outlined = await seen.page.evaluate(
            "() => { const { activeElement: at } = document; const drawn = getComputedStyle(at);"
            " return [Number(at.dataset.at ?? -1), drawn.outlineStyle !== 'none' && drawn.outlineWidth !== '0px'] }"
        )
        reached[place] = reached.get(place, True) and outlined
    return reached


async def tab_to(seen: Seen, target: Locator) -> None:
    """Press Tab until something has the focus."""
    for _ in range(80):
        if await target.evaluate("node => node === document.activeElement"):
            return
        await seen.page.keyboard.press("Tab")
    raise AssertionError(f"Tab never comes to {target}")


def test_history_is_asked_and_read_by_keyboard_alone(
    runner: asyncio.Runner, browser: Browser, past: Remembered
) -> None:
    async def play() -> None:
        async with opened(browser, eventful(), past) as seen:
            page, keys, root = seen.page, seen.page.keyboard, seen.view("history")
            await tab_to(seen, page.get_by_role("link", name="History"))
            await keys.press("Enter")
            await expect(root).to_be_visible()
            await tab_to(seen, root.get_by_label("Device"))
            await keys.type("Front door lock")
            await expect(root.get_by_label("Device")).to_have_value("bolt")
            await tab_to(seen, root.get_by_role("button", name="Show the last week"))
            await keys.press("Space")
            await expect(root.get_by_role("button", name="Show the last week")).to_have_attribute(
                "aria-pressed", "true"
            )
            await expect(root.locator("[data-field=summary]")).to_contain_text("locked")
            await tab_to(seen, root.locator("summary", has_text="As a table"))
            await keys.press("Enter")
            await expect(
                root.get_by_role("region", name="Readings as a table").get_by_role("row").nth(1)
            ).to_be_visible()
            await tab_to(seen, root.get_by_label("Whose logbook"))
            await keys.type("Hall")
            await expect(root.locator(".logbook [data-field=what]").first).to_have_text("Front door lock")

    runner.run(play())


def test_the_record_of_the_model_is_read_by_keyboard_alone(
    runner: asyncio.Runner, browser: Browser, past: Remembered
) -> None:
    async def play() -> None:
        async with opened(browser, eventful(), past) as seen:
            root = seen.view("model")
            await tab_to(seen, seen.page.get_by_role("link", name="Model"))
            await seen.page.keyboard.press("Enter")
            await tab_to(seen, root.get_by_text("Accuracy as a table"))
            await expect(root.get_by_role("region", name="Accuracy by day").get_by_role("row")).to_have_count(0)
            await seen.page.keyboard.press("Enter")
            row = root.get_by_role("region", name="Accuracy by day").get_by_role("row").nth(1)
            await expect(row).to_contain_text("2025-01-07")
            await tab_to(seen, root.locator("summary", has_text="Figures").first)
            await seen.page.keyboard.press("Space")
            await expect(
                root.get_by_role("region", name="Nights and their candidates").get_by_role("row").nth(1)
            ).to_be_visible()

    runner.run(play())


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
            for view in (*VIEWS, *LOOKED_BACK):
                await settled(seen, view)
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
