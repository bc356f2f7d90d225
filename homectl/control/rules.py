"""What a careful person would write by hand: lamps by motion and darkness, heating by presence, the lock at parting.

A person's own setting lasts until the room, or for heating the home, has been empty or asleep since.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from homectl.control.activity import LONGEST_GAP, MEMORY, ChangesByUs, EndsByHand
from homectl.control.limits import Limits, SetpointLimits
from homectl.control.memory import Memory
from homectl.control.moments import Asked, Said, choose, ever, greater, lesser, negated, not_after, pick
from homectl.control.rooms import OUTDOORS, Room, room_of
from homectl.control.routine import Liked, SetByHand, SetByOthers, Uses, comfort, liked_level
from homectl.control.surroundings import Surroundings, as_of
from homectl.control.tuning import Tuning
from homectl.home import (
    Cause,
    Device,
    Forecast,
    History,
    Home,
    Kind,
    Prediction,
    Quantity,
    Target,
    Times,
    setting_of,
)

NIGHT = (23.0, 6.0)
"""Local hours in which people sleep unless they move."""

LEVELS_FROM = (0.0, 6.0, 8.0, 20.0, 22.0, 23.0)
LEVELS = (0.2, 0.8, 1.0, 0.7, 0.5, 0.2)
"""From which local hour on a dimmable lamp is switched on at which level, until the household shows what it likes."""


LEARNING = 3 * 86_400.0
"""Seconds for which a new lamp counts as used whatever people do with it."""

EMPTY_HOME = 2 * 3600.0
"""Seconds without anybody after which lamps without a motion sensor go off."""

GUESSED_COMFORT = 20.5
"""The comfort setpoint of a household that has never set one, °C."""


class Case(NamedTuple):
    """One line of a rule: when it applies, what it then wants, how sure it is and why."""

    when: Said
    value: Asked
    confidence: float
    why: str
    level: Asked = np.nan


class Rules:
    """The policy by hand. Its confidences are fixed and say how often the rule is right in a home it fits.

    It keeps in mind what it has read of the last history it was asked about; its answers do not depend on that.
    """

    name = "rules"
    cause = Cause.RULES

    def __init__(self, limits: Limits | None = None, tuning: Tuning | None = None) -> None:
        self.limits, self.tuning = limits or Limits(), tuning or Tuning()
        self._memory: Memory | None = None

    def forecast(self, home: Home, history: History, times: Times, targets: Sequence[Target]) -> list[Forecast]:
        """Every target's forecast, in their order; `times` are UTC seconds, ascending."""
        if not len(times):
            return [_first(target, [], 0) for target in targets]
        around = self._look(home, history, times)
        return [_first(target, list(self._cases(target, around)), len(times)) for target in targets]

    def predict(self, home: Home, history: History, at: float, targets: Sequence[Target]) -> list[Prediction]:
        around = self._look(home, history, float(at))
        return [_prediction(target, self._cases(target, around)) for target in targets]

    def _look(self, home: Home, history: History, times: Asked) -> Surroundings:
        self._memory = (self._memory or Memory(home, history)).of(home, history)
        return Surroundings(self._memory, times)

    def _cases(self, target: Target, around: Surroundings) -> Iterator[Case]:
        device = around.home.device(target.device)
        match target.kind:
            case Kind.LIGHT:
                return lamp(device, around, self.tuning)
            case Kind.SETPOINT:
                return setpoint(device, around, self.limits.setpoint, self.tuning)
            case Kind.LOCK:
                return lock(device, around, self.tuning)


def lamp(device: Device, around: Surroundings, tuning: Tuning) -> Iterator[Case]:
    """On while somebody is about in the dark, off when the room has been empty for its time."""
    area, hour = device.area or "", around.clock.hour
    room, watched, quiet = room_of(around.home, area).tuned(tuning), around.watched(area), around.quiet(area)
    about = watched & (quiet == 0.0)
    if ever(negated(about)):
        yield Case(around.left & (room.sort != OUTDOORS.sort), 0.0, 0.92, "everybody has left")
        alone = negated(watched) & (around.silence >= EMPTY_HOME)
        yield Case(alone, 0.0, 0.85, "nobody has moved at home for a long while")
        patience = choose(_within(hour, *NIGHT), room.by_night, room.by_day)
        yield Case(watched & (quiet >= patience), 0.0, 0.9, "nobody has been here for a while")
    wanted = about & (hour >= room.opens) & (hour < room.closes)
    for condition in (_dark, _in_use, _unlit, _not_refused):
        if not ever(wanted):
            return
        wanted = wanted & condition(device, around, room)
    if ever(wanted):
        yield Case(wanted, 1.0, tuning.lamp_on, "somebody is here and it is dark", _level(device, around))


