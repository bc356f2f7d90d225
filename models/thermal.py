"""How warm an area gets: a thermal model of each, learned from what its own thermometers and thermostats have said.

The air of an area follows its heater within the hour, its walls and furniture within a day (2R2C, the walls' state
taken from the readings of the last hours):

    dT/dt = leak (outdoors − T) + walls (W − T) + heater · opening + sun · height + gains

The five numbers are found by least squares on the steps of whole hours, drawn towards those of a median European
dwelling as far as the home itself has not shown better, so that the model of a new home is sane on its first day.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from homectl.home import History, Home, Kind, Quantity, Times, Track
from homectl.home.sun import elevation
from models.signals import Asked, Values, choose, greater, lesser
from models.steps import DAY, HOUR, MINUTE, Flags, Ms, Steps, milliseconds_of
from models.surroundings import Sensors, pooled

STEP = 15 * MINUTE
SPAN = HOUR // STEP
DAYS = 28
"""How many days before midnight a model is made of."""

WALLS = (2 * HOUR, 5 * HOUR, 8 * HOUR, 11 * HOUR)
"""How long ago an area's air was as warm as its walls are now, on average: they follow it within some 7 h (10 kWh/K of
walls at 1.4 kW/K)."""

FRESH = 90.0 * MINUTE
"""An older reading says nothing of how warm it is."""

OUTDOORS = 8.0
"""°C outdoors where nothing measures it: what it is colder or warmer then counts among the gains."""

HIGH_SUN = 60.0
"""Degrees of elevation at which the sun counts 1."""

OFFSET = 0.4
"""K above the setpoint at which a radiator valve is closed; it is fully open 1 K below that (proportional band)."""

SLOWEST = 0.25
"""K an hour: slower warming is counted as this."""

CARRIED = 0.5
"""The share of an hour's error that is still there in the hours after."""

LARGEST = 4096
"""So many models are kept before all are forgotten."""

_FASTEST = 6.0  # K in an hour: more is a fault of the thermometer
_APART = 6.0  # K between air and walls: more is one as well
_FAR = 3.0  # K that a model may be off after an hour before that hour is left out
_DOUBT = 13.5  # variance of an hour's step, K²: 0.3 K, and errors last so long that 150 steps count as one
_SWEEPS = 60


class Fabric(NamedTuple):
    """What an area's warmth is made of: one number each, or one for each time."""

    leak: Asked  # 1/h, of the difference to outdoors
    walls: Asked  # 1/h, of the difference to walls and furniture
    heater: Asked  # K/h at full heat
    sun: Asked  # K/h with the sun high
    gains: Asked  # K/h of people and appliances


MEDIAN = Fabric(leak=0.12, walls=0.8, heater=5.0, sun=0.3, gains=0.1)
"""TABULA, single-family and terraced houses of 19 countries: loss 216 W/K, of the 6–14 kWh/K of a dwelling 1–2.5 follow
the air, heaters of some 40 K times the loss."""

_SPREAD = Fabric(leak=0.08, walls=0.5, heater=2.5, sun=0.3, gains=0.3)
_UNKNOWN_OUTDOORS = 1.2  # spread of the gains where they also stand for the weather, K/h
_LEAST = Fabric(leak=0.01, walls=0.0, heater=1.5, sun=0.0, gains=-2.0)
_MOST = Fabric(leak=0.5, walls=3.0, heater=15.0, sun=3.0, gains=3.0)


class Air(NamedTuple):
    """An area at one time or many: °C, and the sun's height from 0 (set) to 1 (HIGH_SUN)."""

    inside: Asked
    walls: Asked
    outdoors: Asked
    sun: Asked


def opening(setpoint: Times, inside: Times) -> Times:
    """How far a radiator valve opens, 0 … 1."""
    return np.clip(setpoint + OFFSET - inside, 0.0, 1.0)


def height(degrees: Asked) -> Asked:
    """The sun's, from 0 to 1, by its elevation."""
    return greater(degrees, 0.0) / HIGH_SUN


def rate(fabric: Fabric, air: Air, opening: Asked = 1.0) -> Asked:
    """By how much the air warms, K/h; by default at full heat."""
    lost = fabric.leak * (air.outdoors - air.inside) + fabric.walls * (air.walls - air.inside)
    return lost + fabric.heater * opening + fabric.sun * air.sun + fabric.gains


