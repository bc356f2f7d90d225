"""What a household could use instead of the network: everything always on, a schedule; and the oracle above all."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from homectl.control.limits import SetpointLimits
from homectl.control.local_time import local_time, weekend
from homectl.home import (
    STATE,
    Cause,
    Forecast,
    History,
    Home,
    Kind,
    Light,
    Lock,
    LockState,
    Prediction,
    Quantity,
    Setpoint,
    Setting,
    Target,
    Times,
    setting_of,
)
from simulator.wishes import Wishes

SLOTS = 96
"""Slots of a schedule's day: a quarter of an hour each."""

DAY = 86_400.0

UNLOCKED_FOR = 60.0
"""Seconds after a bolt was drawn in which the oracle waits for whoever did it to use the door."""

LIMITS = SetpointLimits()

ENOUGH_WARMTH = 0.5
"""How far below comfort a room is warm enough, K."""


class _Sure(ABC):
    """A policy that has no doubts. It answers one time after another."""

    cause = Cause.RULES
    name = ""

    @abstractmethod
    def wanted(self, home: Home, history: History, at: float, target: Target) -> Setting | None:
        """What it wants of a target at a time; None to leave it as it is."""

    def predict(self, home: Home, history: History, at: float, targets: Sequence[Target]) -> list[Prediction]:
        found = []
        for target in targets:
            setting = self.wanted(home, history, at, target)
            found.append(Prediction(target=target, setting=setting, confidence=1.0, why=self.name))
        return found

    def forecast(self, home: Home, history: History, times: Times, targets: Sequence[Target]) -> list[Forecast]:
        rows = [[self.wanted(home, history, float(at), target) for at in times] for target in targets]
        return [_forecast(target, row) for target, row in zip(targets, rows, strict=True)]


def _forecast(target: Target, settings: Sequence[Setting | None]) -> Forecast:
    value, level = np.full(len(settings), np.nan), np.full(len(settings), np.nan)
    for place, setting in enumerate(settings):
        match setting:
            case Light(on=on, level=bright):
                value[place], level[place] = float(on), np.nan if bright is None else bright
            case Setpoint(celsius=celsius):
                value[place] = celsius
            case Lock():
                value[place] = 1.0
    return Forecast(target=target, value=value, level=level, confidence=np.ones(len(settings)))


class Always(_Sure):
    """Every lamp on, every room at comfort, the door locked whenever it is closed."""

    name = "always"

    def __init__(self, comfort: Callable[[Target], float]) -> None:
        """`comfort` tells the setpoint the household likes of a thermostat, °C."""
        self._comfort = comfort

    def wanted(self, home: Home, history: History, at: float, target: Target) -> Setting | None:
        match target.kind:
            case Kind.LIGHT:
                return Light(True)
            case Kind.SETPOINT:
                return next_step(history, at, target, self._comfort(target))
            case Kind.LOCK:
                return Lock() if _closed(home, history, at, target) else None


class Slots(NamedTuple):
    """What is set in each slot, [weekend][slot]: value and level as in Forecast, NaN where the past says nothing."""

    value: Times
    level: Times


class Schedule(_Sure):
    """A weekly schedule: in each quarter of an hour what was set then on most days alike, working days or weekends.

    Lamps and bolts are as they were on more than half of those days, thermostats at the median.
    """

    name = "schedule"

    def __init__(self, home: Home, history: History, start: float, end: float) -> None:
        """Learned from what was set between two times, UTC seconds."""
        self._home = home
        self._slots = {target: _slots(home, history, target, start, end) for target in home.targets}

    def wanted(self, home: Home, history: History, at: float, target: Target) -> Setting | None:
        slots = self._slots[target]
        place = _place(self._home, at)
        value, level = float(slots.value[place]), float(slots.level[place])
        if target.kind is Kind.SETPOINT and value == value:
            return next_step(history, at, target, value)
        if target.kind is Kind.LOCK and not _closed(home, history, at, target):
            return None
        return setting_of(target.kind, value, level)


def _slots(home: Home, history: History, target: Target, start: float, end: float) -> Slots:
    times = np.arange(start, end, DAY / SLOTS) + DAY / SLOTS / 2
    place = np.array([_place(home, float(at)) for at in times]).T
    value = _alike(_as_of(history, target, STATE[target.kind], times), place)
    if target.kind is Kind.SETPOINT:
        return Slots(np.round(2 * value) / 2, np.full_like(value, np.nan))
    level = _alike(_as_of(history, target, Quantity.LIGHT_LEVEL, times), place)
    return Slots(np.where(np.isnan(value), np.nan, (value > 0.5).astype(float)), np.where(level > 0, level, np.nan))


