"""What a careful person would look at before touching a switch: who is about, how dark it is, how late."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from homectl.control.activity import LONGEST_GAP, MEMORY, Activity, Window, changes, last_before, pick, spans_of
from homectl.control.local_time import LocalTime, local_time
from homectl.control.routine import part_of, uses, usual_rise
from homectl.home import Device, History, Home, Quantity, Times, Track
from homectl.home.sun import elevation

Flags = NDArray[np.bool_]

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

GOODBYE = 240.0
"""Seconds after the door closed in which motion sensors may still see those who left."""


@dataclass(frozen=True)
class Surroundings:
    """A home at many times; every answer has shape (times,) and no time sees anything later than itself."""

    home: Home
    history: History
    times: Times
    _areas: dict[str, Activity] = field(default_factory=dict)
    _darkness: dict[str, Flags] = field(default_factory=dict)
    _uses: dict[str, NDArray[np.intp]] = field(default_factory=dict)

    @cached_property
    def clock(self) -> LocalTime:
        return local_time(self.home.zone, self.times)

    @cached_property
    def part(self) -> NDArray[np.intp]:
        """Which part of the day it is."""
        return part_of(self.clock)

    def uses(self, device: str) -> NDArray[np.intp]:
        """How often a lamp has been of use in this part of the day lately; a lamp nobody has heard of, never."""
        track = self.history.track(device, Quantity.LIGHT_ON)
        if track is None:
            return np.zeros(len(self.times), dtype=np.intp)
        if device not in self._uses:
            self._uses[device] = uses(track, self.home.zone, self.times, self.part)
        return self._uses[device]

    @cached_property
    def window(self) -> Window:
        """In which presence is looked for."""
        return Window(float(self.times[0]) - MEMORY - LONGEST_GAP, float(self.times[-1]))

    @cached_property
    def indoors(self) -> Activity:
        devices = [d for d in self.home.devices if d.area is not None and d.area not in self.home.outdoors]
        return Activity.of(spans_of(devices, self.history, self.window))

    @cached_property
    def silence(self) -> Times:
        """Seconds since anybody was about indoors; 0 where no motion sensor could tell."""
        rooms = [area.id for area in self.home.areas if not area.outdoors]
        return np.where(self.watched(rooms), self.indoors.silence(self.times), 0.0)

    @cached_property
    def left(self) -> Flags:
        """Whether everybody seems to have gone out: the front door closed, and nothing has moved since."""
        return (self.silence >= LEFT_AFTER) & (self.times - self.silence - self.door_closed <= GOODBYE)

    @cached_property
    def door_closed(self) -> Times:
        """When an exterior door was last closed; -inf where none ever was."""
        doors = [d for d in self.home.devices if d.exterior and d.area is not None]
        tracks = filter(None, (self.history.track(door.id, Quantity.CONTACT) for door in doors))
        closed = [changes(track, self.window, to=0.0) for track in tracks]
        return last_before(np.sort(np.concatenate(closed)) if closed else np.empty(0), self.times)

    @cached_property
    def until_rise(self) -> Times:
        """Seconds until the home usually wakes today, negative once that is past; NaN where not known."""
        return (usual_rise(self.home, self.history, self.clock) - self.clock.hour) * 3600

    @cached_property
    def sun(self) -> Times:
        return elevation(self.home.latitude, self.home.longitude, self.times)

    @cached_property
    def dark_outdoors(self) -> Flags:
        """By the brightest believable sensor outdoors, else by the sun."""
        return self._dark(self._brightest(list(self.home.outdoors)), DARK_OUTDOORS, self.sun < DARK_SUN)

    def area(self, area: str) -> Activity:
        """Presence in one area."""
        if area not in self._areas:
            self._areas[area] = Activity.of(spans_of(self.home.devices_in(area), self.history, self.window))
        return self._areas[area]

    def watched(self, areas: Iterable[str]) -> Flags:
        """Whether a motion sensor of any of these areas has ever spoken."""
        devices = [device for area in areas for device in self.home.devices_in(area)]
        tracks = filter(None, (self.history.track(device.id, Quantity.MOTION) for device in devices))
        flags: Flags = self.times >= min((float(track.times[0]) for track in tracks), default=np.inf)
        return flags

    def dark(self, area: str, below: float) -> Flags:
        """By the room's own light while its lamps are off, else as outdoors."""
        if area not in self._darkness:
            lux = np.where(self._lamps_off(area), self._brightest([area]), np.nan)
            self._darkness[area] = self._dark(lux, below, self.dark_outdoors)
        return self._darkness[area]

    def _lamps_off(self, area: str) -> Flags:
        """Whether every lamp of the area is known to be off, and was when its illuminance was last told."""
        off = np.ones(len(self.times), dtype=bool)
        for device in self.home.devices_in(area):
            if (track := self.history.track(device.id, Quantity.LIGHT_ON)) is not None:
                value, age = as_of(track, self.times)
                lit = last_before(changes(track, self.window, to=0.0), self.times)
                off &= (value == 0.0) & (age < np.inf) & (self._told(area) >= lit + SETTLED)
        return off

    def _told(self, area: str) -> Times:
        """When an illuminance of the area was last told."""
        ages = [as_of(track, self.times)[1] for track in self._light_sensors([area])]
        return self.times - np.min(ages, axis=0) if ages else np.full(len(self.times), -np.inf)

    def _brightest(self, areas: list[str]) -> Times:
        """The highest believable illuminance of some areas; NaN where there is none."""
        brightest = np.full(len(self.times), np.nan)
        for track in self._light_sensors(areas):
            value, age = as_of(track, self.times)
            brightest = np.fmax(brightest, np.where(age <= BELIEVED, value, np.nan))
        return brightest

    def _light_sensors(self, areas: list[str]) -> list[Track]:
        devices: list[Device] = [device for area in areas for device in self.home.devices_in(area)]
        return [t for d in devices if (t := self.history.track(d.id, Quantity.ILLUMINANCE)) is not None]

    @staticmethod
    def _dark(lux: Times, threshold: float, otherwise: Flags) -> Flags:
        dark: Flags = np.where(np.isnan(lux), otherwise, lux < threshold)
        return dark


def as_of(track: Track, times: Times) -> tuple[Times, Times]:
    """The value that holds at each time, and its age in seconds; NaN and infinity before the first."""
    place = track.index(times)
    return pick(track.values, place, np.nan), times - pick(track.times, place, -np.inf)
