"""What may be done to a home that is lived in: sensors deceived, things broken and mended, the weather told."""

from dataclasses import asdict

import pytest

from homectl.home import DeviceUnknown, LockState, MessageError, Quantity, Reading, Signal
from simulator.controls import by_hand, read
from simulator.faults import OF_A_HOME, Trouble
from simulator.given_sky import GivenSky
from simulator.household import draw_household
from simulator.simulated import Staged
from simulator.world import World

START = 1_768_287_600.0  # Tuesday 13 January 2026, 08:00 in Berlin
SEED, CLIMATE, MOTION = 5, "living_climate", "hall_motion"
LOCK, DOOR = "front_door_lock", "front_door"
HOUR = 3600.0


def world() -> World:
    return World(SEED, start=START)


def lived(home: World, minutes: int) -> list[Reading]:
    return [reading for _ in range(minutes) for reading in home.step(60)]


def of(readings: list[Reading], device: str, quantity: Quantity) -> list[float]:
    return [reading.value for reading in readings if reading.signal == Signal(device, quantity)]


def test_a_world_is_one_that_can_be_staged() -> None:
    assert isinstance(world(), Staged)


# --- sensors ------------------------------------------------------------------------------------------


def test_a_deceived_sensor_says_so_at_once_and_whenever_it_speaks_until_it_is_given_back() -> None:
    home, honest = world(), world()
    assert of(home.sense(CLIMATE, Quantity.TEMPERATURE, 31.0), CLIMATE, Quantity.TEMPERATURE) == [31.0]
    told = lived(home, 180)
    assert set(of(told, CLIMATE, Quantity.TEMPERATURE)) == {31.0}
    true = lived(honest, 180)
    assert of(told, CLIMATE, Quantity.HUMIDITY) == of(true, CLIMATE, Quantity.HUMIDITY)
    assert home.shown.overridden == {CLIMATE: {"temperature": 31.0}}
    back = of(home.sense(CLIMATE, Quantity.TEMPERATURE, None), CLIMATE, Quantity.TEMPERATURE)
    assert back == pytest.approx([home.shown.temperatures["living"]], abs=1.0)
    assert home.shown.overridden == {}


@pytest.mark.parametrize(
    ("device", "quantity", "value"),
    [
        (MOTION, Quantity.MOTION, 1.0),
        (MOTION, Quantity.BATTERY, 3.0),
        (DOOR, Quantity.CONTACT, 1.0),
        ("living_thermostat", Quantity.TEMPERATURE, 8.5),
    ],
)
def test_every_sensor_can_be_deceived(device: str, quantity: Quantity, value: float) -> None:
    home = world()
    assert of(home.sense(device, quantity, value), device, quantity) == [value]
    assert of(home.sense(device, quantity, None), device, quantity) != [value]


@pytest.mark.parametrize(
    ("device", "quantity", "value", "says"),
    [
        (CLIMATE, Quantity.MOTION, 1.0, "expected what it senses, co2, humidity, temperature"),
        (LOCK, Quantity.LOCK, 0.0, "expected what it senses"),
        ("living_thermostat", Quantity.SETPOINT, 20.0, "expected what it senses"),
        (CLIMATE, Quantity.TEMPERATURE, 85.0, "expected a temperature that can be"),
        (CLIMATE, Quantity.HUMIDITY, 101.0, "expected a humidity that can be"),
    ],
)
def test_what_is_no_sensors_or_cannot_be_is_refused(device: str, quantity: Quantity, value: float, says: str) -> None:
    with pytest.raises(MessageError, match=says):
        world().sense(device, quantity, value)


def test_a_home_that_nobody_deceives_says_the_same_bytes() -> None:
    home, honest = world(), world()
    home.sense(CLIMATE, Quantity.HUMIDITY, 50.0)
    others = [[r for r in lived(each, 300) if r.device != CLIMATE] for each in (home, honest)]
    assert others[0] == others[1]


# --- the keypad ---------------------------------------------------------------------------------------


def test_a_code_at_the_keypad_lets_the_motor_run_and_is_a_persons_doing() -> None:
    home = World(SEED, start=START - 6 * HOUR)  # everybody sleeps
    locked = home.shown.locks[LOCK] == "locked"
    said = [*home.key_in(LOCK, not locked), *(r for _ in range(10) for r in home.step(1))]
    states = of(said, LOCK, Quantity.LOCK)
    moving, rest = (LockState.UNLOCKING, LockState.UNLOCKED) if locked else (LockState.LOCKING, LockState.LOCKED)
    assert states == [moving, rest]
    assert {reading.origin for reading in said if reading.quantity is Quantity.LOCK} == {"person"}
    assert home.truth.interventions == {"lock": 1}
    assert home.key_in(LOCK, not locked) == []


# --- faults -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", sorted(frozenset(Trouble) - {Trouble.SMOKE, Trouble.CARBON_MONOXIDE}))
def test_every_trouble_can_come_now_is_shown_and_can_be_mended(trouble: Trouble) -> None:
    home = world()
    devices = home.possible[trouble]
    device = CLIMATE if devices == ["*"] or CLIMATE in devices else devices[0]
    home.strike(device, trouble)
    assert home.shown.faults == {device: [trouble.value]}
    lived(home, 5)
    home.mend(device)
    assert home.shown.faults == {}


