"""What a careful person would write by hand: lamps by motion and darkness, heating by presence, the lock at parting.

A person's own setting lasts until the room, or for heating the home, has been empty or asleep since.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from homectl.control.activity import LONGEST_GAP, MEMORY, changes, last_before
from homectl.control.limits import Limits, SetpointLimits
from homectl.control.routine import comfort, last_set_by_hand, liked_level
from homectl.control.surroundings import Flags, Surroundings, as_of
from homectl.home import (
    Cause,
    Device,
    Forecast,
    History,
    Home,
    Kind,
    Origin,
    Prediction,
    Quantity,
    Target,
    Times,
)

NIGHT = (23.0, 6.0)
"""Local hours in which people sleep unless they move."""

LEVELS = ((0.0, 0.2), (6.0, 0.8), (8.0, 1.0), (20.0, 0.7), (22.0, 0.5), (23.0, 0.2))
"""From which local hour on a dimmable lamp is switched on at which level, until the household shows what it likes."""


class Room(NamedTuple):
    """A sort of room: the words that name it, when its lamps may go on, and when they go off.

    `dark`: lux of daylight below which a lamp is wanted. `by_day`, `by_night`: seconds of silence before it goes off.
    """

    sort: str
    words: frozenset[str]
    opens: float
    closes: float
    dark: float
    by_day: float
    by_night: float


PASSAGE = frozenset({"hall", "hallway", "corridor", "landing", "stairs", "entrance", "flur", "diele"})
BATH = frozenset({"bath", "bathroom", "toilet", "wc", "shower", "bad", "laundry", "utility"})
BEDROOM = frozenset({"bed", "bedroom", "nursery", "kids", "child", "children", "schlafzimmer"})
KITCHEN = frozenset({"kitchen", "küche", "kueche"})
ROOMS = (
    Room("passage", PASSAGE, 0.0, 24.0, 25.0, 300.0, 180.0),
    Room("bath", BATH, 0.0, 24.0, 80.0, 900.0, 600.0),
    Room("bedroom", BEDROOM, 15.0, 21.5, 50.0, 2400.0, 1200.0),
    Room("kitchen", KITCHEN, 5.0, 23.5, 80.0, 1800.0, 900.0),
)
OTHER_ROOM = Room("room", frozenset(), 6.0, 22.5, 60.0, 3600.0, 1800.0)
OUTDOORS = Room("outdoors", frozenset(), 0.0, 24.0, 12.0, 300.0, 300.0)


OFTEN = 3
"""Times a lamp must have been of use in a part of the day in the past week to be switched on then."""

LEARNING = 3 * 86_400.0
"""Seconds for which a new lamp counts as used whatever people do with it."""

EMPTY_HOME = 2 * 3600.0
"""Seconds without anybody after which lamps without a motion sensor go off."""

GUESSED_COMFORT = 20.5
"""The comfort setpoint of a household that has never set one, °C."""

NIGHT_SETBACK, AWAY_SETBACK = 2.0, 3.0
"""How far below comfort a sleeping and an empty home is kept, K."""

AWAY_FOR = 45 * 60.0
"""Seconds away before the heating is turned down; a shorter absence saves nothing."""

ASLEEP_FOR = 30 * 60.0
"""Seconds of silence at night that mean everybody sleeps."""

PREHEAT = 60 * 60.0
"""Seconds before the usual rise at which comfort is wanted again."""


@dataclass(frozen=True, slots=True)
class Case:
    """One line of a rule: when it applies, what it then wants, how sure it is and why. Arrays have shape (times,)."""

    when: Flags
    value: Times | float
    confidence: float
    why: str
    level: Times | float = np.nan


class Rules:
    """The policy by hand. Its confidences are fixed and say how often the rule is right in a home it fits."""

    name = "rules"
    cause = Cause.RULES

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()

    def forecast(self, home: Home, history: History, times: Times, targets: Sequence[Target]) -> list[Forecast]:
        """Every target's forecast, in their order; `times` are UTC seconds, ascending."""
        if not len(times):
            return [_first(target, [], 0) for target in targets]
        return [_first(target, cases, len(times)) for target, cases in self._judged(home, history, times, targets)]

    def predict(self, home: Home, history: History, at: float, targets: Sequence[Target]) -> list[Prediction]:
        found = []
        for target, cases in self._judged(home, history, np.array([at]), targets):
            why = next((case.why for case in cases if case.when[0]), "no rule applies")
            forecast = _first(target, cases, 1)
            confidence = float(forecast.confidence[0])
            found.append(Prediction(target=target, setting=forecast.setting(0), confidence=confidence, why=why))
        return found

    def _judged(
        self, home: Home, history: History, times: Times, targets: Sequence[Target]
    ) -> Iterator[tuple[Target, list[Case]]]:
        around = Surroundings(home, history, times)
        for target in targets:
            device = home.device(target.device)
            match target.kind:
                case Kind.LIGHT:
                    yield target, lamp(device, around)
                case Kind.SETPOINT:
                    yield target, setpoint(device, around, self.limits.setpoint)
                case Kind.LOCK:
                    yield target, lock(device, around)