def setpoint(device: Device, around: Surroundings, limits: SetpointLimits, tuning: Tuning) -> Iterator[Case]:
    """Comfort while somebody is up, less at night and less still when everybody is out."""
    memory, times, night = around.memory, around.times, _within(around.clock.hour, *NIGHT)
    ours = memory.digest(ChangesByUs, device.id, Quantity.SETPOINT)
    by_hand = memory.digest(SetByHand, device.id, Quantity.SETPOINT)
    if ours is None or by_hand is None:
        return
    stepped, set_at = _lately(ours.last(times), times), _lately(by_hand.last(times), times)
    yield Case(times - stepped < limits.policy_every, np.nan, 0.0, "the last step was a moment ago")
    away = around.left & (around.silence >= tuning.away_for)
    if ever(away):
        low = _step(device, around, limits, down=tuning.away_setback)
        yield Case(away, low, 0.88, "everybody has been out for a while")
    rising = (around.until_rise <= tuning.preheat) & (around.until_rise > -tuning.preheat)
    asleep = night & (around.silence >= tuning.asleep_for) & negated(rising)
    if ever(asleep):
        yield Case(asleep, _step(device, around, limits, down=tuning.night_setback), 0.85, "everybody is asleep")
    if ever(rising):
        slept = set_at < around.indoors.stay(times, LONGEST_GAP)
        yield Case(rising & slept, _step(device, around, limits), 0.85, "you usually get up soon")
    up = (around.silence < tuning.asleep_for) & negated(night) & (set_at <= stepped)
    if ever(up):
        yield Case(up, _step(device, around, limits), 0.85, "somebody is up again")


def lock(device: Device, around: Surroundings, tuning: Tuning) -> Iterator[Case]:
    """Locked when everybody has left or sleeps, never while the door is not closed."""
    contact = around.home.contact_of(device.id)
    track = around.history.track(contact.id, Quantity.CONTACT) if contact is not None else None
    if track is None:
        return
    closed = as_of(track, around.times)[0] == 0.0
    yield Case(closed & around.left, 1.0, 0.97, "everybody has left and the door is closed")
    asleep = _within(around.clock.hour, *NIGHT) & (around.silence >= tuning.asleep_for)
    yield Case(closed & asleep, 1.0, 0.96, "everybody is asleep")


def _prediction(target: Target, cases: Iterator[Case]) -> Prediction:
    """The first case that applies now."""
    case = next((case for case in cases if case.when), Case(True, np.nan, 0.0, "no rule applies"))
    value, level = float(case.value), float(case.level)
    confidence = 0.0 if value != value else case.confidence
    return Prediction(target=target, setting=setting_of(target.kind, value, level), confidence=confidence, why=case.why)


def _first(target: Target, cases: Sequence[Case], size: int) -> Forecast:
    """The first case that applies at each time."""
    value, level, confidence = np.full(size, np.nan), np.full(size, np.nan), np.zeros(size)
    for case in reversed(cases):
        value = np.where(case.when, case.value, value)
        level = np.where(case.when, case.level, level)
        confidence = np.where(case.when, case.confidence, confidence)
    return Forecast(target=target, value=value, level=level, confidence=np.where(np.isnan(value), 0.0, confidence))


def _within(hour: Asked, start: float, end: float) -> Said:
    """Whether a local hour lies in a span that goes over midnight."""
    return (hour >= start) | (hour < end)


def _lately(moments: Asked, times: Asked) -> Asked:
    """The moments that are remembered; -inf for those longer ago."""
    return choose(times - moments < MEMORY, moments, -np.inf)


def _dark(device: Device, around: Surroundings, room: Room) -> Said:
    return around.dark(device.area or "", room.dark)


