"""The policy that decides, which may be exchanged between two decisions."""

from collections.abc import Mapping, Sequence

from homectl.home import (
    Cause,
    Doubting,
    Factor,
    Forecast,
    History,
    Home,
    Policy,
    Prediction,
    Reads,
    Target,
    Telling,
    Times,
    Weighing,
)


class InCharge:
    """A policy that answers as whichever policy it holds."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    @property
    def name(self) -> str:
        return self.policy.name

    @property
    def cause(self) -> Cause:
        return self.policy.cause

    def forecast(self, home: Home, history: History, times: Times, targets: Sequence[Target]) -> list[Forecast]:
        return self.policy.forecast(home, history, times, targets)

    def predict(self, home: Home, history: History, at: float, targets: Sequence[Target]) -> list[Prediction]:
        return self.policy.predict(home, history, at, targets)

    def factors(self, home: Home, history: History, at: float, target: Target) -> Sequence[Factor]:
        """As the policy it holds; none of one that does not weigh."""
        return self.policy.factors(home, history, at, target) if isinstance(self.policy, Weighing) else ()

    def doubts(self, home: Home, history: History, at: float) -> Mapping[str, str]:
        """As the policy it holds; none of one that does not judge."""
        return self.policy.doubts(home, history, at) if isinstance(self.policy, Doubting) else {}

    def reads(self, home: Home, history: History, at: float, target: Target) -> Reads | None:
        """As the policy it holds; None of one that does not tell."""
        return self.policy.reads(home, history, at, target) if isinstance(self.policy, Telling) else None
