"""What a performance came to: every expectation of a scenario test, met or not, in one line each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf, isnan, nan

from homectl.home import STATE, Home, LockState, Record, Setting, Target, Unlock, Wish, agrees, wanted
from homectl.scenario.file import NEVER, Expected, Scenario, setting_of, target_in
from homectl.scenario.stage import Performance, Sent

MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Judged:
    """One expectation in words, whether it was met, and what was found instead."""

    expected: str
    met: bool
    found: str = ""

    def __str__(self) -> str:
        return f"ok    {self.expected}" if self.met else f"FAIL  {self.expected}: {self.found}"


def judged(scenario: Scenario, home: Home, came: Performance) -> list[Judged]:
    """Every expectation, in the order of the file."""
    return [_Judge(scenario, home, came).of(expected) for expected in scenario.expect]


@dataclass(frozen=True, slots=True)
class _Judge:
    scenario: Scenario
    home: Home
    came: Performance

    def of(self, one: Expected) -> Judged:
        if one.never is not None:
            return self._never(one, one.never)
        assert one.at is not None
        assert one.target is not None
        at, target = self.scenario.moment(one.at, self.home), target_in(one.target)
        if one.is_ is not None:
            return self._is(one, target, at, one.is_)
        if one.held is not None:
            return self._held(one, target, at, held=one.held)
        return self._decided(one, target, at, one.decided or "")

    def _never(self, one: Expected, never: str) -> Judged:
        start, end = self.scenario.span(self.home)
        low = start if one.start is None else self.scenario.moment(one.start, self.home)
        high = end if one.end is None else self.scenario.moment(one.end, self.home)
        about = one.target and target_in(one.target)
        sent = [each for each in self.came.sent if low <= each.at < high and about in (None, each.target)]
        broken = [each for each in sent if _is_forbidden(each.wish, never, one.target)]
        span = f"{one.start or ''}–{one.end or ''}  " if one.start or one.end else ""
        name = f"{span}{one.target} is never asked to be {never}" if one.target else f"{span}never {never}"
        return Judged(name, not broken, ", ".join(map(self._sent, broken)))

    def _is(self, one: Expected, target: Target, at: float, text: str) -> Judged:
        values = self.came.glimpses[target, at].values if (target, at) in self.came.glimpses else {}
        state = values.get(STATE[target.kind], float("nan"))
        setting = setting_of(str(target), text)
        met = state == LockState.UNLOCKED if setting is None else _is_so(setting, values)
        found = "nothing is known" if isnan(state) else f"it is at {state:g}"
        return Judged(f"{one.at}  {target} is {text}", met, f"{found}; {self._last(target, at)}")

    def _held(self, one: Expected, target: Target, at: float, *, held: bool) -> Judged:
        glimpse = self.came.glimpses.get((target, at))
        hold = None if glimpse is None else glimpse.hold
        until = "" if one.until is None else f" until {one.until}"
        ends = inf if hold is None or hold.until is None else hold.until
        in_time = one.until is None or abs(ends - self.scenario.moment(one.until, self.home)) <= MINUTE
        found = "nobody holds it" if hold is None else f"held until {self._clock(ends)} by {hold.by}"
        name = f"{one.at}  {target} is {'' if held else 'not '}held{until}"
        return Judged(name, (hold is not None) == held and (in_time or not held), found)

    def _decided(self, one: Expected, target: Target, at: float, text: str) -> Judged:
        about = [record for record in self.came.decisions if record.target == target]
        near = [r for r in about if r.since <= at + one.within and r.until >= at - one.within]
        met = any(r.setting == text and one.ruling in (None, r.ruling) for r in near)
        ruling = f" ({one.ruling})" if one.ruling else ""
        found = ", ".join(_told(record) for record in near) or "nothing was decided"
        return Judged(f"{one.at}  {target} is decided to be {text or 'left alone'}{ruling}", met, found)

    def _last(self, target: Target, at: float) -> str:
        about: Sequence[Record] = [r for r in self.came.decisions if r.target == target and r.since <= at]
        return f"decided last: {_told(about[-1])}" if about else "nothing was decided about it"

    def _sent(self, sent: Sent) -> str:
        return f"{self._clock(sent.at)} {sent.target} {sent.wish}"

    def _clock(self, at: float) -> str:
        return "nobody knows when" if at == inf else f"{datetime.fromtimestamp(at, self.home.zone):%H:%M:%S}"


def _is_so(setting: Setting, values: dict[str, float]) -> bool:
    """Whether everything that a setting wants is reported."""
    return all(agrees(setting, quantity, values.get(quantity, nan)) for quantity in wanted(setting))


def _is_forbidden(wish: Wish, never: str, target: str | None) -> bool:
    if never == NEVER:
        return isinstance(wish, Unlock)
    return target is not None and wish == setting_of(target, never)


def _told(record: Record) -> str:
    return f"{record.setting or 'left alone'} ({record.ruling}: {record.reason})"
