"""What a careful person would look at before touching a switch: who is about, how dark it is, how late."""

from functools import cached_property

import numpy as np

from homectl.control.local_time import LocalTime, local_time
from homectl.control.memory import Memory, Place
from homectl.control.moments import Asked, Counted, Said, choose, ever, greater, pick
from homectl.control.routine import EARLIEST, LATEST, Rises, Uses, part_of, uses, usual_rise
from homectl.home import Quantity, Track
from homectl.home.sun import elevation

DARK_SUN = 3.0
"""Below this elevation of the sun, degrees, a room needs a lamp when nothing better is known."""

DARK_OUTDOORS = 1500.0
"""Below this illuminance outdoors, lux: about 30 lux indoors at a daylight factor of 2 %."""

BELIEVED = 65 * 60.0
"""Age at which an illuminance stops saying anything, seconds."""

SETTLED = 60.0
"""Seconds after a lamp changed before its room's illuminance is believed."""

LEFT_AFTER = 600.0
"""Seconds of silence before a closed front door means that everybody has gone."""

NEAR = 2.0
"""How close to a possible rise it is worth while to know when it is, hours."""

GOODBYE = 240.0
"""Seconds after the door closed in which motion sensors may still see those who left."""


class Surroundings:
    """A home at one time or at many; no time sees anything later than itself."""

    def __init__(self, memory: Memory, times: Asked) -> None:
        self.memory, self.home, self.history, self.times = memory, memory.home, memory.history, times
        self._darkness: dict[str, Said] = {}
        self._silences: dict[str, Asked] = {}

    @cached_property
    def clock(self) -> LocalTime:
        return local_time(self.home.zone, self.times)

    @cached_property
    def part(self) -> Counted:
        """Which part of the day it is."""
        return part_of(self.clock)

    def uses(self, lamp: str) -> Asked:
        """How often a lamp has been of use in this part of the day lately; a lamp nobody has heard of, never."""
        digest = self.memory.digest(Uses, lamp, Quantity.LIGHT_ON)
        return 0.0 if digest is None else uses(digest, self.times, self.part)

    @cached_property
    def indoors(self) -> Place:
        return self.memory.place(area.id for area in self.home.areas if not area.outdoors)

    @cached_property
    def silence(self) -> Asked:
        """Seconds since anybody was about indoors; 0 where no motion sensor could tell."""
        return choose(self.indoors.watched(self.times), self.indoors.silence(self.times), 0.0)

    @cached_property
    def left(self) -> Said:
        """Whether everybody seems to have gone out: the front door closed, and nothing has moved since."""
        return (self.silence >= LEFT_AFTER) & (self.times - self.silence - self.door_closed <= GOODBYE)

    @cached_property
    def door_closed(self) -> Asked:
        """When an exterior door was last closed; -inf where none ever was."""
        closed: Asked = -np.inf
        for door in self.memory.place(area.id for area in self.home.areas).doors:
            closed = greater(closed, door.follow().last(self.times))
        return closed

    @cached_property
    def until_rise(self) -> Asked:
        """Seconds until the home usually wakes today, negative once that is past.

        NaN where not known, and at hours that are far from any at which it could be.
        """
        hour = self.clock.hour
        if not ever((hour >= EARLIEST - NEAR) & (hour < LATEST + NEAR)):
            return np.nan
        inside = (device.id for device in self.home.devices if device.area not in (None, *self.home.outdoors))
        sensors = [self.memory.digest(Rises, device, Quantity.MOTION) for device in inside]
        known = [sensor for sensor in sensors if sensor is not None]
        return (usual_rise(known, self.home.zone, self.clock) - self.clock.hour) * 3600

    @cached_property
    def dark_outdoors(self) -> Said:
        """By the brightest believable sensor outdoors, else by the sun."""
        brightest = self._brightest(self.memory.place(self.home.outdoors))
        if not ever(brightest != brightest):
            return brightest < DARK_OUTDOORS
        sun = elevation(self.home.latitude, self.home.longitude, np.asarray(self.times))
        return self._dark(brightest, DARK_OUTDOORS, sun < DARK_SUN)

    def watched(self, area: str) -> Said:
        """Whether a motion sensor of the area has ever spoken."""
        return self.memory.place([area]).watched(self.times)

    def quiet(self, area: str) -> Asked:
        """Seconds since somebody was about in the area."""
        if area not in self._silences:
            self._silences[area] = self.memory.place([area]).silence(self.times)
        return self._silences[area]

    def stay(self, area: str, gap: float) -> Asked:
        """When the newest stay in the area began: pauses up to `gap` do not end it."""
        return self.memory.place([area]).stay(self.times, gap)

    def dark(self, area: str, below: float) -> Said:
        """By the room's own light while its lamps are off, else as outdoors."""
        if area not in self._darkness:
            place = self.memory.place([area])
            lux = choose(self._lamps_off(place), self._brightest(place), np.nan)
            self._darkness[area] = self._dark(lux, below, self.dark_outdoors)
        return self._darkness[area]

    def _lamps_off(self, place: Place) -> Said:
        """Whether every lamp of the area is known to be off, and was when its illuminance was last told."""
        off: Said = True
        told = self._told(place)
        for lamp in place.lamps:
            off = off & (as_of(lamp.track, self.times)[0] == 0.0)
            off = off & (told >= lamp.follow().last(self.times) + SETTLED)
        return off

    def _told(self, place: Place) -> Asked:
        """When an illuminance of the area was last told."""
        told: Asked = -np.inf
        for track in place.illuminance:
            told = greater(told, as_of(track, self.times)[1])
        return told

    def _brightest(self, place: Place) -> Asked:
        """The highest believable illuminance of some areas; NaN where there is none."""
        brightest: Asked = np.nan
        for track in place.illuminance:
            value, told = as_of(track, self.times)
            brightest = np.fmax(brightest, choose(self.times - told <= BELIEVED, value, np.nan))
        return brightest

    @staticmethod
    def _dark(lux: Asked, threshold: float, otherwise: Said) -> Said:
        known = lux == lux
        return (known & (lux < threshold)) | ((lux != lux) & otherwise)


def as_of(track: Track, times: Asked) -> tuple[Asked, Asked]:
    """The value that holds at a time, and when it was told; NaN and -inf before the first."""
    if isinstance(times, float):
        sample = track.sample(times)
        return (np.nan, -np.inf) if sample is None else (sample.value, sample.at)
    count = track.index(times) + 1
    return pick(track.values, count, np.nan), pick(track.times, count, -np.inf)
