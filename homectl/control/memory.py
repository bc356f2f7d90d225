"""What the rules keep in mind of a home between two questions, so that each of them only reads what is new."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from homectl.control.activity import (
    LONGEST_GAP,
    MEMORY,
    WITNESSES,
    Activity,
    Ends,
    Motions,
    Window,
    presence,
    silence,
    spans_in,
)
from homectl.control.moments import Asked, Digest, Said, greater
from homectl.home import Device, History, Home, Quantity, Signal, Track

D = TypeVar("D", bound=Digest)


@dataclass(frozen=True, slots=True)
class Place:
    """What there is to look at in one or more areas."""

    presence: tuple[Digest, ...]
    motion: tuple[Motions, ...]
    illuminance: tuple[Track, ...]
    lamps: tuple[Ends, ...]
    doors: tuple[Ends, ...]

    def watched(self, times: Asked) -> Said:
        """Whether a motion sensor here has ever spoken."""
        return times >= min((sensor.follow().since for sensor in self.motion), default=np.inf)

    def silence(self, times: Asked) -> Asked:
        """Seconds since somebody was about, 0 while somebody is, at most MEMORY."""
        reached: Asked = -np.inf
        for digest in self.presence:
            reached = greater(reached, digest.follow().value(times, -np.inf))
        return silence(times, reached)

    def stay(self, times: Asked, gap: float) -> Asked:
        """When the newest stay began, at most MEMORY ago: pauses up to `gap` do not end it."""
        first, last = (times, times) if isinstance(times, float) else (float(times[0]), float(times[-1]))
        window = Window(first - MEMORY - LONGEST_GAP, last)
        return Activity.of(spans_in(digest.follow(), window) for digest in self.presence).stay(times, gap)


class Memory:
    """Digests of one history, and what there is to look at in the areas of its home."""

    def __init__(self, home: Home, history: History) -> None:
        self.home, self.history = home, history
        self._signals = len(history.tracks)
        self._digests: dict[tuple[type[Digest], Signal], Digest] = {}
        self._places: dict[frozenset[str], Place] = {}

    def of(self, home: Home, history: History) -> "Memory":
        """The memory of a home and its history: this one, as far as it is about them."""
        if history is not self.history or (home is not self.home and home.timezone != self.home.timezone):
            return Memory(home, history)
        if home is not self.home or len(history.tracks) != self._signals:
            self.home, self._signals, self._places = home, len(history.tracks), {}
        return self

    def digest(self, sort: type[D], device: str, quantity: Quantity) -> D | None:
        """One sort of digest of a signal, up to date; None of one that never spoke."""
        signal = Signal(device, quantity)
        found = self._digests.get((sort, signal))
        if found is None:
            track = self.history.tracks.get(signal)
            if track is None:
                return None
            found = self._digests[sort, signal] = sort(track, self.home.zone)
        assert isinstance(found, sort)
        return found.follow()

    def place(self, areas: Iterable[str]) -> Place:
        """What there is to look at in some areas together."""
        key = frozenset(areas)
        if key not in self._places:
            self._places[key] = self._look([device for device in self.home.devices if device.area in key])
        return self._places[key]

    def _look(self, devices: Sequence[Device]) -> Place:
        witnesses = [(presence(quantity), device.id, quantity) for device in devices for quantity in WITNESSES]
        lamps = (self.digest(Ends, device.id, Quantity.LIGHT_ON) for device in devices)
        doors = (self.digest(Ends, device.id, Quantity.CONTACT) for device in devices if device.exterior)
        seen = tuple(filter(None, itertools.starmap(self.digest, witnesses)))
        return Place(
            presence=seen,
            motion=tuple(digest for digest in seen if isinstance(digest, Motions)),
            illuminance=tuple(filter(None, (self.history.track(d.id, Quantity.ILLUMINANCE) for d in devices))),
            lamps=tuple(filter(None, lamps)),
            doors=tuple(filter(None, doors)),
        )
