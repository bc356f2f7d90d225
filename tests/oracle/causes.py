"""Whether everything that reached a device had one authority, in its time, and what came of it: nothing of homectl.

Beside what the envelope reads a log may end with

    ("belief", t, device, quantity, value)    what homectl holds for true once all is quiet
    ("truth", t, device, quantity, value)     how it is
    ("waiting", t, number)                    commands that have no end then
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

LOCK_FOR, MAINS_FOR, BATTERY_FOR = 10.0, 6.0, 900.0
SLACK = 10.0
"""Seconds that a turn of the loop may be late here."""


@dataclass
class Authority:
    """One command on somebody's behalf."""

    id: str
    device: str
    kind: str
    value: Any
    level: float | None
    cause: str
    at: float
    until: float
    left: int = 0

    def covers(self, device: str, kind: str, value: Any, level: float | None) -> bool:
        return (self.device, self.kind, self.value, self.level) == (device, kind, value, level)


class Causes:
    """The commands of one home and what became of them."""

    def __init__(self, home: dict[str, dict[str, Any]]) -> None:
        self.home, self.faults = home, list[str]()
        self.open: dict[tuple[str, str], Authority] = {}
        self.seen: set[str] = set()
        self.ends: set[str] = set()
        self.belief: dict[tuple[str, str], float] = {}

    def take_all(self, t: float, events: Sequence[tuple[Any, ...]]) -> None:
        """Everything of one instant; a lamp's or valve's command is written down just after it left."""
        known = list(self.open.values())
        for event in events:
            match event:
                case ("sent", _, device, kind, value, level, cause, name):
                    command = Authority(name, device, kind, value, level, cause, t, t + self._window(device, kind))
                    known.append(command)
                    self._begin(command)
                case ("ended", _, name, _):
                    self._end(t, name)
                case ("start", _):
                    self.open.clear()
                case ("belief", _, device, quantity, value):
                    self.belief[device, quantity] = value
                case ("truth", _, device, quantity, value):
                    self._compare(t, device, quantity, value)
                case ("waiting", _, number) if number:
                    self._wrong(t, f"{number} commands have no end")
        for event in events:
            if event[0] == "left":
                self._left(t, event[2:], known)

    def _window(self, device: str, kind: str) -> float:
        return LOCK_FOR if kind == "lock" else BATTERY_FOR if self.home[device]["battery"] else MAINS_FOR

    def _begin(self, command: Authority) -> None:
        if command.id in self.seen:
            self._wrong(command.at, f"{command.id} is used twice")
        if command.cause not in ("safety", "person", "learned", "rules"):
            self._wrong(command.at, f"{command.id} has no authority: {command.cause}")
        self.seen.add(command.id)
        self.open[command.device, command.kind] = command

    def _end(self, t: float, name: str) -> None:
        if name in self.ends:
            self._wrong(t, f"{name} ends twice")
        self.ends.add(name)
        for one in [one for one in self.open.values() if one.id == name]:
            del self.open[one.device, one.kind]

    def _left(self, t: float, what: Sequence[Any], now: Iterable[Authority]) -> None:
        device, kind, value, level = what
        covering = {one.id: one for one in now if one.covers(device, kind, value, level)}
        if not covering:
            self._wrong(t, f"{kind} {value} reached {device} without a cause")
            return
        command = min(covering.values(), key=lambda one: (one.left > 0, -one.at))
        if t > command.until + SLACK:
            self._wrong(t, f"{command.id} acts {t - command.at:.0f} s after it was issued")
        command.left += 1
        if kind == "lock" and command.left > 1:
            self._wrong(t, f"{command.id} throws a bolt again")

    def _compare(self, t: float, device: str, quantity: str, value: float) -> None:
        held = self.belief.get((device, quantity), math.nan)
        if held != value:
            self._wrong(t, f"{device} has {quantity} {value}, and homectl believes {held}")

    def _wrong(self, t: float, finding: str) -> None:
        self.faults.append(f"{t:.1f}: {finding}")


def examine(home: dict[str, dict[str, Any]], log: Iterable[tuple[Any, ...]]) -> list[str]:
    """Every command without one cause, without one end or out of its time, and every belief that is none."""
    causes = Causes(home)
    for t, events in groupby(log, key=lambda event: float(event[1])):
        causes.take_all(t, list(events))
    return causes.faults
