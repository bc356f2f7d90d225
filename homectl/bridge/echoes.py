"""Which of the commands that have ended a report is the late answer to, or the echo of: functions of times alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from homectl.home import Command, Kind, Lock, LockState, Quantity, Reading, Unlock, agrees, wanted

ECHO_WINDOW = 30.0
"""Seconds after its answer in which a command still explains a report of the same, unless a person came between."""

ECHO_TIME = 60.0
"""The same in seconds of the home's time, which may pass faster: longer than a step of a simulated home."""

SETTLES = 2.0
"""Seconds after its end in which a lamp that was switched may still say which brightness it comes to, and while it
fades on from there, after each that it said."""

MOVES: dict[type, tuple[LockState, ...]] = {
    Lock: (LockState.LOCKING, LockState.NOT_FULLY_LOCKED),
    Unlock: (LockState.UNLOCKING, LockState.NOT_FULLY_LOCKED),
}
"""What a bolt may say on its way to what was asked of it."""


@dataclass(slots=True)
class Past:
    """A command that has ended, and when: at its end, or once the device has answered it after all."""

    command: Command
    answered: bool
    real: float
    at: float
    late: float  # seconds after that in which a device may still obey it, for the first time or again
    level: float = float("nan")  # the brightness that a lamp, only switched, has come to since
    faded: float = float("-inf")  # and when it first said so

    def may_explain(self, real: float) -> bool:
        """Whether anything that comes from now on can still be its doing."""
        return real - self.real <= (ECHO_WINDOW if self.answered else self.late)

    def explains(self, reading: Reading, before: float, *, real: float, alone: bool) -> bool:
        """Whether a report is its doing; `alone`: nothing else is asked of the target now."""
        ago = real - self.real
        if reading.at - self.at > max(ECHO_TIME, self.late):
            return False
        if not self.answered:
            return ago <= self.late and (says(self.command, reading) or on_its_way(self.command, reading, before))
        settling = alone and comes_with(self.command, reading) and self._settles(reading, before, real)
        again = Quantity.LIGHT_LEVEL in wanted(self.command.setting) and on_its_way(self.command, reading, before)
        return ago <= ECHO_WINDOW and (says(self.command, reading) or settling or (again and ago <= self.late))

    def agrees(self, reported: Mapping[Quantity, float]) -> bool:
        """Whether it may be what a device has just answered, which had not answered it before."""
        told = {q: value for q, value in reported.items() if q in wanted(self.command.setting)}
        matches = all(agrees(self.command.setting, quantity, value) for quantity, value in told.items())
        return not self.answered and bool(told) and matches

    def _settles(self, reading: Reading, before: float, real: float) -> bool:
        """Whether a lamp that was only switched is still on its way to a brightness of its own."""
        if real - self.real <= SETTLES:
            return True
        onward = reading.value >= before if _switched_on(self.command) else reading.value <= before
        return onward and real - self.faded <= SETTLES


def since(past: Sequence[Past], reported: Mapping[Quantity, float], real: float) -> list[Past]:
    """What a device may still obey that answers a newer command: it may just have answered an older that says the same.

    From the oldest of those on; none where only the newest explains what was reported.
    """
    may = [one for one in past if one.may_explain(real)]
    return may[next((place for place, one in enumerate(may) if one.agrees(reported)), len(may)) :]


def says(command: Command, reading: Reading) -> bool:
    """Whether a report is just what was asked of its quantity."""
    asked = wanted(command.setting)
    return reading.quantity in asked and agrees(command.setting, reading.quantity, reading.value)


def says_all(command: Command, reading: Reading) -> bool:
    """Whether nothing that was asked can be missing any more: a brightness is said last, and comes about slowly."""
    last = Quantity.LIGHT_LEVEL if Quantity.LIGHT_LEVEL in wanted(command.setting) else reading.quantity
    return reading.quantity is last and says(command, reading)


def on_its_way(command: Command, reading: Reading, before: float) -> bool:
    """A bolt that is moving, or a lamp between its old brightness and the one it was asked for."""
    if command.target.kind is Kind.LOCK:
        return reading.quantity is Quantity.LOCK and reading.value in MOVES[type(command.setting)]
    if reading.quantity is not Quantity.LIGHT_LEVEL:
        return False
    asked = wanted(command.setting).get(Quantity.LIGHT_LEVEL, before)
    return comes_with(command, reading) or min(before, asked) <= reading.value <= max(before, asked)


def comes_with(command: Command, reading: Reading) -> bool:
    """The brightness of a lamp that was only switched: whichever it is, the lamp chose it."""
    return (
        command.target.kind is Kind.LIGHT
        and reading.quantity is Quantity.LIGHT_LEVEL
        and Quantity.LIGHT_LEVEL not in wanted(command.setting)
    )


def _switched_on(command: Command) -> bool:
    return wanted(command.setting).get(Quantity.LIGHT_ON) == 1.0
