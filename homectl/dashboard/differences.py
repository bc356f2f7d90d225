"""What is different in a home since it was last shown: everything that did not merely grow older."""

from collections.abc import Sequence
from typing import Any

from homectl.home import DeviceView, HoldView, HomeView, TargetView, ValueView

ROUNDING = 0.2
"""Seconds by which an age may differ from what has passed and still be the same one, grown."""

ALWAYS = ("version", "at", "local_time")
WHOLE = ("connected", "policy", "pending", "alarms", "simulator", "mode")


def change(before: HomeView, now: HomeView) -> dict[str, Any] | None:
    """What turns one view into the other, for who lets ages grow by `at`; None where that takes the whole view.

    `health` holds only the entries that differ; `devices` by id what differs of each, values and targets one by one.
    """
    if _shape(before) != _shape(now) or not before.health.keys() <= now.health.keys():
        return None
    found: dict[str, Any] = {name: getattr(now, name) for name in ALWAYS}
    found |= {name: getattr(now, name) for name in WHOLE if getattr(now, name) != getattr(before, name)}
    if health := {name: said for name, said in now.health.items() if before.health.get(name, before) != said}:
        found["health"] = health
    passed = now.at - before.at
    pairs = zip(_devices(before), _devices(now), strict=True)
    if devices := {new.id: part for old, new in pairs if (part := _of_device(old, new, passed))}:
        found["devices"] = devices
    return found


def _devices(view: HomeView) -> list[DeviceView]:
    return [device for area in view.areas for device in area.devices]


def _shape(view: HomeView) -> list[Any]:
    """What only a whole view can tell: which areas, devices, values and targets there are, in which order."""
    parts: list[Any] = [view.id, view.name, view.simulated]
    for area in view.areas:
        parts += [area.id, area.name]
        for device in area.devices:
            parts += [device.id, device.name]
            parts += [value.quantity for value in device.values]
            parts += [target.target for target in device.targets]
    return parts


def _of_device(old: DeviceView, new: DeviceView, passed: float) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if values := _different(old.values, new.values, passed):
        found["values"] = values
    if targets := [b for a, b in zip(old.targets, new.targets, strict=True) if not _same_target(a, b, passed)]:
        found["targets"] = targets
    plain = ("available", "battery", "doubt")
    return found | {name: getattr(new, name) for name in plain if getattr(old, name) != getattr(new, name)}


def _different(old: Sequence[ValueView], new: Sequence[ValueView], passed: float) -> list[ValueView]:
    return [
        b
        for a, b in zip(old, new, strict=True)
        if abs(b.age - a.age - passed) > ROUNDING
        or a.value != b.value
        or a.fresh != b.fresh
        or a.text != b.text
        or a.origin != b.origin
    ]


def _same_target(old: TargetView, new: TargetView, passed: float) -> bool:
    if old.hold is None or new.hold is None:
        return old == new
    if not _same_hold(old.hold, new.hold, passed):
        return False
    held = {"hold": None, "hold_left": None}
    return old.model_copy(update=held) == new.model_copy(update=held)


def _same_hold(old: HoldView, new: HoldView, passed: float) -> bool:
    if old.left is None or new.left is None:
        return old == new
    grown = abs(old.left - new.left - passed) <= ROUNDING
    return grown and old.model_copy(update={"left": new.left}) == new
