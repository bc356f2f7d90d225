"""The one decision path: live, simulated and replayed homes go through these functions.

History in, verdicts out: what people said beforehand and a policy want something, the arbiter picks one winner per
target, autonomy says how much may be done, and the guard has the last word.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from homectl.control.arbiter import Level, objection, winner, winners
from homectl.control.autonomy import AutonomySettings, rung_of
from homectl.control.guard import BEFOREHAND, Refusal, Situation, review
from homectl.control.limits import Limits
from homectl.control.modes import effects
from homectl.control.orders import leases
from homectl.control.state import ControlState
from homectl.home import (
    STATE,
    TOLERANCE,
    Autonomy,
    Cause,
    Command,
    Decision,
    History,
    Home,
    Light,
    Lock,
    LockState,
    Policy,
    Prediction,
    Quantity,
    Record,
    Ruling,
    Setpoint,
    Target,
    Verdict,
    fitted,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One time at which a home is judged, and everything a verdict may look at.

    `at` is UTC seconds, `elapsed` the clock's monotonic ones; `new_id` names the next command.
    """

    home: Home
    history: History
    at: float
    elapsed: float
    state: ControlState
    limits: Limits
    autonomy: AutonomySettings
    new_id: Callable[[], str]

    def situation(self, target: Target) -> Situation:
        device = self.home.device(target.device)
        known = (self.history, self.at, self.elapsed, self.state.ledger, self.limits, self.state.fire)
        return Situation(self.home, device, *known)


def decide(now: Moment, policy: Policy, fallback: Policy, targets: Sequence[Target]) -> list[Verdict]:
    """One verdict per target that somebody has an opinion about. Sends nothing, waits for nothing."""
    decisions = foresee(now, policy, fallback, targets)
    return [judge(decision, now) for decision in winners(decisions).values()]


def foresee(now: Moment, policy: Policy, fallback: Policy, targets: Sequence[Target]) -> list[Decision]:
    """What is wanted of each target: by a mode or a schedule, and where none of them says anything by the policies."""
    orders = [decision for target in targets if (decision := ordered(target, now)) is not None]
    said = {decision.target for decision in orders}
    others = [target for target in targets if target not in said] if said else targets
    return [*orders, *_foreseen(now, policy, fallback, others)]


def ordered(target: Target, now: Moment) -> Decision | None:
    """What a mode or a schedule wants of a target; None where they want nothing."""
    orders = [lease for lease in leases(target, now, now.state) if lease.level in (Level.MODE, Level.SCHEDULE)]
    lease = winner([lease for lease in orders if lease.setting is not None], now.at)
    if lease is None or lease.setting is None:
        return None
    return Decision(
        target=lease.target,
        setting=fitted(lease.setting, now.home.device(lease.target.device)),
        cause=lease.level.cause,
        confidence=1.0,
        reason=lease.why,
        at=now.at,
    )


def _foreseen(now: Moment, policy: Policy, fallback: Policy, targets: Sequence[Target]) -> list[Decision]:
    """What the policy wants of each target; the fallback answers where the policy cannot, or is not sure enough to act.

    Where the policy is silent for a reason, as on a broken sensor, nobody answers: both rest on the same sensors.
    """
    if not targets:
        return []
    try:
        predictions = policy.predict(now.home, now.history, now.at, targets)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        predictions = []
    found = {each.target: _decision(each, policy.cause, now) for each in predictions}
    asked = [target for target in targets if target not in found or _doubted(found[target], now)]
    if asked and fallback is not policy:
        for prediction in fallback.predict(now.home, now.history, now.at, asked):
            other = _decision(prediction, fallback.cause, now)
            if other.target not in found or (other.setting is not None and not _doubted(other, now)):
                found[other.target] = other
    return list(found.values())


def _doubted(decision: Decision, now: Moment) -> bool:
    """Whether there is an opinion that is not sure enough to be acted upon."""
    return decision.setting is not None and not decision.confidence >= now.autonomy.enough(decision.target)


def _decision(prediction: Prediction, cause: Cause, now: Moment) -> Decision:
    setting, target = prediction.setting, prediction.target
    return Decision(
        target=target,
        setting=None if setting is None else fitted(setting, now.home.device(target.device)),
        cause=cause,
        confidence=prediction.confidence,
        reason=prediction.why,
        at=now.at,
    )


def judge(decision: Decision, now: Moment) -> Verdict:
    """What becomes of a policy's decision: nothing, a suggestion, or a command that the guard lets through."""
    if idle := _why_nothing(decision, now):
        return Verdict(decision=decision, ruling=Ruling.NOTHING, reason=idle)
    level = _allowed(decision, now)
    if level is Autonomy.OFF:
        return Verdict(decision=decision, ruling=Ruling.NOTHING, reason="homectl is switched off for it")
    if level is not Autonomy.AUTO:
        ruling = Ruling.SUGGESTED if level is Autonomy.SUGGEST else Ruling.OBSERVED
        return Verdict(decision=decision, ruling=ruling, reason=decision.reason)
    return command(decision, now)


