"""The page in a real Chromium: what a person sees is what the home says, never what was hoped."""

import asyncio

import pytest
from playwright.async_api import Browser, Route, expect

from homectl.dashboard import Server
from homectl.home import (
    Area,
    Cause,
    Decision,
    Device,
    Home,
    Kind,
    Light,
    Lock,
    LockState,
    Origin,
    Quantity,
    Ruling,
    Setpoint,
    Unlock,
    Verdict,
)
from tests.dashboard.doors import KEY, door
from tests.dashboard.seen import See, Seen
from tests.fakes import HEATING, LAMP, LOCK, NOON, FakeHome, small_home

pytestmark = pytest.mark.browser

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    '"><svg onload=alert(1)>',
    "javascript:alert(1)",
    "'-alert(1)-'",
    "</title><script>alert(1)</script>",
)

ROOM = {"x": 0.0, "y": 0.0, "w": 3.0, "h": 3.0}


def test_a_lamp_is_asked_then_confirmed_and_never_shown_on_before_it_says_so(see: See) -> None:
    async def scene(seen: Seen) -> None:
        lamp = seen.target("lamp/light")
        outcome = lamp.locator('[data-field="outcome"]')
        on_its_way = asyncio.Event()

        async def slowly(route: Route) -> None:
            await on_its_way.wait()
            await route.continue_()

        await seen.page.route("**/api/targets/**", slowly)
        await seen.button("Turn on Ceiling lamp").click()
        assert await lamp.locator('[data-field="reported"]').text_content() == "Off"
        assert await outcome.is_hidden()
        on_its_way.set()
        await expect(outcome).to_contain_text("Asked: on, waiting for the device…")
        await expect(lamp).to_have_attribute("data-reported", "off")
        await expect(seen.button("Turn on Ceiling lamp")).to_have_attribute("aria-pressed", "false")
        await expect(seen.page.locator("#spoken")).to_contain_text("Ceiling lamp: Asked: on")
        seen.home.confirm(LAMP)
        await expect(outcome).to_contain_text("Confirmed: on · asked by a person")
        await expect(lamp.locator('[data-field="reported"]')).to_have_text("On at 60%")
        await expect(seen.button("Turn on Ceiling lamp")).to_have_attribute("aria-pressed", "true")
        await expect(seen.page.locator("#spoken")).to_contain_text("Ceiling lamp: Confirmed: on")
        assert seen.home.asked == [(LAMP, Light(on=True))]

    see(scene)


def test_a_reason_from_before_a_hand_is_said_to_be_from_before(see: See) -> None:
    home = FakeHome()
    off = Decision(target=LAMP, setting=Light(on=False), cause=Cause.LEARNED, confidence=0.9, reason="dusk", at=NOON)
    home.verdicts[LAMP] = Verdict(decision=off, ruling=Ruling.NOTHING, rule="", reason="it is off already")
    home.sentences[LAMP] = "Ceiling lamp: left alone, it is off already."

    async def scene(seen: Seen) -> None:
        decision = seen.target("lamp/light").locator('[data-field="decision"]')
        await expect(decision).to_have_text("Why: Left alone, it is off already.")
        seen.home.clock.tell(NOON + 5)
        seen.home.by_hand(LAMP, 1.0)
        await expect(decision).to_have_text("Before that: Left alone, it is off already.")

    see(scene, home)


def test_alarms_stand_above_the_areas_until_they_are_over(see: See) -> None:
    async def scene(seen: Seen) -> None:
        alarms = seen.page.locator("#alarms")
        await expect(alarms).to_be_hidden()
        seen.home.alarms = ("Smoke: Detector gives the alarm", "<b>Hall</b>: 6.5 °C, about to freeze")
        seen.home.changed()
        await expect(alarms.locator("p")).to_have_text([*seen.home.alarms])
        seen.home.alarms = ()
        seen.home.changed()
        await expect(alarms).to_be_hidden()

    see(scene)


