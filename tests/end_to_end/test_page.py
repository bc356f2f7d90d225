"""The page of a running demo in a real Chromium: asked, confirmed, by hand, behind a PIN, deceived, and lost."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from homectl.bridge.broker import available
from homectl.home import DeviceView, Kind, Quantity, Target
from tests.chromium import ARGUMENTS, CHROMIUM
from tests.end_to_end.demo import RunningDemo

pytestmark = [pytest.mark.broker, pytest.mark.browser, pytest.mark.timeout(180)]

SLOW = 15_000
"""Milliseconds the page may take to show what happened in the home."""

SILENT = 40_000
"""Milliseconds in which the page must have noticed that nothing is heard any more, or that a daemon is back."""

LOCK = Target("front_door_lock", Kind.LOCK)
HOUR = 3600.0
RIGHT, WRONG = "739146", "739147"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    if not available():
        pytest.skip("no broker: neither Mosquitto nor the iotcore wheel is installed")
    with RunningDemo(tmp_path_factory.mktemp("demo"), "--speed", "10", "--seed", "5", "--past", "1") as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}: install Debian's chromium to run this")
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def page(demo: RunningDemo, browser: Browser) -> Iterator[Page]:
    opened = browser.new_page()
    opened.goto(demo.page)
    expect(opened.get_by_role("region", name="Home", exact=True)).to_be_visible(timeout=SLOW)
    yield opened
    opened.close()


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


def test_a_stuck_sensor_is_flagged_by_homectl_itself_until_it_is_mended(demo: RunningDemo, page: Page) -> None:
    """Its room cools and is heated again, and it says the same all the while: homectl is not told that it is broken."""
    broken = simulated(page, "living", "living_climate")
    broken.get_by_label("What goes wrong with Living climate").select_option("stuck")
    broken.get_by_role("button", name="Break Living climate").click()
    expect(broken.locator("[data-field=faults]")).to_have_text("stuck", timeout=SLOW)
    turn(page, "Home")
    doubt = page.locator("[data-device=living_climate] [data-field=doubt]")
    expect(doubt).to_be_hidden()
    for celsius, hours in ((8.0, 2), (25.0, 5)):
        demo.simulate("turn", {"device": "living_thermostat", "celsius": celsius})
        jump(demo, hours * HOUR)
    expect(doubt).to_contain_text("while heating went on and off", timeout=SLOW)
    expect(page.locator("#alarms")).to_contain_text("Living climate has said")
    broken = simulated(page, "living", "living_climate")
    broken.get_by_role("button", name="Mend Living climate").click()
    expect(broken.locator("[data-field=faults]")).to_be_hidden(timeout=SLOW)
    jump(demo, HOUR)
    turn(page, "Home")
    expect(doubt).to_be_hidden(timeout=SLOW)


def test_an_unlock_needs_the_pin_and_five_wrong_ones_lock_out(demo: RunningDemo, page: Page) -> None:
    command = [sys.executable, "-m", "homectl", "people", "add", "Ada", "--pin-stdin"]
    command += ["--config", str(demo.data / "homectl.yaml")]
    subprocess.run(command, input=RIGHT, text=True, check=True, capture_output=True, timeout=60)
    lock = page.locator(f'[data-target="{LOCK}"]')
    answer, outcome = lock.locator("[data-field=answer]"), lock.locator("[data-field=outcome]")
    unlock(lock, WRONG)
    expect(answer).to_contain_text("the person or the PIN is wrong", timeout=SLOW)
    assert demo.target(LOCK).asked != "unlocked"
    unlock(lock, RIGHT)
    expect(outcome).to_contain_text("Confirmed: unlocked", timeout=SLOW)
    expect(lock).to_have_attribute("data-reported", "unlocked")
    lock.locator("[data-action=lock]").click()
    expect(outcome).to_contain_text("Confirmed: locked", timeout=SLOW)
    for _ in range(5):
        unlock(lock, WRONG)
        expect(answer).to_contain_text("the person or the PIN is wrong", timeout=SLOW)
    unlock(lock, RIGHT)
    expect(answer).to_contain_text("60 s", timeout=SLOW)
    assert demo.target(LOCK).asked == "locked"


def test_a_silent_server_is_told_and_heard_again_without_a_hand(demo: RunningDemo, page: Page) -> None:
    stale, daemon = page.locator("#stale"), demo.daemon()
    page.clock.install()
    page.reload()
    goes_on(page)
    os.kill(daemon, signal.SIGSTOP)
    try:
        page.clock.fast_forward(SILENT)
        expect(stale).to_contain_text("Nothing heard from homectl", timeout=SILENT)
        expect(stale).to_contain_text("What you see is from")
    finally:
        os.kill(daemon, signal.SIGCONT)
    expect(stale).to_be_hidden(timeout=SILENT)
    goes_on(page)


def test_a_server_that_is_lost_and_begins_anew_shows_the_home_again_without_a_hand(
    demo: RunningDemo, page: Page
) -> None:
    stale = page.locator("#stale")
    demo.kill_daemon()
    expect(stale).to_contain_text("The connection to homectl is lost", timeout=SLOW)
    demo.wait_for(lambda view: view.connected and view.simulator.get("paused") is False, within=60)
    expect(stale).to_be_hidden(timeout=SILENT)
    expect(page.get_by_role("region", name="Home", exact=True)).to_be_visible()
    goes_on(page)


def unlock(lock: Locator, pin: str) -> None:
    """Ask as Ada in both steps. The form is still open where the PIN before was wrong."""
    form = lock.locator("form")
    if not form.is_visible():
        lock.locator("[data-action=unlock]").click()
    form.get_by_label("Name").fill("Ada")
    form.get_by_label("PIN").fill(pin)
    with lock.page.expect_response(lambda response: response.url.endswith("/unlock")):
        form.locator("[data-action=confirm-unlock]").click()


def jump(demo: RunningDemo, seconds: float) -> None:
    view = demo.view()
    assert view is not None
    demo.simulate("jump", {"seconds": seconds})
    demo.wait_for(lambda now: now.at >= view.at + seconds, within=90)


def goes_on(page: Page) -> None:
    """The home's time that the page shows moves."""
    clock = page.locator("#time")
    expect(clock).not_to_have_text(clock.inner_text(), timeout=SLOW)


def simulated(page: Page, room: str, device: str) -> Locator:
    """A device of a room in the Simulator view."""
    turn(page, "Simulator")
    page.get_by_label("Which room").select_option(room)
    return page.locator(f'[data-simulated="{device}"]')


def turn(page: Page, view: str) -> None:
    page.get_by_role("link", name=view, exact=True).click()
    expect(page.get_by_role("region", name=view, exact=True)).to_be_visible()
