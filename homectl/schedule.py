"""The calendar of a running home: retention, and waking when a schedule turns. The only file that knows APScheduler.

Never the safety loop: an interval job falls silent when the clock steps back, so safety runs on its own tick. And it
only wakes: what a schedule wants is a function of the time, and a home whose time is told is never asked by wall time.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from pydantic import BaseModel, ConfigDict, Field

from homectl.home import instant

log = logging.getLogger(__name__)

LATE = 60.0
"""Seconds after which a job was missed, and is made up for."""

LOOK_EVERY = 30.0


class ScheduleSettings(BaseModel):
    """Housekeeping by the calendar."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    keep_days: float = Field(default=400, gt=0, description="how long the journal keeps readings, days")
    retention_hour: int = Field(default=3, ge=0, le=23, description="local hour at which old readings are dropped")
    learn: bool = Field(default=True, description="whether the network learns from this home, night by night")
    learn_hour: int = Field(default=4, ge=0, le=23, description="local hour, of the home's own time, at which it does")


def daily(hour: int, zone: ZoneInfo) -> Callable[[float], float]:
    """The first moment after a time at which clocks of a zone show an hour: once on every local date.

    An hour that clocks show twice counts the first time; one that they leap over, when they do.
    """

    def after(at: float) -> float:
        today = datetime.fromtimestamp(at, zone).date().toordinal()
        moments = (instant(date.fromordinal(today + days), 60 * hour, zone) for days in range(3))
        return next(moment for moment in moments if moment > at)

    return after


class ToldDaily:
    """A daily job by a time that is told: run when first looked at after its hour, once for days that were leapt."""

    def __init__(self, hour: int, zone: ZoneInfo, job: Callable[[], None]) -> None:
        self._after, self._job = daily(hour, zone), job
        self._due = float("-inf")

    def __call__(self, at: float) -> None:
        """Look at the time, UTC seconds; the first look only tells which day it is."""
        if at >= self._due:
            begun, self._due = self._due > float("-inf"), self._after(at)
            if begun:
                self._job()


class Schedule:
    """Runs jobs at wall times; what was missed while the machine slept or was busy runs once, late, and is told.

    Each job is armed for one moment at a time, the next after the last one, so it never runs twice for the same.
    """

    def __init__(self, zone: ZoneInfo, missed: Callable[[str], None] = lambda _name: None) -> None:
        """`missed` is told the name of a job that ran late."""
        self._zone, self._missed = zone, missed
        self._again: asyncio.TimerHandle | None = None
        defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=defaults)

    def daily(self, hour: int, job: Callable[[], None], name: str) -> None:
        """Call the job once on every local date."""
        self.at(daily(hour, self._zone), job, name)

    def at(self, after: Callable[[float], float | None], job: Callable[[], None], name: str) -> None:
        """Call the job at the moments that a function names, each the next after a time; None: never again."""
        self._arm(after, job, name, time.time())

    def start(self) -> None:
        """Needs a running event loop."""
        self._scheduler.start()
        self._look()

    def stop(self) -> None:
        if self._again is not None:
            self._again.cancel()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def _arm(self, after: Callable[[float], float | None], job: Callable[[], None], name: str, since: float) -> None:
        due = after(since)
        if due is not None:  # in UTC: times of one zone compare by what clocks show, which may come twice
            when = datetime.fromtimestamp(due, UTC)
            self._scheduler.add_job(
                self._run, "date", run_date=when, args=(after, job, name, due), id=name, replace_existing=True
            )

    async def _run(
        self, after: Callable[[float], float | None], job: Callable[[], None], name: str, due: float
    ) -> None:
        """On the loop, where journal and home belong: what is no coroutine would run in a thread of its own."""
        now = time.time()
        self._arm(after, job, name, max(now, due))
        if now - due > LATE:
            log.warning("%s was due %.0f s ago and runs now", name, now - due)
            self._missed(name)
        job()

    def _look(self) -> None:
        """Its sleep is monotonic: without another look a wall clock that was set on would let jobs lie for hours."""
        self._scheduler.wakeup()
        self._again = asyncio.get_running_loop().call_later(LOOK_EVERY, self._look)
