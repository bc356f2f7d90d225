"""How a home was run: when each run began, when something was decided in it, and what people asked of it."""

import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from homectl.home import Cause, CommandState, Kind, Light, Lock, Setpoint, Setting, Target
from homectl.journal.orders import has
from homectl.journal.rows import Turn, ms, target_of

FARTHEST = 1e12
"""Seconds that no home lives from."""

_ON = re.compile(r"on at (\d+)%")
_CELSIUS = re.compile(r"(-?\d+\.\d) °C")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asked of a target through homectl, and what became of it. `setting` None: to unlock."""

    at: float
    target: Target
    setting: Setting | None
    state: CommandState


class Runs:
    """The runs that one journal tells of; none in one from before they were kept."""

    def __init__(self, db: Callable[[], sqlite3.Connection]) -> None:
        """`db` is the connection there is now."""
        self._db = db

    def starts(self) -> list[float]:
        """When each run began, UTC seconds."""
        if not has(self._db(), "runs"):
            return []
        return [at / 1000 for (at,) in self._db().execute("SELECT at FROM runs ORDER BY at")]

    def last(self, at: float) -> float:
        """When the run began that a time is in, UTC seconds; -inf where nothing tells."""
        return max((began for began in self.starts() if ms(began) <= ms(at)), default=float("-inf"))

    def turns(self, start: float, end: float) -> list[Turn]:
        """When something was decided, start ≤ time < end, in order."""
        if not has(self._db(), "turns"):
            return []
        query = "SELECT * FROM turns WHERE at >= ? AND at < ? ORDER BY rowid"
        rows = self._db().execute(query, _span(start, end))
        return [Turn(at / 1000, heard) for at, heard in rows]

    def asked(self, start: float, end: float) -> list[Asked]:
        """What people asked for, start ≤ time < end, in order."""
        query = (
            "SELECT issued, target, setting, state FROM commands WHERE cause = ? AND issued >= ? AND issued < ? "
            "ORDER BY issued, rowid"
        )
        rows = self._db().execute(query, (Cause.PERSON, *_span(start, end)))
        return [
            Asked(issued / 1000, target_of(target), setting_in(target_of(target).kind, setting), CommandState(state))
            for issued, target, setting, state in rows
        ]


def _span(start: float, end: float) -> tuple[int, int]:
    return ms(max(start, -FARTHEST)), ms(min(end, FARTHEST))


def setting_in(kind: Kind, text: str) -> Setting | None:
    """The setting that a text of the journal means, a level to the percent; None where it means none."""
    if kind is Kind.LIGHT:
        level = _ON.fullmatch(text)
        words = {"on": Light(True), "off": Light(False)}
        return Light(True, int(level[1]) / 100) if level else words.get(text)
    if kind is Kind.SETPOINT:
        celsius = _CELSIUS.fullmatch(text)
        return Setpoint(float(celsius[1])) if celsius else None
    return Lock() if text == str(Lock()) else None
