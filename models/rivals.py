"""What a network is compared with, over the same rows: each learns from rows and then answers for others.

LightGBM and scikit-learn are for comparisons alone and come with `pip install 'homectl[evaluate]'`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from homectl.home import Times, UsageError
from models import metrics
from models.answers import Answer, Answers, Value
from models.baselines import SURE
from models.dataset import Rows
from models.features import FEATURES, Array
from models.now import NOW
from models.tasks import COLUMN, TASKS, Task

Model = Callable[[Rows], Answers]
"""Answers for rows; a task that could not be learned is left out."""

Rival = Callable[[Rows, Rows], Model]
"""`rival(rows, held_out)` learns from rows, and may stop early and choose by held-out ones."""

OWN = {"light_on": "now_on", "lock_wanted": "now_on", "light_level": "now_level", "setpoint": "now_above_median"}
"""Where a task's present setting stands among what is set now."""

USUAL = {
    "light_on": ("habit_on", "habit_known"),
    "lock_wanted": ("habit_on", "habit_known"),
    "light_level": ("habit_level", "habit_level_known"),
    "setpoint": ("habit_setpoint", "habit_known"),
}
"""Where a task's habit stands among the features, and whether there is one."""

BELIEF = 20.0
"""Minutes that what is believed before anything is seen counts for beside what is."""

FEWEST = 20
"""Labelled rows below which a model of a task is not worth fitting."""


@dataclass(frozen=True, slots=True)
class Part:
    """The labelled rows of one task."""

    inputs: Array  # (rows, features), of a change task beside what is set now
    label: Times
    weight: Times

    @classmethod
    def of(cls, task: Task, rows: Rows) -> "Part":
        label = rows.labels[:, COLUMN[task.name]]
        known = np.isfinite(label)
        weight = rows.weights[known].astype(np.float64)
        return cls(inputs_of(task, rows.where(known)), label[known].astype(np.float64), weight)

    @property
    def teaches(self) -> bool:
        """Whether there is something to tell apart."""
        return len(self.label) >= FEWEST and float(np.ptp(self.label)) > 0

    @property
    def mean(self) -> float:
        return metrics.mean(self.label, self.weight)


def inputs_of(task: Task, rows: Rows) -> Array:
    """What a task may see: the features, and if it is a late one what is set now."""
    return np.concatenate((rows.features, rows.now), axis=1) if task.late else rows.features


def persistence(rows: Rows, _held_out: Rows) -> Model:
    """Everything is wanted as it is, as surely as that was so in `rows`; what nobody sets, as often as it comes."""
    constant, stays = _constants(rows), {name: _staying(rows, name) for name in ("light_on", "lock_wanted")}

    def answer(asked: Rows) -> Answers:
        found = _constant_answers(constant, len(asked))
        for name, column in OWN.items():
            now = asked.now[:, NOW.index(column)].astype(np.float64)
            known = (asked.now[:, NOW.index("now_known")] > 0) & ((now > 0) | (name != "light_level"))
            if name in stays:
                off, on = stays[name]
                now = np.where(now > 0.5, on, 1 - off)
            found[name] = _answer(TASKS[COLUMN[name]], np.where(known, now, constant.get(name, 0.5)))
        return found

    return answer


def habit(rows: Rows, _held_out: Rows) -> Model:
    """Everything is wanted as it usually was within half an hour of this time on days alike."""
    constant = _constants(rows)

    def answer(asked: Rows) -> Answers:
        found = _constant_answers(constant, len(asked))
        for name, columns in USUAL.items():
            task = TASKS[COLUMN[name]]
            usual, known = (asked.features[:, FEATURES.index(column)].astype(np.float64) for column in columns)
            usual = usual if task.bins else np.clip(usual, 1 - SURE, SURE)
            found[name] = _answer(task, np.where(known > 0, usual, constant.get(name, 0.5)))
        return found

    return answer


def logistic(rows: Rows, held_out: Rows) -> Model:
    """Logistic and ridge regression on standardised features; how much they shrink is chosen by held-out rows."""
    try:
        from sklearn.linear_model import LogisticRegression, Ridge
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler
    except ImportError:
        raise _missing("scikit-learn") from None

    def learn(task: Task, part: Part, judge: Part) -> Callable[[Array], Answer]:
        def fitted(strength: float) -> Callable[[Array], Times]:
            last = Ridge(1 / strength) if task.bins else LogisticRegression(C=strength, max_iter=300)
            chain, weight = make_pipeline(StandardScaler(), last), part.weight / part.weight.mean()
            chain.fit(part.inputs, part.label, **{f"{chain.steps[-1][0]}__sample_weight": weight})
            return chain.predict if task.bins else lambda inputs: chain.predict_proba(inputs)[:, 1]

        tried = (fitted(strength) for strength in (1e-4, 1e-3, 1e-2, 1e-1))
        best = min(tried, key=lambda model: _loss(task, model, judge))
        return lambda inputs: _answer(task, np.asarray(best(inputs), dtype=np.float64))

    return _for_each_task(rows, held_out, learn)


