"""What a replay has shown, as figures and as JSON."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from homectl.control.guard import WINDOW
from homectl.home import (
    ORIGINS,
    STATE,
    TOLERANCE,
    Autonomy,
    Kind,
    Lock,
    Origin,
    Quantity,
    Ruling,
    Target,
    Times,
    Verdict,
)
from homectl.replay.alike import value_of
from homectl.replay.engine import MINUTE, Passage, Trial, replay
from homectl.replay.heating import Heating
from homectl.replay.labels import Activities, Changes, Labels, as_of
from homectl.replay.score import Change, Fate, Proposal, Score, Scorer
from homectl.replay.sureness import Gate, Reliability, together

NOTHING_TO_SET: dict[Kind, str] = {
    Kind.LIGHT: "no lamp",
    Kind.SETPOINT: "no thermostat",
    Kind.LOCK: "no lock",
}


DOES: dict[Autonomy, Ruling] = {
    Autonomy.AUTO: Ruling.APPROVED,
    Autonomy.SUGGEST: Ruling.SUGGESTED,
    Autonomy.OBSERVE: Ruling.OBSERVED,
}
"""What a level of autonomy lets homectl do about what it wishes; what a person ordered is approved at each of them."""

Watcher = Callable[[Times, list[Passage]], None]
"""Told of every block of times and the passages of all targets."""


@dataclass(frozen=True, slots=True)
class Line:
    """One area and task: whose changes are its labels, or why it has none, and the score."""

    area: str
    task: Kind
    targets: int
    by: tuple[Origin, ...]
    reason: str
    score: Score


class Report:
    """What a trial has shown. Feed it the trial with `run`; nothing in it depends on the machine or the wall clock.

    `watchers` are told of everything on the way.
    """

    def __init__(self, trial: Trial, watchers: Sequence[Watcher] = ()) -> None:
        self.trial = trial
        self.minutes = 0
        self._watchers = watchers
        activities = Activities(trial.home, trial.history)
        labels = [Labels.of(trial.home, trial.history, target, activities.of(target)) for target in trial.home.targets]
        counted = frozenset({Ruling.APPROVED, DOES[trial.autonomy.level or Autonomy.AUTO]})
        self.scorers = {label.target: Scorer(label, trial, counted) for label in labels}

    def run(self) -> Iterable[float]:
        """Replay; yields the time (UTC seconds) up to which it is done."""
        for times, passages in replay(self.trial):
            for passage in passages:
                self.scorers[passage.target].take(passage)
            for watcher in self._watchers:
                watcher(times, passages)
            self.minutes += len(times)
            yield float(times[-1])

    @property
    def days(self) -> float:
        return self.minutes * MINUTE / 86_400

    def lines(self) -> list[Line]:
        """Every area and task, in the order of the home; tasks nobody can be asked for last."""
        home = self.trial.home
        found = [
            self._line(area.id, kind, chosen)
            for area in home.areas
            for kind in Kind
            if (chosen := [target for target in home.targets_in(area.id) if target.kind is kind])
        ]
        kinds = {target.kind for target in home.targets}
        return found + [Line("", kind, 0, (), NOTHING_TO_SET[kind], Score()) for kind in Kind if kind not in kinds]

    def _line(self, area: str, kind: Kind, targets: list[Target]) -> Line:
        labels = [self.scorers[target].labels for target in targets]
        labelled = [target for target in targets if self.scorers[target].labels.origin is not None]
        by = tuple(
            origin for origin in (Origin.PERSON, Origin.UNKNOWN) if any(label.origin is origin for label in labels)
        )
        reasons = sorted({label.reason for label in labels if label.reason})
        total = sum((self.scorers[target].score() for target in labelled), Score())
        return Line(area, kind, len(targets), by, "; ".join(reasons), total)

    def origins(self) -> dict[str, dict[str, int]]:
        """For each task how many changes of state the log has, by who made them."""
        counts: dict[str, Counter[str]] = {}
        for target in self.trial.home.targets:
            quantity = STATE[target.kind]
            made = Changes.of(self.trial.history.track(target.device, quantity), TOLERANCE[quantity])
            made = made.between(self.trial.start, self.trial.end)
            counts.setdefault(target.kind, Counter()).update(str(ORIGINS[code]) for code in made.origins)
        return {kind: dict(sorted(counter.items())) for kind, counter in sorted(counts.items())}

    def verdicts(self) -> dict[str, int]:
        """How often a wish against the record met which verdict, refusals by rule."""
        total = sum((scorer.score().verdicts for scorer in self.scorers.values()), Counter[str]())
        return dict(sorted(total.items()))

    def totals(self) -> dict[Kind, Score]:
        """The score of each kind of target that people have labelled."""
        totals: dict[Kind, Score] = {}
        for line in self.lines():
            if line.by:
                totals[line.task] = totals.get(line.task, Score()) + line.score
        return totals

    def heating(self) -> Heating:
        """Of all thermostats that people set."""
        return sum((scorer.heating for scorer in self._labelled(Kind.SETPOINT)), Heating())

    def reliability(self, kind: Kind) -> Reliability:
        return sum((scorer.sureness.reliability for scorer in self._labelled(kind)), Reliability())

    def gates(self, kind: Kind) -> tuple[Gate, ...]:
        """What acting from one sureness on would have come to, over all targets of a kind."""
        return together([scorer.sureness.gates() for scorer in self._labelled(kind)])

    def changes(self) -> list[Change]:
        """People's changes that a policy could have made, by time."""
        return sorted((one for s in self.scorers.values() for one in s.changes()), key=lambda one: one.at)

    def proposals(self) -> list[Proposal]:
        """What the policy would have done, by time."""
        found = (one for scorer in self.scorers.values() for one in scorer.proposed())
        return sorted(found, key=lambda one: one.verdict.decision.at)

    def _labelled(self, kind: Kind) -> list[Scorer]:
        return [s for s in self.scorers.values() if s.labels.target.kind is kind and s.labels.origin is not None]

    def checks(self) -> list[dict[str, Any]]:
        """What must hold of every replay, then the figures of each task."""
        must = [
            _check("unlocks", sum(_unlocks(scorer) for scorer in self.scorers.values()), must=0),
            _check("bolts on a door not known closed", sum(map(self._careless, self.scorers.values())), must=0),
            _check("setpoints outside 7 to 30 °C", sum(_extremes(scorer) for scorer in self.scorers.values()), must=0),
            _check("lamp changes over 6 in ten minutes", sum(map(_flicker, self.scorers.values())), must=0),
        ]
        for kind, score in self.totals().items():
            must += [_check(f"{kind} {name}", value) for name, value in figures(score, self.days).items()]
        return must

    def _careless(self, scorer: Scorer) -> int:
        if scorer.labels.target.kind is not Kind.LOCK:
            return 0
        contact = self.trial.home.contact_of(scorer.labels.target.device)
        door = self.trial.history.track(contact.id, Quantity.CONTACT) if contact else None
        return int((as_of(door, _times(scorer)) != 0.0).sum())


