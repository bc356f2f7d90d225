"""What a home's learning came to, night by night, and what a person may ask of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Protocol


class Event(StrEnum):
    """What happened to a home's learning. The state it is in follows from all of them in order."""

    SKIPPED = "skipped"  # a night taught nothing; the sentence says why
    SHADOWED = "shadowed"  # a home's first own model is watched for some days before it may act
    SCORED = "scored"  # one more of these days was judged
    PROMOTED = "promoted"  # a model is in charge from here on
    REJECTED = "rejected"  # a model is not good enough
    ROLLED_BACK = "rolled back"  # the model in charge gave way to the one before
    DROPPED = "dropped"  # a model is gone: its days were forgotten, or it cannot be read
    PAUSED = "paused"
    RESUMED = "resumed"
    EXCLUDED = "excluded"  # days that teach nothing
    INCLUDED = "included"  # days that teach after all
    FORGOTTEN = "forgotten"  # days whose readings were deleted
    DRIFTED = "drifted"  # people correct homectl more often than they used to


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One such event. `at` is the home's time, UTC seconds; `model` the number of an own model, None for the others.

    `days` are local ISO dates: those asked about, or the first and last that a model learned from. `start` is the
    number of the own model it began as, 0 for the weights the home began with.
    """

    at: float
    event: Event
    said: str  # one sentence for a person
    model: int | None = None
    start: int = 0
    days: tuple[str, ...] = ()
    figures: Mapping[str, Any] = field(default_factory=dict)  # task → figure → number


class LearningWish(StrEnum):
    """What a person may ask of a running home's learning."""

    NOW = "now"
    PAUSE = "pause"
    RESUME = "resume"
    EXCLUDE = "exclude"
    INCLUDE = "include"
    ROLLBACK = "rollback"


class Learning(Protocol):
    """What goes on at night in a running home; times are the home's, UTC seconds."""

    def tick(self, at: float) -> Sequence[Lesson]:
        """Begin a night that is due, or take over what one came to: that. Called a few times a second."""

    def ask(self, wish: LearningWish, days: Sequence[date], at: float) -> str:
        """Do what a person asks, in one sentence; ActionRefused where it cannot be."""

    def view(self) -> dict[str, Any]:
        """How learning stands, in numbers."""
