"""How many stuck thermometers are found in simulated homes in a winter month, and how many sound ones are suspected.

Nobody steers these homes: where people leave a thermostat alone its heater never rests, and a stuck thermometer shows
no sign. One that heating goes on and off beside is found.
"""

import pytest

from homectl.control.thermometers import thermometers
from homectl.home import AgeLimits, History, Quantity
from simulator.faults import Fault, Trouble
from simulator.world import World
from tests.measured import Measured

JANUARY = 1_768_285_800.0
DAY, HOUR = 86_400.0, 3600.0


def suspected(world: World, days: int) -> set[str]:
    """The thermometers indoors that are doubted at some hour of so many days."""
    history = History.of(sorted(world.reported.values(), key=lambda reading: reading.at))
    found: set[str] = set()
    for minute in range(days * 1440):
        for reading in world.step(60.0):
            history.append(reading)
        if minute % 60 == 0:
            for area in world.home.areas:
                seen = thermometers(world.home, area.id, history, world.at, AgeLimits())
                found |= {one.device.id for one in seen if one.doubt and not area.outdoors}
    return found


def heated_climates(world: World) -> list[str]:
    """The thermometers on walls of rooms with a thermostat that tells when it heats."""
    home = world.home
    heated = {device.area for device in home.devices if Quantity.HEATING in device.senses}
    return [d.id for d in home.devices if d.id.endswith("_climate") and d.area in heated]


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_three_in_four_stuck_thermometers_are_found_in_a_month_in_homes_that_nobody_steers(
    measured: Measured,
) -> None:
    found, stuck = 0, 0
    for seed in range(300, 312):
        world = World(seed, start=JANUARY)
        names = heated_climates(world)
        for name in names:
            world.suffer(Fault(trouble=Trouble.STUCK, device=name, at=JANUARY + HOUR, until=JANUARY + 60 * DAY))
        seen = suspected(world, 30)
        found, stuck = found + len(seen & set(names)), stuck + len(names)
    measured("stuck thermometers", stuck=stuck, found=found)
    assert stuck > 20
    assert found >= 0.75 * stuck


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_less_than_one_sound_thermometer_is_suspected_in_a_month_of_a_home(measured: Measured) -> None:
    homes = range(400, 410)
    wrong = [name for seed in homes for name in suspected(World(seed, start=JANUARY), 30)]
    measured("sound thermometers", months=len(homes), suspected=len(wrong))
    assert len(wrong) < len(homes)
