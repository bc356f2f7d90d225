"""What is known: for each signal its times and values, and how fresh they are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from homectl.home.areas import Device
from homectl.home.readings import Origin, Quantity, Reading, Signal

Times = NDArray[np.float64]

ORIGINS: tuple[Origin, ...] = tuple(Origin)
"""Origins by the small integer that arrays and the journal keep."""

ORIGIN_CODE: dict[Origin, int] = {origin: code for code, origin in enumerate(ORIGINS)}


class AgeLimits(BaseModel):
    """How old a value may be, in seconds, and still count as fresh."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    battery_check_in: float = Field(default=65 * 60, gt=0)
    mains_check_in: float = Field(default=10 * 60, gt=0)
    motion: float = Field(default=65 * 60, gt=0)
    illuminance: float = Field(default=65 * 60, gt=0)
    temperature: float = Field(default=60 * 60, gt=0)

    def check_in(self, device: Device) -> float:
        """The longest silence that is normal for this device."""
        return device.check_in or (self.battery_check_in if device.battery else self.mains_check_in)

    def of(self, device: Device, quantity: Quantity) -> float:
        """The age at which this value of this device stops being fresh."""
        own = {Quantity.MOTION: self.motion, Quantity.ILLUMINANCE: self.illuminance}
        own[Quantity.TEMPERATURE] = self.temperature
        return max(own.get(quantity, 0.0), self.check_in(device))


@dataclass(frozen=True, slots=True)
class Sample:
    """The newest value of a signal at some time: when it came, and when it was last seen live (-inf: never)."""

    value: float
    at: float
    origin: Origin
    seen: float


class Track:
    """One signal's series in growing arrays, ordered by time. Views are valid until the next append."""

    __slots__ = ("_newest", "_origins", "_seen", "_size", "_times", "_values", "derived", "forgotten", "judged", "kept")

    def __init__(self, capacity: int = 64) -> None:
        self._size = 0
        self._newest: Sample | None = None  # the last sample, once somebody has asked for it
        self._times = np.empty(capacity)
        self._values = np.empty(capacity)
        self._origins = np.empty(capacity, dtype=np.int8)
        self._seen = np.empty(capacity)
        self.derived: object = None  # what a reader has made of the samples; dropped when they change
        self.kept: object = None  # what a reader makes of the samples one by one; it reads on by itself
        self.judged: object = None  # the same of who asks which of them can be believed
        self.forgotten = 0  # samples dropped at the front

    @classmethod
    def of(cls, times: Times, values: Times, origins: NDArray[np.int8], live: NDArray[np.bool_]) -> "Track":
        """A track over whole arrays, ordered by time, without copying the first three."""
        track = cls(0)
        track._times, track._values, track._origins = times, values, origins
        track._seen = np.maximum.accumulate(np.where(live, times, -np.inf)) if len(times) else times
        track._size = len(times)
        return track

    def __len__(self) -> int:
        return self._size

    @property
    def times(self) -> Times:
        return self._times[: self._size]

    @property
    def values(self) -> Times:
        return self._values[: self._size]

    @property
    def origins(self) -> NDArray[np.int8]:
        return self._origins[: self._size]

    @property
    def seen(self) -> Times:
        """For each sample the time of the last live one up to it; -inf before the first."""
        return self._seen[: self._size]

    def append(self, reading: Reading) -> bool:
        """Add the newest sample; a reading older than the last one is late, changes nothing and returns False."""
        size = self._size
        if size and reading.at < self._times[size - 1]:
            return False
        if size == len(self._times):
            self._grow()
        seen = self._seen[size - 1] if size else -np.inf
        self._times[size] = reading.at
        self._values[size] = reading.value
        self._origins[size] = ORIGIN_CODE[reading.origin]
        self._seen[size] = reading.at if reading.live else seen
        self._size = size + 1
        self._newest = self.derived = None
        return True

    def forget_before(self, at: float) -> None:
        """Drop samples older than `at`, but keep the one that still holds then."""
        first = max(0, int(np.searchsorted(self.times, at, side="right")) - 1)
        if first:
            for name in ("_times", "_values", "_origins", "_seen"):
                setattr(self, name, getattr(self, name)[first : self._size].copy())
            self._size -= first
            self.forgotten += first
            self.derived = None

    def unsee(self) -> None:
        """Take every sample as restored rather than heard: none of them makes the signal fresh."""
        self._seen[: self._size] = -np.inf
        self._newest = None

    def index(self, at: Times) -> NDArray[np.intp]:
        """For each time the place of the newest sample not after it; -1 where there is none."""
        return np.searchsorted(self.times, at, side="right") - 1

    def heard(self, at: float) -> int:
        """How many samples came up to `at`, those forgotten among them."""
        size = self._size
        if size and self._times[size - 1] > at:
            size = int(np.searchsorted(self.times, at, side="right"))
        return self.forgotten + size

    def sample(self, at: float) -> Sample | None:
        """The newest sample not after `at`."""
        newest = self._newest
        if newest is None and self._size:
            newest = self._newest = self._sample(self._size - 1)
        if newest is None or newest.at <= at:
            return newest
        place = int(np.searchsorted(self.times, at, side="right")) - 1
        return self._sample(place) if place >= 0 else None

    def _sample(self, place: int) -> Sample:
        origin = ORIGINS[self._origins[place]]
        return Sample(float(self._values[place]), float(self._times[place]), origin, float(self._seen[place]))

    def _grow(self) -> None:
        capacity = max(64, 2 * self._size)
        for name in ("_times", "_values", "_origins", "_seen"):
            old = getattr(self, name)
            new = np.empty(capacity, dtype=old.dtype)
            new[: self._size] = old[: self._size]
            setattr(self, name, new)


