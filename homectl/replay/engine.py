"""A recorded log through the decision path, once a minute on a told clock.

Open loop: device state, holds and freshness are what was recorded. A command that the guard would have let through is
remembered by the limiters and scored; it never reaches the history.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count, pairwise

import numpy as np
from numpy.typing import NDArray

from homectl.control.autonomy import AutonomySettings
from homectl.control.limits import Limits
from homectl.control.pipeline import Moment, already_so, judge, ordered
from homectl.control.state import ControlState
from homectl.control.timetable import targets_of
from homectl.home import (
    STATE,
    TOLERANCE,
    Autonomy,
    CommandState,
    Decision,
    Forecast,
    History,
    Home,
    Kind,
    Light,
    LockState,
    ModeSpan,
    Outcome,
    Policy,
    Quantity,
    Ruling,
    Setpoint,
    Target,
    Times,
    Verdict,
    fitted,
)
from homectl.replay.labels import Flags, as_of, touches

MINUTE = 60.0
BLOCK = 2 * 1440
"""Times that are forecast at once: two days keep memory small and arrays long."""

TRUSTED = AutonomySettings(level=Autonomy.AUTO)
"""What a policy would do if it were left to itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What is replayed: every whole minute from `start` up to `end`, UTC seconds."""

    home: Home
    history: History
    policy: Policy
    fallback: Policy
    limits: Limits
    start: float
    end: float
    autonomy: AutonomySettings = TRUSTED
    modes: tuple[ModeSpan, ...] = ()

    def mode(self, at: float) -> ModeSpan | None:
        """The mode that the home was in at a time."""
        return next((span for span in reversed(self.modes) if span.since <= at < span.until), None)

    def moment(self, at: float, state: ControlState, new_id: Callable[[], str]) -> Moment:
        """The home as it was at a time."""
        return Moment(
            home=self.home,
            history=self.history,
            at=at,
            elapsed=at,
            state=state,
            limits=self.limits,
            autonomy=self.autonomy,
            new_id=new_id,
        )

    def blocks(self) -> Iterator[Times]:
        """The times of all decisions, ascending, block by block.

        A block in which, as on the day before it, nothing was recorded is left out: nobody can say what happened.
        """
        first, last = (int(np.ceil(at / MINUTE)) for at in (self.start, self.end))
        lively = _days(self.history)
        for begin in range(first, last, BLOCK):
            end = min(begin + BLOCK, last)
            low, high = (np.searchsorted(lively, day) for day in (begin // 1440 - 1, (end - 1) // 1440 + 1))
            if high > low:
                yield MINUTE * np.arange(begin, end, dtype=np.float64)


def _days(history: History) -> Times:
    """The days (since 1970, UTC) on which anything was recorded, ascending."""
    days = [np.unique(track.times // 86_400) for track in history.tracks.values()]
    return np.unique(np.concatenate(days)) if days else np.empty(0)


@dataclass(frozen=True, slots=True)
class Passage:
    """One target through one block: what the log says at each time, what the policy wishes, and every verdict on a
    wish against the recorded state that is not just the one before it again."""

    target: Target
    times: Times
    state: Times
    forecast: Forecast
    verdicts: list[Verdict]


def replay(trial: Trial) -> Iterator[tuple[Times, list[Passage]]]:
    """Each block of times with the passage of every target."""
    names, state = count(1), ControlState(trial.start)
    lanes = {target: Lane(trial, target, state, names) for target in trial.home.targets}
    for times in trial.blocks():
        yield times, [lanes[seen.forecast.target].pass_through(times, seen) for seen in _foreseen(trial, times)]


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What is wished of a target at each time, where it is the fallback that wishes it, and what people had ordered."""

    forecast: Forecast
    by_fallback: Flags
    orders: Mapping[int, Decision] = field(default_factory=dict)  # by the place of the time


def _foreseen(trial: Trial, times: Times) -> list[Foreseen]:
    """Of every target, as a running home asks: what people had ordered stands before what policies wish."""
    return [_ordered(trial, times, seen) for seen in _wished(trial, times)]


