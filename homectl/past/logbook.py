"""The logbook: what was changed, to what, by whom, why, and when, out of everything a journal keeps."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from homectl.control.orders import words_of_hold
from homectl.control.overrides import JITTER, SETTABLE
from homectl.home import (
    ASKED,
    FORCED,
    HOMECTL,
    Act,
    Cause,
    CommandState,
    Deed,
    Event,
    Hold,
    Home,
    Kind,
    Lesson,
    LogKind,
    LogRow,
    LogView,
    Mode,
    ModeSpan,
    Origin,
    Quantity,
    Signal,
    Step,
    Target,
    agrees,
    local_words,
)
from homectl.journal import PastReader
from homectl.journal.past import Errand, Turned
from homectl.journal.runs import setting_in
from homectl.past.words import (
    BY_CAUSE,
    area_of,
    by_actor,
    by_origin,
    name_of,
    name_of_area,
    setting_words,
    target_told_by,
    value_words,
)
from homectl.views import text_of

NOT_OURS = (Origin.PERSON, Origin.AUTOMATION, Origin.UNKNOWN)
"""Hands whose changes are known only from what devices report."""

ALARMS = (Quantity.SMOKE, Quantity.CARBON_MONOXIDE)
FIRST_LOOK = 2 * 86_400.0
"""Seconds that are looked at first; each further look is four times as long."""

AT_ONCE = 10.0
"""Seconds within which a report and what explains it are one thing."""

LATEST = 2 * 3600.0
"""Seconds that a device may take to report what was asked of it."""

ACTS: dict[Act, str] = {
    Act.LOCK: "locked",
    Act.UNLOCK: "unlocked",
    Act.JAM: "jammed",
    Act.LOCKED_OUT: "unlocking stopped after too many wrong PINs",
    Act.ADDED: "may unlock with a PIN",
    Act.CHANGED: "has a new PIN",
    Act.REMOVED: "may not unlock any more",
    Act.BROKEN: "found to have been changed by other hands",
}
REPORTED = frozenset({"reported", "done", "kept"})
TEACHES = frozenset({Event.SHADOWED, Event.PROMOTED, Event.REJECTED, Event.ROLLED_BACK, Event.DROPPED})


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, UTC seconds without its end, how many of its newest rows are wanted, and of which area."""

    start: float
    end: float
    limit: int
    area: str | None


def logbook(reader: PastReader, home: Home, span: Span, now: float) -> LogView:
    """The newest rows of a span; more than its limit only where several happened at the same time as the last."""
    rows: list[LogRow] = []
    oldest, end, width = max(span.start, reader.oldest() - 1), span.end, FIRST_LOOK
    while end > oldest and len(rows) <= span.limit:
        start = max(oldest, end - width)
        rows += _rows(reader, home, Span(start, end, span.limit + 1 - len(rows), span.area), now)
        end, width = start, 4 * width
    if len(rows) <= span.limit:
        return LogView(rows=tuple(rows))
    last = rows[span.limit - 1].at
    return LogView(rows=tuple(row for row in rows if row.at >= last), earlier=last)


def _rows(reader: PastReader, home: Home, span: Span, now: float) -> list[LogRow]:
    book = _Book(home, now)
    asked = None if span.area is None else home.targets_in(span.area)
    errands = reader.errands(span.start - LATEST, span.end, span.limit + 1, asked)
    deeds = reader.deeds(span.start - AT_ONCE, span.end + AT_ONCE, 2 * span.limit + 2, asked)
    told = list(_told(reader, home, span))
    rows = [
        *map(book.deed, (deed for deed in deeds if deed.outcome != CommandState.ASKED)),
        *map(book.errand, (one for one in errands if not _in_audit(one, deeds))),
        *(book.report(*one) for one in _joined(told) if not _explained(one[0], errands, deeds)),
        *(book.hold(*one) for one in reader.holds(span.start, span.end, span.limit, asked)),
        *map(book.step, reader.steps(span.start, span.end, span.limit, span.area)),
    ]
    if span.area is None:
        rows += map(book.mode, reader.modes(span.start, span.end, span.limit))
        rows += map(book.lesson, reader.lessons(span.start, span.end, span.limit))
    wanted = (row for row in rows if span.start <= row.at < span.end and span.area in (None, row.area))
    return sorted(wanted, key=lambda row: row.at, reverse=True)


def _told(reader: PastReader, home: Home, span: Span) -> Iterator[Turned]:
    """What devices say was changed by hands that homectl has no command of, and alarms."""
    for device in home.devices:
        if span.area not in (None, device.area):
            continue
        for quantity in sorted(device.senses & {*SETTABLE, *ALARMS}) or sorted({*SETTABLE, *ALARMS}):
            origins = (*NOT_OURS, Origin.SENSED) if quantity in ALARMS else NOT_OURS
            about = (span.start, span.end, origins, JITTER.get(quantity, 0.0), span.limit)
            yield from reader.turned(Signal(device.id, quantity), *about)


