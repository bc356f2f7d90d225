"""The home as a person reads it: every value with its unit and age, every wish with what became of it."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np

from homectl.control.limits import Limits
from homectl.control.modes import meaning
from homectl.control.orders import words_of_hold
from homectl.control.pipeline import explain
from homectl.control.thermometers import thermometers
from homectl.home import (
    STATE,
    TOLERANCE,
    AreaView,
    Cause,
    Clock,
    CommandState,
    Device,
    DeviceView,
    History,
    Hold,
    HoldView,
    Home,
    HomeView,
    Kind,
    Light,
    Lock,
    LockState,
    ModeSpan,
    ModeView,
    Origin,
    Outcome,
    Quantity,
    Record,
    Sample,
    Setpoint,
    Setting,
    Target,
    TargetView,
    ValueView,
    Verdict,
    VerdictView,
    agrees,
    local_words,
)

UNIT: dict[Quantity, str] = {
    Quantity.TEMPERATURE: "{:.1f} °C",
    Quantity.SETPOINT: "{:.1f} °C",
    Quantity.HUMIDITY: "{:.0f} %",
    Quantity.ILLUMINANCE: "{:.0f} lx",
    Quantity.CO2: "{:.0f} ppm",
    Quantity.POWER: "{:.0f} W",
    Quantity.BATTERY: "{:.0f} %",
}
WORDS: dict[Quantity, tuple[str, str]] = {
    Quantity.MOTION: ("still", "motion"),
    Quantity.CONTACT: ("closed", "open"),
    Quantity.SWITCH: ("off", "on"),
    Quantity.LIGHT_ON: ("off", "on"),
    Quantity.HEATING: ("idle", "heating"),
    Quantity.AVAILABLE: ("unreachable", "reachable"),
    Quantity.ACTION: ("", "pressed"),
    Quantity.SMOKE: ("clear", "alarm"),
    Quantity.CARBON_MONOXIDE: ("clear", "alarm"),
}
BY: dict[Origin, str] = {Origin.PERSON: "by hand", Origin.HOMECTL: "homectl", Origin.AUTOMATION: "another automation"}
ASKED_HERE = "a person, asked here"
AGAIN = (CommandState.FAILED, CommandState.EXPIRED)


def text_of(quantity: Quantity, value: float) -> str:
    """A value with its unit, in words where a number says nothing; "unknown" for NaN."""
    if not math.isfinite(value):
        return "unknown"
    if quantity is Quantity.LOCK:
        return LockState(int(value)).name.lower().replace("_", " ")
    if quantity in (Quantity.LIGHT_LEVEL, Quantity.POSITION):
        return f"{value:.0%}"
    if quantity in WORDS:
        return WORDS[quantity][value >= 0.5]
    return UNIT[quantity].format(value)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything a view is made of, at one time."""

    home: Home
    history: History
    clock: Clock
    limits: Limits
    outcomes: Mapping[Target, Outcome]
    confirmed: Callable[[Target], Sequence[Outcome]]
    sentence: Callable[[Target], str]
    hold: Callable[[Target], Hold | None]
    autonomy: Callable[[Target], str]
    suggestion: Callable[[Target], str] = lambda _target: ""
    verdict: Callable[[Target], Verdict | None] = lambda _target: None
    doubts: Mapping[str, str] = field(default_factory=dict)


def home_view(known: Knowledge, **about: Any) -> HomeView:
    """The whole home; `about` fills what is not made of readings: version, policy, health, simulator …"""
    home, at = known.home, known.clock.now()
    areas = tuple(
        AreaView(
            id=area.id,
            name=area.name or area.id.replace("_", " ").capitalize(),
            devices=_devices(known, area.id, at),
        )
        for area in home.areas
    )
    local = datetime.fromtimestamp(at, home.zone).strftime("%A %Y-%m-%d %H:%M:%S")
    return HomeView(
        id=home.id,
        name=home.name or home.id,
        at=at,
        local_time=local,
        timezone=home.timezone,
        simulated=home.simulated,
        areas=areas,
        **about,
    )


def hold_view(hold: Hold | None, home: Home, at: float) -> HoldView | None:
    """A hold as a person reads it."""
    if hold is None:
        return None
    left = None if hold.until is None else hold.until - at
    about = {name: getattr(hold, name) for name in ("kind", "by", "since", "until", "note")}
    return HoldView(left=left, text=words_of_hold(hold, home.zone, at, left), **about)


def mode_view(span: ModeSpan | None, home: Home, at: float) -> ModeView:
    """The mode as a person reads it; none where it is over."""
    if span is None or at >= span.until:
        return ModeView()
    text = f"{span.mode} until {local_words(span.until, home.zone, at)}, set by {span.by}: {meaning(span.mode, home)}"
    return ModeView(mode=span.mode, by=span.by, since=span.since, until=span.until, text=text)


def last_done(done: Record | None, last: Verdict | None, home: Home, at: float) -> str:
    """What homectl last did about a target, and when; empty where that was its `last` decision, or nothing yet."""
    if done is None or (last is not None and last.approved is not None):
        return ""
    return f"The last that homectl did about it, {local_words(done.since, home.zone, at)}: {explain(done, home)}"


def _devices(known: Knowledge, area: str, at: float) -> tuple[DeviceView, ...]:
    ages = known.limits.ages
    seen = thermometers(known.home, area, known.history, at, ages)
    fresh = (one for one in seen if known.history.fresh(one.device, Quantity.TEMPERATURE, at, ages))
    doubts = {**known.doubts, **{one.device.id: one.doubt for one in fresh if one.doubt}}
    return tuple(_device(known, device, at, doubts.get(device.id, "")) for device in known.home.devices_in(area))