def _ordered(trial: Trial, times: Times, seen: Foreseen) -> Foreseen:
    """What a policy wishes, with what a schedule or a mode wants wherever one wants something."""
    target, forecast = seen.forecast.target, seen.forecast
    if not trial.modes and not any(target in targets_of(one, trial.home) for one in trial.home.schedules):
        return seen
    orders = _orders(trial, times, target)
    rows = np.stack([forecast.value, forecast.level, forecast.confidence])
    for place, decision in orders.items():
        rows[:, place] = _row(decision)
    wished = Forecast(target=target, value=rows[0], level=rows[1], confidence=rows[2])
    return Foreseen(wished, seen.by_fallback, orders)


def _orders(trial: Trial, times: Times, target: Target) -> dict[int, Decision]:
    """What a schedule or a mode wanted of a target, by the place of the time."""
    state, orders = ControlState(trial.start), {}
    for place, at in enumerate(map(float, times)):
        state.mode = trial.mode(at)
        if (decision := ordered(target, trial.moment(at, state, str))) is not None:
            orders[place] = decision
    return orders


def _row(decision: Decision) -> tuple[float, float, float]:
    """A decision as a forecast's value, level and confidence."""
    match decision.setting:
        case Light(on=on, level=level):
            return float(on), np.nan if level is None else level, decision.confidence
        case Setpoint(celsius=celsius):
            return celsius, np.nan, decision.confidence
    return 1.0, np.nan, decision.confidence


def _wished(trial: Trial, times: Times) -> list[Foreseen]:
    """What the policy wishes; the fallback answers where it cannot, or is not sure enough to act and the fallback is;
    nobody where both are silent."""
    policy, fallback, targets = trial.policy, trial.fallback, trial.home.targets
    try:
        found = {one.target: one for one in policy.forecast(trial.home, trial.history, times, targets)}
    except (ArithmeticError, ValueError, LookupError):
        found = {}
    doubts = {target: _doubted(one, trial.autonomy) for target, one in found.items()}
    asked = [target for target in targets if target not in found or doubts[target].any()]
    others: dict[Target, Forecast] = {}
    if asked and fallback is not policy:
        others = {one.target: one for one in fallback.forecast(trial.home, trial.history, times, asked)}
    silence = np.full(len(times), np.nan)
    seen = []
    for target in targets:
        nothing = Forecast(target=target, value=silence, level=silence, confidence=silence)
        own, other = found.get(target, nothing), others.get(target, nothing)
        surer = np.isfinite(other.value) & ~_doubted(other, trial.autonomy)
        taken = doubts[target] & surer if target in found else np.full(len(times), target in others)
        seen.append(Foreseen(_chosen(target, taken, other, own), taken))
    return seen


def _doubted(forecast: Forecast, autonomy: AutonomySettings) -> Flags:
    """Where there is an opinion that is not sure enough to be acted upon."""
    doubted: Flags = np.isfinite(forecast.value) & ~(forecast.confidence >= autonomy.enough(forecast.target))
    return doubted


def _chosen(target: Target, taken: Flags, other: Forecast, own: Forecast) -> Forecast:
    """One forecast where `taken`, and the other elsewhere."""
    value, level, confidence = (
        np.where(taken, getattr(other, name), getattr(own, name)) for name in ("value", "level", "confidence")
    )
    return Forecast(target=target, value=value, level=level, confidence=confidence)


