from datetime import UTC, datetime

import pytest

from homectl.home import Quantity, Reading

pytest.importorskip("pyenergyplus", reason="needs EnergyPlus: pip install 'homectl[energyplus]'")
pytest.importorskip("obgeneration", reason="needs obgeneration: pip install 'homectl[energyplus]'")

from simulator.foreign import energyplus_world
from simulator.world import World

MORNING = datetime(2025, 1, 13, 12, tzinfo=UTC).timestamp()
"""Five to seven o'clock where the weather comes from."""


def heard(world: World, minutes: int) -> list[Reading]:
    return [reading for _ in range(minutes) for reading in world.step(60)]


def test_a_foreign_home_speaks_like_every_simulated_one_and_again_the_same() -> None:
    with energyplus_world(5, start=MORNING) as world:
        first = heard(world, 4 * 60)
        truth, home = world.truth, world.home
    assert {device.address.split(":")[0] for device in home.devices} <= {"zigbee2mqtt", "home_assistant"}
    assert home.timezone.startswith("America/")
    said = {reading.quantity for reading in first}
    assert {Quantity.MOTION, Quantity.TEMPERATURE, Quantity.LIGHT_ON, Quantity.LOCK} <= said
    assert truth.minutes == 4 * 60
    assert sum(truth.interventions.values()) > 3
    assert truth.heating_kwh > 0
    with energyplus_world(5, start=MORNING) as again:
        assert heard(again, 60) == [one for one in first if one.at <= MORNING + 3600]
