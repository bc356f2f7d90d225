"""What a broken sensor says, beside what it would have said."""

import math
from pathlib import Path

import pytest
import yaml

from homectl.home import DeviceUnknown, Kind, Light, Quantity, Reading, Signal
from simulator.faults import AGAIN, AHEAD, CHATTER, ECHOED, LATE, OFFSET, SPIKES, WILD, Fault, Trouble, Wire
from simulator.scenarios import Scenario
from simulator.world import World

START = 1_768_172_400.0  # Monday 12 January 2026, 00:00 in Berlin
HOUR, DAY = 3600.0, 86_400.0
SEED, CLIMATE, MOTION = 5, "living_climate", "hall_motion"
WARMTH = Signal(CLIMATE, Quantity.TEMPERATURE)


def lived(*faults: Fault, hours: float = 12) -> list[Reading]:
    """Half a day from six in the morning on."""
    world = World(SEED, start=START + 6 * HOUR)
    for fault in faults:
        world.suffer(fault)
    return [reading for _ in range(round(hours * 60)) for reading in world.step(60)]


def fault(trouble: Trouble, device: str = "", hours: float = 24) -> Fault:
    begin = START + 8 * HOUR
    return Fault(trouble=trouble, device=device, at=begin, until=begin + hours * HOUR)


def of(readings: list[Reading], signal: Signal, since: float = 0.0) -> list[Reading]:
    return [reading for reading in readings if reading.signal == signal and reading.at >= since]


HEALTHY = lived()


def held(readings: list[Reading], signal: Signal, at: float) -> float:
    return [reading.value for reading in of(readings, signal) if reading.at <= at][-1]


@pytest.mark.parametrize("hour", [9, 12, 17])
def test_an_offset_thermometer_is_fifteen_degrees_too_warm(hour: int) -> None:
    wrong, at = lived(fault(Trouble.OFFSET, CLIMATE)), START + hour * HOUR
    assert held(wrong, WARMTH, at) - held(HEALTHY, WARMTH, at) == pytest.approx(OFFSET, abs=0.35)


@pytest.mark.parametrize("hour", [9, 12, 17])
def test_a_drifting_thermometer_grows_too_warm_by_a_degree_an_hour(hour: int) -> None:
    wrong, at = lived(fault(Trouble.DRIFT, CLIMATE)), START + hour * HOUR
    assert held(wrong, WARMTH, at) - held(HEALTHY, WARMTH, at) == pytest.approx(hour - 8, abs=0.5)


@pytest.mark.parametrize("trouble", [Trouble.OFFSET, Trouble.DRIFT])
def test_a_thermometer_that_is_mended_is_right_again(trouble: Trouble) -> None:
    wrong = lived(fault(trouble, CLIMATE, hours=3))
    late = START + 17.9 * HOUR
    assert held(wrong, WARMTH, late) == pytest.approx(held(HEALTHY, WARMTH, late), abs=0.35)


def test_a_motion_sensor_that_floods_reports_motion_and_none_in_turn() -> None:
    begin, signal = START + 8 * HOUR, Signal(MOTION, Quantity.MOTION)
    wrong = of(lived(fault(Trouble.FLOOD, MOTION, hours=1)), signal, begin)
    during = [reading for reading in wrong if reading.at < begin + HOUR]
    assert len(during) >= HOUR / CHATTER
    assert {reading.value for reading in during} == {0.0, 1.0}
    after = [reading for reading in wrong if reading.at > begin + HOUR]
    assert len(after) <= len(of(HEALTHY, signal, begin + HOUR)) + 2


def test_a_wrong_clock_stamps_everything_twelve_hours_ahead() -> None:
    wrong = lived(fault(Trouble.CLOCK))
    assert {r.at for r in wrong if r.at < START + 8 * HOUR} == {r.at for r in HEALTHY if r.at < START + 8 * HOUR}
    assert [r.at - AHEAD for r in wrong if r.at > START + 8 * HOUR] == [
        pytest.approx(r.at) for r in HEALTHY if r.at > START + 8 * HOUR
    ]


