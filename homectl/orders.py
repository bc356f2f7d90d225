"""What people said beforehand, in a running home: it is kept in the journal and looked after as time passes."""

import logging
from collections import Counter
from collections.abc import Callable
from math import inf

from homectl.control.holds import SOMEBODY
from homectl.control.modes import meaning
from homectl.control.orders import words_of_hold
from homectl.control.overrides import last_by_hand
from homectl.control.pipeline import Moment, ordered
from homectl.control.state import ControlState
from homectl.control.timetable import next_boundary, turned
from homectl.home import (
    BY_HAND,
    ActionRefused,
    Hold,
    HoldKind,
    JournalError,
    Mode,
    ModeSpan,
    Target,
    local_words,
    milliseconds,
    moment_of,
)
from homectl.journal import Journal

log = logging.getLogger(__name__)

LATE = 300.0
"""Seconds after which a schedule's turn that was passed over is worth a word."""

DAY = 86_400.0
WEEK = 7 * DAY
LONGEST_MODE = 366 * DAY


class Orders:
    """The holds, the mode and the schedules of one home under control."""

    def __init__(self, state: ControlState, journal: Journal, counts: Counter[str]) -> None:
        self._state, self._journal, self._counts = state, journal, counts
        self._looked, self._turn = -inf, -inf
        self._home: object = None

    def recall(self, now: Moment) -> None:
        """Begin with what people had said before this run."""
        spans = self._journal.orders.modes()
        self._state.mode = spans[-1] if spans and spans[-1].mode is not Mode.NONE and now.at < spans[-1].until else None
        for target, said in self._journal.orders.holds().items():
            if target not in now.home.targets:
                continue
            if isinstance(said, Hold) and (said.until is None or said.until > now.at):
                self._state.holds.restore(said, now, now.limits.hold.span(target.kind))
            elif not isinstance(said, Hold) and (last_by_hand(target, now.history, now.at) or -inf) <= said:
                self._state.holds.resume(target)
        self._look(now)

    # --- as time passes -------------------------------------------------------------------------------

    def due(self, now: Moment) -> set[Target]:
        """What is to be decided anew at once: a schedule has turned, a hold or the mode has ended."""
        found: set[Target] = set()
        mode, ended = self._state.mode, self._state.holds.ended(now)
        if mode is not None and now.at >= mode.until:
            self._state.mode = None
            found |= set(now.home.targets)
        found |= {hold.target for hold in ended if not _left_to_the_minute(hold, now)}
        for hold in ended:
            if hold.kind is HoldKind.EMPTY:
                self.resume(hold.target, now, "the room is empty")
        if now.home is not self._home or now.at >= self._turn:
            found |= self._turned(now)
        return found

    def _turned(self, now: Moment) -> set[Target]:
        """What a schedule began or ended for since the last look."""
        since = max(self._looked, now.at - WEEK)
        turn = next_boundary(now.home, since)
        self._look(now)
        if turn is None or turn > now.at:
            return set()
        if now.at - turn > LATE:
            self._counts["schedule turns passed late"] += 1
            log.info("a schedule turned %.0f min ago, unseen; what is wanted now counts", (now.at - turn) / 60)
        return turned(now.home, since, now.at)

    def _look(self, now: Moment) -> None:
        turn = next_boundary(now.home, now.at)
        later = now.at + DAY if turn is None else turn  # beyond the polar circle the sun's come again some day
        self._home, self._looked, self._turn = now.home, now.at, later

    # --- what a person says ---------------------------------------------------------------------------

    def hold(self, target: Target, kind: HoldKind, minutes: float | None, by: str, now: Moment) -> str:
        """Leave a target alone from now on; until when, in one sentence."""
        span = now.limits.hold.span(target.kind) if minutes is None else 60 * minutes
        hold = self._state.holds.ask(target, kind, span, by, now)
        unkept = self._unkept(lambda: self._journal.orders.record_hold(hold))
        note = f"; {hold.note}" if hold.note else ""
        return f"{target} is left alone {words_of_hold(hold, now.home.zone, now.at)}{note}{unkept}"

    def resume(self, target: Target, now: Moment, by: str = "") -> None:
        """End every hold on a target."""
        self._state.holds.resume(target)
        self._unkept(lambda: self._journal.orders.record_resume(target, now.at, by or SOMEBODY))

    def mode(self, mode: Mode, hours: float | None, until: str, by: str, now: Moment) -> str:
        """Set a mode or, with NONE, end it; what that means, in one sentence. ActionRefused for an impossible end."""
        end = now.at if mode is Mode.NONE else _end(mode, hours, until, now)
        span = ModeSpan(mode=mode, since=now.at, until=end, by=by or SOMEBODY)
        self._state.mode = None if mode is Mode.NONE else span
        unkept = self._unkept(lambda: self._journal.orders.record_mode(span))
        if mode is Mode.NONE:
            return f"no mode: everything is as ever{unkept}"
        return f"{mode} mode until {local_words(end, now.home.zone, now.at)}: {meaning(mode, now.home)}{unkept}"

    def _unkept(self, write: Callable[[], None]) -> str:
        """Why a restart would forget what was written; empty if it would not. The order counts all the same."""
        try:
            write()
        except JournalError as error:
            log.error("%s; a restart would forget what was just asked for", error)
            return f"; a restart would forget it: {error}"
        return ""


def _left_to_the_minute(hold: Hold, now: Moment) -> bool:
    """Policies are asked once a minute, and so find free what a hand's change held for minutes."""
    by_hand = hold.by == BY_HAND and hold.kind is HoldKind.MINUTES and not hold.note
    return by_hand and ordered(hold.target, now) is None


def _end(mode: Mode, hours: float | None, until: str, now: Moment) -> float:
    try:
        end = moment_of(until, now.home.zone, now.at) if until else inf
    except (ValueError, OverflowError) as error:
        raise ActionRefused("mode", str(error)) from None
    if not until:
        end = now.at + 3600 * (now.home.modes.of(mode).hours if hours is None else hours)
    if not now.at < end <= now.at + LONGEST_MODE:
        raise ActionRefused("mode", "expected an end after now and within a year")
    return milliseconds(end)
