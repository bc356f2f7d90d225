"""What every mode does, in one table, and what that asks of a target now."""

from dataclasses import dataclass
from enum import StrEnum

from homectl.control.arbiter import Lease, Level
from homectl.control.present import Present
from homectl.home import (
    Autonomy,
    Away,
    Home,
    Kind,
    Light,
    Lock,
    Mode,
    ModeSpan,
    Quantity,
    Setpoint,
    Setting,
    Target,
    Vacation,
    local_words,
)

NAMES = ("lamps", "thermostats", "locks")


class Effect(StrEnum):
    """What a mode does to one kind of target."""

    AS_EVER = "as ever"
    HANDS_OFF = "hands off"
    OFF = "off"
    SET_BACK = "set back"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What a mode does where it applies; `policies`: the most they may do."""

    light: Effect = Effect.AS_EVER
    setpoint: Effect = Effect.AS_EVER
    lock: Effect = Effect.AS_EVER
    policies: Autonomy = Autonomy.AUTO

    def of(self, kind: Kind) -> Effect:
        return {Kind.LIGHT: self.light, Kind.SETPOINT: self.setpoint, Kind.LOCK: self.lock}[kind]


EFFECTS: dict[Mode, Effects] = {
    Mode.NONE: Effects(),
    Mode.GUEST: Effects(policies=Autonomy.SUGGEST),
    Mode.PARTY: Effects(light=Effect.HANDS_OFF, setpoint=Effect.HANDS_OFF),
    Mode.AWAY: Effects(light=Effect.OFF, setpoint=Effect.SET_BACK, lock=Effect.LOCKED),
    Mode.VACATION: Effects(light=Effect.OFF, setpoint=Effect.SET_BACK, lock=Effect.LOCKED),
    Mode.CLEANING: Effects(light=Effect.HANDS_OFF, lock=Effect.HANDS_OFF),
}
"""Safety stands above every mode: frost, a forgotten door and the guard are as ever in all of them.

Nothing is learned from the days of any but *away*: `Mode.teaches`.
"""


def effects(span: ModeSpan | None, target: Target, now: Present) -> Effects:
    """Those of a mode on a target; none once it is over, and in rooms it leaves out."""
    if span is None or not span.since <= now.at < span.until or span.mode is Mode.NONE:
        return EFFECTS[Mode.NONE]
    here = now.home.modes.of(span.mode).covers(now.home.device(target.device).area or "")
    return EFFECTS[span.mode if here else Mode.NONE]


def lease(span: ModeSpan | None, target: Target, now: Present) -> Lease | None:
    """What a mode says of a target now; None where it is as ever."""
    effect = effects(span, target, now).of(target.kind)
    if span is None or effect is Effect.AS_EVER:
        return None
    why = f"{span.mode} mode, set by {span.by}, lasts until {local_words(span.until, now.home.zone, now.at)}"
    return Lease(
        target=target,
        level=Level.MODE,
        setting=_setting(effect, span, target, now),
        since=span.since,
        until=span.until,
        why=why,
    )


def _setting(effect: Effect, span: ModeSpan, target: Target, now: Present) -> Setting | None:
    match effect:
        case Effect.OFF:
            return Light(on=False)
        case Effect.LOCKED:
            return Lock()
        case Effect.SET_BACK:
            return _set_back(span, target, now)
    return None


def _set_back(span: ModeSpan, target: Target, now: Present) -> Setpoint | None:
    """Never warmer than a room is set already, and never so cold that the freeze guard would have to step in."""
    settings = now.home.modes.of(span.mode)
    assert isinstance(settings, Away | Vacation)
    celsius = max(settings.setpoint, now.limits.setpoint.freeze_release)
    reported = now.history.value(target.device, Quantity.SETPOINT, now.at)
    return None if reported <= celsius else Setpoint(celsius)


def meaning(mode: Mode, home: Home) -> str:
    """What a mode does, in words."""
    does = EFFECTS[mode]
    settings = home.modes.of(mode)
    said = [f"{name} {effect}" for name, effect in zip(NAMES, (does.light, does.setpoint, does.lock), strict=True)]
    changed = [text for text in said if not text.endswith(Effect.AS_EVER)]
    if isinstance(settings, Away | Vacation):
        changed = [text.replace(Effect.SET_BACK, f"set back to {settings.setpoint:g} °C") for text in changed]
    if does.policies is not Autonomy.AUTO:
        changed.append(f"what is learned only {does.policies}s")
    if not mode.teaches:
        changed.append("nothing is learned")
    where = f" (in {', '.join(settings.areas)})" if settings.areas else ""
    without = f" (not in {', '.join(settings.excluded)})" if settings.excluded else ""
    return ", ".join(changed) + where + without
