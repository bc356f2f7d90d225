"""What can be asked of a device, by whom, and what has become of it.

There is no setting that unlocks: what policies, schedules and rules express can only lock. To unlock is a wish of its
own, which only a person who gave a PIN can make.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

from homectl.home.areas import Device
from homectl.home.readings import LockState, Quantity
from homectl.home.targets import Kind, Target


@dataclass(frozen=True, slots=True)
class Light:
    """A lamp on or off; `level` 0 < level ≤ 1 of full brightness, None to leave it as it is."""

    on: bool
    level: float | None = None

    def __str__(self) -> str:
        if not self.on:
            return "off"
        return "on" if self.level is None else f"on at {self.level:.0%}"


@dataclass(frozen=True, slots=True)
class Setpoint:
    """The temperature wanted, °C."""

    celsius: float

    def __str__(self) -> str:
        return f"{self.celsius:.1f} °C"


@dataclass(frozen=True, slots=True)
class Lock:
    """Throw the bolt."""

    def __str__(self) -> str:
        return "locked"


@dataclass(frozen=True, slots=True)
class Unlock:
    """Draw the bolt. No setting: only `Actions.unlock` asks for it."""

    def __str__(self) -> str:
        return "unlocked"


Setting = Light | Setpoint | Lock
"""What a policy, a schedule, a rule or anybody else may want."""

Wish = Setting | Unlock
"""What may be asked of a device: a setting, or what a person alone may ask."""

KIND: dict[type, Kind] = {Light: Kind.LIGHT, Setpoint: Kind.SETPOINT, Lock: Kind.LOCK, Unlock: Kind.LOCK}

TOLERANCE: dict[Quantity, float] = {
    Quantity.LIGHT_ON: 0.0,
    Quantity.LIGHT_LEVEL: 3 / 254,  # a round trip over 0–255 scales loses up to two steps
    Quantity.SETPOINT: 0.25,
    Quantity.LOCK: 0.0,
}
"""How far a report may be from what was asked and still mean the same."""


def fitted(setting: Setting, device: Device) -> Setting:
    """The setting as the device can take it: a lamp that does not dim is only on or off, a setpoint is a whole step."""
    if isinstance(setting, Light) and setting.level is not None and not device.dimmable:
        return Light(setting.on)
    if isinstance(setting, Setpoint) and math.isfinite(setting.celsius / device.step):
        return Setpoint(round(round(setting.celsius / device.step) * device.step, 3))
    return setting


def wanted(setting: Wish) -> dict[Quantity, float]:
    """The reports that show a setting has been obeyed."""
    match setting:
        case Light(on=False):
            return {Quantity.LIGHT_ON: 0.0}
        case Light(level=None):
            return {Quantity.LIGHT_ON: 1.0}
        case Light(level=float() as level):
            return {Quantity.LIGHT_ON: 1.0, Quantity.LIGHT_LEVEL: level}
        case Setpoint(celsius=celsius):
            return {Quantity.SETPOINT: celsius}
        case Lock():
            return {Quantity.LOCK: float(LockState.LOCKED)}
        case Unlock():
            return {Quantity.LOCK: float(LockState.UNLOCKED)}
    raise TypeError(f"not a setting: {setting!r}")


def agrees(setting: Wish, quantity: Quantity, value: float) -> bool:
    """Whether a report says what the setting asks; NaN never does, other quantities do not contradict."""
    asked = wanted(setting).get(quantity)
    return asked is None or (math.isfinite(value) and abs(value - asked) <= TOLERANCE[quantity] + 1e-9)


class Cause(StrEnum):
    """On whose behalf a command is issued, strongest first."""

    SAFETY = "safety"
    PERSON = "person"
    MODE = "mode"
    SCHEDULE = "schedule"
    LEARNED = "learned"
    RULES = "rules"

    @property
    def autonomous(self) -> bool:
        """Nobody asked for it just now."""
        return self is not Cause.PERSON


class CommandState(StrEnum):
    """The life of a command. The last four are ends, and every command reaches exactly one."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    FAILED = "failed"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"

    @property
    def ended(self) -> bool:
        return self is not CommandState.ASKED


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One wish for one target. `issued` is the home's time, UTC seconds since 1970.

    `person` is who gave a PIN for it, empty where nobody did.
    """

    id: str
    target: Target
    setting: Wish
    cause: Cause
    issued: float
    reason: str
    person: str = ""


@dataclass(frozen=True, slots=True)
class Approved:
    """A command the guard has let through. The guard alone makes it; the outbox takes nothing else."""

    command: Command


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a command, and when (the home's time)."""

    command: Command
    state: CommandState
    at: float
    detail: str = ""
