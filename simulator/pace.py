"""When the next step of a simulated home is due and how long it is. Real time is passed in."""

import math

from homectl.home import MessageError

SHORTEST, LONGEST = 1.0, 60.0
"""A step's length in simulated seconds."""

PER_STEP = 0.1
"""Real seconds that a step should stand for where its length allows."""

WINDOW = 4
"""Steps that a daemon may be behind."""

PATIENCE = 5.0
"""Real seconds without an acknowledgement after which a daemon no longer holds time up."""

TOO_LATE = 1.0
"""Real seconds behind its schedule after which the schedule starts anew."""


class Pace:
    """Speed, pause and fast-forward, held back by a daemon that acknowledges steps.

    `seq` numbers the steps taken. With `lockstep` every step waits for its acknowledgement and real time has no
    part; without it only a daemon that has acknowledged before is waited for, and not longer than PATIENCE.
    """

    def __init__(self, speed: float = 1.0, *, lockstep: bool = False) -> None:
        self.speed, self.lockstep, self.paused = speed, lockstep, False
        self.seq, self.late = 0, 0
        self._acknowledged = -1
        self._following = False
        self._waiting_since = 0.0
        self._due = 0.0
        self._goal: float | None = None

    @property
    def length(self) -> float:
        """The simulated seconds of a step at this speed."""
        return min(LONGEST, max(SHORTEST, self.speed * PER_STEP))

    @property
    def forwarding(self) -> bool:
        return self._goal is not None

    def restart(self, now: float) -> None:
        """Count from now: time stood still, or will run differently."""
        self._due = now + self.length / self.speed

    def run_at(self, speed: float, now: float) -> None:
        self.speed = speed
        self.restart(now)

    def pause(self) -> None:
        """Stop time; a fast-forward ends here too."""
        self.paused, self._goal = True, None

    def resume(self, now: float) -> None:
        self.paused = False
        self.restart(now)

    def forward(self, to: float) -> None:
        """Take steps without waiting for real time until `to`, simulated UTC seconds."""
        self._goal = to

    def acknowledge(self, seq: int, now: float) -> None:
        """A daemon has handled everything up to a step; MessageError for one not taken yet."""
        if not 0 <= seq <= self.seq:
            raise MessageError(f"ack: expected a step of 0…{self.seq}, got {seq}.")
        self._acknowledged = max(self._acknowledged, seq)
        self._following, self._waiting_since = True, now

    def wait(self, now: float) -> float:
        """Real seconds until the next step may be taken; infinite where something else must happen first."""
        if self.paused and not self.forwarding:
            return math.inf
        held = self._held(now)
        if held or self.forwarding or self.lockstep:
            return held
        return max(0.0, self._due - now)

    def _held(self, now: float) -> float:
        """Real seconds for which the daemon holds the next step up, if it does not acknowledge before."""
        behind = self.seq - self._acknowledged
        if self.lockstep:
            return math.inf if behind else 0.0
        if not self._following or behind < WINDOW:
            return 0.0
        left = self._waiting_since + PATIENCE - now
        self._following = left > 0
        return max(0.0, left)

    def next_length(self, at: float) -> float:
        """The simulated seconds of the next step from `at`; a fast-forward ends on its goal, to the shortest step."""
        if self._goal is None:
            return self.length
        left = self._goal - at
        reach = left if left <= LONGEST else min(LONGEST, left - SHORTEST)
        return max(SHORTEST, round(reach, 3))

    def stepped(self, length: float, at: float, now: float) -> None:
        """A step of this length was taken and ended at `at`."""
        if self._acknowledged == self.seq:
            self._waiting_since = now
        self.seq += 1
        if self._goal is not None:
            self._end_forward(at, now)
            return
        self._due += length / self.speed
        if self._due < now - TOO_LATE:
            self._due = now
            self.late += 1

    def _end_forward(self, at: float, now: float) -> None:
        if self._goal is not None and self._goal - at < 0.001:
            self._goal = None
            self.restart(now)
