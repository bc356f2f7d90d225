"""What the schedules of a home want at a time: a pure function of the schedules and the time, whatever came before."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from astral import Observer
from astral.sun import sunrise, sunset

from homectl.home import (
    DayTime,
    Home,
    Light,
    Lock,
    Schedule,
    Setpoint,
    Setting,
    Sun,
    Target,
    Weekday,
    day_time,
    instant,
)

OVERTAKEN = 18 * 3600.0
"""Seconds beyond which a span between a clock time and the sun is none: that day the sun came first, or too late."""

WEEKDAYS = tuple(Weekday)
BEFORE, AFTER = -2, 9
"""Days around a time on which a span that matters to it may begin: an offset from the sun can cross midnight."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the sun rises and which clocks are read."""

    zone: str
    latitude: float
    longitude: float

    @classmethod
    def of(cls, home: Home) -> "Place":
        return cls(home.timezone, home.latitude, home.longitude)


@dataclass(frozen=True, slots=True)
class Span:
    """One day's stretch of a schedule, UTC seconds: from `start` until just before `end`."""

    schedule: Schedule
    start: float
    end: float

    @property
    def setting(self) -> Setting:
        """What is wanted in it."""
        schedule = self.schedule
        if schedule.light is not None:
            return Light(schedule.light.on, schedule.light.level)
        return Lock() if schedule.setpoint is None else Setpoint(schedule.setpoint)


def in_force(home: Home, at: float) -> dict[Target, Span]:
    """The span that decides each target at a time; targets of which no schedule wants anything are left out."""
    if not home.schedules:
        return {}
    found: dict[Target, Span] = {}
    for span in _begun(home.schedules, Place.of(home), at):
        found |= dict.fromkeys(targets_of(span.schedule, home), span)
    return found


@lru_cache(maxsize=64)
def _begun(schedules: tuple[Schedule, ...], place: Place, at: float) -> tuple[Span, ...]:
    """The spans in force, the one that counts last: of those that began together the later in the file."""
    spans = (span for span in _spans(place, at, schedules) if span.start <= at < span.end)
    return tuple(sorted(spans, key=lambda span: span.start))


def next_boundary(home: Home, at: float, target: Target | None = None) -> float | None:
    """When next after a time a schedule (of a target) begins or ends; None where none does within a week."""
    asked = [s for s in home.schedules if target is None or target in targets_of(s, home)]
    edges = (edge for span in _spans(Place.of(home), at, asked) for edge in (span.start, span.end))
    return min((edge for edge in edges if edge > at), default=None)


def turned(home: Home, since: float, at: float) -> set[Target]:
    """The targets of which a schedule began or ended after one time and up to another, at most a week later."""
    found: set[Target] = set()
    for span in _spans(Place.of(home), since, home.schedules):
        if since < span.start <= at or since < span.end <= at:
            found |= set(targets_of(span.schedule, home))
    return found


def targets_of(schedule: Schedule, home: Home) -> tuple[Target, ...]:
    """What a schedule is about, of what the home is known to have."""
    return tuple(target for target in home.targets if target.kind is schedule.kind and _named(schedule, target, home))


def _named(schedule: Schedule, target: Target, home: Home) -> bool:
    return target.device in schedule.devices or home.device(target.device).area in schedule.areas


def _spans(place: Place, at: float, schedules: Iterable[Schedule]) -> Iterator[Span]:
    """Every span that may be in force at a time or begin within a week of it."""
    today = datetime.fromtimestamp(at, ZoneInfo(place.zone)).date().toordinal()
    for schedule in schedules:
        for day in range(today + BEFORE, today + AFTER):
            if (span := span_on(schedule, place, date.fromordinal(day))) is not None:
                yield span


@lru_cache(maxsize=20_000)
def span_on(schedule: Schedule, place: Place, day: date) -> Span | None:
    """The span that belongs to a local day; None on other days of the week, and where the sun leaves none."""
    if WEEKDAYS[day.weekday()] not in schedule.days:
        return None
    begins, ends = day_time(schedule.start), day_time(schedule.end)
    start = _moment(begins, place, day)
    if start is None:
        return None
    same_sort = (begins.sun is None) == (ends.sun is None)
    by_clock = begins.sun is None and ends.sun is None
    tomorrow = date.fromordinal(day.toordinal() + 1)
    if by_clock:
        end = _moment(ends, place, day if ends.minutes > begins.minutes else tomorrow)
    else:
        candidates = (_moment(ends, place, date.fromordinal(day.toordinal() + n)) for n in (-1, 0, 1, 2))
        end = next((moment for moment in candidates if moment is not None and moment > start), None)
    if end is None or end <= start or (not same_sort and end - start > OVERTAKEN):
        return None
    return Span(schedule, start, end)


def _moment(said: DayTime, place: Place, day: date) -> float | None:
    """When a time of day comes on a local day, UTC seconds; None where the sun does not rise or set that day."""
    zone = ZoneInfo(place.zone)
    if said.sun is None:
        return instant(day, said.minutes, zone)
    observer = Observer(place.latitude, place.longitude)
    try:
        event = (sunrise if said.sun is Sun.RISE else sunset)(observer, date=day, tzinfo=zone)
    except ValueError:
        return None
    return float(round(event.timestamp() / 60) * 60 + said.minutes * 60)
