"""What the network's policy keeps in mind of a home between two questions, so that each only reads what is new."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from homectl.home import STATE, History, Home, Kind, Quantity, Target, Times, Track
from models.calendar import SLOT, SameHours
from models.described import described
from models.habits import habits
from models.routines import Routines
from models.steps import Ms, Places
from models.surroundings import Place, Sensors
from models.thermal import Thermals

LARGEST = 64
"""So many groups of targets are remembered before all are forgotten."""


@dataclass(frozen=True, slots=True)
class About:
    """Some targets: their areas, which of these each is in, what each is, and whether it is set in °C."""

    areas: tuple[Place, ...]
    area_of: Places  # (targets,)
    described: NDArray[np.float32]  # (targets, TARGET)
    warm: NDArray[np.bool_]  # (targets,)


@dataclass(frozen=True, slots=True, eq=False)
class Usual:
    """A target's habits at one slot, and how much of its tracks they were made of."""

    slot: int
    read: tuple[tuple[Track, int, int], ...]  # samples forgotten and held
    columns: NDArray[np.float32]
    median: float

    def holds(self, slot: int) -> bool:
        """Whether they are the same now. Samples from the slot's beginning on have no part in them."""
        return slot == self.slot and all(
            track.forgotten == forgotten and (len(track) == size or track.times[size] * 1000 >= slot * SLOT)
            for track, forgotten, size in self.read
        )


class Memory:
    """One home and its history: what there is to look at, and what people usually have at this hour."""

    def __init__(self, home: Home, history: History) -> None:
        self.home, self.history = home, history
        self._signals = len(history.tracks)
        self._about: dict[tuple[Target, ...], About] = {}
        self._usual: dict[Target, Usual] = {}
        self._days: tuple[int, SameHours] | None = None
        sensors = Sensors(home, history)
        self.routines = Routines(home, history, sensors)
        self.thermals = Thermals(home, history, sensors)
        self._places = {area.id: sensors.place(area.id) for area in home.areas}
        self.front = sensors.entrance()
        self.inside = tuple(self._places[area.id] for area in home.areas if not area.outdoors)
        self.outside = tuple(self._places[area.id] for area in home.areas if area.outdoors)

    def of(self, home: Home, history: History) -> "Memory":
        """The memory of a home and its history: this one, if it is about them and every signal they have."""
        known = home is self.home and history is self.history and len(history.tracks) == self._signals
        return self if known else Memory(home, history)

    def about(self, targets: Sequence[Target]) -> About:
        """What does not change about some targets."""
        key = tuple(targets)
        found = self._about.get(key)
        if found is None:
            if len(self._about) >= LARGEST:
                self._about.clear()
            found = self._about[key] = self._look(key)
        return found

    def habits(self, targets: Sequence[Target], at: Ms) -> tuple[NDArray[np.float32], Times]:
        """Every target's habits at each time (times, targets, COLUMNS), and its median setpoint (times, targets)."""
        if len(at) > 1:
            days = SameHours(self.home, at)
            usual, medians = habits(self.history, targets, days)
            return usual[days.of], medians[days.of]
        slot = int(at[0]) // SLOT
        found = [self._usual.get(target) for target in targets]
        stale = [target for target, known in zip(targets, found, strict=True) if known is None or not known.holds(slot)]
        if stale:
            self._learn(stale, slot, at)
        known = [self._usual[target] for target in targets]
        return np.array([[one.columns for one in known]]), np.array([[one.median for one in known]])

    def _learn(self, targets: Sequence[Target], slot: int, at: Ms) -> None:
        if self._days is None or self._days[0] != slot:
            self._days = slot, SameHours(self.home, at)
        usual, medians = habits(self.history, targets, self._days[1])
        for place, target in enumerate(targets):
            self._usual[target] = Usual(slot, self._read(target), usual[0, place], float(medians[0, place]))

    def _read(self, target: Target) -> tuple[tuple[Track, int, int], ...]:
        quantities = [STATE[target.kind]] + [Quantity.LIGHT_LEVEL] * (target.kind is Kind.LIGHT)
        tracks = [self.history.track(target.device, quantity) for quantity in quantities]
        return tuple((track, track.forgotten, len(track)) for track in tracks if track is not None)

    def _look(self, targets: tuple[Target, ...]) -> About:
        areas = [self.home.device(target.device).area or "" for target in targets]
        used = list(dict.fromkeys(areas))
        return About(
            areas=tuple(self._places[area] for area in used),
            area_of=np.array([used.index(area) for area in areas], dtype=np.intp),
            described=described(self.home, targets),
            warm=np.array([target.kind is Kind.SETPOINT for target in targets]),
        )