class History:
    """Every signal's track. Append to it as a home lives, or view a whole log; questions name their time.

    No question ever sees a sample later than the time it names.
    """

    def __init__(self, tracks: Mapping[Signal, Track] | None = None) -> None:
        self.tracks: dict[Signal, Track] = dict(tracks or {})
        self.late = 0
        self._leaps: list[tuple[float, float]] = []
        self._by_device: dict[str, list[Track]] = {}
        for signal, track in self.tracks.items():
            self._by_device.setdefault(signal.device, []).append(track)

    @classmethod
    def of(cls, readings: Iterable[Reading]) -> "History":
        history = cls()
        for reading in readings:
            history.append(reading)
        return history

    def append(self, reading: Reading) -> bool:
        """Learn one reading; late ones are counted and change nothing."""
        signal = reading.signal
        track = self.tracks.get(signal)
        if track is None:
            track = self.tracks[signal] = Track()
            self._by_device.setdefault(signal.device, []).append(track)
        if track.append(reading):
            return True
        self.late += 1
        return False

    def forget_before(self, at: float) -> None:
        for track in self.tracks.values():
            track.forget_before(at)

    def unsee(self) -> None:
        """Keep what is known, but count nothing as heard live: what a restart starts from."""
        for track in self.tracks.values():
            track.unsee()

    def leap(self, at: float, by: float) -> None:
        """The clock, which said `at`, was set ahead by so many seconds."""
        self._leaps.append((at, by))

    def passed(self, since: float, at: float) -> float:
        """Seconds that went by between two times, in milliseconds, without those that the clock left out."""
        return round(at - since - sum(by for when, by in self._leaps if since <= when < at), 3)

    def newest(self) -> float:
        """The time of the newest sample of all; -inf for an empty history."""
        return max((float(track.times[-1]) for track in self.tracks.values() if len(track)), default=float("-inf"))

    def track(self, device: str, quantity: Quantity) -> Track | None:
        return self.tracks.get(Signal(device, quantity))

    def sample(self, device: str, quantity: Quantity, at: float) -> Sample | None:
        track = self.tracks.get(Signal(device, quantity))
        return None if track is None else track.sample(at)

    def value(self, device: str, quantity: Quantity, at: float) -> float:
        """The newest value not after `at`; NaN where nothing is known."""
        sample = self.sample(device, quantity, at)
        return float("nan") if sample is None else sample.value

    def last_seen(self, device: str, at: float) -> float:
        """When the device was last heard live; -inf if never."""
        samples = (track.sample(at) for track in self._by_device.get(device, ()))
        return max((sample.seen for sample in samples if sample is not None), default=float("-inf"))

    def tracks_of(self, device: str) -> tuple[Track, ...]:
        """The tracks of all signals of a device that were ever heard."""
        return tuple(self._by_device.get(device, ()))

    def available(self, device: str, at: float) -> bool:
        """False only when the device's own network says it is gone."""
        return self.value(device, Quantity.AVAILABLE, at) != 0.0

    def fresh(self, device: Device, quantity: Quantity, at: float, limits: AgeLimits) -> bool:
        """Whether a value can be acted on: known, itself heard live, device available and not silent too long."""
        sample = self.sample(device.id, quantity, at)
        if sample is None or sample.value != sample.value:
            return False
        heard = self.sample(device.id, quantity, sample.seen)
        if heard is None or heard.value != sample.value:
            return False
        limit = limits.of(device, quantity)
        return self.available(device.id, at) and at - self.last_seen(device.id, at) <= limit
