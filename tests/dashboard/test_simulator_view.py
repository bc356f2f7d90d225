"""The simulator in a real Chromium: what a hand does there reaches the simulator, and what comes of it is seen."""

from datetime import UTC, datetime

import pytest
from playwright.async_api import expect

from homectl.bridge.messages import Message
from homectl.bridge.traffic import Traffic
from homectl.home import FeatureView, HeadView, InputsView, Quantity, Target
from tests.dashboard.seen import See, Seen
from tests.fakes import NOON, FakeHome

pytestmark = pytest.mark.browser


def test_a_simulated_home_says_so_loudly_on_every_view(see: See) -> None:
    async def scene(seen: Seen) -> None:
        for view in ("home", "why", "simulator"):
            await seen.go(view)
            await expect(seen.page.locator("#ribbon")).to_have_text(
                "Simulated home: nothing here is real. Time runs at 1×."
            )

    see(scene)


def test_time_is_paused_stepped_sped_up_and_jumped(see: See) -> None:
    async def scene(seen: Seen) -> None:
        await seen.go("simulator")
        state = seen.page.locator('[data-field="simulated-time"]')
        await seen.button("60× speed").click()
        await expect(state).to_have_text("Time runs at 60×")
        await expect(seen.button("60× speed")).to_have_attribute("aria-pressed", "true")
        await seen.button("Pause time").click()
        await expect(state).to_have_text("Time is paused")
        await seen.button("Step 10 min").click()
        await seen.page.get_by_label("Jump to").fill("2025-01-07T18:00")
        await seen.button("Jump").click()
        await seen.button("Resume time").click()
        await expect(state).to_have_text("Time runs at 60×")
        jump = ("jump", {"to": seen.home.clock.now() + 5.5 * 3600})
        step = ("step", {"seconds": 600.0})
        assert seen.home.simulated == [("speed", {"speed": 60.0}), ("pause", {}), step, jump, ("resume", {})]

    see(scene)


def test_a_jump_across_a_change_of_summer_time_lands_when_the_clocks_of_the_home_show_it(see: See) -> None:
    async def scene(seen: Seen) -> None:
        await seen.go("simulator")
        jump_to = seen.page.get_by_label("Jump to")
        await expect(jump_to).to_have_value("2025-01-07T12:30")
        await jump_to.fill("2025-07-01T12:00")
        await seen.button("Jump").click()
        await expect(seen.page.locator("#spoken")).to_have_text("Asked the simulator: jump")
        assert seen.home.simulated == [("jump", {"to": datetime(2025, 7, 1, 10, tzinfo=UTC).timestamp()})]

    see(scene)


UTC_OF = """async (asked) => {
  const { localOf, utcOf } = await import("/static/home_clock.js");
  return asked.map(([local, zone]) => [utcOf(local, zone), localOf(utcOf(local, zone), zone)]);
}"""
BERLIN, NEW_YORK, LORD_HOWE = "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"


