"""Whether the home's clock can be right: one that jumped ahead leaves a silence, and then days at the wrong hours."""

from dataclasses import dataclass
from math import inf

import numpy as np

from homectl.home import Times
from models.calendar import DAYS
from models.signals import Asked, choose
from models.steps import DAY, HOUR, Places
from models.streams import Stream

SHORTEST = 5.0 * HOUR
"""So long a silence of everything, and as much of a shift of the day, makes the clock doubtful."""

LONGEST = 7.0 * DAY
"""After so long the home is taken as it is."""

SURE = 4.6
"""How much likelier, as a logarithm, a right clock must make the hours since than one that jumped: a hundred times."""

KNOWN = 3
"""Days of the past without which nothing is known of a home's hours."""


@dataclass(slots=True, eq=False)
class Silence:
    """Nobody said anything until `end`; milliseconds by the clock that may be wrong."""

    end: float
    busy: float  # more motion than this in an hour makes it a busy one
    gain: Times  # (2, 24) what a quiet and a busy hour, by the hour of the day, say for a clock that is right
    until: float = inf  # when it was found to be right after all

    def settle(self, now: float, motion: Stream) -> None:
        """Count the hours that are over for and against, until they decide."""
        hours = np.arange(-(-self.end // HOUR), min(now, self.end + LONGEST) // HOUR)
        if self.until < inf or not len(hours):
            return
        busy = (_motion(motion, hours) > self.busy).astype(np.intp)
        decided = np.flatnonzero(self.gain[busy, _of_day(hours)].cumsum() >= SURE)
        if len(decided):
            self.until = float(hours[decided[0]] + 1) * HOUR


class Rhythm:
    """The hours a home keeps, told by its motion sensors, and the silences after which they may not be its own."""

    def __init__(self, reports: Stream, motion: Stream) -> None:
        self._reports, self._motion = reports, motion
        self._read = 1
        self._silences: list[Silence] = []

    def doubtful(self, at: Asked) -> Asked:
        """1 where the clock may be wrong, else 0."""
        now, found = float(np.max(at)), 0.0 * at
        self._look(now)
        for silence in self._silences:
            silence.settle(now, self._motion)
            until = min(silence.until, silence.end + LONGEST)
            found = choose((at > silence.end) & (at <= until), 1.0, found)
        return found

    def _look(self, now: float) -> None:
        """Find the silences that ended before now."""
        first, size = self._read, _count(self._reports, now)
        if size <= first:
            return
        self._read = size
        at = np.array(self._reports.at[first - 1 : size])
        lengths = at[1:] - at[:-1]
        for place in np.flatnonzero(lengths > SHORTEST):
            self._silences += self._silence(float(at[place + 1]), float(lengths[place]))

    def _silence(self, end: float, length: float) -> list[Silence]:
        """One that makes the clock doubtful, if it does: it is longer than usual and moves the hours of the day."""
        began, shift = end - length, length % DAY
        if min(shift, DAY - shift) < SHORTEST or length <= 2 * self._usual(began):
            return []
        hours = np.arange(began // HOUR - 24 * DAYS, began // HOUR)
        hours = hours[hours * HOUR >= self._reports.at[0]]
        if len(hours) < 24 * KNOWN:
            return []
        moved = _motion(self._motion, hours)
        busy = float(moved.mean())
        days = np.bincount(_of_day(hours), minlength=24)
        right = (np.bincount(_of_day(hours), moved > busy, 24) + 1) / (days + 2)
        jumped = np.roll(right, round(shift / HOUR))  # no time has passed
        return [Silence(end, busy, np.log(np.array((1 - right, right)) / np.array((1 - jumped, jumped))))]

    def _usual(self, until: float) -> float:
        """The longest silence on the third-quietest of the days before."""
        at = np.array(self._reports.at[: _count(self._reports, until)])
        at = at[at >= until - DAYS * DAY]
        if len(at) < 2:
            return 0.0
        longest = np.zeros(DAYS + 1)
        np.maximum.at(longest, ((at[1:] - at[0]) // DAY).astype(np.intp), at[1:] - at[:-1])
        return float(np.sort(longest)[-KNOWN])


def _count(events: Stream, until: float) -> int:
    return int(np.asarray(events.before(until)))


def _motion(motion: Stream, hours: Times) -> Times:
    """How often anybody began or ceased to move in each hour since 1970."""
    moved: Times = np.asarray(motion.before((hours + 1) * HOUR)) - np.asarray(motion.before(hours * HOUR))
    return moved


def _of_day(hours: Times) -> Places:
    return (hours % 24).astype(np.intp)
