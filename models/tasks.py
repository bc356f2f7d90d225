"""What the network is asked: one line per task, and the heads, losses and decodings follow from it."""

from dataclasses import dataclass

import numpy as np

from homectl.home import Kind, Times


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One question. Without bins the answer is a probability, else a distribution over the bins' centres."""

    name: str
    kind: Kind | None = None  # the targets it is asked of; None: all
    bins: tuple[float, ...] = ()
    weight: float = 1.0
    lead: float = 0.0  # seconds: a setting is wanted this long before a person gets round to making it
    auxiliary: bool = False  # helps the trunk, commands nothing
    late: bool = False  # its head also sees what is set now, after the trunk

    @property
    def size(self) -> int:
        return len(self.bins) or 1

    @property
    def centres(self) -> Times:
        return np.array(self.bins)


LEVELS = tuple(round(0.1 * step, 1) for step in range(1, 11))
"""Lamp levels, 0 … 1."""

DEGREES = tuple(0.5 * step for step in range(-12, 13))
"""Setpoints in °C above the target's own median."""

TASKS: tuple[Task, ...] = (
    Task(name="light_on", kind=Kind.LIGHT, lead=60),
    Task(name="light_level", kind=Kind.LIGHT, bins=LEVELS, weight=0.5, lead=60),
    Task(name="setpoint", kind=Kind.SETPOINT, bins=DEGREES, lead=600),
    Task(name="lock_wanted", kind=Kind.LOCK, lead=60),
    Task(name="presence_30", auxiliary=True, weight=0.3, lead=1800),
    Task(name="presence_60", auxiliary=True, weight=0.3, lead=3600),
    Task(name="presence_120", auxiliary=True, weight=0.3, lead=7200),
    Task(name="door_opens_15", auxiliary=True, weight=0.5, lead=900),
    *(
        Task(name=f"{kind}_change", kind=kind, auxiliary=True, late=True, weight=0.2, lead=600)
        for kind in (Kind.LIGHT, Kind.SETPOINT, Kind.LOCK)
    ),
)

COLUMN: dict[str, int] = {task.name: place for place, task in enumerate(TASKS)}
"""Where a task stands in arrays of labels."""

SLICE: dict[str, slice] = {}
"""Where a task's outputs stand among all outputs of the network."""
_start = 0
for _task in TASKS:
    SLICE[_task.name] = slice(_start, _start + _task.size)
    _start += _task.size

OUTPUTS = _start
"""How many numbers the network answers with."""

EARLY = next(SLICE[task.name].start for task in TASKS if task.late)
"""How many of them it answers without being told what is set now: those of the tasks before the late ones."""
