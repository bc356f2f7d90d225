"""The nights of a running home: when one is due its work is begun, and what it came to is taken over."""

import logging
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from homectl.home import ActionRefused, CheckpointMismatch, Event, HomeError, LearningWish, Lesson, Policy
from homectl.journal import Journal
from homectl.learning.child import Work
from homectl.learning.in_charge import InCharge
from homectl.learning.shelf import Shelf
from homectl.learning.standing import GIVEN, Standing
from homectl.learning.wishes import granted

NIGHTLY = frozenset({Event.SHADOWED, Event.SCORED, Event.PROMOTED, Event.REJECTED, Event.SKIPPED})
"""What a night can come to."""

log = logging.getLogger(__name__)


class Nights:
    """Learning as a running home has it. Call `tick` a few times a second of real time.

    A night is due once the home's local time has passed `hour` (None: never); it follows the home's own time, however
    fast that is, and one that comes before the last one's work is done waits for it. A home that did not run at that
    hour makes up for it when it runs again, once it has had a night before.
    """

    def __init__(
        self,
        journal: Journal,
        shelf: Shelf,
        zone: ZoneInfo,
        *,
        hour: int | None,
        begin: Callable[[float], Work],
        policy: Callable[[int], Policy],
    ) -> None:
        """`begin` starts a night's work; `policy` opens an own model by its number, or the GIVEN weights."""
        self._journal, self._shelf, self._zone, self._hour = journal, shelf, zone, hour
        self._begin, self._policy = begin, policy
        self._work: Work | None = None
        lessons = journal.lessons()
        self._last = max((self._night(lesson.at) for lesson in lessons if lesson.event in NIGHTLY), default=None)
        self.standing = Standing.of(lessons)
        self.in_charge, self._deciding = InCharge(policy(GIVEN)), GIVEN
        self._take_charge(lessons[-1].at if lessons else 0.0)

    def tick(self, at: float) -> Sequence[Lesson]:
        """Begin a night that is due at the home's time, or take over what one came to: that."""
        if self._work is not None:
            return self._take_over(self._work, at)
        if self._due(at) and not self.standing.paused:
            self._work = self._begin(at)
        return ()

    def ask(self, wish: LearningWish, days: Sequence[date], at: float) -> str:
        """Do what a person asks at once, in one sentence; ActionRefused where it cannot be.

        A night's work under way counts for nothing then: it began before the wish.
        """
        if wish is LearningWish.NOW:
            if self._work is not None:
                raise ActionRefused(
                    "learning", "a night's work is under way; homectl learn status shows what becomes of it"
                )
            self._work = self._begin(at)
            return "a night's work has begun; homectl learn status shows what becomes of it"
        lesson = granted(self.standing, wish, days, at, self._shelf)
        self.stop()
        self._record([lesson], at)
        return lesson.said

    def stop(self) -> None:
        """End a night's work under way."""
        if self._work is not None:
            self._work.stop()
            self._work = None

    def view(self) -> dict[str, Any]:
        """In numbers, for the home's health: 0 stands for the weights the home began with, and for none in shadow."""
        standing = self.standing
        return {
            "own model": standing.champion,
            "in shadow": standing.shadow or GIVEN,
            "own models made": len(standing.models),
            "paused": standing.paused,
            "working": self._work is not None,
            "days excluded": len(standing.excluded),
            "corrected more often since": standing.drifted.figures["since"] if standing.drifted else 0.0,
        }

    def _due(self, at: float) -> bool:
        """Whether a night has begun since the last look or lesson; a new home's first look only tells which it is."""
        if self._hour is None:
            return False
        tonight = self._night(at)
        before, self._last = self._last, max(tonight, self._last or tonight)
        return before is not None and before < self._last

    def _night(self, at: float) -> date:
        """The day on which the night that a time is after, or in, began to be due."""
        local = datetime.fromtimestamp(at, self._zone)
        return local.date() if local.hour >= (self._hour or 0) else local.date() - timedelta(days=1)

    def _take_over(self, work: Work, at: float) -> Sequence[Lesson]:
        try:
            lessons = work.result()
        except HomeError as error:
            log.error("%s; the home goes on as it was", error)
            lessons = [Lesson(at=at, event=Event.SKIPPED, said=f"{error}; see the log")]
        if lessons is None:
            return ()
        self._work = None
        self._record(lessons, at)
        return lessons

    def _record(self, lessons: list[Lesson], at: float) -> None:
        self._journal.record_lessons(lessons)
        for lesson in lessons:
            which = f" own model {lesson.model}:" if lesson.model else ""
            log.log(LEVEL.get(lesson.event, logging.INFO), "learning: %s:%s %s", lesson.event, which, lesson.said)
            self.standing = self.standing.after(lesson)
        self._take_charge(at)
        self._shelf.tidy(self.standing.line, self.standing.shadow)

    def _take_charge(self, at: float) -> None:
        """Let the newest model of the line that can be read decide; drop those that cannot."""
        while (number := self.standing.champion) != self._deciding:
            try:
                self.in_charge.policy, self._deciding = self._policy(number), number
            except (CheckpointMismatch, OSError) as error:
                if number == GIVEN:
                    raise
                lesson = Lesson(at=at, event=Event.DROPPED, said=str(error), model=number)
                log.error("own model %d: %s", number, error)
                self._journal.record_lessons([lesson])
                self.standing = self.standing.after(lesson)


LEVEL = {Event.DRIFTED: logging.WARNING}