def test_a_trouble_with_an_end_ends_by_itself_and_an_older_end_ends_no_newer_one() -> None:
    home = world()
    home.strike(CLIMATE, Trouble.STUCK, 600.0)
    home.mend(CLIMATE)
    home.strike(CLIMATE, Trouble.STUCK, 1800.0)
    lived(home, 20)
    assert home.shown.faults == {CLIMATE: ["stuck"]}
    lived(home, 11)
    assert home.shown.faults == {}


@pytest.mark.parametrize(
    ("first", "second"),
    [(Trouble.NAN, Trouble.SPIKE), (Trouble.OFFSET, Trouble.DRIFT), (Trouble.SILENT, Trouble.OFFLINE)],
)
def test_of_troubles_that_exclude_each_other_the_newer_counts(first: Trouble, second: Trouble) -> None:
    home = world()
    home.strike(CLIMATE, first)
    home.strike(CLIMATE, second)
    assert home.shown.faults == {CLIMATE: [second.value]}
    home.mend(CLIMATE)
    assert set(of(lived(home, 120), CLIMATE, Quantity.TEMPERATURE)), "it speaks again"


def test_a_lamp_that_was_cut_counts_as_that_however_it_was_cut_and_whoever_gave_it_power() -> None:
    home = world()
    home.cut("hall_lamp")
    assert home.shown.faults == {"hall_lamp": ["cut"]}
    home.mend("hall_lamp")
    assert (home.shown.faults, home.shown.lamps["hall_lamp"]["on"]) == ({}, True)
    home.strike("hall_lamp", Trouble.CUT)
    home.restore("hall_lamp")
    assert home.shown.faults == {}


def test_everybody_who_forgot_the_door_follows_their_own_day_again_once_that_is_mended() -> None:
    forgotten, mended = (World(SEED, start=START + 8 * HOUR) for _ in range(2))
    for home in (forgotten, mended):
        home.strike("", Trouble.FORGOTTEN_DOOR, 20 * HOUR)
        lived(home, 30)
        assert set(home.people.values()) == {"away"}
    mended.mend("")
    lived(forgotten, 600), lived(mended, 600)
    assert set(forgotten.people.values()) == {"away"}
    assert set(mended.people.values()) != {"away"}


def test_a_forgotten_door_ends_by_itself() -> None:
    home = world()
    home.strike("", Trouble.FORGOTTEN_DOOR)
    lived(home, 181)
    assert home.shown.faults == {}


def test_a_trouble_is_of_a_device_that_can_have_it() -> None:
    with pytest.raises(DeviceUnknown):
        world().strike(MOTION, Trouble.DRIFT)
    assert {name for name, devices in world().possible.items() if devices == [""]} == OF_A_HOME - {Trouble.JAM}


# --- weather ------------------------------------------------------------------------------------------


def test_told_weather_is_felt_at_the_next_minute_and_given_back() -> None:
    home, noon = World(SEED, start=START + 4 * HOUR), World(SEED, start=START + 4 * HOUR)
    home.weather(outdoors=-12.0, cloud=0.0)
    lived(home, 2), lived(noon, 2)
    assert home.shown.weather == {"outdoors": -12.0, "cloud": 0.0}
    assert home.shown.given == {"outdoors": -12.0, "cloud": 0.0}
    home.weather(outdoors=None)
    home.step(60), noon.step(60)
    assert home.shown.weather["outdoors"] == noon.shown.weather["outdoors"]
    assert home.shown.given == {"outdoors": None, "cloud": 0.0}


def test_a_cover_of_clouds_takes_daylight_and_is_read_back_from_it() -> None:
    drawn, noon = draw_household(SEED), START + 4 * HOUR
    sky = GivenSky(drawn.surroundings(SEED, noon - HOUR)[0], drawn.place)
    light = []
    for cloud in (0.0, 0.5, 1.0):
        sky.cloud = cloud
        light.append(sky.at(noon)[1])
        assert sky.cover == pytest.approx(cloud, abs=0.01)
    assert light == sorted(light, reverse=True)
    sky.cloud = 0.3
    sky.at(noon + 12 * HOUR)
    assert sky.cover is None


# --- as controls --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "payload", "shown"),
    [
        (
            "sense",
            '{"device":"living_climate","quantity":"humidity","value":33}',
            {"overridden": {CLIMATE: {"humidity": 33}}},
        ),
        ("fault", '{"device":"living_climate","kind":"nan"}', {"faults": {CLIMATE: ["nan"]}}),
        ("fault", '{"kind":"clock","minutes":5}', {"faults": {"": ["clock"]}}),
        ("fault", '{"device":"front_door_lock","kind":"jam"}', {"faults": {LOCK: ["jam"]}}),
        ("weather", '{"cloud":0.25}', {"given": {"outdoors": None, "cloud": 0.25}}),
    ],
)
def test_each_is_a_control_that_is_shown(name: str, payload: str, shown: dict[str, object]) -> None:
    home = world()
    by_hand(read(name, payload.encode()), home)
    assert asdict(home.shown).items() >= shown.items()
