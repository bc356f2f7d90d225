"""Why the network may have said what it said: the facts of its row that a person would name."""

import math
from collections.abc import Sequence

from homectl.home import Kind, Light, Setpoint, Setting, Target
from models.features import FEATURES, Array

Row = Sequence[float] | Array
"""One row of the features."""

_PLACE = {name: place for place, name in enumerate(FEATURES)}

DARK = -3.0
"""Degrees of the sun below which it is dark outside, above +3 light."""


def why(target: Target, setting: Setting | None, row: Row) -> str:
    """A clause of two or three facts: `motion 10 s ago, dark outside, you usually have it on at this hour`."""
    facts = [_motion(row)]
    match target.kind:
        case Kind.LIGHT:
            facts += [_daylight(row), _usual(row, bool(isinstance(setting, Light) and setting.on), "on")]
        case Kind.SETPOINT:
            facts += [_warmth(row), _usual_warmth(row, setting)]
        case Kind.LOCK:
            facts = [_door(row), _home(row), _usual(row, setting is not None, "locked")]
    return ", ".join(fact for fact in facts if fact) or "that is what homes like this one do"


def _of(row: Row, name: str) -> float:
    return float(row[_PLACE[name]])


def _ago(log_minutes: float) -> str:
    minutes = math.expm1(log_minutes)
    if minutes < 2:
        return f"{60 * minutes:.0f} s"
    return f"{minutes:.0f} min" if minutes < 120 else f"{minutes / 60:.0f} h"


def _motion(row: Row) -> str:
    if _of(row, "motion_known") == 0:
        return _home(row)
    if _of(row, "motion_now") == 1:
        return "somebody moves here"
    since = _of(row, "since_motion")
    return f"motion {_ago(since)} ago" if since < math.log1p(12 * 60) else "nobody here for hours"


def _home(row: Row) -> str:
    return f"last motion at home {_ago(_of(row, 'home_since_motion'))} ago"


def _daylight(row: Row) -> str:
    sun = _of(row, "sun")
    if abs(sun) <= -DARK:
        return "twilight outside"
    return "dark outside" if sun < 0 else "daylight outside"


def _usual(row: Row, wanted: bool, word: str) -> str:
    if _of(row, "habit_known") < 0.02:
        return ""
    share = _of(row, "habit_on")
    if wanted and share >= 0.5:
        return f"you usually have it {word} at this hour"
    return f"you rarely have it {word} at this hour" if not wanted and share < 0.2 else ""


def _warmth(row: Row) -> str:
    known = _of(row, "temperature_age") < math.log1p(24 * 60)
    return f"it is {_of(row, 'temperature'):.1f} °C here" if known else ""


def _usual_warmth(row: Row, setting: Setting | None) -> str:
    if not isinstance(setting, Setpoint) or _of(row, "habit_known") < 0.02:
        return ""
    ahead = max(_of(row, "habit_setpoint"), _of(row, "habit_setpoint_ahead"), key=abs)
    if abs(ahead) < 0.25:
        return "you usually have it at your usual temperature at this hour"
    side = "warmer" if ahead > 0 else "cooler"
    return f"you usually have it {abs(ahead):.1f} °C {side} at this hour"


def _door(row: Row) -> str:
    if _of(row, "front_known") == 0:
        return ""
    if _of(row, "front_open") == 1:
        return "the door is open"
    return f"the door closed {_ago(_of(row, 'front_since_closed'))} ago"
