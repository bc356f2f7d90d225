"""The calendar runs a job once on every local date, whatever clocks do, and makes up for what it missed."""

import asyncio
import threading
import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from homectl.schedule import LATE, Schedule, ToldDaily, daily

BERLIN, LORD_HOWE = ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Lord_Howe")


def at(text: str, zone: ZoneInfo = BERLIN) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


def runs(hour: int, zone: ZoneInfo, first: str, days: int) -> list[datetime]:
    """When a daily job is due in some days, local time."""
    after, moment, end = daily(hour, zone), at(first, zone), at(first, zone) + days * 86_400
    found = []
    while (moment := after(moment)) < end:
        found.append(datetime.fromtimestamp(moment, zone))
    return found


@pytest.mark.parametrize("hour", range(24))
@pytest.mark.parametrize(
    ("zone", "first"),
    [
        (BERLIN, "2026-03-27T12:30"),  # clocks leap over 02:00 on the 29th
        (BERLIN, "2026-10-23T12:30"),  # clocks show 02:00 twice on the 25th
        (LORD_HOWE, "2026-10-02T12:30"),  # half an hour
        (ZoneInfo("America/Havana"), "2026-11-30T12:30"),
        (ZoneInfo("Africa/Cairo"), "2026-04-22T12:30"),  # clocks leap over midnight
        (BERLIN, "2028-02-27T12:30"),  # a leap day
    ],
)
def test_a_daily_job_is_due_once_on_every_local_date(hour: int, zone: ZoneInfo, first: str) -> None:
    dates = [moment.date() for moment in runs(hour, zone, first, 7)]
    assert len(dates) >= 6
    assert dates == [dates[0] + timedelta(days=number) for number in range(len(dates))]


def test_an_hour_that_is_leapt_over_counts_when_it_is_and_one_shown_twice_counts_first() -> None:
    [spring] = runs(2, BERLIN, "2026-03-28T12:00", 1)
    [autumn] = runs(2, BERLIN, "2026-10-24T12:00", 1)
    assert (spring.hour, spring.minute) == (3, 0)
    assert (autumn.hour, autumn.fold) == (2, 0)


def live(schedule: Schedule, seconds: float, busy: float = 0.0) -> None:
    async def loop() -> None:
        schedule.start()
        await asyncio.sleep(0.05)
        asyncio.get_running_loop().call_soon(time.sleep, busy)
        await asyncio.sleep(seconds)
        schedule.stop()

    asyncio.run(loop())


def test_a_job_runs_where_the_home_runs_and_at_every_moment_that_is_named() -> None:
    began, ran = time.time(), []
    schedule = Schedule(BERLIN)
    moments = [began + 0.2, began + 0.3]
    schedule.at(
        lambda after: next((m for m in moments if m > after), None),
        lambda: ran.append(threading.current_thread() is threading.main_thread()),
        "job",
    )
    live(schedule, 0.6)
    assert ran == [True, True]


@pytest.mark.parametrize(("due", "missed"), [(-LATE - 60.0, ["job"]), (0.1, [])])
def test_moments_that_went_by_unseen_are_made_up_for_once_and_told(due: float, missed: list[str]) -> None:
    """As after a suspend: the job was armed long ago, and several of its moments have passed since."""
    ran: list[float] = []
    told: list[str] = []
    first = time.time() + due
    schedule = Schedule(BERLIN, told.append)
    moments = iter([first])
    later = [first + 10, first + 20] if due < 0 else []

    def after(at: float) -> float | None:
        return next(moments, None) or next((m for m in later if m > at), None)

    schedule.at(after, lambda: ran.append(time.time()), "job")
    live(schedule, 0.4)
    assert (len(ran), told) == (1, missed)


def test_a_loop_that_was_busy_when_a_job_was_due_runs_it_afterwards() -> None:
    ran: list[float] = []
    due = time.time() + 0.3
    schedule = Schedule(BERLIN)
    schedule.at(lambda after: due if due > after else None, lambda: ran.append(time.time()), "job")
    live(schedule, 0.3, busy=1.5)
    assert len(ran) == 1
    assert ran[0] > due + 1.0


@pytest.mark.parametrize(
    ("looks", "runs"),
    [
        (["2026-01-05 12:00"], 0),
        (["2026-01-05 12:00", "2026-01-06 02:59"], 0),
        (["2026-01-05 12:00", "2026-01-06 03:00", "2026-01-06 23:00"], 1),
        (["2026-01-05 12:00", "2026-01-12 12:00", "2026-01-12 12:01"], 1),
        ([f"2026-01-{day:02d} {hour:02d}:30" for day in range(5, 12) for hour in (1, 4, 20)], 7),
    ],
)
def test_by_told_time_a_job_runs_when_first_looked_at_after_its_hour(looks: list[str], runs: int) -> None:
    ran: list[str] = []
    job = ToldDaily(3, BERLIN, lambda: ran.append("retention"))
    for look in looks:
        job(at(look))
    assert len(ran) == runs
