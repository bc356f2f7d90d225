"""Times of day as people write them: `06:30`, or the sun's as `sunset - 00:30`; and the moment at which one comes."""

import re
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Annotated, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import AfterValidator

_WRITTEN = re.compile(
    r"(?P<sun>sunrise|sunset)(?:\s*(?P<sign>[+-])\s*(?P<hours>\d{1,2}):(?P<minutes>[0-5]\d))?"
    r"|(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)"
)
FARTHEST = 6 * 60
"""The largest offset from the sun, minutes."""


class Sun(StrEnum):
    RISE = "sunrise"
    SET = "sunset"


class DayTime(NamedTuple):
    """Minutes after local midnight, or after (before, if negative) the sun rises or sets."""

    sun: Sun | None
    minutes: int


def day_time(text: str) -> DayTime:
    """What a written time of day means; ValueError for other text."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise ValueError("expected a time of day such as 06:30, sunrise or sunset - 00:30")
    if found["sun"] is None:
        return DayTime(None, 60 * int(found["hour"]) + int(found["minute"]))
    offset = 60 * int(found["hours"] or 0) + int(found["minutes"] or 0)
    if offset > FARTHEST:
        raise ValueError(f"expected at most {FARTHEST // 60} hours before or after the sun")
    return DayTime(Sun(found["sun"]), -offset if found["sign"] == "-" else offset)


def _written(text: str) -> str:
    day_time(text)
    return text.strip()


Written = Annotated[str, AfterValidator(_written)]
"""A time of day in a settings file."""


def instant(day: date, minutes: int, zone: ZoneInfo) -> float:
    """The first moment, UTC seconds, at which clocks show so many minutes after midnight of a day, or later.

    Where clocks are set back and show a time twice it is the first of the two; where they are set forward over it,
    the moment at which they are.
    """
    wanted = datetime.combine(day, time(minutes // 60, minutes % 60))
    folds = sorted(wanted.replace(tzinfo=zone, fold=fold).timestamp() for fold in (0, 1))
    early, late = (round(moment) for moment in folds)
    if _shown(early, zone) == wanted:
        return float(early)
    while late - early > 1:  # clocks leap somewhere in between
        middle = (early + late) // 2
        early, late = (early, middle) if _shown(middle, zone) >= wanted else (middle, late)
    return float(late)


def _shown(at: float, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(at, UTC).astimezone(zone).replace(tzinfo=None)


def moment_of(text: str, zone: ZoneInfo, now: float) -> float:
    """The next moment that a person means by `18:00` or `2026-01-05T18:00`, local time; ValueError for other text."""
    if (found := _WRITTEN.fullmatch(text.strip())) is not None and found["sun"] is None:
        today, minutes = datetime.fromtimestamp(now, zone).date(), day_time(text).minutes
        days = (today, date.fromordinal(today.toordinal() + 1))
        return next(moment for day in days if (moment := instant(day, minutes, zone)) > now or day is days[-1])
    try:
        said = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"expected a time such as 18:00 or 2026-01-05T18:00, got {text!r}") from None
    return (said if said.tzinfo is not None else said.replace(tzinfo=zone)).timestamp()


def local_words(at: float, zone: ZoneInfo, now: float) -> str:
    """A moment as a person of the home says it: the time today, with the day within a week, else with the date."""
    local, today = datetime.fromtimestamp(at, zone), datetime.fromtimestamp(now, zone)
    days = (local.date() - today.date()).days
    if days == 0:
        return f"{local:%H:%M}"
    return f"{local:%A %H:%M}" if 0 < days < 7 else f"{local:%Y-%m-%d %H:%M}"