def figures(score: Score, days: float) -> dict[str, float | None]:
    """The ratios of a score; None where there is nothing to divide by."""
    return {
        "agreement": _ratio(score.agreed, score.opinions),
        "persistence": _ratio(score.persisted, score.labelled),
        "changes_matched": _ratio(score.anticipated + score.followed, score.changes),
        "precision": _ratio(score.matched, score.matched + score.wrong),
        "false_per_day": _ratio(score.wrong, days),
        "flaps_per_hour": _ratio(score.flaps, 24 * days),
        "overrides_avoided": _ratio(score.avoided, score.overrides),
    }


def as_json(report: Report, about: Mapping[str, Any]) -> str:
    """The report for programs; `about` comes first. The same replay gives the same bytes."""
    trial = report.trial
    content = {
        **about,
        "home": trial.home.id,
        "policy": trial.policy.name,
        "level": trial.autonomy.level or Autonomy.AUTO,
        "from": iso(trial.start),
        "to": iso(trial.end),
        "days": round(report.days, 4),
        "origins": report.origins(),
        "areas": [_line_json(line, report.days) for line in report.lines()],
        "targets": [
            {"target": str(target), **_score_json(scorer.labels, scorer.score(), report.days)}
            for target, scorer in report.scorers.items()
        ],
        "heating": report.heating().figures(report.days),
        "sureness": [_sureness_json(report, kind) for kind in report.totals()],
        "misses": [_miss_json(change) for change in report.changes() if change.fate is Fate.MISSED],
        "verdicts": report.verdicts(),
        "checks": report.checks(),
    }
    return json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _line_json(line: Line, days: float) -> dict[str, Any]:
    head = {
        "area": line.area,
        "task": line.task,
        "targets": line.targets,
        "labels": list(line.by),
        "reason": line.reason,
    }
    return head | (_counts(line.score) | figures(line.score, days) if line.by else {})


def _score_json(labels: Labels, score: Score, days: float) -> dict[str, Any]:
    head = {"labels": labels.origin, "reason": labels.reason}
    return head | (_counts(score) | figures(score, days) if labels.origin else {})


def _sureness_json(report: Report, kind: Kind) -> dict[str, Any]:
    bins = report.reliability(kind)
    return {
        "task": kind,
        "calibration_error": bins.error,
        "tenths": [
            {"minutes": int(n), "said": _ratio(said, n), "came": _ratio(came, n)}
            for n, said, came in zip(bins.minutes, bins.said, bins.came, strict=True)
        ],
        "acting_from": [{**asdict(gate), "precision": gate.precision} for gate in report.gates(kind)],
    }


def _miss_json(change: Change) -> dict[str, Any]:
    """A person's change that the policy missed, and what it wished just before."""
    wish, sure = (None if value != value else round(value, 4) for value in (change.wish, change.confidence))
    return {"target": str(change.target), "at": iso(change.at), "to": change.value, "wish": wish, "confidence": sure}


def _counts(score: Score) -> dict[str, int]:
    return {"missed": score.missed} | {name: getattr(score, name) for name in Score.__slots__ if name != "verdicts"}


def _check(name: str, value: float | None, must: float | None = None) -> dict[str, Any]:
    return {"name": name, "value": value, "must": must, "aim": None, "ok": must is None or value == must}


def _commands(scorer: Scorer) -> list[Verdict]:
    """What the guard has let through."""
    return [verdict for verdict in scorer.proposals if verdict.ruling is Ruling.APPROVED]


def _times(scorer: Scorer) -> Times:
    return np.array([verdict.decision.at for verdict in _commands(scorer)], dtype=np.float64)


def _unlocks(scorer: Scorer) -> int:
    lock = scorer.labels.target.kind is Kind.LOCK
    return sum(lock and not isinstance(verdict.decision.setting, Lock) for verdict in _commands(scorer))


def _extremes(scorer: Scorer) -> int:
    setpoint = scorer.labels.target.kind is Kind.SETPOINT
    return sum(setpoint and not 7 <= value_of(verdict.decision.setting) <= 30 for verdict in _commands(scorer))


def _flicker(scorer: Scorer) -> int:
    times = _times(scorer)
    crowd = np.arange(1, len(times) + 1) - np.searchsorted(times, times - WINDOW, side="right")
    return int((crowd > 6).sum()) if scorer.labels.target.kind is Kind.LIGHT else 0


def _ratio(part: float, whole: float) -> float | None:
    return round(part / whole, 4) if whole else None


def iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
