"""For how long a person's wish is held: minutes, until a schedule turns, until the room is empty, until resumed."""

from dataclasses import dataclass, replace
from math import inf, isfinite

from homectl.control.emptiness import quiet_for, watchers
from homectl.control.limits import HoldLimits
from homectl.control.present import Present
from homectl.control.timetable import next_boundary
from homectl.home import BY_HAND, Hold, HoldKind, Target

LONGEST = 24 * 3600.0
"""Seconds after which a hold until a room is empty ends even if its sensors never said so."""

SOMEBODY = "somebody"


@dataclass(frozen=True, slots=True)
class _Held:
    """A hold on the clock's `elapsed`. `until` is infinite while nobody knows; `turn` is a boundary in UTC seconds."""

    kind: HoldKind
    by: str
    since: float
    span: float
    until: float = inf
    turn: float = inf
    note: str = ""
    looked_at: bool = False


class Holds:
    """What homectl keeps its hands off. What a person did by hand and what one asked for are held beside each other.

    A target is held as long as one of the two lasts.
    """

    def __init__(self) -> None:
        self._by_hand: dict[Target, _Held] = {}
        self._asked: dict[Target, _Held] = {}

    def start(self, target: Target, until: float) -> None:
        """Hold a target on request until a time of `elapsed`."""
        self._asked[target] = _Held(HoldKind.MINUTES, SOMEBODY, until, 0.0, until)

    def ask(self, target: Target, kind: HoldKind, span: float, by: str, now: Present) -> Hold:
        """Hold a target on request from now on; `span` is that of a hold by the minute, seconds."""
        held = _settled(_begun(kind, by or SOMEBODY, now.elapsed, span), target, now)
        self._asked[target] = held
        return _shown(held, target, now)

    def touched(self, target: Target, elapsed: float, limits: HoldLimits) -> None:
        """A person changed a target at that time: hold it as its kind is held."""
        self._by_hand[target] = _begun(limits.sort(target.kind), BY_HAND, elapsed, limits.span(target.kind))

    def restore(self, hold: Hold, now: Present, span: float) -> None:
        """Hold again what was asked for before this run began."""
        begun = _begun(hold.kind, hold.by, now.elapsed - (now.at - hold.since), span)
        if hold.until is not None:
            begun = replace(begun, until=now.elapsed + hold.until - now.at, turn=hold.until, looked_at=True)
        self._asked[hold.target] = replace(begun, note=hold.note)

    def resume(self, target: Target) -> None:
        self._by_hand.pop(target, None)
        self._asked.pop(target, None)

    def left(self, target: Target, elapsed: float) -> float | None:
        """Seconds a hold still lasts, infinite where nobody can know yet; None where there is none."""
        until = max((held.until for held in self._of(target)), default=-inf)
        return until - elapsed if until > elapsed else None

    def hold(self, target: Target, now: Present) -> Hold | None:
        """The hold on a target that lasts longest; None where there is none."""
        for book in (self._asked, self._by_hand):
            if target in book:
                book[target] = _settled(book[target], target, now)
        held = max(self._of(target), key=lambda held: held.until, default=None)
        return None if held is None or held.until <= now.elapsed else _shown(held, target, now)

    def ended(self, now: Present) -> list[Hold]:
        """Drop the holds that have ended; those of targets that nothing else holds."""
        over = []
        for book in (self._asked, self._by_hand):
            for target in list(book):
                held = book[target] = _settled(book[target], target, now)
                if held.until <= now.elapsed:
                    del book[target]
                    over.append(_shown(held, target, now))
        return [hold for hold in over if self.left(hold.target, now.elapsed) is None]

    def _of(self, target: Target) -> list[_Held]:
        return [book[target] for book in (self._asked, self._by_hand) if target in book]


def _begun(kind: HoldKind, by: str, since: float, span: float) -> _Held:
    return _Held(kind, by, since, span, since + span if kind is HoldKind.MINUTES else inf)


def _settled(held: _Held, target: Target, now: Present) -> _Held:
    """The hold with its end as it is known now."""
    match held.kind:
        case HoldKind.SCHEDULE:
            return _until_schedule(held, target, now)
        case HoldKind.EMPTY:
            return _until_empty(held, target, now)
    return held


def _until_schedule(held: _Held, target: Target, now: Present) -> _Held:
    if not held.looked_at:
        turn = next_boundary(now.home, _utc(held, now), target)
        if turn is None:
            return _by_the_minute(held, "no schedule is set for it")
        held = replace(held, turn=turn, looked_at=True)
    return replace(held, until=now.elapsed + held.turn - now.at)


def _until_empty(held: _Held, target: Target, now: Present) -> _Held:
    if not watchers(target, now.home):
        return _by_the_minute(held, "no motion sensor is there to say that it is empty")
    lasted = now.elapsed - held.since
    if lasted >= LONGEST or min(lasted, quiet_for(target, now)) >= now.limits.hold.empty_after:
        return replace(held, until=now.elapsed)
    return held


def _by_the_minute(held: _Held, why: str) -> _Held:
    note = f"{why}, so it is held for {held.span / 60:.0f} min"
    return replace(held, kind=HoldKind.MINUTES, until=held.since + held.span, note=note)


def _utc(held: _Held, now: Present) -> float:
    return now.at - (now.elapsed - held.since)


def _shown(held: _Held, target: Target, now: Present) -> Hold:
    until = now.at + held.until - now.elapsed if isfinite(held.until) else None
    return Hold(target=target, kind=held.kind, by=held.by, since=_utc(held, now), until=until, note=held.note)
