"""Every ten seconds of the home's clock, whatever else is slow or broken: frost and heat, carbon monoxide, dead
thermometers, a forgotten lock.

It asks no policy and no autonomy level; every command still passes the guard.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from homectl.control.alarms import span
from homectl.control.arbiter import Lease, Level
from homectl.control.guard import lowest
from homectl.control.pipeline import Moment, command
from homectl.control.thermometers import Thermometer, believed_for, coldness, too_hot
from homectl.home import (
    STATE,
    TOLERANCE,
    Cause,
    Decision,
    Home,
    Kind,
    Lock,
    LockState,
    Origin,
    Quantity,
    Ruling,
    Setpoint,
    Setting,
    Target,
    Track,
    Verdict,
)

ABOVE_RELEASE = 1.0
"""How far above the temperature at which the freeze guard lets go it sets the thermostat, K."""

UNBOLTED = frozenset({LockState.UNLOCKED, LockState.NOT_FULLY_LOCKED, LockState.JAMMED})
NOT_LOCKED = frozenset(map(float, LockState)) - {float(LockState.LOCKED)}
CLOSED = frozenset({0.0})
ROUNDING = 1.0
"""Seconds by which two times that are reckoned differently may differ. Rooms are looked at again so long before a
temperature may count as lost; what a device said with its last word was not set after it."""

LOOK_AGAIN = 600.0
"""Seconds after which a room is looked at again whatever is known of it."""

KEPT = 20.0
"""Seconds for which no mode and no schedule may undo what the freeze guard asked for: until it has looked again."""

MOVING = 30.0
"""Seconds a bolt may be on its way before it counts as not thrown."""


@dataclass(frozen=True, slots=True)
class Tries:
    """How often a lock was asked to lock since the door was closed and the bolt drawn."""

    since: float
    count: int


@dataclass(frozen=True, slots=True)
class Calm:
    """From `since` until `until` a room is warm enough, unless one of its devices is heard again before."""

    home: Home
    signals: int  # of the whole history
    tracks: tuple[Track, ...]  # of the room's devices
    heard: int
    since: float
    until: float

    @classmethod
    def of(cls, target: Target, now: Moment) -> "Calm":
        """Of the room of a thermostat from which nothing is asked now."""
        room = now.home.devices_in(now.home.device(target.device).area or "")
        tracks = tuple(track for device in room for track in now.history.tracks_of(device.id))
        heard = sum(track.heard(now.at) for track in tracks)
        return cls(now.home, len(now.history.tracks), tracks, heard, now.at, _warm_until(target, now))

    def lasts(self, now: Moment) -> bool:
        if not self.since <= now.at < self.until or self.home is not now.home:
            return False
        return self.signals == len(now.history.tracks) and self.heard == sum(t.heard(now.at) for t in self.tracks)


class SafetyTick:
    """The safety functions of one running home. It remembers how often each lock has been tried.

    What it also remembers of rooms that are warm enough saves looking again, and changes no verdict.
    """

    def __init__(self) -> None:
        self._tries: dict[Target, Tries] = {}
        self._calm: dict[Target, Calm] = {}

    def look_again(self) -> None:
        """What was known of the rooms counts no longer as heard."""
        self._calm.clear()

    def tick(self, now: Moment) -> list[Verdict]:
        """At most one verdict per target: what safety asks for, and what the guard says. Nothing where all is well.

        The autonomy level has no say. A hold keeps the safe setpoint away, but neither the freeze guard nor the
        auto-lock: a hold on a lock binds policies, and a door that a person unlocked is locked again after its time.
        """
        found: list[Verdict | None] = []
        for target in now.home.targets:
            if target.kind is Kind.SETPOINT:
                found.append(self._heat(target, now))
            elif target.kind is Kind.LOCK:
                found.append(self._auto_lock(target, now))
        return [verdict for verdict in found if verdict is not None]

    def _heat(self, target: Target, now: Moment) -> Verdict | None:
        calm = None if now.state.fire.heat_off else self._calm.get(target)
        if calm is not None and calm.lasts(now):
            return None
        verdict = heat(target, now)
        if verdict is None:
            self._calm[target] = Calm.of(target, now)
        return verdict

    def _auto_lock(self, target: Target, now: Moment) -> Verdict | None:
        """Lock a closed door after its time; after the last try call the lock jammed until the door or bolt moves."""
        since = forgotten_since(target, now)
        if since is None or now.history.passed(since, now.at) < now.limits.lock.auto_lock_after:
            return None
        waiting = now.state.asked(target) is not None
        if waiting or now.state.ledger.within(target, now.elapsed, now.limits.lock.tries_every):
            return None
        tries = self._tries.get(target, Tries(since, 0))
        if tries.since != since:
            tries = Tries(since, 0)
        why = f"the door was closed {(now.at - since) / 60:.0f} min ago and is not locked"
        wish = _decision(target, Lock(), why, now)
        if tries.count >= now.limits.lock.tries:
            finding = f"{tries.count} tries did not lock the door; look at the lock"
            return Verdict(decision=wish, ruling=Ruling.REFUSED, rule="lock is jammed", reason=finding)
        verdict = command(wish, now)
        if verdict.approved is not None:
            self._tries[target] = Tries(since, tries.count + 1)
        return verdict


def forgotten_since(target: Target, now: Moment) -> float | None:
    """Since when a door has been closed with its bolt drawn; None where it is locked, open, unknown or has no contact.

    Check-ins that repeat a state are no change: what counts is when the state began.
    """
    bolt = now.history.track(target.device, Quantity.LOCK)
    drawn = None if bolt is None else _drawn(bolt, now.at)
    contact = None if drawn is None else now.home.contact_of(target.device)
    door = None if contact is None else now.history.track(contact.id, Quantity.CONTACT)
    closed = None if door is None else began(door, now.at, CLOSED)
    return None if closed is None or drawn is None else max(closed, drawn)


def _drawn(bolt: Track, at: float) -> float | None:
    """Since when the bolt has not been thrown; None where it is, is unknown, or is on its way."""
    sample = bolt.sample(at)
    if sample is not None and sample.value not in UNBOLTED and at - sample.at < MOVING:
        return None
    return began(bolt, at, NOT_LOCKED)


def began(track: Track, at: float, values: frozenset[float]) -> float | None:
    """Since when the track has had nothing but these values; None where it has another one now, or none."""
    newest = track.sample(at)
    if newest is None or newest.value not in values:
        return None
    size = _size(track, at)
    others = np.flatnonzero(~np.isin(track.values[:size], list(values)))
    first = int(others[-1]) + 1 if len(others) else 0
    return float(track.times[first])


def _size(track: Track, at: float) -> int:
    """How many samples are not later than `at`."""
    return int(np.searchsorted(track.times, at, side="right"))


def heat(target: Target, now: Moment) -> Verdict | None:
    """What safety asks of a thermostat: nothing, where the room is as it should be.

    Carbon monoxide and a room that is too hot close it, frost opens it, and a room whose temperature is no longer
    known gets no more heat than a policy could ask for, later the safe setpoint. Holds keep away the last two alone.
    """
    seen = _seen(target, now)
    closing = _closing(seen, now)
    if closing:
        return _set(target, lowest(now.home.device(target.device), now.limits), closing, now)
    if not seen:
        return None
    limits = now.limits.setpoint
    cold = [one.celsius for one in _surest(seen) if coldness(one, now.history, now.at, limits)]
    if cold:
        warm = limits.freeze_release + ABOVE_RELEASE
        why = f"the room has {min(cold):.1f} °C, and below {limits.freeze:g} °C it is heated whatever else is wanted"
        now.state.granted[target] = _kept(target, warm, why, now)
        return _set(target, warm, why, now, at_least=True)
    return _bounded(target, seen, now)


def _closing(seen: Sequence[Thermometer], now: Moment) -> str:
    """Why a thermostat is closed whatever else is wanted; empty where it is not."""
    fire = now.state.fire
    if fire.heat_off:
        sounds = fire.sounds(Quantity.CARBON_MONOXIDE, now.elapsed)
        return (
            "a detector tells of carbon monoxide" if sounds else "carbon monoxide was told of, and nobody resumed heat"
        )
    hot = too_hot(seen, now.history, now.at, now.limits.setpoint)
    return "" if hot is None else f"the room has {hot:.1f} °C, and at {now.limits.setpoint.hot:g} °C nothing heats"


def _bounded(target: Target, seen: Sequence[Thermometer], now: Moment) -> Verdict | None:
    """Where no thermometer can be believed: at most what a policy could ask for, later the safe setpoint."""
    limits, lost = now.limits.setpoint, _lost(seen, now)
    if lost < limits.lost_after or now.state.holds.left(target, now.elapsed) is not None:
        return None
    if _set_by_hand_since(target, now.at - lost, now):
        return None
    why = f"no thermometer here could be believed for {span(lost)}"
    if lost >= limits.stale_after:
        return _set(target, limits.safe, why, now)
    wanted = now.history.value(target.device, STATE[target.kind], now.at)
    return _set(target, limits.policy_warmest, why, now) if wanted > limits.policy_warmest else None


def _lost(seen: Sequence[Thermometer], now: Moment) -> float:
    """Seconds of this run since a temperature of the room could be believed; 0 while one can be."""
    if any(not one.doubt for one in seen):
        return 0.0
    running = now.elapsed - now.state.ledger.started
    return min(running, *(now.history.passed(one.known, now.at) for one in seen))


def _seen(target: Target, now: Moment) -> list[Thermometer]:
    return now.situation(target).thermometers()


def _surest(seen: Sequence[Thermometer]) -> Sequence[Thermometer]:
    """Those that can be believed; all of them where none can: what is feared counts too."""
    return [one for one in seen if not one.doubt] or seen


def _warm_until(target: Target, now: Moment) -> float:
    """Until when a room of which nothing is asked now asks for nothing, as long as nothing is heard of it."""
    seen = _seen(target, now)
    if not seen:
        return float("inf")
    if all(one.doubt for one in seen):
        return min(now.at + now.limits.setpoint.lost_after - _lost(seen, now), now.at + LOOK_AGAIN) - ROUNDING
    left = []
    for one in seen:
        if not one.doubt:
            age = now.at - now.history.last_seen(one.device.id, now.at)
            left += [now.limits.ages.of(one.device, Quantity.TEMPERATURE) - age]
            left += [believed_for(one, now.home, now.history, now.at)]
    return now.at + min(left) - ROUNDING


def _set_by_hand_since(target: Target, since: float, now: Moment) -> bool:
    track = now.history.track(target.device, Quantity.SETPOINT)
    sample = track.sample(now.at) if track is not None else None
    if track is None or sample is None or sample.origin is not Origin.PERSON:
        return False
    changed = began(track, now.at, frozenset({sample.value}))
    return changed is not None and changed > since + ROUNDING


def _set(target: Target, celsius: float, why: str, now: Moment, *, at_least: bool = False) -> Verdict | None:
    """Ask for a setpoint, unless the device said in this run that it has it, or has been asked and may still answer."""
    device = now.home.device(target.device)
    wanted = Setpoint(min(max(celsius, device.coolest), device.warmest))
    told = now.history.sample(target.device, STATE[target.kind], now.at)
    reported = told.value if told is not None and told.seen > float("-inf") else float("nan")
    enough = reported >= wanted.celsius if at_least else False
    decision = _decision(target, wanted, why, now)
    if enough or abs(reported - wanted.celsius) <= TOLERANCE[Quantity.SETPOINT]:
        return Verdict(decision=decision, ruling=Ruling.NOTHING, reason=f"{why}; it is set so already")
    if now.state.asked(target) == wanted or now.state.has_given_up(target, wanted, now.elapsed):
        return Verdict(decision=decision, ruling=Ruling.NOTHING, reason=f"{why}; asked, not answered yet")
    return command(decision, now)


def _kept(target: Target, celsius: float, why: str, now: Moment) -> Lease:
    wish, until = Setpoint(celsius), now.at + KEPT
    return Lease(target=target, level=Level.FREEZE, setting=wish, since=now.at, until=until, why=why)


def _decision(target: Target, setting: Setting, why: str, now: Moment) -> Decision:
    return Decision(target=target, setting=setting, cause=Cause.SAFETY, confidence=1.0, reason=why, at=now.at)
