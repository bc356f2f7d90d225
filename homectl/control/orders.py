"""What stands above the policies for one target: safety, a person's hold, a mode, a schedule, each as a lease."""

from math import inf
from zoneinfo import ZoneInfo

from homectl.control import modes
from homectl.control.arbiter import Lease, Level
from homectl.control.present import Present
from homectl.control.state import ControlState
from homectl.control.timetable import in_force
from homectl.home import Hold, HoldKind, Target, local_words


def leases(target: Target, now: Present, state: ControlState) -> list[Lease]:
    """All that somebody said beforehand of a target and that counts now; none in a home where nobody said anything."""
    hold = state.holds.hold(target, now)
    found = [
        state.granted.get(target),
        None if hold is None else _of_hold(hold, now),
        modes.lease(state.mode, target, now),
        _of_schedule(target, now),
    ]
    return [lease for lease in found if lease is not None and lease.counts(now.at)]


def _of_hold(hold: Hold, now: Present) -> Lease:
    until = inf if hold.until is None else hold.until
    why = f"held by a person {_end_of_hold(hold, now)}"
    return Lease(target=hold.target, level=Level.HOLD, setting=None, since=-inf, until=until, why=why)


def _end_of_hold(hold: Hold, now: Present) -> str:
    """Until when, not for how much longer: the reason is read for as long as it stands."""
    if hold.kind is HoldKind.MINUTES and hold.until is not None:
        return f"until {local_words(hold.until, now.home.zone, now.at)}"
    return words_of_hold(hold, now.home.zone, now.at)


def words_of_hold(hold: Hold, zone: ZoneInfo, at: float, left: float | None = None) -> str:
    """Until when a target is held; `left` seconds if they are known better than by the wall clock."""
    match hold.kind:
        case HoldKind.EMPTY:
            return "until the room is empty"
        case HoldKind.RESUMED:
            return "until somebody resumes it"
        case HoldKind.SCHEDULE if hold.until is not None:
            return f"until {local_words(hold.until, zone, at)}, when its schedule turns"
    return f"for {_minutes((hold.until or at) - at if left is None else left)} more"


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 60 else f"{seconds:.0f} s"


def _of_schedule(target: Target, now: Present) -> Lease | None:
    span = in_force(now.home, now.at).get(target)
    if span is None:
        return None
    why = f"the schedule “{span.schedule.label}” wants it until {local_words(span.end, now.home.zone, now.at)}"
    return Lease(target=target, level=Level.SCHEDULE, setting=span.setting, since=span.start, until=span.end, why=why)
