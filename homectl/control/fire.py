"""What detectors have told of smoke and carbon monoxide, and what rests because of it.

Only an alarm that was heard live counts. A detector that falls silent while it gives the alarm is believed for as long
as its silence is normal; one that never spoke, or fell silent before, gives none.
"""

import numpy as np

from homectl.home import ORIGIN_CODE, AgeLimits, Device, History, Home, Origin, Quantity, Reading, Signal

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

    def recall(self, home: Home, history: History, elapsed: float, ages: AgeLimits) -> None:
        """Know again what was told before this run began: what was given then is given now, what was over is just over.

        How long ago that was only the clock could say, which may have been set since.
        """
        for device in placed(home):
            for quantity in ALARMS:
                track = history.track(device.id, quantity)
                given = np.flatnonzero(track.values == 1.0) if track is not None else np.empty(0, dtype=int)
                if track is None or not len(given):
                    continue
                still = given[-1] + 1 == len(track)
                self._until[Signal(device.id, quantity)] = elapsed + (ages.check_in(device) if still else 0.0)
                if quantity is Quantity.CARBON_MONOXIDE:
                    by_hand = track.origins[given[-1] :] == ORIGIN_CODE[Origin.PERSON]
                    self.heat_off |= not by_hand.any()

    def _ends(self, quantity: Quantity) -> float:
        ends = (until for signal, until in self._until.items() if signal.quantity is quantity)
        return max(ends, default=float("-inf"))


def cached(reading: Reading) -> bool:
    """Whether this is a detector's word that a broker or a cache has kept: it tells neither of fire nor of none."""
    return reading.quantity in ALARMS and not reading.live and reading.origin is not Origin.PERSON


def placed(home: Home) -> list[Device]:
    """The devices that somebody has placed: no other's alarm counts."""
    return [device for device in home.devices if device.area is not None]
