"""Where a home's learning stands: a fold over everything that has happened to it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from homectl.home import Event, Lesson

GIVEN = 0
"""The number that stands for the weights a home began with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnModel:
    """A model that was made from this home's days: from which, out of which other, and what became of it last."""

    number: int
    start: int
    first: date  # the earliest day that it or one it began as learned from
    last: date
    event: Event
    at: float
    said: str
    figures: Mapping[str, Any]

    def learned_from(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """`line` holds the models that were promoted and not taken back, the one in charge last."""

    models: Mapping[int, OwnModel] = field(default_factory=dict)
    line: tuple[int, ...] = ()
    shadow: int | None = None
    shadow_since: float = float("nan")
    paused: bool = False
    excluded: frozenset[date] = frozenset()
    drifted: Lesson | None = None
    skipped: str = ""  # why the last night taught nothing, if it did not

    @classmethod
    def of(cls, lessons: Iterable[Lesson]) -> "Standing":
        """What all lessons in their order come to."""
        standing = cls()
        for lesson in lessons:
            standing = standing.after(lesson)
        return standing

    @property
    def champion(self) -> int:
        """The number of the own model in charge; GIVEN for none."""
        return self.line[-1] if self.line else GIVEN

    @property
    def next_number(self) -> int:
        return max(self.models, default=GIVEN) + 1

    def after(self, lesson: Lesson) -> "Standing":
        days = frozenset(date.fromisoformat(day) for day in lesson.days)
        match lesson.event:
            case Event.PAUSED | Event.RESUMED:
                return replace(self, paused=lesson.event is Event.PAUSED)
            case Event.EXCLUDED:
                return replace(self, excluded=self.excluded | days)
            case Event.INCLUDED:
                return replace(self, excluded=self.excluded - days)
            case Event.DRIFTED:
                return replace(self, drifted=lesson)
            case Event.SKIPPED:
                return replace(self, skipped=lesson.said)
            case Event.FORGOTTEN:
                return self
            case _ if lesson.model is None:
                return self
            case _:
                return self._after_a_model_s(lesson, lesson.model)

    def _after_a_model_s(self, lesson: Lesson, number: int) -> "Standing":
        known = replace(self, models={**self.models, number: self._told(lesson, number)}, skipped="")
        if lesson.event is Event.SCORED:
            return known
        shadow = None if known.shadow == number else known.shadow
        others = replace(known, line=tuple(n for n in known.line if n != number), shadow=shadow)
        match lesson.event:
            case Event.SHADOWED:
                return replace(others, shadow=number, shadow_since=lesson.at)
            case Event.PROMOTED:
                return replace(others, line=(*others.line, number))
            case _:
                return others

    def _told(self, lesson: Lesson, number: int) -> OwnModel:
        before = self.models.get(number)
        if before is not None:
            figures = lesson.figures or before.figures
            return replace(before, event=lesson.event, at=lesson.at, said=lesson.said, figures=figures)
        first, last = (date.fromisoformat(day) for day in (lesson.days[0], lesson.days[-1]))
        start = self.models.get(lesson.start)
        return OwnModel(
            number=number,
            start=lesson.start,
            first=first if start is None else min(first, start.first),
            last=last,
            event=lesson.event,
            at=lesson.at,
            said=lesson.said,
            figures=lesson.figures,
        )

    @property
    def kept(self) -> frozenset[int]:
        """The models whose weights may be needed again."""
        return frozenset(self.line) | ({self.shadow} if self.shadow is not None else set())
