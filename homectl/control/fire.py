"""What detectors have told of smoke and carbon monoxide, and what rests because of it.

Only an alarm that was heard live counts. A detector that falls silent while it gives the alarm is believed for as long
as its silence is normal; one that never spoke, or fell silent before, gives none.
"""

from dataclasses import replace

import numpy as np

from homectl.home import ORIGIN_CODE, AgeLimits, Device, History, Home, Origin, Quantity, Reading, Signal, Track

ALARMS = (Quantity.SMOKE, Quantity.CARBON_MONOXIDE)


class Fire:
    """The alarms of one running home, in seconds of the clock's `elapsed`."""

    def __init__(self) -> None:
        self._until: dict[Signal, float] = {}  # until when each alarm counts as given
        self.heat_off = False
        """Whether heating is held off since an alarm of carbon monoxide, until a person resumes it."""

    def hear(self, reading: Reading, silence: float, elapsed: float) -> None:
        """Take in what a detector says; `silence`: seconds without a word that are normal for it."""
        if reading.quantity not in ALARMS or not reading.live:
            return
        if reading.value == 1.0:
            self._until[reading.signal] = elapsed + silence
            self.heat_off |= reading.quantity is Quantity.CARBON_MONOXIDE
        elif reading.signal in self._until:
            self._until[reading.signal] = min(self._until[reading.signal], elapsed)

    def sounds(self, quantity: Quantity, elapsed: float) -> bool:
        """Whether a detector gives this alarm."""
        return elapsed < self._ends(quantity)

    def rests(self, elapsed: float, latch: float) -> bool:
        """Whether an alarm of any sort is given, or was less than `latch` seconds ago."""
        return elapsed < max(map(self._ends, ALARMS)) + latch

    def ago(self, quantity: Quantity, elapsed: float) -> float:
        """Seconds since this alarm was last given: 0 while it is, inf if never."""
        return max(0.0, elapsed - self._ends(quantity))

    def resume(self, elapsed: float) -> bool:
        """A person lets the heating go on; not while carbon monoxide is told of. Whether it may."""
        if self.sounds(Quantity.CARBON_MONOXIDE, elapsed):
            return False
        self.heat_off = False
        return True

    def recall(self, home: Home, history: History, at: float, elapsed: float, ages: AgeLimits) -> None:
        """Know again what was told before this run began: an alarm that was over counts as just over.

        How long ago that was only the clock could say, which may have been set since.
        """
        for device in placed(home):
            for quantity in ALARMS:
                track = history.track(device.id, quantity)
                end = None if track is None else _given_until(track, at, ages.check_in(device))
                if track is None or end is None:
                    continue
                self._until[Signal(device.id, quantity)] = elapsed + max(0.0, end - at)
                if quantity is Quantity.CARBON_MONOXIDE:
                    self.heat_off |= not _acknowledged(track, at)

    def _ends(self, quantity: Quantity) -> float:
        ends = (until for signal, until in self._until.items() if signal.quantity is quantity)
        return max(ends, default=float("-inf"))


def unheard(reading: Reading) -> Reading:
    """An alarm that a broker or a cache has kept is none, and not known to be over either."""
    cached = reading.quantity in ALARMS and not reading.live and reading.origin is not Origin.PERSON
    return replace(reading, value=float("nan")) if cached else reading


def placed(home: Home) -> list[Device]:
    """The devices that somebody has placed: no other's alarm counts."""
    return [device for device in home.devices if device.area is not None]


def _given_until(track: Track, at: float, silence: float) -> float | None:
    """The home's time at which the last alarm of a track ended or is to end; None where there was none."""
    size = int(track.times.searchsorted(at, side="right"))
    given = np.flatnonzero(track.values[:size] == 1.0)
    if not len(given):
        return None
    said = float(track.times[given[-1]]) + silence
    return said if given[-1] + 1 == size else min(said, float(track.times[given[-1] + 1]))


def _acknowledged(track: Track, at: float) -> bool:
    """Whether a person has said of the last alarm that it is over."""
    size = int(track.times.searchsorted(at, side="right"))
    after = np.flatnonzero(track.values[:size] == 1.0)[-1] + 1
    return bool((track.origins[after:size] == ORIGIN_CODE[Origin.PERSON]).any())
