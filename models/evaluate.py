"""How well forecasts agree with what people did next; never accuracy alone: leaving all as it is has 97 % of that."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from homectl.home import Forecast, History, Home, Kind, Policy, Target, Times
from models.baselines import SURE, state_of
from models.labels import LEAD, Life
from models.metrics import average_precision
from models.steps import MINUTE, Flags
from models.tasks import COLUMN

ACT = {Kind.LIGHT: 0.80, Kind.SETPOINT: 0.80, Kind.LOCK: 0.95}
"""Confidence at which homectl acts by itself."""

SOON = {Kind.LIGHT: 10 * MINUTE, Kind.SETPOINT: 90 * MINUTE, Kind.LOCK: 10 * MINUTE}
"""A proposed change was right if a person makes it within this many milliseconds."""

TASK = {Kind.LIGHT: "light_on", Kind.SETPOINT: "setpoint", Kind.LOCK: "lock_wanted"}

DAY = 86_400.0


@dataclass(slots=True)
class Tally:
    """What one policy's forecasts for one kind of target came to; arrays grow with every home."""

    days: float = 0.0
    proposed: int = 0
    right: int = 0
    changes: int = 0
    losses: list[Times] = field(default_factory=list)
    errors: list[Times] = field(default_factory=list)
    level_errors: list[Times] = field(default_factory=list)
    scores: list[Times] = field(default_factory=list)
    changed: list[Flags] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Count what another home came to as well."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))

    def figures(self) -> dict[str, float]:
        """The figures; NaN where nothing was labelled."""
        scores, changed = _joined(self.scores), _joined(self.changed) > 0
        return {
            "log_loss": _mean(self.losses),
            "error": _mean(self.errors),
            "level_error": _mean(self.level_errors),
            "change_precision": average_precision(scores, changed.astype(np.float64)),
            "changes_per_day": self.changes / self.days if self.days else float("nan"),
            "proposed_per_day": self.proposed / self.days if self.days else float("nan"),
            "proposed_precision": self.right / self.proposed if self.proposed else float("nan"),
        }


Tallies = dict[tuple[str, Kind], Tally]


def evaluate(
    home: Home, history: History, times: Times, policies: Sequence[Policy], tallies: Tallies, targets: Sequence[Target]
) -> None:
    """Add one home's log to the tallies of every policy. `times` are ascending: the moments at which a home decides."""
    life = Life(home, history, times, targets)
    medians = np.zeros((len(times), len(targets)))  # labels then stay in °C
    labels, _ = life.labels(medians)
    for policy in policies:
        for place, forecast in enumerate(policy.forecast(home, history, times, targets)):
            tally = tallies.setdefault((policy.name, forecast.target.kind), Tally())
            _add(tally, life, forecast, labels[:, place].astype(np.float64), state_of(history, forecast.target, times))
    kinds = {target.kind for target in targets}
    for policy in policies:
        for kind in kinds:
            tallies[policy.name, kind].days += float(times[-1] - times[0]) / DAY


def _add(tally: Tally, life: Life, forecast: Forecast, labels: Times, state: Times) -> None:
    kind = forecast.target.kind
    wanted = labels[:, COLUMN[TASK[kind]]]
    labelled = np.isfinite(wanted)
    tolerance = 0.25 if kind is Kind.SETPOINT else 0.5
    spoken = np.isfinite(forecast.value)
    value = np.where(spoken, forecast.value, _silent(kind, state, forecast.confidence))
    sure = np.where(spoken | (kind is Kind.LOCK), forecast.confidence, SURE)
    if kind is Kind.SETPOINT:
        tally.errors.append(np.abs(value - wanted)[labelled & np.isfinite(value)])
    else:
        chance = np.clip(np.where(value >= 0.5, sure, 1 - sure), 1e-4, 1 - 1e-4)
        loss = -np.where(wanted >= 0.5, np.log(chance), np.log(1 - chance))
        tally.losses.append(loss[labelled & np.isfinite(value)])
        tally.errors.append((np.abs(value - wanted) > tolerance)[labelled & np.isfinite(value)].astype(np.float64))
    level = labels[:, COLUMN["light_level"]]
    both = np.isfinite(level) & np.isfinite(forecast.level)
    tally.level_errors.append(np.abs(level - forecast.level)[both])
    differs = np.isfinite(value) & np.isfinite(state) & (np.abs(value - state) > tolerance)
    known = np.isfinite(state)
    tally.scores.append(np.where(differs, sure, 1 - sure)[known])
    tally.changed.append(life.changed_within(forecast.target, LEAD[TASK[kind]])[known])
    tally.changes += life.count(forecast.target)
    _add_proposals(tally, life, forecast, value, differs & spoken & (sure >= ACT[kind]), state)


