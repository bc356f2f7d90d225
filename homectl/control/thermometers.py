"""Which temperatures can be believed. One that cannot be, one that jumps, and one that stands still while its room is
heated and cools count as missing."""

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Self

from homectl.control.limits import SetpointLimits
from homectl.home import AgeLimits, Device, History, Home, Quantity, Track, plausible

FASTEST = 5.0
"""°C per minute: the air of no room changes faster."""

STILL = 6 * 3600.0
"""Seconds for which a temperature may stay the same …"""

SWAYED = 1.5 * 3600.0
"""… where a heater was on for so many of them, and off for so many: a regulated room may really stand still."""


Sees = Callable[[float], bool]


class Believed:
    """One track of temperatures, read on as it grows: which samples can be true, given those before them."""

    def __init__(self, track: Track, history: History) -> None:
        self._track, self._history = track, history
        self._begin()

    @classmethod
    def of(cls, track: Track, history: History) -> Self:
        """What can be believed of a track of a history, up to date."""
        kept = track.judged
        if not isinstance(kept, cls) or kept._history is not history:
            kept = track.judged = cls(track, history)
        return kept._follow()

    def newest(self, at: float) -> int:
        """The place of the newest sample up to `at` that is believed; -1 for none."""
        place = bisect_right(self.times, at) - 1
        return self.last[place] if place >= 0 else -1

    def missing_since(self, at: float) -> float | None:
        """When the first sample came that is not believed, of those after the last that is; None for none."""
        place = bisect_right(self.times, at) - 1
        first = self.newest(at) + 1
        return self.times[first] if first <= place else None

    def _begin(self) -> None:
        self.times, self.values = array("d"), array("d")
        self.last = array("q")  # for each sample the place of the last one up to it that is believed
        self.began = array("q")  # and the place from which on all that is believed has the same value
        self._forgotten = self._track.forgotten

    def _follow(self) -> Self:
        track = self._track
        if track.forgotten != self._forgotten:
            self._begin()
        if len(track) != len(self.times):
            new = slice(len(self.times), len(track))
            for at, value in zip(track.times[new].tolist(), track.values[new].tolist(), strict=True):
                self._take(at, value)
        return self

    def _take(self, at: float, value: float) -> None:
        before = self.last[-1] if self.last else -1
        place = len(self.times)
        believed = plausible(Quantity.TEMPERATURE, value) and (before < 0 or self._reachable(before, at, value))
        same = believed and before >= 0 and value == self.values[before]
        began = self.began[-1] if same or (self.began and not believed) else place
        self.times.append(at)
        self.values.append(value)
        self.last.append(place if believed else before)
        self.began.append(began)

    def _reachable(self, before: int, at: float, value: float) -> bool:
        minutes = self._history.passed(self.times[before], at) / 60
        return abs(value - self.values[before]) <= FASTEST * max(1.0, minutes)


@dataclass(frozen=True, slots=True)
class Thermometer:
    """What one thermometer is worth at a time: its newest believed temperature (NaN for none), and since when it has
    told none (the time asked about while it does); `doubt` says why as a clause, empty where there is none."""

    device: Device
    celsius: float
    known: float
    doubt: str = ""


def thermometers(home: Home, area: str, history: History, at: float, ages: AgeLimits) -> list[Thermometer]:
    """Every device of an area that has told a temperature."""
    found = []
    for device in home.devices_in(area):
        track = history.track(device.id, Quantity.TEMPERATURE)
        if track is not None and len(track) and track.times[0] <= at:
            found.append(_judged(device, track, home, history, at, ages))
    return found


def _judged(device: Device, track: Track, home: Home, history: History, at: float, ages: AgeLimits) -> Thermometer:
    believed = Believed.of(track, history)
    place, missing = believed.newest(at), believed.missing_since(at)
    celsius = believed.values[place] if place >= 0 else float("nan")
    if missing is not None:
        said = history.value(device.id, Quantity.TEMPERATURE, at)
        doubt = "does not know its temperature" if said != said else f"says {said:g} °C, which cannot be"
        return Thermometer(device, celsius, missing, doubt)
    heard = history.last_seen(device.id, at)
    if not history.fresh(device, Quantity.TEMPERATURE, at, ages):
        return Thermometer(device, celsius, heard, "is silent")
    began = believed.times[believed.began[place]]
    if history.passed(began, at) > STILL and swayed(home, device.area or "", history, began, at) >= SWAYED:
        hours = history.passed(began, at) / 3600
        return Thermometer(
            device, celsius, began, f"has said {celsius:g} °C for {hours:.0f} h while heating went on and off"
        )
    return Thermometer(device, celsius, at)


def believed_for(one: Thermometer, home: Home, history: History, at: float) -> float:
    """Seconds for which a believed thermometer that says the same again and again is believed at least."""
    track = history.track(one.device.id, Quantity.TEMPERATURE)
    assert track is not None
    believed = Believed.of(track, history)
    began = believed.times[believed.began[believed.newest(at)]]
    left = STILL - history.passed(began, at)
    return left if left > 0 else SWAYED - swayed(home, one.device.area or "", history, began, at)


def coldness(one: Thermometer, history: History, at: float, limits: SetpointLimits) -> bool:
    """Whether it fell below the freezing limit and has not been released since."""
    return _reached(
        one, history, at, lambda celsius: celsius < limits.freeze, lambda celsius: celsius >= limits.freeze_release
    )


def too_hot(seen: Iterable[Thermometer], history: History, at: float, limits: SetpointLimits) -> float | None:
    """The highest temperature that is believed, where it reached the hard stop and has not been released since.

    None also where a thermometer beside it tells of frost: both cannot be, and pipes that burst are worse.
    """
    sure = [one for one in seen if not one.doubt]
    if any(one.celsius < limits.freeze for one in sure):
        return None
    hot = [
        one.celsius
        for one in sure
        if _reached(
            one, history, at, lambda celsius: celsius >= limits.hot, lambda celsius: celsius < limits.hot_release
        )
    ]
    return max(hot, default=None)


def _reached(one: Thermometer, history: History, at: float, beyond: Sees, back: Sees) -> bool:
    """Whether what it told went beyond a bound, and has not come back since."""
    track = history.track(one.device.id, Quantity.TEMPERATURE)
    believed = None if track is None else Believed.of(track, history)
    place = -1 if believed is None else believed.newest(at)
    while believed is not None and place >= 0:
        celsius = believed.values[place]
        if beyond(celsius) or back(celsius):
            return beyond(celsius)
        place = believed.last[place - 1] if place else -1
    return False


def swayed(home: Home, area: str, history: History, since: float, at: float) -> float:
    """For how many seconds of a span a heater of the area was on, and for as many off again; of several the most."""
    found = [0.0]
    for device in home.devices_in(area):
        track = history.track(device.id, Quantity.HEATING)
        if track is not None:
            until = min(at, history.last_seen(device.id, at))
            found.append(min(_said(track, value, history, since, until) for value in (0.0, 1.0)))
    return max(found)


def _said(track: Track, value: float, history: History, since: float, until: float) -> float:
    """Seconds of a span in which the track had a value."""
    first = max(0, int(track.times.searchsorted(since, side="right")) - 1)
    last = int(track.times.searchsorted(until, side="right"))
    times = [*track.times[first:last].tolist(), until]
    spans = zip(times, times[1:], track.values[first:last].tolist(), strict=False)
    return sum(history.passed(max(start, since), end) for start, end, now in spans if now == value and end > since)
