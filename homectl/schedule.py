"""The calendar of a running home: retention and other jobs by wall time. The only file that knows APScheduler.

Never the safety loop: an interval job falls silent when the clock steps back, so safety runs on its own tick.
"""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from pydantic import BaseModel, ConfigDict, Field


class ScheduleSettings(BaseModel):
    """Housekeeping by the calendar."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    keep_days: float = Field(default=400, gt=0, description="how long the journal keeps readings, days")
    retention_hour: int = Field(default=3, ge=0, le=23, description="local hour at which old readings are dropped")
    learn: bool = Field(default=True, description="whether the network learns from this home, night by night")
    learn_hour: int = Field(default=4, ge=0, le=23, description="local hour, of the home's own time, at which it does")


class Schedule:
    """Runs jobs at wall times of the home's zone; a job missed while asleep runs once, late."""

    def __init__(self, zone: ZoneInfo) -> None:
        defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._scheduler = AsyncIOScheduler(timezone=zone, job_defaults=defaults)

    def daily(self, hour: int, job: Callable[[], None], name: str) -> None:
        """Call the job once a day; it must be harmless to call twice, as an hour may come twice in autumn."""
        self._scheduler.add_job(job, CronTrigger(hour=hour, timezone=self._scheduler.timezone), id=name)

    def start(self) -> None:
        """Needs a running event loop."""
        self._scheduler.start()

    def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
