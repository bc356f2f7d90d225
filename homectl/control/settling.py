"""A thermostat's wheel is turned through values, and some thermostats wander by themselves: what stood is what counts.

homectl leaves a thermostat alone from the first moment on. But what is remembered of people, and so learned, is the
value that stood for a while; one that did not was nobody's wish.
"""

from dataclasses import dataclass, field, replace

from homectl.control.overrides import JITTER
from homectl.home import Origin, Quantity, Reading, Sample


@dataclass(slots=True)
class _Turning:
    """A hand at a thermostat: what it was set to before, what it said of its value now, and whether that is back."""

    before: Sample
    said: list[Reading]
    back: bool = False


@dataclass(slots=True)
class Settling:
    """The thermostats of one home that a hand has changed."""

    _turning: dict[str, _Turning] = field(default_factory=dict)

    def remembered(self, reading: Reading, before: Sample | None, *, news: bool, stands: float) -> list[Reading]:
        """How a reading is to be remembered, then those before it that are to be remembered in another way now.

        `before` is the sample before it, `stands` the seconds that make a value a wish.
        """
        if reading.quantity is not Quantity.SETPOINT or before is None:
            return [reading]
        turning = self._turning.get(reading.device)
        if reading.origin is not Origin.PERSON:
            self._turning.pop(reading.device, None)
            return [reading]
        if not news:
            return [_repeated(reading, turning)]
        began = before if turning is None or not turning.back else turning.before
        if turning is None or not reading.at - turning.said[0].at < stands:
            self._turning[reading.device] = _Turning(began, [reading])
            return [reading]
        back = abs(reading.value - turning.before.value) <= JITTER[Quantity.SETPOINT]
        self._turning[reading.device] = _Turning(turning.before, [reading], back)
        passed = [] if turning.back else [replace(one, origin=Origin.SENSED) for one in turning.said]
        return [replace(reading, origin=turning.before.origin) if back else reading, *passed]


def _repeated(reading: Reading, turning: _Turning | None) -> Reading:
    if turning is None:
        return reading
    turning.said.append(reading)
    return replace(reading, origin=turning.before.origin) if turning.back else reading
