"""A simulated home as it truly is, whatever its devices say of it: for the page of a home that owns its time."""

from collections.abc import Mapping
from dataclasses import dataclass

from homectl.home import LockState, Signal
from simulator.fittings import Fittings
from simulator.given_sky import GivenSky
from simulator.house import Dwelling


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """`weather` is what is outside: °C and clouds 0 … 1, None in the dark; `given` what of that was told to be so."""

    faults: Mapping[str, list[str]]
    overridden: Mapping[str, Mapping[str, float]]
    weather: Mapping[str, float | None]
    given: Mapping[str, float | None]
    lamps: Mapping[str, Mapping[str, bool | float]]
    temperatures: Mapping[str, float]
    doors: Mapping[str, bool]  # open
    locks: Mapping[str, str]


def shown(
    parts: Fittings, house: Dwelling, sky: GivenSky, told: Mapping[Signal, float], faults: Mapping[str, list[str]]
) -> Shown:
    """What there is to see of a home's parts now."""
    overridden: dict[str, dict[str, float]] = {}
    for signal, value in sorted(told.items()):
        overridden.setdefault(signal.device, {})[signal.quantity.value] = value
    return Shown(
        faults=faults,
        overridden=overridden,
        weather={"outdoors": round(house.outdoors, 1), "cloud": sky.cover},
        given={"outdoors": sky.outdoors, "cloud": sky.cloud},
        lamps={lamp.id: {"on": lamp.lux > 0, "level": round(lamp.level, 2)} for lamp in parts.lamps.values()},
        temperatures={name: round(room.air, 1) for name, room in house.rooms.items()},
        doors={parts.door.id: parts.door.open},
        locks={parts.bolt.id: LockState(parts.bolt.state).name.lower()},
    )
