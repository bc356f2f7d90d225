"""The weather and the sun over a simulated home."""

import math
from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Protocol
from zoneinfo import ZoneInfo

from astral import Observer
from astral.sun import elevation

NODE = 600.0
"""Seconds between the computed points; in between the weather is a straight line."""

TWILIGHT = ((-18.0, 0.001), (-12.0, 0.01), (-6.0, 3.4), (-3.0, 45.0), (0.0, 600.0), (3.0, 2_500.0))
"""Sun elevation in degrees and clear-sky horizontal illuminance in lux around sunrise (civil twilight tables)."""

CLEAR = 110_000.0
"""Horizontal illuminance of a clear sky with the sun overhead, lux."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a home stands, in degrees north and east."""

    timezone: str
    latitude: float
    longitude: float

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Climate(Place):
    """The weather of a place in °C: yearly mean, half the yearly and half the daily swing."""

    mean: float
    yearly: float
    daily: float
    cloudy: float  # 0 always clear … 1 always overcast, in winter


CLIMATES = (
    Climate(timezone="Europe/Berlin", latitude=52.5, longitude=13.4, mean=9.9, yearly=9.6, daily=3.5, cloudy=0.72),
    Climate(timezone="Europe/Vienna", latitude=48.2, longitude=16.4, mean=10.8, yearly=10.4, daily=4.0, cloudy=0.66),
    Climate(timezone="Europe/Paris", latitude=48.8, longitude=2.4, mean=12.0, yearly=7.8, daily=3.5, cloudy=0.70),
    Climate(timezone="Europe/London", latitude=51.5, longitude=-0.1, mean=11.3, yearly=6.8, daily=3.2, cloudy=0.74),
    Climate(timezone="Europe/Stockholm", latitude=59.3, longitude=18.1, mean=7.2, yearly=10.3, daily=3.0, cloudy=0.74),
    Climate(timezone="Europe/Madrid", latitude=40.4, longitude=-3.7, mean=14.6, yearly=9.8, daily=6.0, cloudy=0.42),
    Climate(timezone="Europe/Rome", latitude=41.9, longitude=12.5, mean=15.7, yearly=8.6, daily=5.0, cloudy=0.45),
    Climate(timezone="Europe/Warsaw", latitude=52.2, longitude=21.0, mean=8.9, yearly=10.8, daily=3.8, cloudy=0.72),
)
"""Long-term monthly means of the national weather services, rounded."""

DIMMED = 0.82
"""The share of daylight that a closed cover of clouds keeps off."""


def clear_sky(sun: float) -> float:
    """Horizontal illuminance in lux under a clear sky for a sun elevation in degrees."""
    if sun >= TWILIGHT[-1][0]:
        low = TWILIGHT[-1][1] / CLEAR
        return CLEAR * max(low, math.pow(math.sin(math.radians(sun)), 1.15))
    if sun <= TWILIGHT[0][0]:
        return 0.0
    place = bisect_right(TWILIGHT, (sun, math.inf)) - 1
    (a, low), (b, high) = TWILIGHT[place], TWILIGHT[place + 1]
    share = (sun - a) / (b - a)
    return low * math.exp(share * math.log(high / low))


class Sky(Protocol):
    """The weather over a home."""

    def at(self, at: float, /) -> tuple[float, float]:
        """Outdoor temperature in °C and horizontal illuminance in lux. Times that are asked for never go back."""


class Weather:
    """Outdoor temperature and daylight. Ask with times that never go back by more than one node."""

    __slots__ = ("_after", "_before", "_climate", "_cloud", "_drift", "_index", "_observer", "_rng")

    def __init__(self, climate: Climate, rng: Random, start: float) -> None:
        self._climate, self._rng = climate, rng
        self._observer = Observer(climate.latitude, climate.longitude)
        self._drift, self._cloud = rng.gauss(0, 3.0), rng.gauss(0, 1.0)
        self._index = math.floor(start / NODE)
        self._before = self._node(self._index)
        self._after = self._node(self._index + 1)

    def at(self, at: float) -> tuple[float, float]:
        """Outdoor temperature in °C and horizontal illuminance in lux."""
        while at >= (self._index + 1) * NODE:
            self._index += 1
            self._before, self._after = self._after, self._node(self._index + 1)
        share = at / NODE - self._index
        (warm, light), (later, lighter) = self._before, self._after
        return warm + (later - warm) * share, light + (lighter - light) * share

    def _node(self, index: int) -> tuple[float, float]:
        """The weather at a point; points are asked in order, because each is drawn from the last."""
        climate, moment = self._climate, datetime.fromtimestamp(index * NODE, UTC)
        self._drift += -self._drift * NODE / 216_000 + self._rng.gauss(0, 3.5 * math.sqrt(2 * NODE / 216_000))
        self._cloud += -self._cloud * NODE / 36_000 + self._rng.gauss(0, math.sqrt(2 * NODE / 36_000))
        cloud = 1 / (1 + math.exp(-2.2 * (self._cloud + 2 * climate.cloudy - 1)))
        year = math.cos(2 * math.pi * (moment.timetuple().tm_yday - 20) / 365.25)
        hour = (moment.hour + moment.minute / 60 + climate.longitude / 15) % 24
        day = math.cos(2 * math.pi * (hour - 15) / 24) * (1.2 - cloud)
        warm = climate.mean - climate.yearly * year + climate.daily * day + self._drift
        return warm, clear_sky(elevation(self._observer, moment)) * (1 - DIMMED * cloud)
