"""What a policy foresees, what is decided of it, and what the guard says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from homectl.home.areas import Home
from homectl.home.commands import Approved, Cause, Light, Lock, Setpoint, Setting
from homectl.home.history import History, Times
from homectl.home.targets import Kind, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """What a policy believes the household wants of one target now.

    `setting` None: the policy has no opinion (for a lock that includes "not locked").
    `confidence` is the calibrated probability that the setting is wanted. `why` is a clause for a person.
    """

    target: Target
    setting: Setting | None
    confidence: float
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What a policy believes of one target at many times; every array has shape (times,).

    `value` is in the unit of the target's state: 1 on and 0 off, °C, 1 locked; NaN where there is no opinion.
    `level` is that of a lamp to be on, NaN to leave it as it is. `confidence` as in Prediction.
    """

    target: Target
    value: Times
    level: Times
    confidence: Times

    def setting(self, place: int) -> Setting | None:
        """The setting wanted at one of the times; None where there is no opinion."""
        return setting_of(self.target.kind, float(self.value[place]), float(self.level[place]))


def setting_of(kind: Kind, value: float, level: float) -> Setting | None:
    """The setting that a forecast's value and level mean; None where there is no opinion."""
    if value != value:
        return None
    match kind:
        case Kind.LIGHT:
            return Light(value >= 0.5, level if value >= 0.5 and level == level else None)
        case Kind.SETPOINT:
            return Setpoint(value)
        case Kind.LOCK:
            return Lock() if value == 1.0 else None


class Policy(Protocol):
    """History in, predictions out. Pure: the same history and time give the same bytes."""

    @property
    def name(self) -> str:
        """What a person calls it: `rules`, `network base-1`."""

    @property
    def cause(self) -> Cause:
        """LEARNED or RULES: on whose behalf its commands are issued."""

    def forecast(self, home: Home, history: History, times: Times, targets: Sequence[Target]) -> list[Forecast]:
        """For each target that the policy can judge what it believes at every time (UTC seconds, ascending).

        Nothing later than a time has any part in its answer, so asking for one time or for a whole log is the same.
        """

    def predict(self, home: Home, history: History, at: float, targets: Sequence[Target]) -> list[Prediction]:
        """The forecast for one time, in words. `at` is UTC seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """How far some facts moved an answer: chance of on or locked, or °C, more than at other moments."""

    about: str
    share: float


@runtime_checkable
class Weighing(Protocol):
    """A policy that can say what weighed in its answers."""

    def factors(self, home: Home, history: History, at: float, target: Target) -> Sequence[Factor]:
        """What moved the answer about a target at a time, the most first. `at` is UTC seconds."""


@runtime_checkable
class Doubting(Protocol):
    """A policy that judges the sensors it rests on."""

    def doubts(self, home: Home, history: History, at: float) -> Mapping[str, str]:
        """By the id of a device with a sensor that is not believed now, why not: `has said nothing for 3 hours`."""


class Autonomy(StrEnum):
    """How much a policy may do by itself."""

    OFF = "off"
    OBSERVE = "observe"
    SUGGEST = "suggest"
    AUTO = "auto"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The winner for one target before the guard. `setting` None: leave it as it is."""

    target: Target
    setting: Setting | None
    cause: Cause
    confidence: float
    reason: str
    at: float


class Ruling(StrEnum):
    APPROVED = "approved"  # a command goes out
    REFUSED = "refused"  # the guard objects; `rule` names it
    SUGGESTED = "suggested"  # worth showing a person, not worth doing
    OBSERVED = "observed"  # the autonomy level only watches
    NOTHING = "nothing"  # already so, held, or no opinion


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is done about a decision, and why. `approved` is there exactly when the ruling is APPROVED."""

    decision: Decision
    ruling: Ruling
    rule: str = ""
    reason: str = ""
    approved: Approved | None = None


UNBROKEN = 900.0
"""Seconds without a verdict after which nobody can say that the last one stood: homectl was off, or nothing decided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One stored decision: an unchanged run is one row, from the first time to the last."""

    target: Target
    setting: str
    cause: Cause
    confidence: float
    ruling: Ruling
    rule: str
    reason: str
    command: str  # the command's id, or empty
    since: float
    until: float

    def continues(self, other: "Record") -> bool:
        """Whether this is the same verdict for the same reason, only later, and has stood all the time since."""
        same = ("target", "setting", "cause", "ruling", "rule", "command")
        stood = self.since - other.until <= UNBROKEN
        return stood and not self.command and all(getattr(self, name) == getattr(other, name) for name in same)
