"""What simulated devices say on topics, and what they can be asked: the words both kinds of firmware share."""

import json
import math
from dataclasses import dataclass
from typing import NamedTuple

from homectl.home import Kind, Lock, Setting, Target


class Spoken(NamedTuple):
    """One message of a device: its topic, its text, and whether the broker shall keep it."""

    topic: str
    payload: str
    retain: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A setting addressed to a device."""

    target: Target
    setting: Setting


@dataclass(frozen=True, slots=True)
class Get:
    """A device is asked to say what it knows."""

    device: str


@dataclass(frozen=True, slots=True)
class Unlock:
    """Somebody asked a lock to open, or to toggle: heard so that it can be counted. Only a `plain` one is obeyed."""

    target: Target
    plain: bool = False


Heard = Asked | Get | Unlock


def packed(value: object) -> str:
    """Compact JSON as devices write it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def unpacked(payload: bytes) -> object:
    """The payload as a JSON value, or as bare text where it is none; undecodable bytes give an empty text."""
    text = payload.decode("utf-8", errors="ignore").strip()
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def lock_asked(device: str, word: object, payload: bytes) -> Heard | None:
    """What a lock is asked. Whatever speaks of unlocking counts as that, also beside a LOCK; UNLOCK alone is plain."""
    target, said = Target(device, Kind.LOCK), str(word).upper()
    if b"UNLOCK" in payload.upper() or said in ("OPEN", "TOGGLE"):
        return Unlock(target, plain=said == "UNLOCK" and payload.upper().count(b"LOCK") == 1)
    return Asked(target, Lock()) if said == "LOCK" else None


def number(value: object) -> float | None:
    """A finite number, also when it is written as text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def rounded(value: float, digits: int = 0) -> float | int | None:
    """The number as a device writes it: whole without digits, None where it does not know."""
    if math.isnan(value):
        return None
    return round(value, digits) if digits else round(value)