def _alike(values: Times, place: Times) -> Times:
    """The median of the values of each slot, (2, SLOTS); NaN where there is none."""
    found = np.full((2, SLOTS), np.nan)
    for sort, slot in {(int(sort), int(slot)) for sort, slot in place.T}:
        known = values[(place[0] == sort) & (place[1] == slot)]
        known = known[~np.isnan(known)]
        found[sort, slot] = np.median(known) if len(known) else np.nan
    return found


def _place(home: Home, at: float) -> tuple[int, int]:
    """Whether a time is at the weekend, and its slot of the day."""
    clock = local_time(home.zone, at)
    assert isinstance(clock.day, int)
    assert isinstance(clock.hour, float)
    return int(weekend(clock.day)), min(SLOTS - 1, int(clock.hour * SLOTS / 24))


def _as_of(history: History, target: Target, quantity: Quantity, times: Times) -> Times:
    track = history.track(target.device, quantity)
    if track is None or not len(track):
        return np.full(len(times), np.nan)
    place = track.index(times)
    return np.where(place >= 0, track.values[np.maximum(place, 0)], np.nan)


class Oracle(_Sure):
    """Sees what people wish and what they will do today: the bound that the others are read by.

    Lamps are as they are wished; rooms are warm when somebody gets up or comes home, and set back as the household
    would otherwise; the door is locked when everybody is away or asleep. It acts at the moments at which every policy
    does, and under the same guard; it switches nothing off before people have gone.
    """

    name = "oracle"

    def __init__(self, wishes: Wishes) -> None:
        self._wishes = wishes

    def wanted(self, home: Home, history: History, at: float, target: Target) -> Setting | None:
        """Of the present alone: `at` has no say."""
        match target.kind:
            case Kind.LIGHT:
                return Light(True) if self._wishes.passes(target.device) else self._wishes.of(target)
            case Kind.SETPOINT:
                return next_step(history, at, target, self._warmth(history, at, target))
            case Kind.LOCK:
                free = _closed(home, history, at, target) and not _passing(home, history, at, target)
                return self._wishes.of(target) if free else None

    def _warmth(self, history: History, at: float, target: Target) -> float:
        """The household's own setting, or comfort if that takes as long to reach as there is time."""
        wish, comfort = self._wishes.of(target), self._wishes.comfort(target)
        assert isinstance(wish, Setpoint)
        if wish.celsius >= comfort:
            return comfort
        missing = comfort - history.value(target.device, Quantity.SETPOINT, at)
        steps = max(1.0, np.ceil(missing / LIMITS.policy_slew)) * LIMITS.policy_every
        lead = steps + self._wishes.warm_up(target, comfort - ENOUGH_WARMTH)
        return comfort if self._wishes.up_again - at <= lead else wish.celsius


def next_step(history: History, at: float, target: Target, celsius: float) -> Setpoint:
    """One step on the way from the reported setpoint to a wanted one, as far as the guard lets a policy go."""
    reported = history.value(target.device, Quantity.SETPOINT, at)
    celsius = min(max(celsius, LIMITS.policy_coolest), LIMITS.policy_warmest)
    if not abs(celsius - reported) > LIMITS.policy_slew:
        return Setpoint(celsius)
    return Setpoint(reported + (LIMITS.policy_slew if celsius > reported else -LIMITS.policy_slew))


def _closed(home: Home, history: History, at: float, lock: Target) -> bool:
    contact = home.contact_of(lock.device)
    return contact is not None and history.value(contact.id, Quantity.CONTACT, at) == 0.0


def _passing(home: Home, history: History, at: float, lock: Target) -> bool:
    """Whether somebody has drawn the bolt a moment ago and not used the door since."""
    bolt, contact = history.sample(lock.device, Quantity.LOCK, at), home.contact_of(lock.device)
    if bolt is None or contact is None or bolt.value != LockState.UNLOCKED:
        return False
    door = history.sample(contact.id, Quantity.CONTACT, at)
    moved = -np.inf if door is None else door.at
    return at - bolt.at < UNLOCKED_FOR and moved < bolt.at
