"""The page of a running demo in a real Chromium: asked, confirmed, and by hand."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from homectl.bridge.broker import available
from homectl.home import DeviceView, Kind, Quantity, Target
from tests.chromium import ARGUMENTS, CHROMIUM
from tests.end_to_end.demo import RunningDemo

pytestmark = [pytest.mark.broker, pytest.mark.browser, pytest.mark.timeout(120)]

SLOW = 15_000
"""Milliseconds the page may take to show what happened in the home."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    if not available():
        pytest.skip("no broker: neither Mosquitto nor the iotcore wheel is installed")
    with RunningDemo(tmp_path_factory.mktemp("demo"), "--speed", "10", "--seed", "5", "--past", "1") as running:
        yield running


@pytest.fixture
def page(demo: RunningDemo) -> Iterator[Page]:
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}: install Debian's chromium to run this")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        opened = browser.new_page()
        opened.goto(demo.page)
        yield opened
        browser.close()


def lamps(demo: RunningDemo) -> list[tuple[str, Target]]:
    """Lamps that have been heard since the daemon started: what a person calls them, and their targets."""
    view = demo.wait_for(lambda view: any(_heard(device) for area in view.areas for device in area.devices))
    devices = [device for area in view.areas for device in area.devices if _heard(device)]
    return [(device.name, Target(device.id, Kind.LIGHT)) for device in devices]


def _heard(device: DeviceView) -> bool:
    return any(value.quantity == Quantity.LIGHT_ON and value.fresh for value in device.values)


def test_a_lamp_is_asked_and_then_confirmed_by_itself(demo: RunningDemo, page: Page) -> None:
    name, target = lamps(demo)[0]
    card = page.locator(f'[data-target="{target}"]')
    card.get_by_role("button", name=f"on {name}").or_(card.get_by_role("button", name=f"off {name}")).first.click()
    outcome = card.locator("[data-field=outcome]")
    expect(outcome).to_have_attribute("data-state", "confirmed", timeout=SLOW)
    assert demo.target(target).cause == "person"


def test_a_wall_switch_pressed_on_the_plan_shows_as_by_hand_and_starts_a_hold(demo: RunningDemo, page: Page) -> None:
    _, target = lamps(demo)[-1]
    before = demo.target(target).reported
    turn(page, "Simulator")
    page.locator(f'[data-lamp="{target.device}"]').click()
    turn(page, "Home")
    card = page.locator(f'[data-target="{target}"]')
    expect(card.locator("[data-field=changed-by]")).to_contain_text("by hand", timeout=SLOW)
    expect(card.locator("[data-field=hold]")).to_be_visible(timeout=SLOW)
    assert demo.target(target).reported != before


def test_time_is_paused_and_stepped(demo: RunningDemo, page: Page) -> None:
    turn(page, "Simulator")
    page.get_by_role("button", name="Pause time").click()
    expect(page.locator("#ribbon")).to_contain_text("Time is paused", timeout=SLOW)
    paused = demo.wait_for(lambda view: view.simulator["paused"]).at
    page.get_by_role("button", name="Step 10 min").click()
    demo.wait_for(lambda view: view.at >= paused + 599)
    page.get_by_role("button", name="Resume time").click()
    expect(page.locator("#ribbon")).to_contain_text("Time runs at 10×", timeout=SLOW)


def test_a_stuck_sensor_is_flagged_until_it_is_mended(demo: RunningDemo, page: Page) -> None:
    turn(page, "Simulator")
    page.get_by_label("Which room").select_option("living")
    device = page.locator('[data-simulated="living_climate"]')
    device.get_by_label("What goes wrong with Living climate").select_option("stuck")
    device.get_by_role("button", name="Break Living climate").click()
    flag = device.locator("[data-field=faults]")
    expect(flag).to_have_text("stuck", timeout=SLOW)
    device.get_by_role("button", name="Mend Living climate").click()
    expect(flag).to_be_hidden(timeout=SLOW)


def turn(page: Page, view: str) -> None:
    page.get_by_role("link", name=view, exact=True).click()
    expect(page.get_by_role("region", name=view, exact=True)).to_be_visible()