def _in_use(device: Device, around: Surroundings, room: Room) -> Said:
    """Whether this is the lamp of its area that the household uses most at this time of day.

    In the first days of a lamp nothing is known, and it counts as used.
    """
    used = around.memory.digest(Uses, device.id, Quantity.LIGHT_ON)
    if used is None:
        return True
    own = around.uses(device.id)
    favourite = own >= room.often
    for other in _other_lamps(device, around.home):
        theirs = around.uses(other)
        favourite = favourite & ((own > theirs) | ((own == theirs) & (device.id < other)))
    return favourite | (around.times - used.since < LEARNING)


def _unlit(device: Device, around: Surroundings, _: Room) -> Said:
    """Whether no other lamp of the area burns already."""
    unlit: Said = True
    for other in _other_lamps(device, around.home):
        if (track := around.history.track(other, Quantity.LIGHT_ON)) is not None:
            unlit = unlit & (as_of(track, around.times)[0] != 1.0)
    return unlit


def _not_refused(device: Device, around: Surroundings, room: Room) -> Said:
    """Whether nobody has switched the lamp off by hand since the present stay in the room began."""
    by_hand = around.memory.digest(EndsByHand, device.id, Quantity.LIGHT_ON)
    refused = -np.inf if by_hand is None else by_hand.last(around.times)
    if not ever(around.times - refused <= MEMORY):
        return True
    return refused < around.stay(device.area or "", room.by_day)


def _other_lamps(device: Device, home: Home) -> list[str]:
    area = home.targets_in(device.area or "")
    return [target.device for target in area if target.kind is Kind.LIGHT and target.device != device.id]


def _level(device: Device, around: Surroundings) -> Asked:
    """How bright the household likes a dimmable lamp at this time of day, else a level by the hour."""
    if not device.dimmable:
        return np.nan
    usual = pick(LEVELS, not_after(LEVELS_FROM, around.clock.hour), np.nan)
    levels = around.memory.digest(Liked, device.id, Quantity.LIGHT_LEVEL)
    if levels is None:
        return usual
    liked = liked_level(levels, around.times, around.part)
    return choose(liked == liked, liked, usual)


def _step(device: Device, around: Surroundings, limits: SetpointLimits, down: float = 0.0) -> Asked:
    """The next step to comfort, or to so much below it, where a setpoint that is lower already stays."""
    by_hand = around.memory.digest(SetByHand, device.id, Quantity.SETPOINT)
    by_others = around.memory.digest(SetByOthers, device.id, Quantity.SETPOINT)
    assert by_hand is not None
    assert by_others is not None
    warm = comfort(by_hand, by_others, around.times, GUESSED_COMFORT)
    steps = Steps(device, as_of(by_hand.track, around.times)[0], limits)
    return steps.down_to(warm - down) if down else steps.to(warm)


class Steps:
    """The setpoints a policy may ask a device for: whole halves, near the reported one, inside both bands or nearer."""

    def __init__(self, device: Device, reported: Asked, limits: SetpointLimits) -> None:
        self.reported = reported
        self.slew = limits.policy_slew
        self.low = max(limits.policy_coolest, device.coolest)
        self.high = min(limits.policy_warmest, device.warmest)

    def to(self, wanted: Asked) -> Asked:
        """The next step from the reported setpoint to the wanted one; NaN where none is allowed.

        From outside the bands it leads back in, if that is the way to what is wanted.
        """
        back = ((self.reported < self.low) & (wanted > self.reported)) | (
            (self.reported > self.high) & (wanted < self.reported)
        )
        wanted = self._inside(wanted)
        upward = 2 * lesser(self.reported + self.slew, wanted) // 1 / 2
        downward = -(-2 * greater(self.reported - self.slew, wanted) // 1) / 2
        step = choose(wanted >= self.reported, upward, downward)
        return choose(back | (step >= self.low) & (step <= self.high), step, np.nan)

    def down_to(self, wanted: Asked) -> Asked:
        """The same, but a setpoint that is lower already stays."""
        low_enough = (self.reported <= self._inside(wanted)) & (self.reported >= self.low)
        return choose(low_enough, self.reported, self.to(lesser(self.reported, wanted)))

    def _inside(self, wanted: Asked) -> Asked:
        return greater(lesser(wanted, self.high), self.low)