def test_a_failure_says_what_failed_and_why(see: See) -> None:
    async def scene(seen: Seen) -> None:
        await seen.button("Lock Front door lock").click()
        outcome = seen.target("bolt/lock").locator('[data-field="outcome"]')
        await expect(outcome).to_contain_text("Asked: locked")
        seen.home.fail(LOCK)
        await expect(outcome).to_have_text("Failed: unreachable (asked: locked) · asked by a person")
        await expect(seen.target("bolt/lock").locator('[data-field="reported"]')).to_have_text("Unlocked")
        await seen.button("Retry Front door lock").click()
        await expect(outcome).to_contain_text("Asked: locked")
        await expect(seen.button("Retry Front door lock")).to_be_hidden()
        assert seen.home.asked == [(LOCK, Lock()), (LOCK, Lock())]

    see(scene)


def test_five_wrong_pins_lock_out_which_cancel_takes_away_and_an_unlock_that_failed_offers_no_retry(see: See) -> None:
    async def scene(seen: Seen) -> None:
        await seen.button("Unlock Front door lock").click()
        await seen.page.get_by_label("Name").fill("Ada")
        said = seen.target("bolt/lock").locator('[data-field="answer"]')
        for _ in range(5):
            await seen.page.get_by_label("PIN").fill("0000")
            await seen.button("Confirm: unlock Front door lock").click()
            await expect(said).to_contain_text("the person or the PIN is wrong")
            await expect(seen.page.get_by_label("PIN")).to_be_focused()
        await seen.page.get_by_label("PIN").fill("7391")
        await seen.button("Confirm: unlock Front door lock").click()
        await expect(said).to_contain_text("Refused: too many wrong")
        assert seen.home.asked == []
        await seen.button("Cancel: do not unlock Front door lock").click()
        await expect(said).to_be_hidden()
        seen.excuse("status of 4")
        seen.home.ask(LOCK, Unlock(), Cause.PERSON)
        seen.home.fail(LOCK)
        await expect(seen.target("bolt/lock").locator('[data-field="outcome"]')).to_contain_text("Failed")
        await expect(seen.button("Retry Front door lock")).to_be_hidden()

    see(scene)


def test_a_lock_is_unlocked_in_two_steps_and_shown_unlocked_only_once_it_says_so(see: See) -> None:
    home = FakeHome()
    home.report("bolt", Quantity.LOCK, LockState.LOCKED)

    async def scene(seen: Seen) -> None:
        bolt, pin = seen.target("bolt/lock"), seen.page.get_by_label("PIN")
        await expect(pin).to_be_hidden()
        await seen.button("Unlock Front door lock").click()
        await seen.page.get_by_label("Name").fill("Ada")
        await pin.fill("7391")
        assert seen.home.asked == []
        await seen.button("Confirm: unlock Front door lock").click()
        outcome = bolt.locator('[data-field="outcome"]')
        await expect(outcome).to_contain_text("Asked: unlocked, waiting for the device…")
        await expect(bolt).to_have_attribute("data-reported", "locked")
        await expect(pin).to_be_hidden()
        assert await pin.input_value() == ""
        seen.home.confirm(LOCK)
        await expect(outcome).to_contain_text("Confirmed: unlocked · asked by a person")
        await expect(bolt).to_have_attribute("data-reported", "unlocked")
        assert seen.home.asked == [(LOCK, Unlock())]

    see(scene, home)


def test_a_wrong_pin_says_so_and_is_forgotten(see: See) -> None:
    async def scene(seen: Seen) -> None:
        await seen.button("Unlock Front door lock").click()
        await seen.page.get_by_label("Name").fill("Ada")
        await seen.page.get_by_label("PIN").fill("7392")
        await seen.page.keyboard.press("Enter")
        said = seen.target("bolt/lock").locator('[data-field="answer"]')
        await expect(said).to_have_text("Refused: the person or the PIN is wrong; try again")
        assert await seen.page.get_by_label("PIN").input_value() == ""
        await seen.button("Cancel: do not unlock Front door lock").click()
        await expect(seen.page.get_by_label("PIN")).to_be_hidden()
        assert seen.home.asked == []
        seen.excuse("401")

    see(scene)


def test_a_lock_that_cannot_be_unlocked_offers_nothing(see: See) -> None:
    home = FakeHome()
    home.home = home.home.with_device(home.home.device("bolt").model_copy(update={"unlocks": False}))

    async def scene(seen: Seen) -> None:
        await expect(seen.button("Lock Front door lock")).to_be_visible()
        await expect(seen.button("Unlock Front door lock")).to_be_hidden()

    see(scene, home)


