"""A past in which every text is one of somebody else's choice."""

from homectl.home import (
    AccuracyView,
    CandidateView,
    DecisionsView,
    DecisionView,
    FigureView,
    Kind,
    LogKind,
    LogRow,
    LogView,
    ModelView,
    Quantity,
    Ruling,
    SeriesView,
    Target,
)
from tests.dashboard.hostile import HOSTILE
from tests.fakes import NOON


class HostilePast:
    """Implements Past: one row for each text, in every field that is one."""

    async def readings(
        self, device: str, quantity: Quantity, since: float | None, until: float | None, points: int
    ) -> SeriesView:
        values = (0.0, 1.0)
        about = {"device": device, "quantity": quantity, "timezone": "Europe/Berlin", "fresh_for": 600.0}
        span = {"since": NOON - 60, "until": NOON, "readings": 2, "before": None, "times": (NOON - 50, NOON - 5)}
        return SeriesView(**about, **span, low=values, high=values, last=values)

    async def decisions(
        self, target: Target | None, since: float | None, until: float | None, limit: int, *, idle: bool = False
    ) -> DecisionsView:
        return DecisionsView(decisions=tuple(_decision(text, n) for n, text in enumerate(HOSTILE)))

    async def logbook(self, since: float | None, until: float | None, area: str | None, limit: int) -> LogView:
        return LogView(rows=tuple(_row(text, n) for n, text in enumerate(HOSTILE)))

    async def model(self, days: int) -> ModelView:
        accuracy = AccuracyView(day="2025-01-06", task=Kind.LIGHT, right=1, of=2, foreseen=1, changes=2)
        candidates = tuple(_candidate(text, n) for n, text in enumerate(HOSTILE))
        about = {"policy": HOSTILE[0], "trained": HOSTILE[1], "days": days}
        return ModelView(**about, candidates=candidates, accuracy=(accuracy,), reliability=())


def _decision(text: str, number: int) -> DecisionView:
    about = {"at": NOON - number, "until": NOON, "ruling": Ruling.REFUSED, "confidence": 0.5}
    words = dict.fromkeys(("local_time", "target", "setting", "cause", "rule", "said"), text)
    return DecisionView(**about, **words)


def _row(text: str, number: int) -> LogRow:
    words = dict.fromkeys(("local_time", "what", "to", "by", "why", "became"), text)
    return LogRow(at=NOON - number, kind=LogKind.LIGHT, **words)


def _candidate(text: str, number: int) -> CandidateView:
    numbers = dict.fromkeys(("champion", "challenger", "change", "low", "high"), 0.5)
    figure = FigureView(task=text, days=7, agreement=None, **numbers)
    words = dict.fromkeys(("local_time", "verdict", "said"), text)
    return CandidateView(at=NOON - number, model=number, days=(text, text), figures=(figure,), **words)
