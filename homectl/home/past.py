"""What a home remembers of itself, as a person asks for it. Every answer is bounded."""

from enum import StrEnum
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from homectl.home.decisions import Ruling
from homectl.home.readings import Quantity
from homectl.home.targets import Kind, Target

MOST_POINTS = 2000
"""Points that a plot is ever given."""

MOST_ROWS = 500
"""Rows that a list is ever given at once."""


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True)


class SeriesView(_Told):
    """One signal over time. Times are UTC seconds, ascending; None: the device did not know.

    Every point stands for the readings of a stretch of time up to it: the lowest, the highest and the last of them.
    `before` is the last value before `since`. What is measured is fresh for `fresh_for` seconds.
    """

    device: str
    quantity: Quantity
    timezone: str
    since: float
    until: float
    fresh_for: float
    readings: int  # how many the points stand for
    before: float | None
    times: tuple[float, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]
    last: tuple[float | None, ...]


class DecisionView(_Told):
    """One stored decision: it stood from `at` until `until`, and became `state` if it was carried out."""

    at: float
    until: float
    local_time: str
    target: str
    setting: str
    ruling: Ruling
    cause: str
    confidence: float | None
    rule: str
    said: str  # one sentence: what was decided, and why


class DecisionsView(_Told):
    """The newest first. `earlier`: ask again with `until` at this time for those before; None: these are all.

    More than asked for only where several were made at the same time as the last.
    """

    decisions: tuple[DecisionView, ...]
    earlier: float | None = None


class LogKind(StrEnum):
    """What a row of the logbook is about."""

    LIGHT = "light"
    SETPOINT = "setpoint"
    LOCK = "lock"
    ALARM = "alarm"
    HOLD = "hold"
    MODE = "mode"
    LADDER = "ladder"
    LEARNING = "learning"


class LogRow(_Told):
    """What, to what, by whom, why, and when: `Kitchen ceiling`, `on at 60%`, `by hand`. `why` may be empty.

    `became` is what became of what was asked, empty for what a device reported by itself.
    """

    at: float
    local_time: str
    what: str
    to: str
    by: str
    why: str
    kind: LogKind
    became: str = ""
    area: str = ""  # its id; empty for the whole home
    device: str = ""


class LogView(_Told):
    """The newest first. `earlier`: ask again with `until` at this time for the rows before; None: there are none."""

    rows: tuple[LogRow, ...]
    earlier: float | None = None


class FigureView(_Told):
    """One task's log loss under the model in charge and under a candidate, and the change with its 90 % interval."""

    task: str
    days: int
    champion: float
    challenger: float
    change: float
    low: float
    high: float
    agreement: float | None


class CandidateView(_Told):
    """What learning came to at one time. `model`: the number of an own model; None where it is about none."""

    at: float
    local_time: str
    verdict: str  # promoted, rejected, shadowed, scored, skipped …
    said: str
    model: int | None
    days: tuple[str, ...]  # the first and the last that it learned from
    figures: tuple[FigureView, ...]


class AccuracyView(_Told):
    """One local day of one task: of what people answered `of`, they let stand or did themselves `right`.

    `changes` are those that people made, `foreseen` those of them that were proposed.
    """

    day: str
    task: Kind
    right: int
    of: int
    foreseen: int
    changes: int


class BinView(_Told):
    """Answered proposals of which about `said` was said, and how many of them were right."""

    said: float
    happened: float
    count: int


class ReliabilityView(_Told):
    task: Kind
    bins: tuple[BinView, ...]


class ModelView(_Told):
    """The record of who decides. `accuracy` is ascending, `candidates` are the newest first."""

    policy: str
    trained: str
    days: int  # local days that accuracy and reliability look back
    candidates: tuple[CandidateView, ...]
    accuracy: tuple[AccuracyView, ...]
    reliability: tuple[ReliabilityView, ...]


class Past(Protocol):
    """What can be asked of a home's past. Times are UTC seconds; `until` None is now, `since` None as said."""

    async def readings(
        self, device: str, quantity: Quantity, since: float | None, until: float | None, points: int
    ) -> SeriesView:
        """At most `points` points; the last day without `since`. DeviceUnknown for a device nobody has heard of."""

    async def decisions(
        self, target: Target | None, since: float | None, until: float | None, limit: int, *, idle: bool = False
    ) -> DecisionsView:
        """Those of a target, or of all, that came to something; with `idle` also those that left it alone."""

    async def logbook(self, since: float | None, until: float | None, area: str | None, limit: int) -> LogView:
        """What was changed in the home or in one area, by whom and why; from its beginning without `since`.

        AreaUnknown for an area that is none.
        """

    async def model(self, days: int) -> ModelView:
        """The record of who decides, over the last `days` local days."""