@dataclass(slots=True)
class Lane:
    """One target on its way through the log.

    A wish against the recorded state is put to the decision path every minute until it is approved. It then counts as
    obeyed until the policy wishes something else or the recorded state changes; a minute without opinion ends nothing.
    """

    trial: Trial
    target: Target
    state: ControlState
    names: Iterator[int]
    _hands: Times = field(init=False)
    _run: tuple[float, float, float] = (float("nan"), float("nan"), float("nan"))
    _last: Verdict | None = None

    def __post_init__(self) -> None:
        self._hands = touches(self.trial.history, self.target)

    def pass_through(self, times: Times, seen: Foreseen) -> Passage:
        forecast = seen.forecast
        state = as_of(self.trial.history.track(self.target.device, STATE[self.target.kind]), times)
        wish = wishes(forecast)
        against = contradicts(self.target.kind, wish, state)
        level = np.full(len(times), np.nan)  # what is ordered counts to the very level
        for place, order in seen.orders.items():
            against[place] = not already_so(order, self.trial.history, float(times[place]))
            level[place] = forecast.level[place]
        held = carried(wish, self._run[0])
        verdicts: list[Verdict] = []
        for begin, end in _spans(held, state, level):
            run = (float(held[begin]), float(state[begin]), float(level[begin]))
            if begin > 0 or not np.array_equal(run, self._run, equal_nan=True):
                self._last = None
            self._run = run
            places = begin + np.flatnonzero(against[begin:end])
            verdicts += self._judged(times, seen, places)
        return Passage(self.target, times, state, forecast, verdicts)

    def _judged(self, times: Times, seen: Foreseen, places: NDArray[np.intp]) -> Iterator[Verdict]:
        """The verdicts of one run that differ from the one before."""
        for place in places:
            if self._last is not None and self._last.ruling is Ruling.APPROVED:
                return
            verdict = self._judge(float(times[place]), seen, int(place))
            before, self._last = self._last, verdict
            if before is None or (before.ruling, before.rule) != (verdict.ruling, verdict.rule):
                yield verdict

    def _judge(self, at: float, seen: Foreseen, place: int) -> Verdict:
        trial, state, forecast = self.trial, self.state, seen.forecast
        hand = int(np.searchsorted(self._hands, at, side="right")) - 1
        if hand >= 0:
            state.holds.touched(self.target, float(self._hands[hand]), trial.limits.hold)
        state.mode = trial.mode(at)
        setting = forecast.setting(place)
        decision = seen.orders.get(place) or Decision(
            target=self.target,
            setting=None if setting is None else fitted(setting, trial.home.device(self.target.device)),
            cause=(trial.fallback if seen.by_fallback[place] else trial.policy).cause,
            confidence=float(forecast.confidence[place]),
            reason="the policy foresees it",
            at=at,
        )
        verdict = judge(decision, trial.moment(at, state, lambda: f"replay-{next(self.names)}"))
        if verdict.approved is not None:
            state.ended(Outcome(command=verdict.approved.command, state=CommandState.CONFIRMED, at=at), at)
        return verdict


def wishes(forecast: Forecast) -> Times:
    """The state wished for at each time: 1 on, 0 off; °C; 1 locked; NaN for no opinion."""
    match forecast.target.kind:
        case Kind.LIGHT:
            return np.where(np.isnan(forecast.value), np.nan, np.where(forecast.value >= 0.5, 1.0, 0.0))
        case Kind.SETPOINT:
            return forecast.value
        case Kind.LOCK:
            return np.where(forecast.value == 1.0, 1.0, np.nan)


def contradicts(kind: Kind, wish: Times, state: Times) -> Flags:
    """Whether there is a wish and the recorded state is not what it asks."""
    match kind:
        case Kind.LIGHT:
            so = wish == state
        case Kind.SETPOINT:
            so = np.abs(wish - state) < TOLERANCE[Quantity.SETPOINT]
        case Kind.LOCK:
            so = np.isin(state, (LockState.LOCKED, LockState.LOCKING))
    against: Flags = ~np.isnan(wish) & ~so
    return against


def carried(wish: Times, before: float) -> Times:
    """The last opinion at each time; `before` until the first."""
    place = np.maximum.accumulate(np.where(np.isnan(wish), -1, np.arange(len(wish))))
    return np.where(place >= 0, wish[place], before)


def _spans(*series: Times) -> Iterator[tuple[int, int]]:
    """Spans of places in which none of the series changes."""
    moved = np.zeros(len(series[0]), dtype=bool)
    for values in series:
        moved[1:] |= ~((values[1:] == values[:-1]) | (np.isnan(values[1:]) & np.isnan(values[:-1])))
    bounds = [0, *(int(place) for place in np.flatnonzero(moved)), len(moved)]
    return ((begin, end) for begin, end in pairwise(bounds) if end > begin)
