"""Simulated homes that nobody learned from: what the network knows after some days, beside what others do."""

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from homectl.home import Times
from homectl.trial.suite import homes
from homectl.trial.suite.networks import Refined, Shipped
from homectl.trial.suite.stages import Check, Inputs, Json, Result, Settings, Stage, Table
from homectl.trial.suite.watched import between, change_figures, watch
from models import metrics, rivals
from models.answers import figures_of
from models.dataset import DAY, Sampling, rows_of, span_of
from models.rivals import Boosting, Pooled, Rival

VALIDATION, TEST = 7.0, 14.0
"""Days after a home's own by which everybody stops and chooses, and the last ones, by which all are judged."""

DENSE = Sampling(light=(0.5, 0.03), setpoint=(0.5, 0.04), lock=(1.0, 0.06))
"""Of a home's own days more is kept than of those of hundreds."""

JUDGED = {
    "light_on": "log_loss",
    "light_level": "mae",
    "setpoint": "mae",
    "lock_wanted": "log_loss",
    "door_opens_15": "log_loss",
    "presence_60": "log_loss",
    "light_change": "log_loss",
    "setpoint_change": "log_loss",
    "lock_change": "log_loss",
}
"""The loss by which a task is compared."""

OWN, POOLED, NETWORK, ZERO = "boosting per home", "boosting pooled", "network", "network zero-shot"


def days(settings: Settings) -> tuple[int, ...]:
    """Days of a home's own that are learned from."""
    return (0, 7) if settings.quick else (0, 7, 28, 56)


def contenders(settings: Settings, own: int, folder: Path) -> dict[str, Rival]:
    """Who is compared after so many own days."""
    boosting = Boosting(tasks=tuple(JUDGED))
    wide = Boosting(rate=0.1, leaves=31, rounds=400, patience=30, fewest=100, tasks=tuple(JUDGED))
    pool = homes.pooled(folder, homes.training_seeds(settings))
    found: dict[str, Rival] = {
        "persistence": rivals.persistence,
        "habit": rivals.habit,
        POOLED: Pooled(pool=pool, rival=wide),
        ZERO: Shipped(settings.checkpoint),
    }
    if own:
        found |= {"logistic": rivals.logistic, OWN: boosting}
        found |= {f"{NETWORK} {seed}": Refined(settings.checkpoint, seed) for seed in settings.seeds}
    return found


def judged(settings: Settings, seed: int, own: int, folder: Path) -> Json:
    """Every contender's figures on the last days of a home that was set up `own` + VALIDATION days before them."""
    home, history = homes.history_of(settings, seed, homes.UNSEEN_DAYS, folder)
    last = span_of(history)[1]
    test = last - TEST * DAY
    held_out = test - VALIDATION * DAY
    begun = between(history, held_out - own * DAY, last)
    rows = rows_of(home, between(begun, 0.0, test), number=0, seed=seed, sampling=DENSE)
    early, late = rows.where(rows.at < held_out), rows.where(rows.at >= held_out)
    step = 600.0 if settings.quick else 180.0
    watched = watch(home, begun, np.arange(test, last, step), number=0)
    found: Json = {}
    for name, rival in contenders(settings, own, folder).items():
        began = time.process_time()
        model = rival(early, late)
        seconds, answers = time.process_time() - began, model(watched.rows)
        found[name] = {
            "tasks": figures_of(answers, watched.rows),
            "changes": change_figures(watched, answers),
            "seconds": seconds,
        }
    return found


def run(settings: Settings, inputs: Inputs) -> Result:
    jobs = {
        f"home {seed} after {own} days": (settings, seed, own, inputs.folders["homes"])
        for own in days(settings)
        for seed in homes.unseen_seeds(settings)
    }
    done = inputs.each(judged, jobs)
    by_days = {own: [done[name] for name in jobs if f" after {own} days" in name] for own in days(settings)}
    compared = {own: Compared(parts) for own, parts in by_days.items()}
    return Result(
        checks=tuple(checks(compared)),
        figures={f"{own} days": one.figures() for own, one in compared.items()},
        tables=tuple(one.table(own) for own, one in compared.items()),
        timing={
            f"learning after {own} days, {contender}": seconds
            for own, one in compared.items()
            for contender, seconds in one.seconds().items()
        },
    )


