"""How a report says what happened: numbers, changes and states in words."""

import math
import re
from collections import Counter
from collections.abc import Sequence

from homectl.home import Autonomy, Kind, LockState, Ruling, Target
from homectl.replay.alike import value_of
from homectl.replay.document import NOTHING, Fold, Part, Table, Words
from homectl.replay.score import Change, Proposal
from homectl.replay.sureness import BINS, Gate, Reliability

SHOWN = 20
"""Changes that are listed at once; more can be unfolded."""

LISTED = 300
"""Changes that are listed at all; programs find every one in the JSON."""

ENOUGH = 10
"""Judged changes that a share has to rest on before it is given as advice."""

PERCENT = "\N{NO-BREAK SPACE}%"

LENGTH = re.compile(r" for [0-9][^,]*$")
"""How long something has been so: no reason of its own."""

DONE = {Autonomy.AUTO: "made", Autonomy.SUGGEST: "suggested", Autonomy.OBSERVE: "proposed"}
"""What it would have done with a change at a level."""

TASKS = {Kind.LIGHT: "light", Kind.SETPOINT: "heating", Kind.LOCK: "lock"}


def percent(part: float, whole: float) -> str:
    """A share, which is 0 or 100 % only where it is exactly that; a dash where there is nothing to divide by."""
    if not whole:
        return NOTHING
    share, rounded = part / whole, round(100 * part / whole)
    rough = (rounded == 0 and part > 0) or (rounded == 100 and part < whole)
    return f"{math.floor(1000 * share) / 10 or 0.1:.1f}{PERCENT}" if rough else f"{rounded}{PERCENT}"


def sure(confidence: float) -> str:
    return f"{percent(confidence, 1.0)} sure" if confidence == confidence else "not sure"


def number(value: float | None, digits: int = 1) -> str:
    return NOTHING if value is None else f"{value:,.{digits}f}"


def counted(count: int, one: str, many: str) -> str:
    """`one miss`, `14 misses`."""
    return f"one {one}" if count == 1 else f"{count:,} {many}"


def did(change: Change) -> str:
    """What a person did."""
    match change.target.kind:
        case Kind.LIGHT:
            return "switched it on" if change.value else "switched it off"
        case Kind.SETPOINT:
            return f"set {change.value:.1f} °C"
    return "locked it"


def would(proposal: Proposal) -> str:
    """What the policy would have done, or only proposed, and how sure it was."""
    decision = proposal.verdict.decision
    done = state(decision.target, value_of(decision.setting))
    verb = {Kind.LIGHT: f"switched it {done}", Kind.SETPOINT: f"set {done}", Kind.LOCK: "locked it"}
    acts = proposal.verdict.ruling is Ruling.APPROVED
    return f"{verb[decision.target.kind] if acts else f'proposed {done}'}, {sure(decision.confidence)}"


def state(target: Target, value: float) -> str:
    """A value of a target's state."""
    if value != value:
        return "not known"
    match target.kind:
        case Kind.LIGHT:
            return "on" if value >= 0.5 else "off"
        case Kind.SETPOINT:
            return f"{value:.1f} °C"
    return LockState(round(value)).name.lower().replace("_", " ")


def listed(columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> tuple[Part, ...]:
    """The first rows as a table, more of them folded, and a word about the rest."""
    first, more = tuple(rows[:SHOWN]), tuple(rows[SHOWN:LISTED])
    parts: list[Part] = [Table(columns, first, narrow="lines")]
    if more:
        title = f"{counted(len(more), 'more', 'more')}, further back"
        parts.append(Fold(title, (Table(columns, more, narrow="lines"),)))
    if len(rows) > LISTED:
        parts.append(Words(f"{len(rows) - LISTED:,} older ones are not listed here.", quiet=True))
    return tuple(parts)


def silences(reasons: Sequence[str]) -> tuple[Part, ...]:
    """What kept a policy most often from having an opinion where people changed something; nothing if it always had."""
    told = Counter(LENGTH.sub("", reason) for reason in reasons if reason)
    if not told:
        return ()
    why, times = told.most_common(1)[0]
    return (Words(f"In {len(reasons):,} of those listed I had no opinion; in {times:,} of them because {why}."),)


def advice(gates: Sequence[Gate], needed: float) -> str:
    """From which sureness on enough of the changes were people's own; `needed` is the share and what is in force."""
    judged = [gate for gate in gates if gate.right + gate.false >= ENOUGH]
    if not judged:
        return f"Fewer than {ENOUGH} of these changes can be judged: too few to say how sure I have to be."
    good = [gate for gate in judged if (gate.precision or 0.0) >= needed]
    if not good:
        best = max(judged, key=lambda gate: gate.precision or 0.0)
        return (
            f"However sure I am, fewer than {percent(needed, 1)} of these changes would have been yours: "
            f"{percent(best.right, best.right + best.false)} at best, from {percent(best.least, 1)} sure on. "
            "Let me only observe or suggest here, for now."
        )
    share = percent(good[0].right, good[0].right + good[0].false)
    least, now = percent(good[0].least, 1), percent(needed, 1)
    return f"From {least} sure on, {share} of these changes would have been yours; {now} is in force."


def tenths(of: Reliability) -> Table:
    """How often what was said came true, by how sure it was."""
    rows = tuple(
        (f"{100 * place // BINS} to {percent(place + 1, BINS)}", f"{minutes / 60:,.1f}", percent(came, minutes))
        for place, (minutes, came) in enumerate(zip(of.minutes, of.came, strict=True))
        if minutes
    )
    return Table(("How sure it was", "Hours", "It was so"), rows, frozenset({1, 2}))