def _silent(kind: Kind, state: Times, confidence: Times) -> Times:
    """What having no opinion stands for: of a lock that it is not wanted locked, else that all stays as it is."""
    return np.where(np.isfinite(confidence), 0.0, state) if kind is Kind.LOCK else state


def _add_proposals(tally: Tally, life: Life, forecast: Forecast, value: Times, proposes: Flags, state: Times) -> None:
    """Count each run of the same proposal against the same state once, and whether a person did it soon after."""
    begins = proposes.copy()
    begins[1:] &= ~(proposes[:-1] & (value[1:] == value[:-1]) & (state[1:] == state[:-1]))
    places = np.flatnonzero(begins)
    rose = np.sign(value - state)
    for place in places:
        made = life.next_change(forecast.target, int(life.at[place]))
        if made is not None:
            when, became = made
            soon = when - life.at[place] <= SOON[forecast.target.kind]
            tally.right += bool(soon and np.sign(became - state[place]) == rose[place])
    tally.proposed += len(places)


def _joined(parts: Sequence[Times] | Sequence[Flags]) -> Times:
    return np.concatenate([np.empty(0), *parts])


def _mean(parts: Sequence[Times]) -> float:
    values = _joined(parts)
    return float(values.mean()) if len(values) else float("nan")


Figures = dict[str, dict[str, dict[str, float]]]
"""Policy → kind of target → figure → value."""


def figures(parts: Sequence[Tallies]) -> Figures:
    """The tallies of several homes as one."""
    whole: Tallies = {}
    for part in parts:
        for key, tally in part.items():
            whole.setdefault(key, Tally()).add(tally)
    found: Figures = {}
    for (policy, kind), tally in whole.items():
        found.setdefault(policy, {})[str(kind)] = tally.figures()
    return found


COMPARED = (
    ("light", "log_loss", "below"),
    ("light", "change_precision", "above"),
    ("light", "proposed_precision", "above"),
    ("light", "level_error", "below"),
    ("setpoint", "error", "below"),
    ("setpoint", "change_precision", "above"),
    ("setpoint", "proposed_precision", "above"),
    ("lock", "log_loss", "below"),
    ("lock", "change_precision", "above"),
    ("lock", "proposed_precision", "above"),
)
"""In which figures the network is compared, and on which side it is the better one."""

INITIATES = "habit"
"""The rival that, like the network, does not see what is set now: the others gain most by leaving it so."""


def checks(found: Figures, network: str) -> list[dict[str, Any]]:
    """The network's figures: it must be better than habit, and should be better than every other policy."""
    made: list[dict[str, Any]] = []
    for kind, figure, side in COMPARED:
        value, *rivals = (
            found[policy].get(kind, {}).get(figure, float("nan"))
            for policy in (network, INITIATES, *(p for p in found if p not in (network, INITIATES)))
        )
        known = [rival for rival in rivals if rival == rival]
        best = (max if side == "above" else min)(known, default=float("nan"))
        ok = value > rivals[0] if side == "above" else value < rivals[0]
        made.append(
            {
                "name": f"{kind} {figure.replace('_', ' ')}",
                "value": round(value, 4) if value == value else None,
                "must": f"{side} {rivals[0]:.4g} ({INITIATES})",
                "aim": f"{side} {best:.4g} (the best of the others)",
                "ok": bool(ok),
            }
        )
    return made
