"""What a stage of the suite is: a named measurement whose result is figures and checks, and nothing else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Json = dict[str, Any]
Progress = Callable[[str, float], None]
"""Told what is being done and the share of it that is done, 0 … 1."""

LOWER: Literal["≤"] = "≤"
HIGHER: Literal["≥"] = "≥"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A figure; `must` and `aim` are bounds on the side that `better` says. A value of None could not be measured."""

    name: str
    value: float | None
    must: float | None = None
    aim: float | None = None
    better: Literal["≤", "≥"] = LOWER

    @property
    def ok(self) -> bool:
        """Nothing that must be is missed. An aim that is missed is shown, not failed."""
        return self.must is None or self._within(self.must)

    @property
    def aimed(self) -> bool | None:
        """Whether the aim is reached; None without one."""
        return None if self.aim is None else self._within(self.aim)

    def as_json(self) -> Json:
        value = None if self.value is None or self.value != self.value else float(f"{self.value:.4g}")
        return {
            "name": self.name,
            "value": value,
            "must": self._said(self.must),
            "aim": self._said(self.aim),
            "ok": self.ok,
        }

    def _within(self, bound: float) -> bool:
        if self.value is None:
            return False
        return self.value <= bound if self.better == LOWER else self.value >= bound

    def _said(self, bound: float | None) -> str | None:
        return None if bound is None else f"{self.better} {bound:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What is asked of the whole suite."""

    cache: Path  # results, unfinished work and recorded homes are kept here
    quick: bool = False  # a tenth of the work, for a look: few homes, one seed
    seeds: tuple[int, ...] = (0, 1, 2)  # of trained networks
    processes: int = 2
    checkpoint: Path | None = None  # the network that is judged; None: the shipped one
    data: Path | None = None  # folder of recorded logs of real homes
    journals: Path | None = None  # folder with train/SEED.db and unseen/SEED.db, instead of simulating


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Figures beside each other, to be read by people; None where there is no figure."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | float | None, ...], ...]  # each begins with a name


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a stage found. `figures` and `tables` hold no time that the machine took: that is `timing`, in seconds.

    A stage that cannot be measured here says why in `skipped`; that never counts as passed.
    """

    checks: tuple[Check, ...] = ()
    figures: Json = field(default_factory=dict)
    tables: tuple[Table, ...] = ()
    timing: dict[str, float] = field(default_factory=dict)
    skipped: str = ""

    def as_json(self) -> Json:
        checks = [check.as_json() for check in self.checks]
        return {"checks": checks, "figures": self.figures, "timing": self.timing, "skipped": self.skipped}


Work = Callable[..., Json]
"""A function of a module (it is sent to another process) whose answer is JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What a stage is handed beside the settings."""

    results: Mapping[str, Result]  # of the stages it needs, by name
    folder: Path  # its own; kept through a kill, another one when settings or code change
    folders: Mapping[str, Path]  # those of the stages it needs, by name
    progress: Progress
    each: Callable[[Work, Mapping[str, tuple[Any, ...]]], dict[str, Json]]
    """`each(work, jobs)` is {name: work(*jobs[name])}, done in `processes` child processes.

    Every answer is kept as a file of the stage's folder as soon as it is there: after a kill only the rest is done.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A measurement. `run` is pure: the same settings and inputs give the same figures and checks.

    A result is kept until the settings change, the network, or a file of ours that the stage's module imports.
    """

    name: str
    about: str  # one line for the one who waits
    run: Callable[[Settings, Inputs], Result]
    needs: tuple[str, ...] = ()  # names of stages that come first
    judges: bool = True  # whether the network in judgement has a part in the result
    reads: bool = False  # whether recorded logs of real homes have
