"""What people did in a log: their changes of each target, and the minutes for which their wish is known."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from homectl.control.activity import Activity, Window, spans_of
from homectl.home import (
    ORIGIN_CODE,
    ORIGINS,
    STATE,
    TOLERANCE,
    Device,
    History,
    Home,
    Kind,
    LockState,
    Origin,
    Quantity,
    Target,
    Times,
    Track,
)

Flags = NDArray[np.bool_]

ACTIVE = 30 * 60.0
"""Seconds after the last activity in an area for which the settings somebody made there count as wanted."""

AROUND = 10 * 60.0
"""Seconds around a change within which it labels a minute and matches a proposal."""

INDOORS = ""
EVER = Window(-np.inf, np.inf)

NAMELESS: dict[Origin, str] = {
    Origin.AUTOMATION: "only another automation changes it",
    Origin.HOMECTL: "only homectl changes it",
    Origin.SENSED: "nobody changes it",
}


@dataclass(frozen=True, slots=True)
class Changes:
    """When a target's known state became another one, what it became, and by whom (codes of ORIGINS)."""

    times: Times
    values: Times
    origins: NDArray[np.int8]

    @classmethod
    def of(cls, track: Track | None, tolerance: float) -> "Changes":
        """Those of a track; its first value changes nothing, and unknown is no value."""
        if track is None:
            return cls(np.empty(0), np.empty(0), np.empty(0, dtype=np.int8))
        known = np.isfinite(track.values)
        times, values, origins = track.times[known], track.values[known], track.origins[known]
        changed = np.abs(np.diff(values, prepend=values[:1])) > tolerance
        return cls(times[changed], values[changed], origins[changed])

    def by(self, origin: Origin) -> "Changes":
        mine = self.origins == ORIGIN_CODE[origin]
        return Changes(self.times[mine], self.values[mine], self.origins[mine])

    def between(self, start: float, end: float) -> "Changes":
        part = slice(*np.searchsorted(self.times, [start, end], side="left"))
        return Changes(self.times[part], self.values[part], self.origins[part])

    def near(self, times: Times) -> Flags:
        """Whether there is a change at most AROUND before or after each time."""
        earlier = np.searchsorted(self.times, times - AROUND, side="left")
        later = np.searchsorted(self.times, times + AROUND, side="right")
        found: Flags = later > earlier
        return found


@dataclass(frozen=True, slots=True)
class Labels:
    """What is known of one target's people.

    `origin` is whose changes count: a person's, or where no person is named those of an unknown hand; None where
    there are none, for `reason`.
    """

    target: Target
    origin: Origin | None
    reason: str
    changes: Changes
    others: Changes
    track: Track | None
    door: Track | None
    activity: Activity

    @classmethod
    def of(cls, home: Home, history: History, target: Target, activity: Activity) -> "Labels":
        quantity = STATE[target.kind]
        track = history.track(target.device, quantity)
        changes = Changes.of(track, TOLERANCE[quantity])
        origin, reason = whose(changes) if track is not None else (None, "it says nothing in this log")
        contact = home.contact_of(target.device) if target.kind is Kind.LOCK else None
        door = history.track(contact.id, Quantity.CONTACT) if contact else None
        none = Changes.of(None, 0.0)
        theirs = changes.by(origin) if origin else none
        others = [changes.by(o) for o in (Origin.AUTOMATION, Origin.HOMECTL)]
        return cls(target, origin, reason, theirs, _joined(others), track, door, activity)

    def labelled(self, times: Times) -> Flags:
        """Whether the recorded state at each time is what somebody wants.

        It is if somebody made it so and was active in the last half hour, or made it so within ten minutes. A bolt that
        somebody threw is wanted until the next change; nothing is said while its door is open, or it is neither in nor
        out.
        """
        if self.origin is None or self.track is None:
            return np.zeros(len(times), dtype=bool)
        state = as_of(self.track, times)
        made = np.isfinite(state) & (makers(self.track)[self.track.index(times)] == ORIGIN_CODE[self.origin])
        lively = self.activity.silence(times) <= ACTIVE
        if self.target.kind is Kind.LOCK:
            lively |= state == LockState.LOCKED
        wanted: Flags = (made & lively) | (self.changes.near(times) & np.isfinite(state))
        if self.target.kind is Kind.LOCK:
            wanted &= np.isin(state, (LockState.LOCKED, LockState.UNLOCKED)) & ~(as_of(self.door, times) == 1.0)
        return wanted

    def expressible(self, start: float, end: float) -> Changes:
        """Their changes in a span that a policy could have made: all but unlocking."""
        span = self.changes.between(start, end)
        if self.target.kind is not Kind.LOCK:
            return span
        bolted = span.values == LockState.LOCKED
        return Changes(span.times[bolted], span.values[bolted], span.origins[bolted])


