"""What the network sees: a home at many times, one row per target and time.

Every column is a question to the past as of a time; live it is asked with one time, in training and replay with many,
and the answers are the same bytes. No state of a lamp, a thermostat, a heater or a lock has a part in it, but for the
habits people showed on earlier days; daylight comes from the sun, outdoors and other rooms.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from homectl.home import History, Home, Quantity, Target, Times
from models import habits, routines
from models.calendar import CLOCK, clock
from models.described import TARGET
from models.memory import Memory
from models.signals import Asked, choose, greater, ratio
from models.steps import HOUR, MINUTE, log_minutes, milliseconds_of
from models.surroundings import LONGEST, Mean, Moved, Place, filled, newest, pooled, total

Array = NDArray[np.float32]

UNKNOWN_AGE = 8.0
"""The age column of a value that is not known: above log(1 + minutes) of any age that counts."""

HOME = (
    *("outdoor_temperature", "outdoor_temperature_age", "outdoor_light", "outdoor_light_age"),
    *("home_temperature", "home_temperature_age", "outdoor_since_motion"),
    *("home_since_motion", "active_rooms_15", "active_rooms_60", "home_motion_60"),
    *("front_known", "front_open", "front_since_opened", "front_since_closed", "motion_since_closed"),
)
AREA = (
    *("motion_known", "motion_now", "since_motion", "since_motion_began", "motion_5", "motion_15", "motion_60"),
    *("other_since_motion", "other_motion_5", "other_motion_15"),
    *("temperature", "temperature_age", "temperature_rise", "humidity", "humidity_age", "co2", "co2_age"),
    *("other_light", "other_light_age", "door_known", "door_open", "door_since_opened", "door_since_closed"),
)
GROUPS = (CLOCK, HOME, AREA, ("temperature_above_median",), TARGET, habits.COLUMNS, routines.COLUMNS)
FEATURES: tuple[str, ...] = tuple(name for group in GROUPS for name in group)
"""The columns in order. Ages and `since` are log(1 + minutes), temperatures °C, light log(1 + lux)."""

_CLOCK = slice(0, len(CLOCK))
_HOME = slice(_CLOCK.stop, _CLOCK.stop + len(HOME))
_AREA = slice(_HOME.stop, _HOME.stop + len(AREA))
_ABOVE = _AREA.stop
_TARGET = slice(_ABOVE + 1, _ABOVE + 1 + len(TARGET))
_HABITS = slice(_TARGET.stop, _TARGET.stop + len(habits.COLUMNS))
_ROUTINES = slice(_HABITS.stop, _HABITS.stop + len(routines.COLUMNS))


def features(
    home: Home, history: History, times: Times, targets: Sequence[Target], memory: Memory | None = None
) -> Array:
    """What is known at each time about each target: float32 (times, targets, features), never NaN.

    `times` are UTC seconds, ascending. Nothing later than a time has a part in its row. A memory of this home and
    history saves work and changes no answer.
    """
    return observe(home, history, times, targets, memory)[0]


def observe(
    home: Home, history: History, times: Times, targets: Sequence[Target], memory: Memory | None = None
) -> tuple[Array, Times]:
    """The features, and each target's own median setpoint, °C (times, targets), 20 where it has none."""
    whole = milliseconds_of(times)
    rows = np.empty((len(whole), len(targets), len(FEATURES)), dtype=np.float32)
    if not rows.size:
        return rows, np.empty(rows.shape[:2])
    memory = memory or Memory(home, history)
    about, at = memory.about(targets), float(whole[0]) if len(whole) == 1 else whole.astype(np.float64)
    around = _Around(memory, at)
    usual, medians = memory.habits(targets, whole)
    rows[:, :, _CLOCK] = clock(home, at).T[:, None]
    rows[:, :, _HOME] = _columns([around.home_columns()], _HOME_TIMED, _HOME_AGES).transpose(2, 0, 1)
    areas = _columns([around.area_columns(place) for place in about.areas], _AREA_TIMED, _AREA_AGES)
    rows[:, :, _AREA] = areas.transpose(2, 0, 1)[:, about.area_of]
    rows[:, :, _TARGET] = about.described
    rows[:, :, _HABITS] = usual
    routine = memory.routines(targets, whole)
    degrees = routine[:, :, routines.WARM] - medians[:, :, None]
    routine[:, :, routines.WARM] = np.where(degrees == degrees, degrees, 0.0)
    rows[:, :, _ROUTINES] = routine
    warmth = np.array([around.warmth[place].value for place in about.areas]).reshape(len(about.areas), -1)
    above = warmth[about.area_of].T - medians
    rows[:, :, _ABOVE] = np.where(above == above, above, 0.0) * about.warm
    return rows, medians