def test_a_stuck_sensor_speaks_only_when_it_checks_in() -> None:
    begin, signal = START + 8 * HOUR, Signal(MOTION, Quantity.MOTION)
    said = of(lived(fault(Trouble.STUCK, MOTION)), signal, begin)
    assert len({reading.value for reading in said}) == 1
    assert 9 <= len(said) <= 13
    assert len({reading.value for reading in of(HEALTHY, signal, begin)}) == 2


@pytest.mark.parametrize(
    "trouble",
    sorted({Trouble.OFFSET, Trouble.DRIFT, Trouble.FLOOD, Trouble.STUCK, Trouble.NAN, Trouble.SPIKE, Trouble.OFFLINE}),
)
def test_a_fault_changes_nothing_about_the_others(trouble: Trouble) -> None:
    device = MOTION if trouble is Trouble.FLOOD else CLIMATE
    wrong = [reading for reading in lived(fault(trouble, device)) if reading.device != device]
    assert wrong == [reading for reading in HEALTHY if reading.device != device]


@pytest.mark.parametrize(
    ("trouble", "device"),
    [
        (Trouble.OFFSET, MOTION),
        (Trouble.DRIFT, "door"),
        (Trouble.FLOOD, CLIMATE),
        (Trouble.FAHRENHEIT, MOTION),
        *((trouble, CLIMATE) for trouble in sorted(ECHOED)),
        (Trouble.NAN, "nowhere"),
    ],
)
def test_a_fault_is_of_a_device_that_can_have_it(trouble: Trouble, device: str) -> None:
    with pytest.raises(DeviceUnknown):
        World(SEED, start=START).suffer(fault(trouble, device))


SCENARIOS = sorted((Path(__file__).parents[2] / "config" / "scenarios").glob("*.yaml"))


def scenario_in(path: Path) -> Scenario:
    return Scenario.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_shipped_scenario_is_of_a_home_that_has_its_devices(path: Path) -> None:
    assert scenario_in(path).world().at < START + 2 * DAY


def test_the_shipped_scenarios_show_every_trouble() -> None:
    shown = {mishap.trouble for path in SCENARIOS for mishap in scenario_in(path).troubles}
    assert shown == set(Trouble) | set(Wire) - {Wire.NONE}


# --- sensors that measure nonsense ----------------------------------------------------------------


def test_a_sensor_that_does_not_know_says_so_and_speaks_on() -> None:
    wrong, begin = lived(fault(Trouble.NAN, CLIMATE)), START + 8 * HOUR
    late = of(wrong, WARMTH, begin)
    assert len(late) == len(of(HEALTHY, WARMTH, begin))
    assert all(math.isnan(reading.value) for reading in late)


def test_a_sensor_that_spikes_is_wild_now_and_then_and_right_between() -> None:
    begin = START + 8 * HOUR
    wrong, right = (of(readings, WARMTH, begin) for readings in (lived(fault(Trouble.SPIKE, CLIMATE)), HEALTHY))
    wild = [reading.value == WILD[Quantity.TEMPERATURE] for reading in wrong]
    assert 1 <= sum(wild) <= len(wild) / SPIKES + 1
    assert [r.value for r, odd in zip(wrong, wild, strict=True) if not odd] == [
        r.value for r, odd in zip(right, wild, strict=True) if not odd
    ]


def test_a_thermometer_set_to_fahrenheit_says_degrees_of_that() -> None:
    wrong, begin = of(lived(fault(Trouble.FAHRENHEIT, CLIMATE)), WARMTH), START + 8 * HOUR
    for said, meant in zip(wrong, of(HEALTHY, WARMTH), strict=True):
        late = said.at >= begin
        assert said.value == pytest.approx(meant.value * 9 / 5 + 32 if late else meant.value, abs=0.06)


