"""What usually happens at this hour: where people are, and what they have set while they are about or it is quiet.

All of it is of earlier days: nothing of the last twelve hours has a part in a column.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeVar

import numpy as np

from homectl.home import STATE, History, Home, Kind, Quantity, Target, Times, Track
from homectl.home.sun import elevation
from models.calendar import DAYS, SameHours
from models.presence import QUIET, Sights, Together, about
from models.steps import DAY, HOUR, MINUTE, Ms, Steps
from models.surroundings import Sensors

T = TypeVar("T")

SLOT = 30 * MINUTE
"""Routines are asked once per slot: they change slowly."""

AROUND = 60 * MINUTE
SUN_DAYS = 14
SUN_NEAR = 2.5
"""Degrees of the sun's elevation that count as alike."""

SUN_LOW, SUN_HIGH = -8.0, 40.0
"""Lower and higher the sun makes no difference to a lamp."""

ABOUT = ("about_known", "about_usually", "about_in_30", "about_in_60")
"""On days alike, the share of an area's half hour, of the next and of the hour after in which somebody was about."""

COLUMNS = (
    *ABOUT,
    *(f"home_{name}" for name in ABOUT[1:]),
    "door_usually",
    *("on_when_about", "on_when_about_known", "on_by_sun", "on_by_sun_known", "on_when_quiet", "on_when_quiet_known"),
    *("warm_when_about", "warm_when_quiet"),
)
"""`door`: openings of a front door in the half hour; `on`: the share of time in which a person had it on (locked) while
somebody was about within an hour of this time of day, with the sun as high as now, or while it was quiet; `known` is
log(1 + minutes) of such time; `warm`: the mean setpoint then, °C above the target's own median. 0 where unknown."""

WARM = slice(COLUMNS.index("warm_when_about"), len(COLUMNS))
"""The columns that are setpoints: given in °C, to be put beside the median."""


class _Slots:
    """The columns of some slots, one method a group; each is (slots,)."""

    def __init__(self, home: Home, at: Ms) -> None:
        self.days = SameHours(home, at, SLOT)
        self._sun = _same_sun(home, self.days.slot)
        self._alike = self.days.alike

    def about(self, sights: Sights) -> list[Times]:
        """As ABOUT."""
        then, alike = self.days.then, self._alike
        spans = [
            [(part * alike).sum(axis=1) for part in sights.share(then + start, then + end)]
            for start, end in ((0, SLOT), (SLOT, 2 * SLOT), (2 * SLOT, 4 * SLOT))
        ]
        return [_minutes(spans[0][0]), *(_share(seen, known) for known, seen in spans)]

    def openings(self, opened: Ms) -> Times:
        """How often a door opened in the half hour on days alike, on average; `opened` ascending."""
        then = self.days.then
        if not len(opened):
            return np.zeros(len(then))
        since = then >= opened[0] - DAY  # days before the first opening say nothing
        count = opened.searchsorted(then + SLOT) - opened.searchsorted(then)
        return _share((count * self._alike).sum(axis=1), (since & self._alike).sum(axis=1))

    def set_by_people(self, kind: Kind, together: Together) -> list[Times]:
        """From `on_when_about` on; the setpoints in °C, NaN where unknown."""
        then, slot = self.days.then, self.days.slot
        time, total = (row * self._alike for row in together.between(then - AROUND, then + AROUND)[:2])
        here = time.sum(axis=1), total.sum(axis=1)
        late = slot - DAY // 2
        quiet = together.between(late - DAYS * DAY, late)[2:]
        sun: tuple[Times, Times] = (np.zeros(len(slot)), np.zeros(len(slot)))
        if kind is Kind.LIGHT:
            sun_time, sun_total, _, _ = together.between(*self._sun)
            sun = sun_time.sum(axis=1), sun_total.sum(axis=1)
        if kind is Kind.SETPOINT:
            nothing = [np.zeros(len(slot))] * 6
            return [*nothing, *(_mean(*one) / together.scale for one in (here, quiet))]
        shares = [column for one in (here, sun, quiet) for column in (_share(one[1], one[0]), _minutes(one[0]))]
        return [*shares, np.full(len(slot), np.nan), np.full(len(slot), np.nan)]


def _share(part: Ms | Times, whole: Ms | Times) -> Times:
    return np.where(whole > 0, part / np.maximum(whole, 1), 0.0)


def _mean(time: Ms | Times, total: Ms | Times) -> Times:
    return np.where(time > 0, total / np.maximum(time, 1), np.nan)


def _minutes(time: Ms | Times) -> Times:
    found: Times = np.log1p(np.asarray(time) / MINUTE)
    return found


def _same_sun(home: Home, slot: Ms) -> tuple[Ms, Ms]:
    """On each of the last SUN_DAYS days from and until when the sun stood about as high as now: (slots, 2 × days).

    Morning and evening; with the sun below SUN_LOW the whole night.
    """
    now = np.clip(elevation(home.latitude, home.longitude, slot / 1000.0), SUN_LOW, SUN_HIGH)
    noon = slot[:, None] - np.arange(1, SUN_DAYS + 1) * DAY
    noon = noon - (noon + round(home.longitude / 15 * HOUR)) % DAY + DAY // 2  # mean local noon of that day
    low = np.where(now <= SUN_LOW, -90.0, now - SUN_NEAR)[:, None]
    high = np.where(now >= SUN_HIGH, 90.0, now + SUN_NEAR)[:, None]
    rise_low, rise_high = _before_noon(home, noon, low), _before_noon(home, noon, high)
    start = np.concatenate((noon - rise_low, noon + rise_high), axis=1)
    end = np.concatenate((noon - rise_high, noon + rise_low), axis=1)
    latest = slot[:, None] - DAY // 2
    return np.minimum(start, latest), np.minimum(end, latest)