def hours_to(celsius: Asked, fabric: Fabric, air: Air) -> Asked:
    """How long full heat takes to warm the air to a temperature, at the rate halfway; 0 where it is as warm."""
    halfway = air._replace(inside=(air.inside + celsius) / 2)
    return greater(celsius - air.inside, 0.0) / greater(rate(fabric, halfway), SLOWEST)


def ahead(fabric: Fabric, air: Air, setpoints: Times, sun: Times) -> Times:
    """The air's temperature after steps of STEP, °C, where thermostats are set to `setpoints` (steps, …) meanwhile.

    Walls and outdoors stay as they are; `sun` (steps, …). Implicit in time, so that no step overshoots.
    """
    inside, hours = air.inside, STEP / HOUR
    for setpoint, height in zip(setpoints, sun, strict=True):
        still = fabric.leak * air.outdoors + fabric.walls * air.walls + fabric.sun * height + fabric.gains
        kept, held = inside + hours * still, 1 + hours * (fabric.leak + fabric.walls)
        heat = hours * fabric.heater
        regulated = (kept + heat * (setpoint + OFFSET)) / (held + heat)
        inside = lesser(greater(regulated, kept / held), (kept + heat) / held)
    return np.asarray(inside)


def identify(air: Air, opening: Times, *, outdoors_known: bool) -> Fabric:
    """The model that fits an area's past best: arrays (steps,) of every STEP, NaN where something is not known."""
    inside = np.asarray(air.inside)
    pulls = np.stack([air.outdoors - inside, air.walls - inside, opening, air.sun + 0.0 * inside, 1.0 + 0.0 * inside])
    middle = (pulls[:, 1:] + pulls[:, :-1]) / 2
    hourly = np.lib.stride_tricks.sliding_window_view(middle, SPAN, axis=1).mean(axis=2)
    gained = inside[SPAN:] - inside[:-SPAN]
    usable = np.isfinite(hourly).all(axis=0) & (np.abs(gained) < _FASTEST) & (np.abs(hourly[1]) < _APART)
    spread = _SPREAD if outdoors_known else _SPREAD._replace(gains=_UNKNOWN_OUTDOORS)
    first = _ridge(hourly, gained, usable, spread)
    near = np.abs(gained - np.array(first) @ hourly) < _FAR
    return _ridge(hourly, gained, usable & near, spread)


def _ridge(pulls: Times, gained: Times, usable: Flags, spread: Fabric) -> Fabric:
    """Least squares towards MEDIAN within _LEAST and _MOST, by coordinate descent (the problem is convex)."""
    x, y, doubt = pulls[:, usable], gained[usable], 1 / np.square(np.array(spread))
    curvature = (np.einsum("in,jn->ij", x, x) / _DOUBT + np.diag(doubt)).tolist()
    slope = (np.einsum("in,n->i", x, y) / _DOUBT + MEDIAN * doubt).tolist()
    found = [float(value) for value in MEDIAN]
    for _ in range(_SWEEPS):
        for place, row in enumerate(curvature):
            rest = slope[place] - sum(a * b for a, b in zip(row, found, strict=True))
            moved = found[place] + rest / row[place]
            found[place] = min(max(moved, _LEAST[place]), _MOST[place])
    return Fabric(*found)


class _Made(NamedTuple):
    """A model, and how much of which tracks it was made of."""

    fabric: Fabric
    read: tuple[tuple[Track, int, int], ...]  # samples forgotten and held

    def holds(self, midnight: float) -> bool:
        """Whether nothing older than midnight (UTC seconds) has come since."""
        return all(
            track.forgotten == forgotten and (len(track) == size or track.times[size] >= midnight)
            for track, forgotten, size in self.read
        )


