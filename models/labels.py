"""What life says people wanted: labels for the network from what they did.

Only a person's settings teach. A setting is wanted from a lead time before the person made it until it is changed, and
more warmth earlier than less. A lamp's minute counts while somebody has been active in its area within 30 minutes, or
within ±10 minutes of a person's change; a lamp that a person left off in a quiet area is off as it should be, one left
on there may be forgotten and says nothing. The same for a bolt: thrown by a person it is wanted, drawn in a quiet home
it says nothing, and nothing while the door is open. What homectl or another program set is no label at all.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from homectl.home import ORIGINS, STATE, History, Home, Kind, Quantity, Target, Times
from models.features import Array
from models.steps import (
    LONG_AGO,
    MINUTE,
    PERSON,
    UNKNOWN,
    Flags,
    Ms,
    Steps,
    milliseconds_of,
)
from models.surroundings import Moves, Sensors, doors, moves
from models.tasks import COLUMN, TASKS

ACTIVE = 30 * MINUTE
NEAR = 10 * MINUTE
UNKNOWN_WEIGHT = 0.3
"""What a setting of unknown origin counts beside a person's."""

PREHEAT = 80 * MINUTE
"""How much earlier than that warmth is wanted: a heated room follows by some 2 K an hour, and people ask for 2 to 4."""

LEAD = {task.name: round(task.lead * 1000) for task in TASKS}
"""How long before a person makes a setting it is wanted, and how far auxiliary tasks look ahead, milliseconds."""