_MINUTES = ("motion_since_closed",)
"""Minutes of motion since something, not since when."""


def _timed(names: Sequence[str]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Which columns are durations, and which of these are ages of values."""
    timed = [name for name in names if name.endswith("_age") or ("since_" in name and name not in _MINUTES)]
    ages = np.array([name.endswith("_age") for name in timed])
    return np.array([names.index(name) for name in timed]), ages[:, None]


_HOME_TIMED, _HOME_AGES = _timed(HOME)
_AREA_TIMED, _AREA_AGES = _timed(AREA)


def _columns(asked: Sequence[Sequence[Asked]], timed: NDArray[np.intp], ages: NDArray[np.bool_]) -> Times:
    """Columns as (areas, columns, times), the durations among them as log(1 + minutes)."""
    found = np.array(asked).reshape(len(asked), len(asked[0]), -1)
    raw = found[:, timed]
    found[:, timed] = np.where(ages & (raw > LONGEST), UNKNOWN_AGE, log_minutes(raw))
    return found


class _Around:
    """The sensors of a home at one time or many, asked once each. Durations are milliseconds."""

    def __init__(self, memory: Memory, at: Asked) -> None:
        self._at, self._outside, self._inside = at, memory.outside, memory.inside
        everywhere = (*self._outside, *self._inside)
        self._front = memory.front.door(at)
        self._moved = {place: place.moved(at, self._front.closed) for place in everywhere}
        self.warmth = {place: place.mean(Quantity.TEMPERATURE, at) for place in everywhere}
        self._light = {place: _brightness(place.mean(Quantity.ILLUMINANCE, at)) for place in everywhere}
        moved = self._moved_inside = [self._moved[place] for place in self._inside]
        self._minutes = [total((m.minutes[window] for m in moved), at) for window in range(4)]
        inside = [self._light[place].value for place in self._inside]
        self._lit = total((1.0 * (light == light) for light in inside), at)
        self._brightness = total(map(filled, inside), at)

    def home_columns(self) -> list[Asked]:
        """As HOME."""
        at, front = self._at, self._front
        outdoor = pooled([self.warmth[place] for place in self._outside], at)
        warmth = pooled([self.warmth[place] for place in self._inside], at)
        light = pooled([self._light[place] for place in self._outside], at)
        quiet = [at - moved.last for moved in self._moved_inside]
        return [
            *(filled(outdoor.value), outdoor.age, filled(light.value), light.age, filled(warmth.value), warmth.age),
            at - newest((self._moved[place].last for place in self._outside), at),
            at - newest((moved.last for moved in self._moved_inside), at),
            *(total((choose(silence < span, 1.0, 0.0) for silence in quiet), at) for span in (15 * MINUTE, HOUR)),
            self._minutes[2],
            *(front.known, front.open, at - front.opened, at - front.closed),
            self._minutes[3],
        ]

    def area_columns(self, place: Place) -> list[Asked]:
        """As AREA."""
        at, moved, warmth, door = self._at, self._moved[place], self.warmth[place], place.door(self._at)
        humidity, co2 = place.mean(Quantity.HUMIDITY, at), place.mean(Quantity.CO2, at)
        light = self._light_elsewhere(place)
        others = (self._moved[other].last for other in self._inside if other is not place)
        return [
            *(moved.known, moved.now, at - moved.last, at - moved.began, *moved.minutes[:3]),
            at - newest(others, at),
            *(self._elsewhere(place, moved, window) for window in (0, 1)),
            *(filled(warmth.value), warmth.age),
            filled(warmth.value - place.mean(Quantity.TEMPERATURE, at - HOUR).value),
            *(filled(humidity.value), humidity.age, filled(co2.value) / 100, co2.age),
            *(filled(light.value), light.age),
            *(door.known, door.open, at - door.opened, at - door.closed),
        ]

    def _elsewhere(self, place: Place, moved: Moved, window: int) -> Asked:
        """The minutes of motion in the indoor areas but this one."""
        own = moved.minutes[window] if place in self._inside else 0.0
        return greater(self._minutes[window] - own, 0.0)

    def _light_elsewhere(self, place: Place) -> Mean:
        """The light in the indoor areas but this one."""
        own = self._light[place].value
        lit, brightness = (1.0 * (own == own), filled(own)) if place in self._inside else (0.0, 0.0)
        age = -newest((-self._light[other].age for other in self._inside if other is not place), self._at)
        return Mean(ratio(self._brightness - brightness, self._lit - lit), age)


def _brightness(lux: Mean) -> Mean:
    """log(1 + lux) of a mean."""
    value = lux.value
    if isinstance(value, np.ndarray):
        return Mean(np.log1p(np.maximum(value, 0.0)), lux.age)
    return Mean(float(np.log1p(max(value, 0.0))), lux.age)