class Thermals:
    """The thermal models of a home's areas. That of a day (UTC) is made of the DAYS before it, and kept."""

    def __init__(self, home: Home, history: History, sensors: Sensors) -> None:
        self._home, self._history = home, history
        self._places = {area.id: sensors.place(area.id) for area in home.areas}
        self._outside = [self._places[area.id] for area in home.areas if area.outdoors]
        self._made: dict[tuple[str, int], _Made] = {}

    def now(self, area: str, times: Times, sun: Times) -> tuple[Fabric, Air]:
        """An area's model and its air at each time (UTC seconds), NaN where nothing is known; arrays (times,).

        What the model was off in the last hour, open windows or guests, goes on: CARRIED of it counts as gains.
        """
        at = milliseconds_of(times)
        asked = float(at[0]) if len(at) == 1 else at.astype(np.float64)
        fabric, air = self.fabric(area, asked), self.air(area, asked, sun)
        setpoints = self.setpoints(area, at - HOUR + STEP * np.arange(SPAN)[:, None])
        expected = ahead(fabric, self.air(area, asked - HOUR, sun), setpoints, np.broadcast_to(sun, setpoints.shape))
        off = air.inside - expected
        fabric = fabric._replace(gains=fabric.gains + CARRIED * np.where(np.isfinite(off), off, 0.0))
        return fabric, air._replace(inside=np.full(len(at), air.inside))

    def fabric(self, area: str, at: Asked) -> Fabric:
        """An area's model on the day of one time or of each of many (milliseconds)."""
        if not isinstance(at, np.ndarray):
            return self._of_day(area, int(at // DAY))
        days, place = np.unique(at // DAY, return_inverse=True)
        models = np.array([self._of_day(area, int(day)) for day in days]).reshape(-1, len(MEDIAN))
        return Fabric(*models[place].T)

    def air(self, area: str, at: Asked, sun: Asked = 0.0) -> Air:
        """An area's air at one time or many, NaN where it is not known; `sun` as in Air."""
        place = self._places[area]
        inside = place.mean(Quantity.TEMPERATURE, at)
        past = pooled([place.mean(Quantity.TEMPERATURE, at - lag) for lag in WALLS], at)
        walls = choose(past.value == past.value, past.value, inside.value)
        known = choose(inside.age <= FRESH, inside.value, np.nan)
        outdoors = self._outdoors(at)
        return Air(known, walls, choose(outdoors == outdoors, outdoors, OUTDOORS), sun)

    def _outdoors(self, at: Asked) -> Asked:
        return pooled([outside.mean(Quantity.TEMPERATURE, at) for outside in self._outside], at).value

    def setpoints(self, area: str, at: Ms) -> Times:
        """What the area's thermostats are set to, their mean; NaN where one has not said it, or there is none."""
        found = [self._setpoint(device, at) for device in self._thermostats(area)]
        return np.mean(found, axis=0) if found else np.full(at.shape, np.nan)

    def _setpoint(self, device: str, at: Ms) -> Times:
        steps = Steps.of(self._history, device, Quantity.SETPOINT)
        values: Times = steps.values[steps.place(at)]
        return values

    def _openings(self, area: str, at: Ms, inside: Times) -> Times:
        """How far the area's valves are open, their mean."""
        found = [self._opening(device, at, inside) for device in self._thermostats(area)]
        return np.mean(found, axis=0) if found else np.full(len(at), np.nan)

    def _opening(self, device: str, at: Ms, inside: Times) -> Times:
        """By its setpoint, and closed where it says that it does not heat."""
        heats = Values.of(self._history, device, Quantity.HEATING)
        idle = False if heats is None else heats.reading(at.astype(np.float64))[0] == 0.0
        return np.where(idle, 0.0, opening(self._setpoint(device, at), inside))

    def _thermostats(self, area: str) -> Sequence[str]:
        return [target.device for target in self._home.targets_in(area) if target.kind is Kind.SETPOINT]

    def _of_day(self, area: str, day: int) -> Fabric:
        made = self._made.get((area, day))
        if made is None or not made.holds(day * DAY / 1000):
            if len(self._made) >= LARGEST:
                self._made.clear()
            made = self._made[area, day] = _Made(self._identified(area, day), self._read(area))
        return made.fabric

    def _identified(self, area: str, day: int) -> Fabric:
        at = np.arange((day - DAYS) * DAY, day * DAY, STEP)
        sun = height(elevation(self._home.latitude, self._home.longitude, at / 1000.0))
        air, outdoors = self.air(area, at.astype(np.float64), sun), np.asarray(self._outdoors(at.astype(np.float64)))
        known = bool(np.isfinite(outdoors).any())
        return identify(
            air._replace(outdoors=outdoors) if known else air,
            self._openings(area, at, np.asarray(air.inside)),
            outdoors_known=known,
        )

    def _read(self, area: str) -> tuple[tuple[Track, int, int], ...]:
        """What the model of an area is made of."""
        heaters = [(d, q) for d in self._thermostats(area) for q in (Quantity.SETPOINT, Quantity.HEATING)]
        outside = [device.id for device in self._home.devices if device.area in self._home.outdoors]
        inside = [device.id for device in self._home.devices_in(area)]
        signals = [*heaters, *((device, Quantity.TEMPERATURE) for device in (*inside, *outside))]
        tracks = (self._history.track(*signal) for signal in signals)
        return tuple((track, track.forgotten, len(track)) for track in tracks if track is not None)