def lamp(device: Device, around: Surroundings) -> list[Case]:
    """On while somebody is about in the dark, off when the room has been empty for its time."""
    area = device.area or ""
    watched = around.watched([area])
    room, here, night = room_of(around.home, area), around.area(area), _within(around.clock.hour, *NIGHT)
    silence, patience = here.silence(around.times), np.where(night, room.by_night, room.by_day)
    track = around.history.track(device.id, Quantity.LIGHT_ON)
    by_hand = changes(track, around.window, origin=Origin.PERSON, to=0.0) if track is not None else np.empty(0)
    unwanted = last_before(by_hand, around.times) >= here.stay(around.times, room.by_day)
    open_for = (around.clock.hour >= room.opens) & (around.clock.hour < room.closes)
    wanted = open_for & (silence == 0.0) & around.dark(area, room.dark) & ~unwanted
    wanted &= _in_use(device, around) & ~_lit_by_another(device, around)
    return [
        Case(around.left & (room.sort != "outdoors"), 0.0, 0.92, "everybody has left"),
        Case(~watched & (around.silence >= EMPTY_HOME), 0.0, 0.85, "nobody has moved at home for a long while"),
        Case(watched & (silence >= patience), 0.0, 0.9, "nobody has been here for a while"),
        Case(watched & wanted, 1.0, 0.9, "somebody is here and it is dark", _level(device, around)),
    ]


def setpoint(device: Device, around: Surroundings, limits: SetpointLimits) -> list[Case]:
    """Comfort while somebody is up, less at night and less still when everybody is out."""
    track = around.history.track(device.id, Quantity.SETPOINT)
    if track is None:
        return []
    times, hour = around.times, around.clock.hour
    warm, step = comfort(track, times, GUESSED_COMFORT), Steps(device, as_of(track, times)[0], limits)
    rising = (around.until_rise <= PREHEAT) & (around.until_rise > -PREHEAT)
    away = around.left & (around.silence >= AWAY_FOR)
    asleep = _within(hour, *NIGHT) & (around.silence >= ASLEEP_FOR) & ~rising
    stepped = _lately(last_before(changes(track, around.window, origin=Origin.HOMECTL), times), times)
    by_hand = _lately(last_set_by_hand(track, around.window, times), times)
    slept = by_hand < around.indoors.stay(times, LONGEST_GAP)
    up = (around.silence < ASLEEP_FOR) & ~_within(hour, *NIGHT)
    return [
        Case(times - stepped < limits.policy_every, np.nan, 0.0, "the last step was a moment ago"),
        Case(away, step.down_to(warm - AWAY_SETBACK), 0.88, "everybody has been out for a while"),
        Case(asleep, step.down_to(warm - NIGHT_SETBACK), 0.85, "everybody is asleep"),
        Case(rising & slept, step.to(warm), 0.85, "you usually get up soon"),
        Case(up & (by_hand <= stepped), step.to(warm), 0.85, "somebody is up again"),
    ]


def lock(device: Device, around: Surroundings) -> list[Case]:
    """Locked when everybody has left or sleeps, never while the door is not closed."""
    contact = around.home.contact_of(device.id)
    track = around.history.track(contact.id, Quantity.CONTACT) if contact is not None else None
    if track is None:
        return []
    closed = as_of(track, around.times)[0] == 0.0
    asleep = _within(around.clock.hour, *NIGHT) & (around.silence >= ASLEEP_FOR)
    return [
        Case(closed & around.left, 1.0, 0.97, "everybody has left and the door is closed"),
        Case(closed & asleep, 1.0, 0.96, "everybody is asleep"),
    ]


