"""A policy that fails is left out: once for the decision it spoils, for an hour when it keeps doing so.

The way back is tried in shadow first: the policy is asked and not listened to until it has answered well for a day.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from homectl.home import (
    Cause,
    Doubting,
    Factor,
    Forecast,
    History,
    Home,
    Light,
    Policy,
    Prediction,
    Reads,
    Setpoint,
    Target,
    Telling,
    Times,
    Weighing,
)

SLOWEST, LONGEST = 0.25, 2.0
"""Seconds of work that an answer may take, and seconds that it may keep others waiting on a busy machine."""

MOST, WITHIN = 3, 600.0
"""So many faults in so many seconds open the circuit."""

OPEN, SHADOW = 3600.0, 86_400.0
"""Seconds for which an open circuit does not ask at all, and in which every answer must then be good."""

FAULTS = (ArithmeticError, AttributeError, LookupError, MemoryError, OSError, RuntimeError, TypeError, ValueError)
"""What a policy may raise without anything else being wrong."""


class Circuit(StrEnum):
    CLOSED = "closed"  # the policy decides
    OPEN = "open"  # it is not asked
    SHADOW = "shadow"  # it is asked, and not listened to


class Breaker:
    """A policy with its circuit breaker. Where it has no answer it says nothing, and the fallback is asked instead.

    A healthy policy's answers go through unchanged.
    """

    def __init__(self, policy: Policy, real: Callable[[], float], work: Callable[[], float] | None = None) -> None:
        """`real`: monotonic seconds; `work`: seconds that this thread has worked, `real` where nobody counts them."""
        self._policy, self._real, self._work = policy, real, work or real
        self._faults: list[float] = []
        self._circuit, self._until = Circuit.CLOSED, 0.0
        self._why = ""
        self.trouble = ""  # why the policy has no part in the latest decision; empty where it has
        self._total = 0
        self._known: tuple[str, int, Home | None] = ("", 0, None)  # a first answer about something new takes its time

    @property
    def name(self) -> str:
        if self._circuit is Circuit.CLOSED:
            return self._policy.name
        return f"rules, while {self._policy.name} rests: {self._why}"

    @property
    def cause(self) -> Cause:
        return self._policy.cause

    def view(self) -> dict[str, Any]:
        """How it stands, for the home's health."""
        left = max(0.0, self._until - self._real()) if self._circuit is not Circuit.CLOSED else 0.0
        state = {"circuit": str(self._circuit), "faults": self._total, "seconds left": round(left)}
        return {**state, "last fault": self._why, "trouble": self.trouble}

    def forecast(self, home: Home, history: History, times: Times, targets: Sequence[Target]) -> list[Forecast]:
        return self._policy.forecast(home, history, times, targets)

    def predict(self, home: Home, history: History, at: float, targets: Sequence[Target]) -> list[Prediction]:
        """The policy's answer, or none where it failed or its circuit is not closed."""
        now = self._real()
        if self._circuit is Circuit.OPEN and now >= self._until:
            self._circuit, self._until = Circuit.SHADOW, now + SHADOW
        if self._circuit is Circuit.OPEN:
            return []
        answer, fault = self._asked(home, history, at, targets)
        if fault:
            self._failed(fault)
            return []
        if self._circuit is Circuit.SHADOW:
            if self._real() < self._until:
                return []
            self._circuit, self._faults = Circuit.CLOSED, []
        self.trouble = ""
        return answer

    def factors(self, home: Home, history: History, at: float, target: Target) -> Sequence[Factor]:
        """As the policy, as long as it decides; none of one that does not weigh, or fails to."""
        if self._circuit is not Circuit.CLOSED or not isinstance(self._policy, Weighing):
            return ()
        try:
            return self._policy.factors(home, history, at, target)
        except FAULTS:
            return ()

    def doubts(self, home: Home, history: History, at: float) -> Mapping[str, str]:
        """As the policy, as long as it decides; none of one that does not judge, or fails to."""
        if self._circuit is not Circuit.CLOSED or not isinstance(self._policy, Doubting):
            return {}
        try:
            return self._policy.doubts(home, history, at)
        except FAULTS:
            return {}

    def reads(self, home: Home, history: History, at: float, target: Target) -> Reads | None:
        """As the policy, as long as it decides; None of one that does not tell, or fails to."""
        if self._circuit is not Circuit.CLOSED or not isinstance(self._policy, Telling):
            return None
        try:
            return self._policy.reads(home, history, at, target)
        except FAULTS:
            return None

    def _asked(
        self, home: Home, history: History, at: float, targets: Sequence[Target]
    ) -> tuple[list[Prediction], str]:
        """What the policy says, and what is wrong with that."""
        began, worked = self._real(), self._work()
        try:
            answer = self._policy.predict(home, history, at, targets)
        except FAULTS as error:
            return [], f"it failed: {' '.join(str(error).split())[:120] or type(error).__name__}"
        took, work, new = self._real() - began, self._work() - worked, self._is_new(home, history)
        if not new and (work > SLOWEST or took > LONGEST):
            return [], f"it took {1000 * max(work, took if took > LONGEST else 0.0):.0f} ms"
        if not all(map(_finite, answer)):
            return [], "its answer is not a number"
        return answer, ""

    def _is_new(self, home: Home, history: History) -> bool:
        """Whether the policy, the home, or how much there is to know of it has changed since this was last asked."""
        name, signals, before = self._known
        self._known = self._policy.name, len(history.tracks), home
        return (name, signals) != self._known[:2] or before is not home

    def _failed(self, fault: str) -> None:
        now = self._real()
        self._total, self._why = self._total + 1, fault
        self._faults = [*(at for at in self._faults if now - at <= WITHIN), now]
        if self._circuit is Circuit.SHADOW or len(self._faults) >= MOST:
            self._circuit, self._until, self._faults = Circuit.OPEN, now + OPEN, []
        self.trouble = f"{self._policy.name} has no say: {fault}"


class Instead:
    """The fallback of a policy with a breaker, which says why it was asked where that is because the policy failed."""

    def __init__(self, fallback: Policy, breaker: Breaker) -> None:
        self._fallback, self._breaker = fallback, breaker

    @property
    def name(self) -> str:
        return self._fallback.name

    @property
    def cause(self) -> Cause:
        return self._fallback.cause

    def forecast(self, home: Home, history: History, times: Times, targets: Sequence[Target]) -> list[Forecast]:
        return self._fallback.forecast(home, history, times, targets)

    def predict(self, home: Home, history: History, at: float, targets: Sequence[Target]) -> list[Prediction]:
        answer, trouble = self._fallback.predict(home, history, at, targets), self._breaker.trouble
        return [_told(prediction, trouble) for prediction in answer] if trouble else answer


def _told(prediction: Prediction, trouble: str) -> Prediction:
    return Prediction(
        target=prediction.target,
        setting=prediction.setting,
        confidence=prediction.confidence,
        why=f"{prediction.why}; {trouble}",
    )


def _finite(prediction: Prediction) -> bool:
    """Whether an opinion is made of numbers; none at all is one, too."""
    match prediction.setting:
        case None:
            return True
        case Setpoint(celsius=celsius):
            said = celsius
        case Light(level=level):
            said = 0.0 if level is None else level
        case _:
            said = 0.0
    return math.isfinite(said) and math.isfinite(prediction.confidence)