def _device(known: Knowledge, device: Device, at: float, doubt: str) -> DeviceView:
    battery = known.history.value(device.id, Quantity.BATTERY, at)
    shown = [_value(known, device, quantity, at) for quantity in Quantity if quantity is not Quantity.AVAILABLE]
    return DeviceView(
        id=device.id,
        name=device.label,
        available=known.history.available(device.id, at),
        battery=battery if math.isfinite(battery) else None,
        doubt=doubt,
        values=tuple(value for value in shown if value is not None),
        targets=tuple(_target(known, target, at) for target in device.targets()),
    )


def _value(known: Knowledge, device: Device, quantity: Quantity, at: float) -> ValueView | None:
    sample = known.history.sample(device.id, quantity, at)
    if sample is None:
        return None
    return ValueView(
        quantity=quantity,
        value=sample.value if math.isfinite(sample.value) else None,
        text=text_of(quantity, sample.value),
        age=round(at - sample.at, 1),
        fresh=known.history.fresh(device, quantity, at, known.limits.ages),
        origin=sample.origin,
    )


def reported(history: History, target: Target, at: float) -> str:
    """What the device itself says of a target's state."""
    text = text_of(STATE[target.kind], history.value(target.device, STATE[target.kind], at))
    level = history.value(target.device, Quantity.LIGHT_LEVEL, at)
    return f"on at {level:.0%}" if target.kind is Kind.LIGHT and text == "on" and math.isfinite(level) else text


def _target(known: Knowledge, target: Target, at: float) -> TargetView:
    outcome = known.outcomes.get(target)
    lock = target.kind is Kind.LOCK
    hold = hold_view(known.hold(target), known.home, at)
    return TargetView(
        target=str(target),
        kind=target.kind,
        reported=reported(known.history, target, at),
        asked=str(outcome.command.setting) if outcome else "",
        state=CommandState(outcome.state) if outcome else None,
        cause=str(outcome.command.cause) if outcome else "",
        detail=outcome.detail if outcome else "",
        again=body_of(outcome.command.setting) if outcome and outcome.state in AGAIN else None,
        **_changed(known, target, at),
        hold_left=None if hold is None else hold.left,
        hold=hold,
        autonomy=known.autonomy(target),
        suggestion=known.suggestion(target),
        unlocks=lock and known.home.device(target.device).unlocks,
        decision=known.sentence(target),
        verdict=verdict_view(known.verdict(target)),
    )


def body_of(setting: object) -> dict[str, Any] | None:
    """How a setting is asked for; None for what is not asked for twice, as to unlock."""
    match setting:
        case Light(on=on, level=None):
            return {"on": on}
        case Light(on=on, level=level):
            return {"on": on, "level": level}
        case Setpoint(celsius=celsius):
            return {"celsius": celsius}
        case Lock():
            return {"lock": True}
    return None


def _changed(known: Knowledge, target: Target, at: float) -> dict[str, Any]:
    """Who changed a target last, when and why: whoever it was said of when it became another, not when said again."""
    quantity = STATE[target.kind]
    since = last_change(known.history, target, at)
    sample = known.history.sample(target.device, quantity, at if since is None else since)
    if sample is None or sample.origin not in BY:
        return {}
    obeyed = next((one for one in reversed(known.confirmed(target)) if _explains(one, quantity, sample)), None)
    by, why = BY[sample.origin], ""
    if obeyed is not None:
        by = ASKED_HERE if obeyed.command.cause is Cause.PERSON else by
        why = obeyed.command.reason if sample.origin is Origin.HOMECTL else ""
    return {"changed_by": by, "changed_at": since, "changed_why": why}


def _explains(obeyed: Outcome, quantity: Quantity, sample: Sample) -> bool:
    """Whether a report came of a command: it was in time for it, and is what was asked."""
    command = obeyed.command
    return command.issued <= sample.at <= obeyed.at and agrees(command.setting, quantity, sample.value)


def last_change(history: History, target: Target, at: float) -> float | None:
    """When a target's state last became another, up to `at`; None where nothing tells of it."""
    quantity = STATE[target.kind]
    track = history.track(target.device, quantity)
    if track is None:
        return None
    size = int(np.searchsorted(track.times, at, side="right"))
    moved = np.flatnonzero(~(np.abs(np.diff(track.values[:size])) <= TOLERANCE[quantity]))
    return float(track.times[moved[-1] + 1]) if len(moved) else None


def verdict_view(verdict: Verdict | None) -> VerdictView | None:
    """A verdict as a person reads it."""
    if verdict is None:
        return None
    decision = verdict.decision
    return VerdictView(
        at=decision.at,
        ruling=verdict.ruling,
        setting="" if decision.setting is None else str(decision.setting),
        other=other_than(decision.setting),
        cause=str(decision.cause),
        confidence=decision.confidence if math.isfinite(decision.confidence) else None,
        rule=verdict.rule,
        reason=verdict.reason,
    )


def other_than(setting: Setting | None) -> str:
    """The other choice that a policy weighed a setting against; empty where it wanted nothing."""
    match setting:
        case Light(on=on):
            return "off" if on else "on"
        case Setpoint():
            return "another temperature"
        case Lock():
            return "not locked"
    return ""