@dataclass(frozen=True, slots=True, kw_only=True)
class Boosting:
    """Gradient boosting, a model for each task; rounds are stopped by held-out rows.

    A value has two: one for the absolute error, one for the squared.
    """

    rate: float = 0.05
    leaves: int = 15
    fewest: int = 40  # rows of a leaf
    rounds: int = 600
    patience: int = 40
    seed: int = 0
    threads: int = 1
    tasks: tuple[str, ...] = tuple(task.name for task in TASKS)

    def __call__(self, rows: Rows, held_out: Rows) -> Model:
        return _for_each_task(rows, held_out, self._learn, self.tasks)

    def _learn(self, task: Task, part: Part, judge: Part) -> Callable[[Array], Answer]:
        if not task.bins:
            return self._fitted("binary", part, judge)
        median, middle = (self._fitted(loss, part, judge) for loss in ("regression_l1", "regression_l2"))
        return lambda inputs: Value(median=median(inputs), mean=middle(inputs))

    def _fitted(self, objective: str, part: Part, judge: Part) -> Callable[[Array], Times]:
        try:
            import lightgbm
        except ImportError:
            raise _missing("lightgbm") from None
        options: dict[str, Any] = {
            "objective": objective,
            "learning_rate": self.rate,
            "num_leaves": self.leaves,
            "min_data_in_leaf": self.fewest,
            "feature_fraction": 0.7,
            "bagging_fraction": 0.8,
            "bagging_freq": 1,
            "lambda_l2": 1.0,
            "max_bin": 63,
            "num_threads": self.threads,
            "seed": self.seed,
            "deterministic": True,
            "force_col_wise": True,
            "verbose": -1,
        }
        data = lightgbm.Dataset(part.inputs, part.label, weight=part.weight / part.weight.mean())
        if len(judge.label) < FEWEST:
            return _numbers(lightgbm.train(options, data, num_boost_round=self.rounds // 4))
        held = lightgbm.Dataset(judge.inputs, judge.label, weight=judge.weight, reference=data)
        stop = lightgbm.early_stopping(self.patience, verbose=False)
        return _numbers(lightgbm.train(options, data, self.rounds, valid_sets=[held], callbacks=[stop]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled:
    """Learns from a pool of other homes' rows beside a home's own, which together count for `share` of all."""

    pool: Rows
    rival: Rival
    share: float = 0.2

    def __call__(self, rows: Rows, held_out: Rows) -> Model:
        own = float(rows.weights.sum())
        if not own:
            return self.rival(self.pool, held_out)
        factor = self.share / (1 - self.share) * float(self.pool.weights.sum()) / own
        scaled = replace(rows, weights=(rows.weights * max(1.0, factor)).astype(np.float32))
        return self.rival(Rows.join([self.pool, scaled]), held_out)


def _for_each_task(
    rows: Rows,
    held_out: Rows,
    learn: Callable[[Task, Part, Part], Callable[[Array], Answer]],
    names: tuple[str, ...] = tuple(COLUMN),
) -> Model:
    fitted: dict[str, Callable[[Array], Answer]] = {}
    for name in names:
        task = TASKS[COLUMN[name]]
        part = Part.of(task, rows)
        if part.teaches:
            fitted[name] = learn(task, part, Part.of(task, held_out))
    return lambda asked: {name: model(inputs_of(TASKS[COLUMN[name]], asked)) for name, model in fitted.items()}


def _constants(rows: Rows) -> dict[str, float]:
    """What every labelled task's labels are on average."""
    parts = {task.name: Part.of(task, rows) for task in TASKS}
    return {name: part.mean for name, part in parts.items() if len(part.label)}


def _constant_answers(constant: dict[str, float], count: int) -> Answers:
    return {name: _answer(TASKS[COLUMN[name]], np.full(count, value)) for name, value in constant.items()}


def _staying(rows: Rows, name: str) -> tuple[float, float]:
    """How often off stays wanted, and on."""
    label, on = rows.labels[:, COLUMN[name]], rows.now[:, NOW.index("now_on")] > 0.5
    known = np.isfinite(label) & (rows.now[:, NOW.index("now_known")] > 0)

    def share(of: bool) -> float:
        here = known & (on == of)
        right, all_ = (float(rows.weights[here & same].sum()) for same in ((label >= 0.5) == of, True))
        return (right + BELIEF * SURE) / (all_ + BELIEF)

    return share(False), share(True)


def _answer(task: Task, value: Times) -> Answer:
    return Value(median=value, mean=value) if task.bins else value


def _numbers(booster: Any) -> Callable[[Array], Times]:
    return lambda inputs: np.asarray(booster.predict(inputs), dtype=np.float64)


def _loss(task: Task, model: Callable[[Array], Times], judge: Part) -> float:
    if not len(judge.label):
        return 0.0
    figure = metrics.absolute_error if task.bins else metrics.log_loss
    return figure(model(judge.inputs), judge.label, judge.weight)


def _missing(library: str) -> UsageError:
    return UsageError(f"{library} is needed to compare with and is not installed; pip install 'homectl[evaluate]'")