class Compared:
    """The homes judged after so many days: figures of contenders, networks of several seeds as one."""

    def __init__(self, parts: Sequence[Json]) -> None:
        self._parts = parts
        self.contenders = list(dict.fromkeys(_family(name) for part in parts for name in part))

    def homes(self, contender: str, task: str, figure: str, of: str = "tasks") -> Times:
        """A figure home by home, the mean of seeds; NaN where a home has none."""
        return np.array(
            [
                _mean([said[of].get(task, {}).get(figure) for name, said in part.items() if _family(name) == contender])
                for part in self._parts
            ]
        )

    def relative(self, contender: str, rival: str, task: str) -> tuple[float, float, float]:
        """How much more a contender loses than a rival, %, over the homes in which both answer; its 95 % interval."""
        both = np.stack([self.homes(one, task, JUDGED[task]) for one in (contender, rival)], axis=1)
        both = both[np.isfinite(both).all(axis=1)]

        def more(drawn: Times) -> float:
            return float(100 * (drawn[:, 0].sum() / drawn[:, 1].sum() - 1))

        if not len(both):
            return float("nan"), float("nan"), float("nan")
        return more(both), *metrics.bootstrap(both, more, seed=0)

    def seconds(self) -> dict[str, float]:
        """What learning took each contender, the mean of homes and seeds."""
        return {
            contender: _mean(
                [one["seconds"] for part in self._parts for n, one in part.items() if _family(n) == contender]
            )
            for contender in self.contenders
        }

    def figures(self) -> Json:
        return {
            "means": {
                contender: {of: self._means(contender, of) for of in ("tasks", "changes")}
                for contender in self.contenders
            },
            "network_more_than_rivals_percent": {
                rival: {task: [round(x, 2) for x in self.relative(self.network, rival, task)] for task in JUDGED}
                for rival in self.contenders
                if rival != self.network
            },
        }

    @property
    def network(self) -> str:
        """The network as a home would have it by then."""
        return NETWORK if NETWORK in self.contenders else ZERO

    def table(self, own: int) -> Table:
        rows: list[tuple[str | float | None, ...]] = [
            (
                f"{task} {figure}".replace("_", " "),
                *(_mean(list(self.homes(contender, task, figure))) for contender in self.contenders),
            )
            for task, figure in JUDGED.items()
        ]
        title = f"unseen homes after {own} days, {len(self._parts)} homes"
        return Table(title=title, columns=("loss", *self.contenders), rows=tuple(rows))

    def _means(self, contender: str, of: str) -> Json:
        told = [said[of] for part in self._parts for name, said in part.items() if _family(name) == contender]
        names = {(task, figure) for one in told for task, found in one.items() for figure in found}
        means: Json = {}
        for task, figure in sorted(names):
            means.setdefault(task, {})[figure] = _mean(list(self.homes(contender, task, figure, of)))
        return means


def checks(compared: Mapping[int, Compared]) -> Iterator[Check]:
    """At 7 days against boosting per home; then, task by task, against the pooled one."""
    for task, must in (("light_on", -12.0), ("lock_wanted", -30.0)):
        value = compared[7].relative(compared[7].network, OWN, task)[0]
        yield Check(name=f"{task} at 7 days: log loss over boosting per home, %", value=value, must=must)
    for own, one in compared.items():
        if own:
            more = {task: one.relative(one.network, POOLED, task)[0] for task in JUDGED}
            worst = max(more, key=lambda task: more[task] if more[task] == more[task] else np.inf)
            name = f"worst task at {own} days ({worst}): loss over pooled boosting, %"
            yield Check(name=name, value=more[worst], must=2.0, aim=0.0)


def _family(name: str) -> str:
    return NETWORK if name.startswith(f"{NETWORK} ") and name != ZERO else name


def _mean(values: Sequence[float | None]) -> float:
    known = [value for value in values if value is not None and value == value]
    return float(np.mean(known)) if known else float("nan")


STAGE = Stage(name="unseen", about="unseen homes, as their days go by", run=run, needs=("homes",))
