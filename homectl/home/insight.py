"""What a running home shows of its inside: the messages it hears and sends, and what its policy reads and says."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from pydantic import BaseModel, ConfigDict

from homectl.home.areas import Home
from homectl.home.history import History
from homectl.home.targets import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One fact that a policy reads. `age` is seconds, None where the fact is not one that ages."""

    name: str
    value: float
    unit: str = ""
    age: float | None = None
    missing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one head of a policy says: how likely each answer is."""

    task: str
    said: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reads:
    """What a policy reads for one target and answers; `change` is how likely people would soon change what is set."""

    facts: Sequence[Read]
    answers: Sequence[Answer]
    change: float | None = None


@runtime_checkable
class Telling(Protocol):
    """A policy that can show what it reads."""

    def reads(self, home: Home, history: History, at: float, target: Target) -> Reads | None:
        """What it reads about a target at a time (UTC seconds), and what it makes of it; None where it cannot say."""


class _Shown(BaseModel):
    model_config = ConfigDict(frozen=True)


class MessageView(_Shown):
    """One message. `at` is the home's time, `payload` its first 2 KiB as text, `bytes` how long it was."""

    id: int
    at: float
    direction: Literal["in", "out"]
    topic: str
    payload: str
    retained: bool
    bytes: int


class TrafficView(_Shown):
    """Messages, oldest first; `dropped`: how many more there were since, which nobody has any more."""

    messages: tuple[MessageView, ...]
    dropped: int


class FeatureView(_Shown):
    """A fact with its unit, and in seconds its age where it has one."""

    name: str
    value: float
    unit: str
    age: float | None
    missing: bool


class HeadView(_Shown):
    task: str
    said: dict[str, float]


class InputsView(_Shown):
    """What the policy reads for a target now, what it answers, and what became of its last decision.

    `note` says why there is nothing to read; `record` names the decision by what it is about and when it was made.
    """

    at: float
    policy: str
    features: tuple[FeatureView, ...]
    heads: tuple[HeadView, ...]
    change: float | None
    guard: str
    record: str | None
    note: str = ""


@runtime_checkable
class Insight(Protocol):
    """What a page may look into besides the home itself."""

    def traffic(self, since: int | None) -> TrafficView:
        """The messages after one, or the last few."""

    async def inputs(self, target: Target) -> InputsView:
        """What the policy reads for a target now. DeviceUnknown where there is none."""
