"""What the network sees: a home at many times, one row per target and time.

Every column is a question to the past as of a time; live it is asked with one time, in training and replay with many,
and the answers are the same bytes. No state of a lamp, a thermostat, a heater or a lock has a part in it, but for the
habits people showed on earlier days; daylight comes from the sun, outdoors and other rooms.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from homectl.home import Area, History, Home, Kind, Quantity, Target, Times
from models import habits
from models.calendar import SameHours, clock_columns
from models.steps import HOUR, LONG_AGO, MINUTE, Flags, Ms, Places, milliseconds_of
from models.surroundings import (
    Sensors,
    ages,
    doors,
    means,
    moves,
    newest_elsewhere,
    pooled,
    pooled_elsewhere,
    since,
    total,
)

Array = NDArray[np.float32]

CLOCK = (
    *("day_sin", "day_cos", "day_sin_2", "day_cos_2", "day_sin_3", "day_cos_3"),
    *("weekend", "week_sin", "week_cos", "sun", "sun_in_an_hour"),
)
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
AREA_KINDS: dict[str, tuple[str, ...]] = {
    "bedroom": ("bed", "sleep", "child", "kid", "nursery", "schlaf", "kinder"),
    "living": ("living", "lounge", "sofa", "tv", "wohn"),
    "kitchen": ("kitchen", "dining", "pantry", "küche", "kueche", "ess"),
    "bathroom": ("bath", "toilet", "wc", "shower", "bad"),
    "hall": ("hall", "entrance", "entry", "corridor", "stair", "porch", "flur", "diele"),
    "study": ("study", "office", "work", "büro", "buero"),
}
"""Kinds of areas by how the words in their names begin; the first that fits."""

TARGET = (
    *("is_light", "is_setpoint", "is_lock", *(f"in_{kind}" for kind in AREA_KINDS), "in_outdoors"),
    *("dimmable", "lamps_in_area"),
)
GROUPS = (CLOCK, HOME, AREA, ("temperature_above_median",), TARGET, habits.COLUMNS)
FEATURES: tuple[str, ...] = tuple(name for group in GROUPS for name in group)
"""The columns in order. Ages and `since` are log(1 + minutes), temperatures °C, light log(1 + lux)."""


def features(home: Home, history: History, times: Times, targets: Sequence[Target]) -> Array:
    """What is known at each time about each target: float32 (times, targets, features), never NaN.

    `times` are UTC seconds, ascending. Nothing later than a time has a part in its row.
    """
    return observe(home, history, times, targets)[0]


def observe(home: Home, history: History, times: Times, targets: Sequence[Target]) -> tuple[Array, Times]:
    """The features, and each target's own median setpoint, °C (times, targets), 20 where it has none."""
    at = milliseconds_of(times)
    rows = np.empty((len(at), len(targets), len(FEATURES)), dtype=np.float32)
    if not rows.size:
        return rows, np.empty(rows.shape[:2])
    around, days = _Around(home, history, at), SameHours(home, at)
    place_of = {area.id: place for place, area in enumerate(home.areas)}
    area_of = np.array([place_of[home.device(target.device).area or ""] for target in targets])
    usual, medians = habits.habits(history, targets, days)
    medians = medians[days.of]
    rows[:, :, _HOME] = _block((*CLOCK, *HOME), {**clock_columns(home, at), **around.home_columns()})[:, None]
    rows[:, :, _AREA] = _block(AREA, around.area_columns()).transpose(1, 0, 2)[:, area_of]
    rows[:, :, _TARGET] = _described(home, targets)
    rows[:, :, _HABITS] = usual[days.of]
    rows[:, :, _ABOVE] = around.above(medians, area_of) * np.array([t.kind is Kind.SETPOINT for t in targets])
    return rows, medians


_HOME = slice(0, len(CLOCK) + len(HOME))
_AREA = slice(_HOME.stop, _HOME.stop + len(AREA))
_ABOVE = _AREA.stop
_TARGET = slice(_ABOVE + 1, _ABOVE + 1 + len(TARGET))
_HABITS = slice(_TARGET.stop, _TARGET.stop + len(habits.COLUMNS))


def _block(names: Sequence[str], columns: Mapping[str, Times]) -> Array:
    """Columns of the same shape side by side in a new last axis."""
    block = np.empty((*columns[names[0]].shape, len(names)), dtype=np.float32)
    for place, name in enumerate(names):
        block[..., place] = columns[name]
    return block


def _described(home: Home, targets: Sequence[Target]) -> Array:
    """What a target is, (targets, TARGET)."""
    areas = {area.id: area for area in home.areas}
    lamps: dict[str, int] = {}
    for device in home.devices:
        if device.area is not None and Kind.LIGHT in device.sets:
            lamps[device.area] = lamps.get(device.area, 0) + 1
    rows = []
    for target in targets:
        device = home.device(target.device)
        area = areas[device.area or ""]
        kind, light = area_kind(area), target.kind is Kind.LIGHT
        own = [target.kind is kind for kind in (Kind.LIGHT, Kind.SETPOINT, Kind.LOCK)]
        place = [name == kind for name in (*AREA_KINDS, "outdoors")]
        rows.append([*own, *place, light and device.dimmable, min(lamps.get(area.id, 0), 6)])
    return np.array(rows, dtype=np.float32)


def area_kind(area: Area) -> str:
    """What kind of area this is by its name: a key of AREA_KINDS, `outdoors`, or empty."""
    return "outdoors" if area.outdoors else _kind_of_name(f"{area.id} {area.name}")