def test_a_local_time_is_one_time_also_where_clocks_show_it_twice_or_leap_over_it(see: See) -> None:
    told = {
        ("2025-03-29T12:00", BERLIN): ("2025-03-29T11:00", "2025-03-29T12:00"),
        ("2025-03-30T01:59", BERLIN): ("2025-03-30T00:59", "2025-03-30T01:59"),
        ("2025-03-30T02:30", BERLIN): ("2025-03-30T01:30", "2025-03-30T03:30"),  # leapt over
        ("2025-03-30T03:00", BERLIN): ("2025-03-30T01:00", "2025-03-30T03:00"),
        ("2025-03-31T02:30", BERLIN): ("2025-03-31T00:30", "2025-03-31T02:30"),
        ("2025-10-26T01:59", BERLIN): ("2025-10-25T23:59", "2025-10-26T01:59"),
        ("2025-10-26T02:30", BERLIN): ("2025-10-26T00:30", "2025-10-26T02:30"),  # twice
        ("2025-10-26T03:00", BERLIN): ("2025-10-26T02:00", "2025-10-26T03:00"),
        ("2025-11-02T01:30", NEW_YORK): ("2025-11-02T05:30", "2025-11-02T01:30"),  # twice
        ("2025-03-09T02:30", NEW_YORK): ("2025-03-09T07:30", "2025-03-09T03:30"),  # leapt over
        ("2025-04-06T01:45", LORD_HOWE): ("2025-04-05T14:45", "2025-04-06T01:45"),  # twice, half an hour apart
        ("2025-06-01T00:00", "Asia/Kolkata"): ("2025-05-31T18:30", "2025-06-01T00:00"),
        ("2025-01-01T00:00", "UTC"): ("2025-01-01T00:00", "2025-01-01T00:00"),
    }

    async def scene(seen: Seen) -> None:
        found = await seen.page.evaluate(UTC_OF, [list(asked) for asked in told])
        shown = [(f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M}", local) for at, local in found]
        assert dict(zip(told, shown, strict=True)) == told

    see(scene)


def test_a_wall_switch_pressed_on_the_plan_shows_as_by_hand_with_a_hold(see: See) -> None:
    async def scene(seen: Seen) -> None:
        await seen.go("simulator")
        await seen.button("Ceiling lamp, off: press its wall switch").click()
        await expect(seen.button("Ceiling lamp, on: press its wall switch")).to_have_attribute("data-on", "true")
        await seen.go("home")
        lamp = seen.target("lamp/light")
        await expect(lamp.locator('[data-field="changed-by"]')).to_contain_text("Changed by hand")
        await expect(lamp.locator('[data-field="hold"]')).to_contain_text("On hold")
        assert seen.home.simulated == [("press", {"device": "lamp"})]

    see(scene)


def test_a_person_is_picked_up_and_put_down_by_keyboard_alone(see: See) -> None:
    async def scene(seen: Seen) -> None:
        await seen.go("simulator")
        ben = seen.button("Ben (B), away: move")
        await ben.focus()
        await seen.page.keyboard.press("Enter")
        await expect(ben).to_have_attribute("aria-pressed", "true")
        await seen.page.keyboard.press("Escape")
        await expect(ben).to_have_attribute("aria-pressed", "false")
        await seen.page.keyboard.press("Enter")
        await seen.button("Living room, 19.8 °C, nobody here: move Ben there").focus()
        await seen.page.keyboard.press("Enter")
        await expect(seen.button("Ben (B), Living room: move")).to_be_visible()
        assert seen.home.simulated == [("move", {"person": "Ben", "area": "living"})]

    see(scene)


def test_a_room_of_the_plan_shows_its_devices_and_their_hands(see: See) -> None:
    async def scene(seen: Seen) -> None:
        await seen.go("simulator")
        await seen.button("Living room, 19.8 °C, nobody here").click()
        await expect(seen.page.get_by_label("Which room")).to_be_focused()
        await expect(seen.page.locator('[data-simulated="valve"]')).to_be_visible()
        knob = seen.page.get_by_role("spinbutton", name="Knob of Radiator, exactly")
        await knob.fill("22.5")
        await knob.press("Enter")
        await seen.button("Front door, closed, unlocked: show its room").click()
        await seen.button("Keypad of Front door lock: lock").click()
        await seen.button("Thumb-turn of Front door lock: unlock").click()
        await expect(seen.page.locator("#spoken")).to_have_text("Asked the simulator: bolt")
        assert seen.home.simulated == [
            ("turn", {"device": "valve", "celsius": 22.5}),
            ("keypad", {"device": "bolt", "locked": True}),
            ("bolt", {"device": "bolt", "locked": False}),
        ]

    see(scene)


def test_a_sensor_is_made_to_say_something_until_it_is_given_back(see: See) -> None:
    async def scene(seen: Seen) -> None:
        await seen.go("simulator")
        lux = seen.page.get_by_role("slider", name="Brightness of Motion sensor")
        await lux.focus()
        await seen.page.keyboard.press("End")
        row = seen.page.locator('[data-simulated="motion"] [data-sense="illuminance"]')
        await expect(row).to_have_attribute("data-given", "true")
        await seen.button("Motion of Motion sensor: Still").click()
        await seen.button("Give back: let Motion sensor measure Brightness itself").click()
        await expect(row).to_have_attribute("data-given", "false")
        told = [("illuminance", 2000.0), ("motion", 0.0), ("illuminance", None)]
        wanted = [("sense", {"device": "motion", "quantity": name, "value": value}) for name, value in told]
        assert seen.home.simulated == wanted

    see(scene)


def test_a_fault_is_flagged_until_it_is_mended(see: See) -> None:
    async def scene(seen: Seen) -> None:
        await seen.go("simulator")
        device = seen.page.locator('[data-simulated="motion"]')
        flag = device.locator('[data-field="faults"]')
        await seen.page.get_by_label("What goes wrong with Motion sensor").select_option("stuck")
        await seen.button("Break Motion sensor").click()
        await expect(flag).to_have_text("stuck")
        await seen.button("Mend Motion sensor").click()
        await expect(flag).to_be_hidden()
        await seen.button("Break the home").click()
        await expect(seen.page.locator('[data-field="home-faults"]')).to_have_text("clock 12 h ahead")
        stuck = ("fault", {"device": "motion", "kind": "stuck"})
        assert seen.home.simulated == [stuck, ("mend", {"device": "motion"}), ("fault", {"kind": "clock"})]

    see(scene)


def test_weather_scenario_seed_recording_and_broker_are_asked_of_the_simulator(see: See) -> None:
    async def scene(seen: Seen) -> None:
        await seen.go("simulator")
        await seen.page.get_by_role("spinbutton", name="Outdoors, exactly").fill("-5")
        await seen.page.get_by_role("spinbutton", name="Outdoors, exactly").press("Enter")
        await expect(seen.page.locator('[data-field="weather"]')).to_have_text("-5.0 °C outdoors, some clouds")
        await seen.button("Its own weather again").click()
        await seen.page.get_by_role("combobox", name="Scenario").select_option("fire")
        await seen.button("Begin the scenario").click()
        await seen.page.get_by_role("spinbutton", name="Seed").fill("11")
        await seen.button("Reset: begin anew with this seed").click()
        await seen.button("Record what devices say").click()
        file = "/var/lib/simulator/recordings/small-20250107-1230.db"
        state = seen.page.locator('[data-field="recording"]')
        await expect(state).to_have_text(f"Recording to {file}")
        await seen.button("Stop recording").click()
        await expect(state).to_have_text(f"Recorded to {file}; homectl replay reads it")
        await seen.page.get_by_label("What goes wrong with the broker").select_option("drop")
        await seen.button("Break the broker").click()
        await expect(seen.page.locator("#spoken")).to_have_text("Asked the simulator: broker")
        assert seen.home.simulated == [
            ("weather", {"outdoors": -5.0}),
            ("weather", {"outdoors": None, "cloud": None}),
            ("scenario", {"name": "fire"}),
            ("reset", {"seed": 11}),
            ("record", {"on": True}),
            ("record", {"on": False}),
            ("broker", {"fault": "drop", "seconds": 10.0}),
        ]

    see(scene)


def refuse(home: FakeHome, number: int, reason: str) -> None:
    home.simulator |= {"refused": {"id": number, "control": "jump", "reason": reason}}
    home.changed()


def test_what_the_simulator_refuses_is_said_with_its_reason_but_not_what_it_refused_before(see: See) -> None:
    home = FakeHome()
    refuse(home, 1, "that was long ago.")

    async def scene(seen: Seen) -> None:
        await seen.go("simulator")
        answer = seen.page.locator('[data-field="simulator-answer"]')
        await seen.button("Step 10 min").click()
        await expect(seen.page.locator("#spoken")).to_have_text("Asked the simulator: step")
        await expect(answer).to_be_hidden()
        refuse(home, 2, "expected a time after now, got yesterday.")
        await expect(answer).to_have_text("The simulator refused jump: expected a time after now, got yesterday.")
        await expect(answer).to_have_role("alert")
        await expect(seen.page.locator("#spoken")).to_have_text("")
        await seen.button("Step 1 h").click()
        await expect(seen.page.locator("#spoken")).to_have_text("Asked the simulator: step")
        await expect(answer).to_be_hidden()
        await seen.go("home")
        refuse(home, 3, "nobody looked.")
        await seen.go("simulator")
        await expect(answer).to_be_hidden()

    see(scene, home)


def test_a_home_whose_simulator_tells_nothing_says_so(see: See) -> None:
    home = FakeHome()
    home.simulator = {"speed": 1.0, "paused": False, "people": {}}

    async def scene(seen: Seen) -> None:
        await seen.go("simulator")
        await expect(seen.view("simulator")).to_contain_text("This simulation has not told its plan.")
        await expect(seen.button("Pause time")).to_be_visible()

    see(scene, home)


def test_lamps_glow_as_bright_as_they_are(see: See) -> None:
    async def scene(seen: Seen) -> None:
        await seen.go("simulator")
        seen.home.simulator |= {"lamps": {"lamp": {"on": True, "level": 0.8}}}
        seen.home.report("lamp", Quantity.LIGHT_ON, 1.0)
        lamp = seen.page.locator('[data-lamp="lamp"]')
        await expect(lamp).to_have_attribute("data-on", "true")
        assert await lamp.evaluate("node => node.style.getPropertyValue('--level')") == "0.8"

    see(scene)


def test_traffic_is_shown_newest_first_by_direction_words_and_retention(see: See) -> None:
    async def scene(seen: Seen) -> None:
        await seen.go("simulator")
        passed = seen.home.passed
        passed.note(Message("zigbee2mqtt/lamp", b'{"state": "ON"}', retain=True), NOON)
        passed.note(Message("zigbee2mqtt/lamp/set", b'{"state": "OFF"}'), NOON, out=True)
        await seen.page.get_by_text("Show what is sent").click()
        rows = seen.page.get_by_role("list", name="Messages").get_by_role("listitem")
        await expect(rows).to_have_count(2)
        await expect(rows.first).to_contain_text("zigbee2mqtt/lamp/set")
        await seen.page.get_by_label("Direction").select_option("from devices")
        await expect(rows).to_contain_text(["retained"])
        await expect(rows).to_have_count(1)
        await seen.page.get_by_label("Show only messages with").fill("off")
        await expect(rows).to_have_count(0)
        await seen.page.get_by_label("Direction").select_option("both directions")
        await expect(rows).to_have_count(1)
        await seen.page.get_by_label("retained only").check()
        await expect(rows).to_have_count(0)

    see(scene)


def test_the_clock_of_a_simulated_home_drowns_no_message_of_a_device_unless_it_is_asked_for(see: See) -> None:
    async def scene(seen: Seen) -> None:
        await seen.go("simulator")
        passed = seen.home.passed
        passed.note(Message("zigbee2mqtt/lamp", b'{"state": "ON"}'), NOON)
        await seen.page.get_by_text("Show what is sent").click()
        rows = seen.page.get_by_role("list", name="Messages").get_by_role("listitem")
        await expect(rows).to_have_count(1)
        for number in range(400):
            passed.note(Message(f"sim/small/{('clock', 'settled', 'ack')[number % 3]}", str(number).encode()), NOON)
        for _ in range(2):
            async with seen.page.expect_response("**/api/traffic*"):
                pass
        await expect(seen.page.locator('[data-field="traffic"]')).to_have_text("1 of the last 1 message")
        await seen.page.get_by_label("without the clock").uncheck()
        passed.note(Message("sim/small/clock", b"later"), NOON)
        await expect(rows).to_have_count(2)
        await expect(rows.first).to_contain_text("sim/small/clock")

    see(scene)


@pytest.mark.parametrize("said", [2, 3, 5], ids="{} messages".format)
def test_traffic_of_another_run_begins_anew_however_many_messages_it_has_had(see: See, said: int) -> None:
    async def scene(seen: Seen) -> None:
        await seen.go("simulator")
        for number in range(3):
            seen.home.passed.note(Message(f"zigbee2mqtt/first/{number}", b"{}"), NOON)
        look = seen.page.get_by_text("Show what is sent")
        await look.click()
        rows = seen.page.get_by_role("list", name="Messages").get_by_role("listitem")
        await expect(rows).to_have_count(3)
        seen.home.passed = Traffic()
        for number in range(said):
            seen.home.passed.note(Message(f"zigbee2mqtt/second/{number}", b"{}"), NOON)
        await look.click()
        await look.click()
        topics = [f"zigbee2mqtt/second/{number}" for number in reversed(range(said))]
        await expect(rows.locator(".topic")).to_have_text(topics)
        seen.home.passed.note(Message("zigbee2mqtt/later", b"{}"), NOON)
        await look.click()
        await look.click()
        await expect(rows.locator(".topic")).to_have_text(["zigbee2mqtt/later", *topics])

    see(scene)


SURE = {"locked": 1.0, "unlocked": 0.0}


class Reading(FakeHome):
    """A home whose policy reads two facts, one of which is not known."""

    async def inputs(self, target: Target) -> InputsView:
        lux = FeatureView(name="lux", value=84.0, unit="lx", age=180.0, missing=False)
        sun = FeatureView(name="sun", value=0.0, unit="°", age=None, missing=True)
        heads = (HeadView(task="light_on", said={"on": 0.87, "off": 0.13}), HeadView(task="lock", said=SURE))
        about = {"at": NOON, "policy": "network base-3", "guard": "would be let through", "record": f"{target}@1"}
        return InputsView(features=(lux, sun), heads=heads, change=0.31, **about)


def test_what_the_network_reads_and_says_is_shown_with_ages(see: See) -> None:
    async def scene(seen: Seen) -> None:
        await seen.go("simulator")
        await seen.page.get_by_text("Show what the model sees and says").click()
        head = seen.page.locator('[data-task="light_on"]')
        await expect(head).to_contain_text("87 %")
        sure = seen.page.locator('[data-task="lock"] .chance')
        await expect(sure).to_have_text(["lockedover 99 %", "unlockedunder 1 %"])
        await expect(seen.page.locator('[data-task="change"]')).to_contain_text("31 %")
        rows = seen.page.get_by_role("region", name="Inputs of the model").locator("tbody tr")
        await expect(rows).to_have_text(["lux84 lx3 min ago", "sunnot known"])
        await expect(seen.page.locator('[data-field="guard"]')).to_have_text("Guard: would be let through")
        await seen.page.get_by_label("Show only inputs with").fill("su")
        await expect(rows).to_have_count(1)

    see(scene, Reading())
