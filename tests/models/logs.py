"""Small made-up homes and logs for the learner's tests."""

import numpy as np

from homectl.home import Area, Device, History, Home, Kind, LockState, Origin, Quantity, Reading, milliseconds

START = 1_705_276_800.0  # Monday 2024-01-15 00:00 UTC
HOUR, DAY = 3600.0, 86_400.0

HOME = Home(
    id="made-up",
    timezone="Europe/Berlin",
    latitude=52.5,
    longitude=13.4,
    areas=(Area(id="kitchen"), Area(id="bedroom"), Area(id="hall"), Area(id="garden", outdoors=True)),
    devices=(
        Device(id="kitchen-lamp", area="kitchen", senses={Quantity.LIGHT_ON, Quantity.LIGHT_LEVEL}, sets={Kind.LIGHT}),
        Device(id="bed-lamp", area="bedroom", senses={Quantity.LIGHT_ON}, sets={Kind.LIGHT}, dimmable=False),
        Device(id="valve", area="kitchen", senses={Quantity.SETPOINT, Quantity.TEMPERATURE}, sets={Kind.SETPOINT}),
        Device(id="lock", area="hall", senses={Quantity.LOCK}, sets={Kind.LOCK}, contact="door", exterior=True),
        Device(id="door", area="hall", senses={Quantity.CONTACT}, exterior=True),
        Device(id="kitchen-motion", area="kitchen", senses={Quantity.MOTION, Quantity.ILLUMINANCE}),
        Device(id="bed-motion", area="bedroom", senses={Quantity.MOTION, Quantity.TEMPERATURE}),
        Device(id="hall-motion", area="hall", senses={Quantity.MOTION}),
        Device(id="weather", area="garden", senses={Quantity.TEMPERATURE, Quantity.ILLUMINANCE}),
    ),
)

ACTUATORS = {Quantity.LIGHT_ON, Quantity.LIGHT_LEVEL, Quantity.SETPOINT, Quantity.LOCK}


def reading(device: str, quantity: Quantity, value: float, at: float, origin: Origin = Origin.SENSED) -> Reading:
    return Reading(device=device, quantity=quantity, value=value, at=milliseconds(at), origin=origin)


def random_readings(seed: int, days: float, count: int) -> list[Reading]:
    """Any value of any signal at any time, repeats, gaps and unknowns included."""
    rng = np.random.default_rng(seed)
    signals = sorted((device.id, quantity) for device in HOME.devices for quantity in device.senses)
    origins = (Origin.PERSON, Origin.PERSON, Origin.HOMECTL, Origin.UNKNOWN, Origin.SENSED)
    found = []
    for at in np.sort(rng.uniform(START - days * DAY, START, count)):
        device, quantity = signals[rng.integers(len(signals))]
        origin = origins[rng.integers(5)] if quantity in ACTUATORS else Origin.SENSED
        value = float("nan") if rng.random() < 0.02 else _value(quantity, rng)
        found.append(reading(device, quantity, value, float(at), origin))
    return found


def _value(quantity: Quantity, rng: np.random.Generator) -> float:
    match quantity:
        case Quantity.TEMPERATURE | Quantity.SETPOINT:
            return float(rng.integers(30, 50)) / 2
        case Quantity.ILLUMINANCE:
            return float(rng.integers(0, 5000))
        case Quantity.LIGHT_LEVEL:
            return float(rng.integers(1, 11)) / 10
        case Quantity.LOCK:
            return float(rng.choice([LockState.LOCKED, LockState.UNLOCKED, LockState.LOCKING]))
        case _:
            return float(rng.integers(2))


def household(seed: int = 0, days: int = 14) -> History:
    """A regular household: the kitchen is lit for an hour of motion twice a day, warmer by day, locked at night.

    It starts at START; every action is a person's and follows the motion by a few seconds.
    """
    rng, found = np.random.default_rng(seed), []
    for day in range(days):
        midnight = START + day * DAY - HOUR  # Berlin
        for hour in (6.5, 18.0):
            at = midnight + hour * HOUR + rng.normal(0, 600)
            found += _visit(at, at + HOUR + rng.normal(0, 600))
        found.append(
            reading("valve", Quantity.SETPOINT, 21.0, midnight + 6.6 * HOUR + rng.normal(0, 300), Origin.PERSON)
        )
        found.append(
            reading("valve", Quantity.SETPOINT, 18.0, midnight + 22 * HOUR + rng.normal(0, 300), Origin.PERSON)
        )
        found.append(reading("lock", Quantity.LOCK, LockState.LOCKED, midnight + 22 * HOUR, Origin.PERSON))
        found.append(reading("lock", Quantity.LOCK, LockState.UNLOCKED, midnight + 7 * HOUR, Origin.PERSON))
        found += [
            reading("weather", Quantity.TEMPERATURE, 5.0 + hour % 7, midnight + hour * HOUR) for hour in range(24)
        ]
    return History.of(sorted(found, key=lambda r: r.at))


def _visit(start: float, end: float) -> list[Reading]:
    lamp = ("kitchen-lamp", Quantity.LIGHT_ON)
    found = [reading(*lamp, 1.0, start + 5, Origin.PERSON), reading(*lamp, 0.0, end - 5, Origin.PERSON)]
    found.append(reading("kitchen-lamp", Quantity.LIGHT_LEVEL, 0.6, start + 5, Origin.PERSON))
    for at in np.arange(start, end, 240.0):
        found.append(reading("kitchen-motion", Quantity.MOTION, 1.0, float(at)))
        found.append(reading("kitchen-motion", Quantity.MOTION, 0.0, float(at) + 90))
    return found