def test_a_device_that_is_offline_is_said_to_be_gone_says_nothing_and_comes_back() -> None:
    wrong, begin = lived(fault(Trouble.OFFLINE, CLIMATE, hours=3)), START + 8 * HOUR
    during = [r for r in wrong if r.device == CLIMATE and begin <= r.at < begin + 3 * HOUR]
    assert [(r.quantity, r.value) for r in during] == [(Quantity.AVAILABLE, 0.0)]
    after = [r for r in wrong if r.device == CLIMATE and r.at >= begin + 3 * HOUR]
    assert (after[0].quantity, after[0].value) == (Quantity.AVAILABLE, 1.0)
    assert len(after) > 1


# --- devices that answer wrongly ------------------------------------------------------------------


def answers(trouble: Trouble | None, seconds: int = 30) -> list[tuple[float, float]]:
    """When the lamp says what after it was switched by a command, in seconds after that."""
    world = World(SEED, start=START + 3 * HOUR)
    lamp = next(target for target in world.home.targets if target.kind is Kind.LIGHT)
    if trouble is not None:
        begin = world.at
        world.suffer(Fault(trouble=trouble, device=lamp.device, at=begin, until=begin + HOUR))
    world.step(1)
    begin = world.at
    said = [*world.obey(lamp, Light(True)), *(r for _ in range(seconds) for r in world.step(1))]
    return [(r.at - begin, r.value) for r in said if r.signal == Signal(lamp.device, Quantity.LIGHT_ON)]


@pytest.mark.parametrize(
    ("trouble", "expected"),
    [
        (None, [(0.0, 1.0)]),
        (Trouble.LOST_ECHO, []),
        (Trouble.DELAYED_ECHO, [(LATE, 1.0)]),
        (Trouble.DOUBLED_ECHO, [(0.0, 1.0), (AGAIN, 1.0)]),
    ],
)
def test_an_echo_is_lost_late_or_doubled(trouble: Trouble | None, expected: list[tuple[float, float]]) -> None:
    assert answers(trouble) == expected


def test_an_echo_that_was_lost_is_made_up_for_when_the_device_checks_in() -> None:
    assert [value for _, value in answers(Trouble.LOST_ECHO, seconds=3300)][:1] == [1.0]


ALARMS = {Trouble.SMOKE: Quantity.SMOKE, Trouble.CARBON_MONOXIDE: Quantity.CARBON_MONOXIDE}


@pytest.mark.parametrize(("trouble", "quantity"), ALARMS.items())
def test_a_detector_gives_the_alarm_at_once_and_only_that_one_until_it_is_over(
    trouble: Trouble, quantity: Quantity
) -> None:
    world, begin = World(SEED, start=START + 7.9 * HOUR, detectors=["hall"]), START + 8 * HOUR
    world.suffer(fault(trouble, "hall_detector", hours=1))
    said = [reading for _ in range(90) for reading in world.step(60) if reading.device == "hall_detector"]
    given = [reading for reading in said if reading.value == 1.0 and reading.quantity in ALARMS.values()]
    assert {reading.quantity for reading in given} == {quantity}
    assert given[0].at == begin
    assert max(reading.at for reading in given) < begin + HOUR
    assert next(r.value for r in said if r.quantity is quantity and r.at >= begin + HOUR) == 0.0


def test_a_detector_changes_nothing_about_the_others() -> None:
    world = World(SEED, start=START + 6 * HOUR, detectors=["hall", "kitchen"])
    said = [reading for _ in range(720) for reading in world.step(60)]
    assert [reading for reading in said if not reading.device.endswith("_detector")] == HEALTHY
    assert {Quantity.SMOKE, Quantity.CARBON_MONOXIDE} <= world.home.device("hall_detector").senses


def test_the_scenario_of_a_fire_names_what_hangs_there() -> None:
    path = Path(__file__).parents[2] / "config" / "scenarios" / "fire.yaml"
    scenario = Scenario.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    assert {"kitchen_detector", "hall_detector"} <= set(scenario.world().home.by_id)
    with pytest.raises(DeviceUnknown):
        World(SEED, start=START, detectors=["attic"])