class Life:
    """What was set, by whom, and who was about, at many times of a recorded log."""

    def __init__(self, home: Home, history: History, times: Times, targets: Sequence[Target]) -> None:
        self.home, self.history, self.targets = home, history, targets
        self.at = milliseconds_of(times)
        self.end = max((milliseconds_of(t.times[-1:])[0] for t in history.tracks.values() if len(t)), default=LONG_AGO)
        self._sensors = Sensors(home, history)
        self._acts = {target: _changes(history, target) for target in targets}

    def near_change(self, target: Target) -> Flags:
        """Whether a person changed the target within ten minutes of each time."""
        acts = self._acts[target]
        return acts.searchsorted(self.at + NEAR, side="right") > acts.searchsorted(self.at - NEAR, side="left")

    def changed_within(self, target: Target, span: int) -> Flags:
        """Whether a person changes the target in the `span` milliseconds after each time."""
        acts = self._acts[target]
        within: Flags = acts.searchsorted(self.at + span, "right") > acts.searchsorted(self.at, "right")
        return within

    def count(self, target: Target) -> int:
        """How often a person changed the target between the first and the last time."""
        acts = self._acts[target]
        return int(acts.searchsorted(self.at[-1], side="right") - acts.searchsorted(self.at[0], side="left"))

    def next_change(self, target: Target, at: int) -> tuple[int, float] | None:
        """When a person next changes the target after `at`, and what to; milliseconds."""
        acts = self._acts[target]
        place = int(acts.searchsorted(at, side="right"))
        if place == len(acts):
            return None
        steps = self._steps(target)
        return int(acts[place]), float(steps.values[steps.place(acts[place])])

    def labels(self, medians: Times) -> tuple[Array, Array]:
        """Labels (times, targets, tasks), NaN where life gave none, and weights (times, targets).

        `medians` (times, targets): each target's own median setpoint, °C, which setpoints are relative to.
        """
        found = np.full((len(self.at), len(self.targets), len(TASKS)), np.nan, dtype=np.float32)
        weights = np.ones((len(self.at), len(self.targets)), dtype=np.float32)
        areas: dict[str, list[Times]] = {}
        for place, target in enumerate(self.targets):
            area = self.home.device(target.device).area or ""
            if area not in areas:
                areas[area] = self._foreseen(area)
            for name, column in zip(("presence_30", "presence_60", "presence_120"), areas[area], strict=True):
                found[:, place, COLUMN[name]] = column
            weights[:, place] = self._own(target, medians[:, place], found[:, place])
            found[:, place, COLUMN[f"{target.kind}_change"]] = self._changes(target)
        found[:, :, COLUMN["door_opens_15"]] = self._door_opens()[:, None]
        return found, weights

    def _own(self, target: Target, median: Times, found: Array) -> Times:
        """Fill the columns of the target's own tasks; what its settings count."""
        match target.kind:
            case Kind.LIGHT:
                value, weight = self._wanted(target, "light_on")
                quiet_on = (value == 1.0) & ~self._active(target, "light_on")
                found[:, COLUMN["light_on"]] = np.where(quiet_on, np.nan, value)
                level, _ = self._wanted(Target(target.device, Kind.LIGHT), "light_level", Quantity.LIGHT_LEVEL)
                found[:, COLUMN["light_level"]] = np.where((value == 1.0) & ~quiet_on & (level > 0), level, np.nan)
            case Kind.SETPOINT:
                value, weight = self._wanted(target, "setpoint")
                soon, _ = self._wanted(target, "setpoint", later=PREHEAT)
                found[:, COLUMN["setpoint"]] = np.where(soon > value, soon, value) - median
            case Kind.LOCK:
                value, weight = self._wanted(target, "lock_wanted")
                at = self.at + LEAD["lock_wanted"]
                contact = self.home.contact_of(target.device)
                is_open = doors(self.history, [contact.id] if contact else [], at).open > 0
                quiet = (value == 0.0) & ~self._active(target, "lock_wanted")
                found[:, COLUMN["lock_wanted"]] = np.where(quiet | is_open, np.nan, value)
        return weight

    def _changes(self, target: Target) -> Times:
        """Whether a person changes the target within the next ten minutes; NaN where it is unknown, ours or at the end.

        What homectl or a program has set says nothing of when people would have changed it.
        """
        steps, span = self._steps(target), LEAD[f"{target.kind}_change"]
        place = steps.place(self.at)
        theirs = (steps.makers[place] == PERSON) | (steps.makers[place] == UNKNOWN)
        known = theirs & np.isfinite(steps.values[place]) & (self.at + span <= self.end)
        return np.where(known, self.changed_within(target, span), np.nan)

    def _wanted(
        self, target: Target, task: str, quantity: Quantity | None = None, later: int = 0
    ) -> tuple[Times, Times]:
        """What a person will have set a lead time later, NaN where nobody had, and what that counts."""
        steps = self._steps(target, quantity)
        at = self.at + LEAD[task] + later
        place = steps.place(at)
        maker = steps.makers[place]
        known = ((maker == PERSON) | (maker == UNKNOWN)) & (at <= self.end)
        weight = np.where(maker == UNKNOWN, UNKNOWN_WEIGHT, 1.0)
        return np.where(known, steps.values[place], np.nan), weight

    def _steps(self, target: Target, quantity: Quantity | None = None) -> Steps:
        return Steps.of(self.history, target.device, quantity or STATE[target.kind])

    def _active(self, target: Target, task: str) -> Flags:
        """Whether somebody was about within 30 minutes: in a lamp's area, for a lock anywhere at home."""
        at = self.at + LEAD[task]
        area = self.home.device(target.device).area or ""
        indoors = [a.id for a in self.home.areas if not a.outdoors]
        here = [area] if target.kind is Kind.LIGHT and self._sensors.of(area, Quantity.MOTION) else indoors
        acts = [self._acted(other, at) for other in self.targets if self.home.device(other.device).area in here]
        last: Ms = np.max([self._last_motion(here, at), *acts], axis=0)
        active: Flags = (at - last <= ACTIVE) | self.near_change(target)
        return active

    def _acted(self, target: Target, at: Ms) -> Ms:
        acts: Ms = np.concatenate(([LONG_AGO], self._acts[target]))
        last: Ms = acts[acts.searchsorted(at, side="right") - 1]
        return last

    def _last_motion(self, areas: Sequence[str], at: Ms) -> Ms:
        last: Ms = self._moves(areas, at).last[0]
        return last

    def _moves(self, areas: Sequence[str], at: Ms) -> Moves:
        """The motion sensors of some areas as one."""
        devices = [device for area in areas for device in self._sensors.of(area, Quantity.MOTION)]
        return moves(self.history, [devices], at, at)

    def _foreseen(self, area: str) -> list[Times]:
        """Whether somebody moves in the area in the next 30, 60 and 120 minutes; NaN without a sensor or at the end."""
        known = self._moves([area], self.at).known[0] > 0
        answers = []
        for name in ("presence_30", "presence_60", "presence_120"):
            later = self.at + LEAD[name]
            moved = self._last_motion([area], later) > self.at
            answers.append(np.where(known & (later <= self.end), moved, np.nan))
        return answers

    def _door_opens(self) -> Times:
        """Whether a front door opens in the next 15 minutes; NaN without one or at the end."""
        later = self.at + LEAD["door_opens_15"]
        door = doors(self.history, self._sensors.front, later)
        opens = door.opened > self.at
        return np.where((door.known > 0) & (later <= self.end), opens, np.nan)


def _changes(history: History, target: Target) -> Ms:
    """When a person changed the target, ascending milliseconds."""
    steps = Steps.of(history, target.device, STATE[target.kind])
    changed = np.zeros(len(steps.at), dtype=bool)
    changed[1:] = (steps.values[1:] != steps.values[:-1]) & np.isfinite(steps.values[1:])
    when: Ms = steps.at[changed & (steps.origins == PERSON)]
    return when


def origins(home: Home, history: History) -> dict[str, int]:
    """How many reports of settings came from whom: what the labels of a log are worth."""
    counts: NDArray[np.int64] = np.zeros(len(ORIGINS), dtype=np.int64)
    for target in home.targets:
        track = history.track(target.device, STATE[target.kind])
        if track is not None:
            counts += np.bincount(track.origins, minlength=len(ORIGINS))
    return {str(origin): int(count) for origin, count in zip(ORIGINS, counts, strict=True)}
