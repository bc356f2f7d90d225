"""A running home's past: every question is answered in a thread of its own, so that nothing waits for it."""

import asyncio
import logging
import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from homectl.control.autonomy import AutonomySettings
from homectl.control.pipeline import explain
from homectl.home import (
    AgeLimits,
    AreaUnknown,
    DecisionsView,
    DecisionView,
    Device,
    DeviceUnknown,
    Home,
    HomeError,
    JournalDamaged,
    LogView,
    ModelView,
    Policy,
    Quantity,
    Record,
    Ruling,
    SeriesView,
    Signal,
    Target,
    local_words,
)
from homectl.journal import PastReader
from homectl.learning.days import day_of, midnight
from homectl.past import logbook as book
from homectl.past.record import MOST_LESSONS, Looked, candidates, looked_back, trained

DAY = 86_400.0
PATIENCE = 2.0
"""Seconds of work that a question may take, however busy the machine is with others."""

MOST_WAITING = 8
"""Questions that may wait for their turn."""

CAME_TO_SOMETHING = tuple(ruling for ruling in Ruling if ruling is not Ruling.NOTHING)
LEARNING = frozenset({"shadowed", "scored", "promoted", "rejected", "rolled back", "dropped", "skipped", "drifted"})

SENSELESS = (ValueError, TypeError, LookupError, AttributeError, OverflowError)
"""How rows fail to be words of a home which are none."""

T = TypeVar("T")

log = logging.getLogger(__name__)


class Remembered:
    """Implements Past over the journal in a file. Call `close` at the end."""

    def __init__(
        self,
        journal: Path,
        *,
        home: Callable[[], Home],
        now: Callable[[], float],
        worked: Callable[[], float],
        policy: Policy,
        ages: AgeLimits,
        autonomy: AutonomySettings,
    ) -> None:
        """`home` and `now` are the home and its time as they are known; `worked`: how long its thread did work."""
        self._journal, self._home, self._now, self._worked = journal, home, now, worked
        self._policy, self._ages, self._autonomy = policy, ages, autonomy
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="past")
        self._waiting, self._closed = 0, False

    def close(self) -> None:
        """End what is asked now, and answer nothing more."""
        self._closed = True
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def readings(
        self, device: str, quantity: Quantity, since: float | None, until: float | None, points: int
    ) -> SeriesView:
        home, end = self._home(), self._now() if until is None else until
        start = end - DAY if since is None else since
        return await self.ask(lambda reader: self._series(reader, home, Signal(device, quantity), start, end, points))

    async def decisions(
        self, target: Target | None, since: float | None, until: float | None, limit: int, *, idle: bool = False
    ) -> DecisionsView:
        home, now = self._home(), self._now()
        end = now if until is None else until
        start = end - DAY if since is None else since
        if target is not None and target not in home.targets:
            raise DeviceUnknown(str(target), [str(known) for known in home.targets])
        targets = home.targets if target is None else (target,)
        rulings = tuple(Ruling) if idle else CAME_TO_SOMETHING
        return await self.ask(lambda reader: _decided(reader, home, targets, (start, end), rulings, limit, now))

    async def logbook(self, since: float | None, until: float | None, area: str | None, limit: int) -> LogView:
        home, now = self._home(), self._now()
        if area is not None and area not in {one.id for one in home.areas}:
            raise AreaUnknown(area, [one.id for one in home.areas])
        span = book.Span(0.0 if since is None else since, now + 1 if until is None else until, limit, area)
        return await self.ask(lambda reader: book.logbook(reader, home, span, now))

    async def model(self, days: int) -> ModelView:
        home, now = self._home(), self._now()
        return await self.ask(lambda reader: self._record(reader, home, now, days))

    async def ask(self, question: Callable[[PastReader], T]) -> T:
        """What a question finds. HomeError where too many wait already, JournalError where it takes too long."""
        if self._closed:
            raise HomeError("homectl is stopping; ask again once it runs")
        if self._waiting >= MOST_WAITING:
            raise HomeError(f"{MOST_WAITING} questions about the past wait already; ask again in a moment")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._answer, question)
        finally:
            self._waiting -= 1

    def _answer(self, question: Callable[[PastReader], T]) -> T:
        with self._reader() as reader:
            try:
                return question(reader)
            except SENSELESS as error:
                log.exception("the journal cannot be told of")
                raise JournalDamaged(
                    f"The journal holds what makes no sense ({type(error).__name__}); ask about another time"
                ) from error

    @contextmanager
    def _reader(self) -> Iterator[PastReader]:
        deadline = self._worked() + PATIENCE
        with PastReader.open(self._journal, lambda: self._closed or self._worked() > deadline) as reader:
            yield reader

    def _series(
        self, reader: PastReader, home: Home, signal: Signal, start: float, end: float, most: int
    ) -> SeriesView:
        device = home.by_id.get(signal.device)
        if device is None and not reader.knows(signal.device):
            raise DeviceUnknown(signal.device, list(home.by_id))
        found = reader.points(signal, start, end, most)
        return SeriesView(
            device=signal.device,
            quantity=signal.quantity,
            timezone=home.timezone,
            since=start,
            until=end,
            fresh_for=self._ages.of(device or Device(id=signal.device), signal.quantity),
            readings=sum(point.readings for point in found),
            before=reader.before(signal, start),
            times=tuple(point.at for point in found),
            low=tuple(point.low for point in found),
            high=tuple(point.high for point in found),
            last=tuple(point.last for point in found),
        )

    def _record(self, reader: PastReader, home: Home, now: float, days: int) -> ModelView:
        newest = reader.lessons(0.0, now + 1, MOST_LESSONS)
        start = midnight(day_of(now, home.zone) - timedelta(days=days - 1), home.zone)
        looked = Looked(home, self._autonomy, self._policy.cause, start, now)
        accuracy, reliability = looked_back(reader, looked)
        return ModelView(
            policy=self._policy.name,
            trained=trained(reversed(newest), self._policy.cause, home, now),
            days=days,
            candidates=candidates((one for one in newest if one.event in LEARNING), home, now),
            accuracy=tuple(accuracy),
            reliability=tuple(reliability),
        )


def _decided(
    reader: PastReader,
    home: Home,
    targets: Sequence[Target],
    span: tuple[float, float],
    rulings: Sequence[Ruling],
    limit: int,
    now: float,
) -> DecisionsView:
    found = [one for target in targets for one in reader.decisions(target, *span, rulings, limit + 1)]
    found.sort(key=lambda one: one.since, reverse=True)
    last = found[limit - 1].since if len(found) > limit else None
    told = (_decision(one, home, now) for one in found if last is None or one.since >= last)
    return DecisionsView(decisions=tuple(told), earlier=last)


def _decision(record: Record, home: Home, now: float) -> DecisionView:
    known = record.target.device in home.by_id
    return DecisionView(
        at=record.since,
        until=record.until,
        local_time=local_words(record.since, home.zone, now),
        target=str(record.target),
        setting=record.setting,
        ruling=record.ruling,
        cause=str(record.cause),
        confidence=record.confidence if math.isfinite(record.confidence) else None,
        rule=record.rule,
        said=explain(record, home) if known else f"{record.target}: {record.setting} {record.ruling}, {record.reason}.",
    )