class Activities:
    """When somebody was about, looked up once for each area."""

    def __init__(self, home: Home, history: History) -> None:
        self._home, self._history = home, history
        self._known: dict[str, Activity] = {}

    def of(self, target: Target) -> Activity:
        """In the target's area; for a lock, and where no motion sensor watches the area, anywhere indoors."""
        area = self._home.device(target.device).area or ""
        watched = any(self._history.track(d.id, Quantity.MOTION) for d in self._home.devices_in(area))
        place = area if watched and target.kind is not Kind.LOCK else INDOORS
        if place not in self._known:
            self._known[place] = Activity.of(spans_of(self._devices(place), self._history, EVER))
        return self._known[place]

    def _devices(self, place: str) -> list[Device]:
        if place != INDOORS:
            return list(self._home.devices_in(place))
        return [d for d in self._home.devices if d.area is not None and d.area not in self._home.outdoors]


def as_of(track: Track | None, times: Times) -> Times:
    """The newest value at each time; NaN where nothing is known."""
    if track is None or not len(track):
        return np.full(len(times), np.nan)
    place = track.index(times)
    return np.where(place >= 0, track.values[place], np.nan)


def makers(track: Track) -> NDArray[np.int8]:
    """Who made each value what it is: a report of the same value again, whoever caused it, changes nothing of that.

    But for a person's: it says that the value is right as it is.
    """
    person = track.origins == ORIGIN_CODE[Origin.PERSON]
    first = np.ones(len(track), dtype=bool)
    first[1:] = (track.values[1:] != track.values[:-1]) | (person[1:] & ~person[:-1])
    return track.origins[np.maximum.accumulate(np.where(first, np.arange(len(track)), 0))]


def touches(history: History, target: Target) -> Times:
    """When a hand changed a target, its state or a lamp's level: those are followed by a hold.

    Where a log names no person, a hand that nobody can name counts as one.
    """
    state = STATE[target.kind]
    origin, _ = whose(Changes.of(history.track(target.device, state), TOLERANCE[state]))
    quantities = (state, Quantity.LIGHT_LEVEL) if target.kind is Kind.LIGHT else (state,)
    found = [Changes.of(history.track(target.device, quantity), 0.0) for quantity in quantities]
    return np.sort(np.concatenate([changes.by(origin or Origin.PERSON).times for changes in found]))


def whose(changes: Changes) -> tuple[Origin | None, str]:
    """Whose changes are labels: a person's before an unknown hand's; else None and why there are none."""
    for origin in (Origin.PERSON, Origin.UNKNOWN):
        if len(changes.by(origin).times):
            return origin, ""
    if not len(changes.times):
        return None, "it never changes in this log"
    return None, NAMELESS[ORIGINS[np.bincount(changes.origins).argmax()]]


def _joined(parts: list[Changes]) -> Changes:
    times = np.concatenate([part.times for part in parts])
    order = np.argsort(times, kind="stable")
    values = np.concatenate([part.values for part in parts])
    origins = np.concatenate([part.origins for part in parts])
    return Changes(times[order], values[order], origins[order])