def room_of(home: Home, area: str) -> Room:
    """What sort of room an area is, by the words of its id and name."""
    if area in home.outdoors:
        return OUTDOORS
    name = next((place.name for place in home.areas if place.id == area), "")
    words = set(re.findall(r"[^\W\d_]+", f"{area} {name}".lower()))
    return next((room for room in ROOMS if room.words & words), OTHER_ROOM)


def _first(target: Target, cases: Sequence[Case], size: int) -> Forecast:
    """The first case that applies at each time."""
    value, level, confidence = np.full(size, np.nan), np.full(size, np.nan), np.zeros(size)
    for case in reversed(cases):
        value = np.where(case.when, case.value, value)
        level = np.where(case.when, case.level, level)
        confidence = np.where(case.when, case.confidence, confidence)
    return Forecast(target=target, value=value, level=level, confidence=np.where(np.isnan(value), 0.0, confidence))


def _within(hour: Times, start: float, end: float) -> Flags:
    """Whether a local hour lies in a span that goes over midnight."""
    return (hour >= start) | (hour < end)


def _lately(moments: Times, times: Times) -> Times:
    """The moments that are remembered; -inf for those longer ago."""
    return np.where(times - moments < MEMORY, moments, -np.inf)


def _in_use(device: Device, around: Surroundings) -> Flags:
    """Whether this is the lamp of its area that the household uses most at this time of day.

    In the first days of a lamp nothing is known, and it counts as used.
    """
    track = around.history.track(device.id, Quantity.LIGHT_ON)
    if track is None or not len(track):
        return np.ones(len(around.times), dtype=bool)
    own, others = around.uses(device.id), _other_lamps(device, around.home)
    favourite = own >= OFTEN
    for other in others:
        favourite &= (own > around.uses(other)) | ((own == around.uses(other)) & (device.id < other))
    in_use: Flags = favourite | (around.times - track.times[0] < LEARNING)
    return in_use


def _lit_by_another(device: Device, around: Surroundings) -> Flags:
    """Whether another lamp of the area burns already."""
    lit = np.zeros(len(around.times), dtype=bool)
    for other in _other_lamps(device, around.home):
        if (track := around.history.track(other, Quantity.LIGHT_ON)) is not None:
            lit |= as_of(track, around.times)[0] == 1.0
    return lit


def _other_lamps(device: Device, home: Home) -> list[str]:
    area = home.targets_in(device.area or "")
    return [target.device for target in area if target.kind is Kind.LIGHT and target.device != device.id]


def _level(device: Device, around: Surroundings) -> Times:
    """How bright the household likes a dimmable lamp at this time of day, else a level by the hour."""
    place = np.searchsorted([since for since, _ in LEVELS], around.clock.hour, side="right") - 1
    usual = np.array([level for _, level in LEVELS])[place]
    if not device.dimmable:
        return np.full(len(usual), np.nan)
    track = around.history.track(device.id, Quantity.LIGHT_LEVEL)
    if track is None:
        return usual
    liked = liked_level(track, around.home.zone, around.times, around.part)
    return np.where(np.isnan(liked), usual, liked)


class Steps:
    """The setpoints a policy may ask a device for: whole halves, near the reported one, inside both bands."""

    def __init__(self, device: Device, reported: Times, limits: SetpointLimits) -> None:
        self.reported = reported
        self.slew = limits.policy_slew
        self.low = max(limits.policy_coolest, device.coolest)
        self.high = min(limits.policy_warmest, device.warmest)

    def to(self, wanted: Times) -> Times:
        """The next step from the reported setpoint to the wanted one; NaN where none is allowed."""
        wanted = np.clip(wanted, self.low, self.high)
        upward = np.floor(2 * np.minimum(self.reported + self.slew, wanted)) / 2
        downward = np.ceil(2 * np.maximum(self.reported - self.slew, wanted)) / 2
        step = np.where(wanted >= self.reported, upward, downward)
        return np.where((step >= self.low) & (step <= self.high), step, np.nan)

    def down_to(self, wanted: Times) -> Times:
        """The same, but a setpoint that is lower already stays."""
        low_enough = (self.reported <= np.clip(wanted, self.low, self.high)) & (self.reported >= self.low)
        return np.where(low_enough, self.reported, self.to(np.minimum(wanted, self.reported)))
