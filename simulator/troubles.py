"""What is wrong with a home now: how each trouble begins and ends, and which devices can have it."""

import math
from collections.abc import Callable

from homectl.home import DeviceUnknown, Quantity
from simulator.faults import AHEAD, DRIFT, ECHOED, MEASURED, OF_A_HOME, OFFSET, Trouble
from simulator.fittings import Fittings
from simulator.life import Life
from simulator.radio import Radio

Act = Callable[[], None]

INSTEAD = (MEASURED, ECHOED, frozenset({Trouble.OFFSET, Trouble.DRIFT}), frozenset({Trouble.SILENT, Trouble.OFFLINE}))
"""Of each of these a device has one at a time: the newer takes the place of the older."""

LASTS = {Trouble.FORGOTTEN_DOOR: 3 * 3600.0}
"""Seconds that a trouble lasts which cannot last until it is mended, where nobody says how long."""


class Troubles:
    """The troubles of one home. A home's own have no device, but for the jam: that is the bolt's."""

    def __init__(self, fittings: Fittings, radio: Radio, life: Life) -> None:
        self._parts, self._radio, self._life = fittings, radio, life
        self._ends: dict[tuple[str, Trouble], Act] = {}
        self.able = _able(fittings)

    @property
    def now(self) -> dict[str, list[str]]:
        """What is wrong by device, that of the home itself under an empty name."""
        found: dict[str, set[str]] = {}
        for device, trouble in self._ends:
            if trouble is not Trouble.CUT:
                found.setdefault(device, set()).add(trouble.value)
        for lamp in self._parts.lamps.values():
            if lamp.cut:
                found.setdefault(lamp.id, set()).add(Trouble.CUT.value)
        return {device: sorted(found[device]) for device in sorted(found)}

    def place(self, trouble: Trouble, device: str) -> str:
        """The device that has the trouble, empty for the home; DeviceUnknown where it cannot have it."""
        if trouble in OF_A_HOME:
            return self._parts.bolt.id if trouble is Trouble.JAM else ""
        if device not in self.able[trouble]:
            raise DeviceUnknown(device, sorted(self.able[trouble]))
        return device

    def begin(self, trouble: Trouble, device: str, until: float = math.inf) -> Act:
        """Let it happen now: what ends it again, unless it has ended otherwise."""
        key = self.place(trouble, device), trouble
        for others in (group - {trouble} for group in INSTEAD if trouble in group):
            self.mend(key[0], others)
        begin, end = self._course(trouble, key[0], until)
        self._ends[key] = end
        begin()

        def over() -> None:
            if self._ends.get(key) is end:
                del self._ends[key]
                end()

        return over

    def mend(self, device: str, troubles: frozenset[Trouble] = frozenset(Trouble)) -> None:
        """End what is wrong with a device, or with the home itself."""
        for key in [key for key in self._ends if key[0] == device and key[1] in troubles]:
            self._ends.pop(key)()
        if Trouble.CUT in troubles and device in self._parts.lamps:
            self._parts.lamps[device].restore()

    def _course(self, trouble: Trouble, device: str, until: float) -> tuple[Act, Act]:
        """What begins it, and what ends it."""
        radio = self._radio
        if trouble in MEASURED:
            return lambda: radio.bend(device, trouble), lambda: radio.straighten(device)
        if trouble in ECHOED:
            return lambda: radio.garble(device, trouble), lambda: radio.clear_up(device)
        match trouble:
            case Trouble.OFFLINE:
                return lambda: radio.take_down(device), lambda: radio.bring_back(device)
            case Trouble.SILENT:
                return lambda: radio.silent.add(device), lambda: radio.silent.discard(device)
            case Trouble.STUCK:
                return lambda: radio.stuck.add(device), lambda: radio.stuck.discard(device)
            case Trouble.OFFSET:
                return lambda: radio.mislead(device, OFFSET, 0.0), lambda: radio.set_right(device)
            case Trouble.DRIFT:
                return lambda: radio.mislead(device, 0.0, DRIFT), lambda: radio.set_right(device)
        return self._happening(trouble, device, until)

    def _happening(self, trouble: Trouble, device: str, until: float) -> tuple[Act, Act]:
        radio, parts = self._radio, self._parts
        match trouble:
            case Trouble.CUT:
                return parts.lamps[device].cut_at_wall, parts.lamps[device].restore
            case Trouble.FLOOD:
                sensor = next(eye for eye in parts.motion.values() if eye.id == device)
                return sensor.break_down, sensor.recover
            case Trouble.CLOCK:
                return lambda: radio.set_clock(AHEAD), lambda: radio.set_clock(0.0)
            case Trouble.JAM:
                return lambda: parts.bolt.jam(True), lambda: parts.bolt.jam(False)
            case Trouble.FORGOTTEN_DOOR:
                return lambda: self._life.everybody_out(until), lambda: self._life.everybody_back(until)
        detector, told = parts.detectors[device], Quantity(trouble)
        return lambda: detector.sound(told, True), lambda: detector.sound(told, False)


def _able(parts: Fittings) -> dict[Trouble, frozenset[str]]:
    """Which devices can have each trouble of a device."""
    every = frozenset(device.id for device in parts.devices())
    thermometers = frozenset(device.id for device in parts.thermometers())
    settable = frozenset(device.id for device in parts.settable())
    some = {
        Trouble.CUT: frozenset(parts.lamps),
        Trouble.FLOOD: frozenset(eye.id for eye in parts.motion.values()),
        **dict.fromkeys((Trouble.OFFSET, Trouble.DRIFT, Trouble.FAHRENHEIT), thermometers),
        **dict.fromkeys((Trouble.SMOKE, Trouble.CARBON_MONOXIDE), frozenset(parts.detectors)),
        **dict.fromkeys(ECHOED, settable),
    }
    return {trouble: some.get(trouble, every) for trouble in Trouble if trouble not in OF_A_HOME}