def test_a_hand_at_the_wall_shows_as_by_hand_and_its_hold_can_be_ended(see: See) -> None:
    home = FakeHome()
    home.ask(LAMP, Light(on=True), Cause.LEARNED)
    home.confirm(LAMP)

    async def scene(seen: Seen) -> None:
        lamp = seen.target("lamp/light")
        await expect(lamp.locator('[data-field="outcome"]')).to_have_text("Confirmed: on · asked by homectl, learned")
        seen.home.by_hand(LAMP, 0.0)
        await expect(lamp.locator('[data-field="reported"]')).to_have_text("Off")
        await expect(lamp.locator('[data-field="outcome"]')).to_be_hidden()
        await expect(lamp.locator('[data-field="changed-by"]')).to_have_text("Changed by hand, just now")
        await expect(lamp.locator('[data-field="hold"]')).to_have_text("On hold: homectl leaves it alone for 30 min")
        await seen.button("Resume Ceiling lamp").click()
        await expect(lamp.locator('[data-field="hold"]')).to_be_hidden()
        await seen.button("Hold Ceiling lamp").click()
        said = "On hold: homectl leaves it alone for 1 h, as the page asked"
        await expect(lamp.locator('[data-field="hold"]')).to_have_text(said)

    see(scene, home)


def test_a_suggestion_can_be_answered_with_yes_and_no(see: See) -> None:
    home = FakeHome()
    home.suggestions = {LAMP: Light(on=True), HEATING: Setpoint(21.0)}

    async def scene(seen: Seen) -> None:
        lamp, valve = (seen.target(t).locator('[data-field="suggestion"]') for t in ("lamp/light", "valve/setpoint"))
        await expect(lamp).to_contain_text("Suggested: on")
        await seen.button("Yes, do what is suggested for Ceiling lamp").click()
        await expect(lamp).to_be_hidden()
        await expect(seen.target("lamp/light").locator('[data-field="outcome"]')).to_contain_text("Asked: on")
        await expect(valve).to_contain_text("Suggested: 21.0 °C")
        await seen.button("No, leave Radiator as it is").click()
        await expect(valve).to_be_hidden()
        await expect(seen.target("valve/setpoint").locator('[data-field="hold"]')).to_contain_text("On hold")

    see(scene, home)


def test_a_hold_until_something_happens_and_a_mode_are_set_and_shown_with_their_ends(see: See) -> None:
    async def scene(seen: Seen) -> None:
        lamp = seen.target("lamp/light")
        await lamp.get_by_label("How long to hold Ceiling lamp").select_option("until the room is empty")
        await seen.button("Hold Ceiling lamp").click()
        said = "On hold: homectl leaves it alone until the room is empty, as the page asked"
        await expect(lamp.locator('[data-field="hold"]')).to_have_text(said)
        await seen.button("Set away mode").click()
        mode = seen.page.locator('[data-field="mode"]')
        await expect(mode).to_contain_text("Away until 13:30, set by the page: lamps off")
        await expect(seen.button("Set away mode")).to_have_attribute("aria-pressed", "true")
        await seen.button("No mode: end it").click()
        await expect(mode).to_be_hidden()
        assert seen.home.span is None

    see(scene)


def test_presses_on_a_thermostat_are_one_wish_and_a_refusal_is_shown(see: See) -> None:
    async def scene(seen: Seen) -> None:
        valve = seen.target("valve/setpoint")
        await seen.button("Raise Radiator by 0.5 °C").evaluate("node => [1, 2, 3].forEach(() => node.click())")
        await expect(valve.locator('[data-field="outcome"]')).to_contain_text("Asked: 21.5 °C")
        await expect(valve.locator('[data-field="reported"]')).to_have_text("Set to 20.0 °C")
        seen.home.confirm(HEATING)
        await expect(valve.locator('[data-field="reported"]')).to_have_text("Set to 21.5 °C")
        seen.home.report("valve", Quantity.SETPOINT, 30.0, Origin.PERSON)
        await expect(valve.locator('[data-field="reported"]')).to_have_text("Set to 30.0 °C")
        await seen.button("Raise Radiator by 0.5 °C").click()
        refusal = "Refused: 30.5 °C is outside 7 to 30 °C."
        await expect(valve.locator('[data-field="answer"]')).to_have_text(refusal)
        await expect(seen.page.locator("#spoken")).to_have_text(f"Radiator: {refusal}")
        assert seen.home.asked == [(HEATING, Setpoint(21.5))]
        seen.excuse("409 (Conflict)")

    see(scene)