def _joined(told: Iterable[Turned]) -> Iterator[tuple[Turned, float | None]]:
    """Changes, a lamp's being switched on with the level it came on at; that of a lamp switched off is none."""
    found = list(told)
    levels = {(t.signal.device, t.at): t.value for t in found if t.signal.quantity is Quantity.LIGHT_LEVEL}
    switched = {(t.signal.device, t.at) for t in found if t.signal.quantity is Quantity.LIGHT_ON}
    for one in found:
        where = one.signal.device, one.at
        if one.signal.quantity is Quantity.LIGHT_ON and one.value >= 0.5:
            yield one, levels.get(where)
        elif one.signal.quantity is not Quantity.LIGHT_LEVEL or where not in switched:
            yield one, None


def _explained(one: Turned, errands: Iterable[Errand], deeds: Iterable[Deed]) -> bool:
    """Whether a row about a command, or of the audit, tells of the same."""
    target = target_told_by(*one.signal)
    if target is None:
        return False
    if target.kind is Kind.LOCK:
        return any(deed.target == str(target) and abs(deed.at - one.at) <= AT_ONCE for deed in deeds)
    for errand in errands:
        setting = setting_in(target.kind, errand.setting) if errand.target == target else None
        ended = one.at if errand.ended is None else errand.ended
        meant = setting is not None and agrees(setting, one.signal.quantity, one.value)
        if meant and errand.issued <= one.at <= ended + AT_ONCE:
            return True
    return False


def _in_audit(errand: Errand, deeds: Iterable[Deed]) -> bool:
    target, end = str(errand.target), errand.issued if errand.ended is None else errand.ended
    return errand.target.kind is Kind.LOCK and any(
        deed.target == target and errand.issued - AT_ONCE <= deed.at <= end + AT_ONCE for deed in deeds
    )


@dataclass(frozen=True, slots=True)
class _Book:
    """Writes rows of one home."""

    home: Home
    now: float

    def report(self, one: Turned, level: float | None) -> LogRow:
        device, quantity = one.signal
        target = target_told_by(device, quantity)
        kind = LogKind.ALARM if target is None else LogKind(target.kind)
        by = "by its detector" if target is None else by_origin(one.origin)
        to = value_words(quantity, one.value) if level is None else f"on at {text_of(Quantity.LIGHT_LEVEL, level)}"
        return self._row(one.at, kind, device, to, by)

    def errand(self, one: Errand) -> LogRow:
        became = f"{one.state}: {one.detail}" if one.detail else str(one.state)
        to, kind = setting_words(one.target.kind, one.setting), LogKind(one.target.kind)
        by_person = one.cause is Cause.PERSON
        who = one.reason.removesuffix(f" {ASKED}") if by_person else one.reason
        by = BY_CAUSE[one.cause] if who == one.reason else f"by {who}"
        return self._row(one.issued, kind, one.target.device, to, by, "" if by_person else one.reason, became)

    def deed(self, one: Deed) -> LogRow:
        device, _, kind = one.target.partition("/")
        what = "" if kind else one.target
        became = "" if one.outcome in REPORTED else one.outcome
        about = (one.at, LogKind.LOCK, device, ACTS.get(one.act, one.act), by_actor(one.actor), one.detail, became)
        return self._row(*about, what=what)

    def hold(self, at: float, target: Target, said: Hold | str) -> LogRow:
        if isinstance(said, str):
            return self._row(at, LogKind.HOLD, target.device, "left alone no longer", by_actor(said))
        until = "" if said.until is None else local_words(said.until, self.home.zone, said.since)
        words = f"until {until}" if until else words_of_hold(said, self.home.zone, at)
        return self._row(at, LogKind.HOLD, target.device, f"left alone {words}", by_actor(said.by), said.note)

    def mode(self, span: ModeSpan) -> LogRow:
        until = local_words(span.until, self.home.zone, span.since)
        to = "in no mode any more" if span.mode is Mode.NONE else f"in {span.mode} mode until {until}"
        return self._row(span.since, LogKind.MODE, "", to, by_actor(span.by), what=self.home.name or self.home.id)

    def step(self, step: Step) -> LogRow:
        area, level = step.rung.area, step.level
        what = f"{name_of_area(self.home, area) or 'Unplaced'}: {step.rung.kind}"
        to = f"let to {level or 'what is configured'}{f' {FORCED}' if step.why == FORCED else ''}"
        by = by_actor("homectl" if step.by == HOMECTL else step.by)
        why = "" if step.why in (ASKED, FORCED) else step.why
        return self._row(step.since, LogKind.LADDER, "", to, by, why, what=what, area=area)

    def lesson(self, lesson: Lesson) -> LogRow:
        what = "Learning" if lesson.model is None else f"Own model {lesson.model}"
        by = "by homectl, at night" if lesson.event in TEACHES else "by homectl"
        return self._row(lesson.at, LogKind.LEARNING, "", str(lesson.event), by, lesson.said, what=what)

    def _row(
        self,
        at: float,
        kind: LogKind,
        device: str,
        to: str,
        by: str,
        why: str = "",
        became: str = "",
        *,
        what: str = "",
        area: str = "",
    ) -> LogRow:
        return LogRow(
            at=at,
            local_time=local_words(at, self.home.zone, self.now),
            what=what or name_of(self.home, device),
            to=to,
            by=by,
            why=why,
            kind=kind,
            became=became,
            area=area or area_of(self.home, device),
            device=device,
        )