def _before_noon(home: Home, noon: Ms, height: Times) -> Ms:
    """How long before and after noon the sun stands at a height, degrees: 0 where it stays below, 12 h above."""
    north = np.radians(home.latitude)
    peak = np.radians(elevation(home.latitude, home.longitude, (noon / 1000.0).ravel()).reshape(noon.shape))
    declination = north + np.copysign(1.0, north) * (peak - np.pi / 2)
    up = (np.sin(np.radians(height)) - np.sin(north) * np.sin(declination)) / (np.cos(north) * np.cos(declination))
    found: Ms = np.rint(np.arccos(np.clip(up, -1.0, 1.0)) / np.pi * (DAY // 2)).astype(np.int64)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    """How much of some tracks something was made of."""

    samples: tuple[tuple[Track, int, int], ...]  # forgotten and held

    @classmethod
    def of(cls, tracks: Iterable[Track]) -> Self:
        return cls(tuple((track, track.forgotten, len(track)) for track in tracks))

    def still(self, until: float = np.inf) -> bool:
        """Whether they hold nothing new before a time (milliseconds)."""
        return all(
            track.forgotten == forgotten and (len(track) == size or track.times[size] * 1000 >= until)
            for track, forgotten, size in self.samples
        )


class Routines:
    """The routines of one home's targets. What was made of the tracks is kept until they say something new."""

    def __init__(self, home: Home, history: History, sensors: Sensors) -> None:
        self._home, self._history, self._sensors = home, history, sensors
        self._indoors = [area.id for area in home.areas if not area.outdoors]
        self._watched = {device.area for device in home.devices if Quantity.MOTION in device.senses}
        self._made: dict[object, tuple[_Read, Any]] = {}
        self._lately: dict[Target, tuple[int, _Read, Times]] = {}

    def __call__(self, targets: Sequence[Target], at: Ms) -> Times:
        """The columns of every target at each time, (times, targets, COLUMNS); WARM ones in °C or NaN."""
        if len(at) > 1:
            many = _Slots(self._home, at)
            return np.stack([self._columns(target, many) for target in targets], axis=1)[many.days.of]
        slot, rows = int(at[0]) // SLOT, []
        slots: _Slots | None = None
        for target in targets:
            found = self._lately.get(target)
            if found is None or found[0] != slot or not found[1].still(slot * SLOT):
                slots = slots or _Slots(self._home, at)
                read = _Read.of(self._tracks(target))
                found = self._lately[target] = slot, read, self._columns(target, slots)[0]
            rows.append(found[2])
        return np.stack(rows)[None]

    def _columns(self, target: Target, slots: _Slots) -> Times:
        area = self._area(target)
        steps = Steps.of(self._history, target.device, STATE[target.kind])
        motion = self._motion(area)
        here, known = self._kept((area, "spans"), motion, lambda: about(motion))
        recently, _ = self._kept((area, "quiet"), motion, lambda: about(motion, QUIET))
        made = self._found([(target.device, STATE[target.kind])])
        together = self._kept((target, "set"), [*made, *motion], lambda: Together(steps, here, recently, known))
        sights = self._kept((area, "about"), motion, lambda: Sights(here, known))
        everywhere = self._motion("")
        home = self._kept(("", "about"), everywhere, lambda: Sights(*about(everywhere)))
        doors = self._doors()
        opened = self._kept("doors", doors, lambda: _opened(doors))
        columns = [*slots.about(sights), *slots.about(home)[1:], slots.openings(opened)]
        return np.stack([*columns, *slots.set_by_people(target.kind, together)], axis=1)

    def _kept(self, key: object, tracks: Sequence[Track], make: Callable[[], T]) -> T:
        found = self._made.get(key)
        if found is None or not found[0].still():
            found = self._made[key] = _Read.of(tracks), make()
        made: T = found[1]
        return made

    def _area(self, target: Target) -> str:
        """Where people must be about for a target: its area if that has a motion sensor, else anywhere indoors.

        A sensor that the home lists counts before it has spoken: whether it ever does is not known then.
        """
        area = self._home.device(target.device).area or ""
        watched = area in self._watched or self._sensors.of(area, Quantity.MOTION)
        return area if target.kind is Kind.LIGHT and watched else ""

    def _motion(self, area: str) -> list[Track]:
        areas = [area] if area else self._indoors
        return self._found((d, Quantity.MOTION) for a in areas for d in self._sensors.of(a, Quantity.MOTION))

    def _doors(self) -> list[Track]:
        return self._found((device, Quantity.CONTACT) for device in self._sensors.front)

    def _tracks(self, target: Target) -> list[Track]:
        own = self._found([(target.device, STATE[target.kind])])
        return [*own, *self._motion(self._area(target)), *self._motion(""), *self._doors()]

    def _found(self, signals: Iterable[tuple[str, Quantity]]) -> list[Track]:
        tracks = (self._history.track(*signal) for signal in signals)
        return [track for track in tracks if track is not None]


def _opened(doors: Sequence[Track]) -> Ms:
    """When a front door was seen to open, ascending milliseconds."""
    found = [np.empty(0)]
    for track in doors:
        on = track.values >= 0.5
        found.append(track.times[on & ~np.concatenate(([True], on[:-1]))])
    when: Ms = np.rint(np.sort(np.concatenate(found)) * 1000).astype(np.int64)
    return when