def level_of(target: Target, now: Moment) -> Autonomy:
    """How much policies may do about a target: as it stands on the ladder, or else as it is configured."""
    rung = rung_of(now.home, target)
    return now.state.ladder.level(rung, now.autonomy.of(now.home, rung))


def _allowed(decision: Decision, now: Moment) -> Autonomy:
    """How much may be done about a decision: of what a person ordered all, unless homectl is switched off."""
    level = level_of(decision.target, now)
    if decision.cause in BEFOREHAND:
        return level if level is Autonomy.OFF else Autonomy.AUTO
    most = effects(now.state.mode, decision.target, now).policies
    lowered = now.autonomy.lowered(level, decision.target, decision.confidence)
    return min(lowered, most, key=list(Autonomy).index)


def command(decision: Decision, now: Moment) -> Verdict:
    """Put a decision before the guard; what it lets through counts as issued."""
    assert decision.setting is not None
    wish = Command(
        id=now.new_id(),
        target=decision.target,
        setting=decision.setting,
        cause=decision.cause,
        issued=now.at,
        reason=decision.reason,
    )
    ruling = review(wish, now.situation(decision.target))
    if isinstance(ruling, Refusal):
        return Verdict(decision=decision, ruling=Ruling.REFUSED, rule=ruling.rule, reason=ruling.finding)
    now.state.issued(wish, now.elapsed)
    return Verdict(decision=decision, ruling=Ruling.APPROVED, reason=decision.reason, approved=ruling)


def already_so(decision: Decision, history: History, at: float) -> bool:
    """Whether the device reports what is wanted. A lamp that is on keeps the level somebody gave it, unless the level
    itself was ordered."""
    target = decision.target
    value = history.value(target.device, STATE[target.kind], at)
    match decision.setting:
        case Light(on=True, level=float() as level) if decision.cause in BEFOREHAND:
            away = abs(history.value(target.device, Quantity.LIGHT_LEVEL, at) - level)
            return value == 1.0 and not away > TOLERANCE[Quantity.LIGHT_LEVEL] + 1e-9
        case Light(on=on):
            return value == float(on)
        case Setpoint(celsius=celsius):
            return abs(value - celsius) < TOLERANCE[Quantity.SETPOINT]
        case Lock():
            return value in (LockState.LOCKED, LockState.LOCKING)
    return decision.setting is None


def _why_nothing(decision: Decision, now: Moment) -> str:
    """Why a decision needs no command; empty if it does."""
    target, setting = decision.target, decision.setting
    if setting is None:
        return f"no opinion: {decision.reason}"
    if already_so(decision, now.history, now.at):
        ordered = decision.cause in BEFOREHAND
        so = Light(on=True) if isinstance(setting, Light) and setting.on and not ordered else setting
        return f"it is {so} already" + (f": {decision.reason}" if ordered else "")
    if now.state.asked(target) == setting:
        return f"asked to be {setting}, and not answered yet"
    above = objection(leases(target, now, now.state), setting, decision.cause, now.at)
    if above is not None:
        return above.why if above.level is Level.HOLD else f"hands off: {above.why}"
    if now.state.has_given_up(target, setting, now.elapsed):
        return f"it did not answer when asked to be {setting}"
    return ""


def record_of(verdict: Verdict) -> Record:
    """A verdict as the journal keeps it."""
    decision = verdict.decision
    return Record(
        target=decision.target,
        setting="" if decision.setting is None else str(decision.setting),
        cause=decision.cause,
        confidence=decision.confidence,
        ruling=verdict.ruling,
        rule=verdict.rule,
        reason=verdict.reason,
        command=verdict.approved.command.id if verdict.approved else "",
        since=decision.at,
        until=decision.at,
    )


def explain(record: Record, home: Home) -> str:
    """One sentence a person can read: what was decided about a target, and why."""
    name = home.device(record.target.device).label
    sure = f"{record.confidence:.0%} sure" if record.confidence == record.confidence else "not sure"
    by = str(record.cause) if record.cause in BEFOREHAND else f"{record.cause}, {sure}"
    match record.ruling:
        case Ruling.APPROVED:
            return f"{name}: asked to be {record.setting}, because {record.reason} ({by})."
        case Ruling.REFUSED:
            return f"{name}: would be {record.setting} ({by}), refused by “{record.rule}”: {record.reason}."
        case Ruling.SUGGESTED:
            return f"{name}: {record.setting} is suggested, because {record.reason} ({by})."
        case Ruling.OBSERVED:
            return f"{name}: would be {record.setting}, because {record.reason} ({by}); only watching."
        case Ruling.NOTHING:
            return f"{name}: left alone, {record.reason}."