@lru_cache(maxsize=1024)
def _kind_of_name(name: str) -> str:
    spoken = re.findall(r"[^\W\d_]+", name.casefold())
    fits = ((kind, any(word.startswith(words) for word in spoken)) for kind, words in AREA_KINDS.items())
    return next((kind for kind, fit in fits if fit), "")


class _Around:
    """The sensors of a home at many times, asked once each; arrays are (areas, times)."""

    def __init__(self, home: Home, history: History, at: Ms) -> None:
        self._at = at
        sensors, names = Sensors(home, history), [area.id for area in home.areas]
        self._outdoors = np.array([area.outdoors for area in home.areas])
        self._front = doors(history, sensors.front, at)
        self._doors = [doors(history, sensors.of(name, Quantity.CONTACT), at) for name in names]
        self._moves = moves(history, [sensors.of(n, Quantity.MOTION) for n in names], at, self._front.closed)
        told = {quantity: [sensors.of(name, quantity) for name in names] for quantity in _AIR}
        self._air = {quantity: means(history, told[quantity], quantity, at) for quantity in _AIR}
        before, _ = means(history, told[Quantity.TEMPERATURE], Quantity.TEMPERATURE, at - HOUR)
        self._rise = self._air[Quantity.TEMPERATURE][0] - before
        lux, self._light_age = self._air[Quantity.ILLUMINANCE]
        self._light = np.log1p(np.maximum(lux, 0.0))

    def home_columns(self) -> dict[str, Times]:
        at, front, inside, moved = self._at, self._front, ~self._outdoors, self._moves
        temperatures = self._air[Quantity.TEMPERATURE]
        outdoor, outdoor_age = pooled(*temperatures, self._outdoors)
        warmth, warmth_age = pooled(*temperatures, inside)
        light, light_age = pooled(self._light, self._light_age, self._outdoors)
        quiet = at - moved.last
        return {
            "outdoor_temperature": _filled(outdoor),
            "outdoor_temperature_age": ages(outdoor_age),
            "outdoor_light": _filled(light),
            "outdoor_light_age": ages(light_age),
            "home_temperature": _filled(warmth),
            "home_temperature_age": ages(warmth_age),
            "outdoor_since_motion": since(at, _newest(moved.last, self._outdoors)),
            "home_since_motion": since(at, _newest(moved.last, inside)),
            "active_rooms_15": total((quiet < 15 * MINUTE).astype(np.float64), inside),
            "active_rooms_60": total((quiet < HOUR).astype(np.float64), inside),
            "home_motion_60": total(moved.minutes[:, 2], inside),
            "front_known": front.known,
            "front_open": front.open,
            "front_since_opened": since(at, front.opened),
            "front_since_closed": since(at, front.closed),
            "motion_since_closed": total(moved.minutes[:, 3], inside),
        }

    def area_columns(self) -> dict[str, Times]:
        at, moved, doors_here = self._at, self._moves, self._doors
        inside = ~self._outdoors
        light, light_age = pooled_elsewhere(self._light, self._light_age, inside)
        air = {quantity: (_filled(value), ages(age)) for quantity, (value, age) in self._air.items()}
        return {
            "motion_known": moved.known,
            "motion_now": moved.now,
            "since_motion": since(at, moved.last),
            "since_motion_began": since(at, moved.began),
            "motion_5": moved.minutes[:, 0],
            "motion_15": moved.minutes[:, 1],
            "motion_60": moved.minutes[:, 2],
            "other_since_motion": since(at, newest_elsewhere(moved.last, inside)),
            "other_motion_5": _elsewhere(moved.minutes[:, 0], inside),
            "other_motion_15": _elsewhere(moved.minutes[:, 1], inside),
            "temperature": air[Quantity.TEMPERATURE][0],
            "temperature_age": air[Quantity.TEMPERATURE][1],
            "temperature_rise": _filled(self._rise),
            "humidity": air[Quantity.HUMIDITY][0],
            "humidity_age": air[Quantity.HUMIDITY][1],
            "co2": air[Quantity.CO2][0] / 100,
            "co2_age": air[Quantity.CO2][1],
            "other_light": _filled(light),
            "other_light_age": ages(light_age),
            "door_known": np.stack([door.known for door in doors_here]),
            "door_open": np.stack([door.open for door in doors_here]),
            "door_since_opened": since(at, np.stack([door.opened for door in doors_here])),
            "door_since_closed": since(at, np.stack([door.closed for door in doors_here])),
        }

    def above(self, medians: Times, area_of: Places) -> Times:
        """How much warmer each target's area is than its own median setpoint (times, targets); 0 where unknown."""
        return _filled(self._air[Quantity.TEMPERATURE][0][area_of].T - medians)


_AIR = (Quantity.TEMPERATURE, Quantity.HUMIDITY, Quantity.CO2, Quantity.ILLUMINANCE)


def _filled(column: Times) -> Times:
    """The column with 0 for what is unknown; its age column says that it is."""
    return np.where(column == column, column, 0.0)


def _newest(events: Ms, chosen: Flags) -> Ms:
    newest: Ms = events.max(axis=0, where=chosen[:, None], initial=LONG_AGO)
    return newest


def _elsewhere(columns: Times, inside: Flags) -> Times:
    """For each area the sum over the indoor ones but itself."""
    own = np.where(inside[:, None], columns, 0.0)
    return np.maximum(total(columns, inside) - own, 0.0)
