"""What a demo came to: counted from the journal and from the simulator's own truth."""

from collections import Counter
from typing import Any

from pydantic import BaseModel

from homectl.home import Act, Cause, CommandState, Event, Kind
from homectl.journal import Journal

ENDS = (CommandState.CONFIRMED, CommandState.FAILED, CommandState.EXPIRED, CommandState.SUPERSEDED)


class Check(BaseModel):
    """One figure and the bound it must keep."""

    name: str
    value: float
    must: str
    ok: bool


class Outcome(BaseModel):
    """The content of `--json`. Everything but `timing` is about the home's own time."""

    seed: int
    policy: str
    readings: int
    decisions: int
    commands: dict[str, dict[str, int]]  # kind → cause → how many
    issued: int
    confirmed: int
    failed: int
    expired: int
    superseded: int
    model_unlocks: int
    guard_refusals: dict[str, int]
    learning: dict[str, int]  # own models promoted, rejected, put in shadow
    comfort: dict[str, Any]
    restarts: int
    checks: list[Check]
    timing: dict[str, Any]

    @property
    def ok(self) -> bool:
        return all(check.ok for check in self.checks)


def outcome_of(
    journal: Journal,
    since: float,
    truth: dict[str, Any],
    *,
    seed: int,
    policy: str,
    restarts: int,
    timing: dict[str, Any],
) -> Outcome:
    """Count a finished demo from when it was ready, `since` in the home's time."""
    counts = journal.commands(since)
    commands: dict[str, dict[str, int]] = {}
    states: Counter[CommandState] = Counter()
    for (kind, cause, state), number in sorted(counts.items()):
        by_cause = commands.setdefault(str(kind), {})
        by_cause[str(cause)] = by_cause.get(str(cause), 0) + number
        states[state] += number
    issued = sum(states.values())
    unlocks = int(truth.pop("unlocks_asked", 0)) - _unlocks_by_people(journal, since)
    ends = {str(state): states[state] for state in ENDS}
    return Outcome(
        seed=seed,
        policy=policy,
        readings=journal.count(since),
        decisions=journal.count_decisions(since),
        commands=commands,
        issued=issued,
        **ends,
        model_unlocks=unlocks,
        guard_refusals=journal.refusals(since),
        learning=_learning(journal, since),
        comfort=truth,
        restarts=restarts,
        checks=_checks(commands, ends, issued, unlocks, learned=policy != "rules"),
        timing=timing,
    )


def _unlocks_by_people(journal: Journal, since: float) -> int:
    asked = [deed for _, deed in journal.audit.deeds() if deed.act is Act.UNLOCK and deed.outcome == CommandState.ASKED]
    return sum(deed.at >= since for deed in asked)


def _learning(journal: Journal, since: float) -> dict[str, int]:
    counts = Counter(lesson.event for lesson in journal.lessons(since))
    return {
        "promoted": counts[Event.PROMOTED],
        "rejected": counts[Event.REJECTED],
        "shadow": counts[Event.SHADOWED],
    }


def _checks(
    commands: dict[str, dict[str, int]], ends: dict[str, int], issued: int, unlocks: int, *, learned: bool
) -> list[Check]:
    cause = Cause.LEARNED if learned else Cause.RULES
    confirmed = ends[CommandState.CONFIRMED] / issued if issued else 0.0
    endless = issued - sum(ends.values())
    checks = [
        _at_least(f"{kind} commands, {cause}", commands.get(kind, {}).get(cause, 0), 1)
        for kind in (Kind.LIGHT, Kind.SETPOINT)
    ]
    checks += [
        _at_least("lock commands", sum(commands.get(Kind.LOCK, {}).values()), 1),
        Check(name="commands without exactly one end", value=endless, must="= 0", ok=endless == 0),
        Check(name="share confirmed", value=round(confirmed, 4), must="> 0.9", ok=confirmed > 0.9),
        Check(name="unlocks that nobody with a PIN asked for", value=unlocks, must="= 0", ok=unlocks == 0),
    ]
    return checks


def _at_least(name: str, value: int, least: int) -> Check:
    return Check(name=name, value=value, must=f">= {least}", ok=value >= least)