def test_brightness_is_set_by_keyboard_alone(see: See) -> None:
    async def scene(seen: Seen) -> None:
        slider = seen.page.get_by_role("slider", name="Brightness of Ceiling lamp")
        await expect(slider).to_have_value("60")
        await slider.focus()
        for _ in range(5):
            await seen.page.keyboard.press("ArrowRight")
        seen.home.pass_time(1)
        outcome = seen.target("lamp/light").locator('[data-field="outcome"]')
        await expect(outcome).to_contain_text("Asked: on at 65%")
        await expect(slider).to_be_focused()
        assert seen.home.asked[-1] == (LAMP, Light(on=True, level=0.65))

    see(scene)


def test_values_show_their_age_and_a_device_that_is_gone_says_so(see: See) -> None:
    async def scene(seen: Seen) -> None:
        motion = seen.page.locator('[data-device="motion"]')
        lux = motion.locator('[data-quantity="illuminance"]')
        await expect(lux.locator('[data-field="value"]')).to_have_text("84 lx")
        await expect(motion.locator('[data-field="battery"]')).to_have_text("battery low, 12 %")
        seen.home.pass_time(180)
        await expect(lux.locator('[data-field="age"]')).to_have_text("3 min ago")
        seen.home.pass_time(2 * 3600)
        await expect(lux.locator('[data-field="age"]')).to_have_text("2 h 3 min ago, not fresh")
        await expect(motion.locator('[data-field="availability"]')).to_be_hidden()
        seen.home.report("motion", Quantity.AVAILABLE, 0.0)
        await expect(motion.locator('[data-field="availability"]')).to_have_text("unreachable")

    see(scene)


def test_a_thermostat_says_once_how_old_it_is_where_all_of_it_is_as_old(see: See) -> None:
    async def scene(seen: Seen) -> None:
        facts = seen.target("valve/setpoint").locator(".facts")
        seen.home.pass_time(300)
        await expect(facts).to_have_text("19.6 °C measured5 min ago")
        seen.home.report("valve", Quantity.TEMPERATURE, 22.4)
        seen.home.report("valve", Quantity.HEATING, 1.0)
        await expect(facts).to_have_text("22.4 °C measured just now, heating5 min ago")

    see(scene)


def test_a_sensor_that_homectl_does_not_believe_is_flagged_on_its_card_until_it_does_again(see: See) -> None:
    async def scene(seen: Seen) -> None:
        climate = seen.page.locator('[data-device="climate"]')
        doubt = climate.locator('[data-field="doubt"]')
        await expect(doubt).to_be_hidden()
        await expect(climate.get_by_text("not believed", exact=True)).to_be_hidden()
        seen.home.pass_time(60)
        seen.home.report("climate", Quantity.TEMPERATURE, 61.0)
        await expect(doubt).to_have_text("It says 61 °C, which cannot be.")
        await expect(climate.get_by_text("not believed", exact=True)).to_be_visible()
        seen.home.pass_time(60)
        seen.home.report("climate", Quantity.TEMPERATURE, 19.9)
        await expect(doubt).to_be_hidden()

    see(scene)


def test_the_last_decision_and_its_reason_are_shown_with_who_was_behind_a_command(see: See) -> None:
    home = FakeHome()
    home.sentences[HEATING] = "Set to 21.0 °C: you usually have it there at this hour."
    home.ask(HEATING, Setpoint(21.0), Cause.LEARNED)
    home.confirm(HEATING)

    async def scene(seen: Seen) -> None:
        valve = seen.target("valve/setpoint")
        await expect(valve.locator('[data-field="decision"]')).to_have_text(f"Why: {home.sentences[HEATING]}")
        await expect(valve.locator('[data-field="autonomy"]')).to_have_text("auto")
        await expect(valve.locator('[data-field="changed-by"]')).to_contain_text("Changed by homectl, just now")
        await expect(valve.locator('[data-field="outcome"]')).to_have_text(
            "Confirmed: 21.0 °C · asked by homectl, learned"
        )

    see(scene, home)


