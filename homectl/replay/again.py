"""One stored decision once more: the readings of the journal give the same answer, bit for bit."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from homectl.control.arbiter import winners
from homectl.control.autonomy import AutonomySettings
from homectl.control.limits import Limits
from homectl.control.pipeline import Moment, foresee
from homectl.control.state import ControlState
from homectl.home import ORIGIN_CODE, Cause, Decision, History, Home, Origin, Policy, Record, Track
from homectl.journal import Journal

REMEMBERED = 36 * 86_400.0
"""Seconds of the past that a decision can rest on: more than any habit counts."""

BY_POLICIES = (Cause.LEARNED, Cause.RULES)
"""What is computed; the rest was ordered by people or by safety."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deciding:
    """Who decided, and within which bounds."""

    policy: Policy
    fallback: Policy
    limits: Limits
    autonomy: AutonomySettings


def known(journal: Journal, at: float) -> tuple[History, ...]:
    """What a home knew when it decided something at a time, UTC seconds.

    What was heard before its last start was restored, not heard. Where homectl itself had caused something by that very
    millisecond nobody can say whether that had come yet: then it is told without and with it.
    """
    history, started = journal.history(at - REMEMBERED, at + 0.001), journal.last_start(at)
    echoed = any(_echoes(track, at).any() for track in history.tracks.values())
    return tuple(_known(history, at, started, echoes) for echoes in ((False, True) if echoed else (True,)))


def _known(history: History, at: float, started: float, echoes: bool) -> History:
    tracks = {signal: _cut(track, at, started, echoes) for signal, track in history.tracks.items()}
    return History({signal: track for signal, track in tracks.items() if len(track)})


def _echoes(track: Track, at: float) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (track.times >= at) & (track.origins == ORIGIN_CODE[Origin.HOMECTL])
    return found


def _cut(track: Track, at: float, started: float, echoes: bool) -> Track:
    live = (track.seen == track.times) & (track.times >= started)
    kept = np.ones(len(track), dtype=np.bool_) if echoes else ~_echoes(track, at)
    return Track.of(track.times[kept], track.values[kept], track.origins[kept], live[kept])


def again(record: Record, home: Home, history: History, deciding: Deciding) -> Decision | None:
    """What the policies want of the record's target, given what was known at its time; None: no opinion at all."""
    now = Moment(
        home=home,
        history=history,
        at=record.since,
        elapsed=record.since,
        state=ControlState(record.since),
        limits=deciding.limits,
        autonomy=deciding.autonomy,
        new_id=lambda: "",
    )
    return winners(foresee(now, deciding.policy, deciding.fallback, [record.target])).get(record.target)


def same(record: Record, decision: Decision | None) -> bool:
    """Whether a decision is that of the record to the last bit."""
    if decision is None:
        return False
    setting = "" if decision.setting is None else str(decision.setting)
    sure = np.array((decision.confidence, record.confidence))
    return (setting, decision.cause) == (record.setting, record.cause) and np.array_equal(sure[:1], sure[1:], True)
