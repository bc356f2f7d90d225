"""The time of a home: its clock's, but never before what is known of it, and steady where the clock is set back."""

from dataclasses import replace

from homectl.home import Clock, History, Reading, milliseconds

LEAP = 1.0
"""Seconds by which a clock that is set, not just corrected, leaps ahead."""


AT_ONCE = 0.5
"""Seconds within which values of one signal count as having come at once."""


class HomeTime:
    """UTC seconds as a home has them, and seconds that only ever grow."""

    def __init__(self, clock: Clock, history: History) -> None:
        self._clock, self._history = clock, history
        self._lead = history.newest() - clock.elapsed()
        self._begun = False

    def begin(self) -> None:
        """Take the clock as it is; from here on a leap of it is no time that passed."""
        self._lead = max(self._lead, self._clock.now() - self.elapsed())
        self._begun = True

    def now(self) -> float:
        """UTC seconds, whole milliseconds."""
        self._lead_by(self._clock.now() - self.elapsed())
        return milliseconds(self.elapsed() + self._lead)

    def elapsed(self) -> float:
        """Seconds since some beginning."""
        return self._clock.elapsed()

    def hear_of(self, at: float) -> None:
        """Something is known that happened at a time, UTC seconds: it is not earlier."""
        self._lead_by(at - self.elapsed())

    def _lead_by(self, lead: float) -> None:
        """The home's time is at least so many seconds before what has elapsed."""
        leap, before = lead - self._lead, self._lead
        self._lead = max(self._lead, lead)
        if self._begun and leap > LEAP:
            self._history.leap(milliseconds(self.elapsed() + before), leap)


def in_order(reading: Reading, history: History) -> Reading:
    """Values of one signal in one millisecond keep their order by a millisecond each."""
    last = history.sample(reading.device, reading.quantity, reading.at + AT_ONCE)
    if last is None or last.at < reading.at or last.value == reading.value:
        return reading
    return replace(reading, at=milliseconds(last.at + 0.001))