def test_a_real_home_shows_no_simulator_and_says_when_its_broker_is_gone(see: See) -> None:
    home = FakeHome(small_home(simulated=False))
    home.pending = ("zigbee2mqtt:0x01",)

    async def scene(seen: Seen) -> None:
        await expect(seen.button("Turn on Ceiling lamp")).to_be_visible()
        await expect(seen.page.locator("#ribbon")).to_be_hidden()
        await expect(seen.page.get_by_role("link", name="Simulator")).to_be_hidden()
        await seen.page.evaluate("location.hash = '#/simulator'")
        await expect(seen.view("home")).to_be_visible()
        await expect(seen.view("simulator")).to_have_count(0)
        await expect(seen.page.locator(".pending li")).to_have_text("zigbee2mqtt:0x01")
        await expect(seen.page.locator("#unlinked")).to_be_hidden()
        home.connected = False
        home.changed()
        await expect(seen.page.locator("#unlinked")).to_be_visible()

    see(scene, home)


def test_a_lost_server_is_said_and_the_page_comes_back_by_itself(runner: asyncio.Runner, browser: Browser) -> None:
    async def play() -> None:
        home = FakeHome()
        access = door()
        first = Server(home, 0, access)
        port = await first.start()
        page = await browser.new_page()
        await page.goto(f"http://127.0.0.1:{port}/#token={KEY}")
        await expect(page.locator('[data-target="lamp/light"]')).to_be_visible()
        await first.stop()
        stale = page.locator("#stale")
        await expect(stale).to_contain_text(
            "The connection to homectl is lost. What you see is from Tuesday 2025-01-07"
        )
        await page.get_by_role("button", name="Turn on Ceiling lamp").click()
        answer = page.locator('[data-target="lamp/light"] [data-field="answer"]')
        await expect(answer).to_have_text("Not asked: homectl does not answer.")
        second = Server(home, port, access)
        await second.start()
        await expect(stale).to_be_hidden(timeout=10_000)
        assert home.asked == []
        await page.close()
        await second.stop()

    runner.run(play())


def test_silence_is_called_stale_after_15_seconds(see: See) -> None:
    async def scene(seen: Seen) -> None:
        await seen.page.clock.install()
        await seen.page.route("**/api/events", lambda route: asyncio.sleep(60))
        async with seen.page.expect_request("**/api/events"):
            await seen.page.reload()
        await seen.page.clock.run_for(14_000)
        await expect(seen.page.locator("#stale")).to_be_hidden()
        await seen.page.clock.run_for(3_000)
        await expect(seen.page.locator("#stale")).to_have_text(
            "Nothing heard from homectl for 15 seconds. Trying again…"
        )

    see(scene)


def test_names_from_outside_are_text_and_nothing_else(see: See) -> None:
    hostile = [
        Device(id=f"lamp{n}", name=text, area=f"a{n}", address=f"x:{text}", sets=frozenset({Kind.LIGHT}))
        for n, text in enumerate(HOSTILE)
    ]
    areas = tuple(Area(id=f"a{n}", name=text) for n, text in enumerate(HOSTILE))
    home = FakeHome(Home(id="small", name="<b>Home</b>", simulated=True, areas=areas, devices=tuple(hostile)))
    home.pending = HOSTILE
    home.simulator |= {"people": dict.fromkeys(HOSTILE, "away"), "scenarios": list(HOSTILE), "recording": HOSTILE[0]}
    home.simulator |= {"plan": home.simulator["plan"] | {"areas": dict.fromkeys(("a0", "a1"), ROOM)}}
    home.simulator |= {"faults": {"lamp0": list(HOSTILE)}, "possible": {text: ["*", ""] for text in HOSTILE}}
    for device, text in zip(hostile, HOSTILE, strict=True):
        home.sentences[device.targets()[0]] = text
        home.ask(device.targets()[0], Light(on=True), Cause.RULES)
        home.fail(device.targets()[0], text)

    async def scene(seen: Seen) -> None:
        for text in HOSTILE:
            await expect(seen.page.get_by_role("heading", name=text, exact=True, level=3)).to_be_visible()
        for view in ("why", "simulator"):
            await seen.go(view)
        await expect(seen.page.locator('[data-person] [data-field="where"]').first).to_contain_text(HOSTILE[0])
        assert await seen.page.locator("main script, main img, main svg[onload], body b").count() == 0

    see(scene, home)
