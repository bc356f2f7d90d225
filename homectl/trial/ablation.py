"""Which balance of tasks is best: every scheme against single-task networks of the same shape, on homes unseen by both.

Δm is the mean over the tasks that command something of (single − joint) / single held-out log loss, after Maninis et
al. 2019 (arXiv 1904.08918): above 0, learning together helps. Its spread is over seeds.
"""

import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from homectl.home import UsageError
from homectl.trial.homes import Homes, Progress, simulated_rows
from homectl.trial.kept import gathered
from models.balance import SCHEMES, balance_of
from models.calibrate import held_out_losses, temperatures
from models.dataset import Rows
from models.tasks import COLUMN, TASKS
from models.train import Recipe, answers, train

MAIN = tuple(task.name for task in TASKS if not task.auxiliary)
"""The tasks that command something."""

SINGLE = "single"
"""What stands for as many networks as there are such tasks, each learning one."""

RECIPE = Recipe(batch=1024, epochs=8)

LEAST_HOMES = 4


@dataclass(frozen=True, slots=True)
class Split:
    """Homes to learn from, to stop by, and to be judged by."""

    learned: Rows
    stop: Rows
    judged: Rows


@dataclass(frozen=True, slots=True)
class Run:
    """One training, or one of each single-task network."""

    scheme: str
    seed: int
    losses: dict[str, float]  # calibrated log loss by task on the judged homes, in units of the best constant answer's
    parameters: int
    seconds: float


def split(homes: Homes, progress: Progress) -> Split:
    """Simulated homes apart by number: of eight, five teach, one ends the training and two judge."""
    if homes.count < LEAST_HOMES:
        raise UsageError(
            f"--homes: expected at least {LEAST_HOMES} to learn from, stop and judge by, got {homes.count}"
        )
    with tempfile.TemporaryDirectory(prefix="homectl-") as folder:
        files, _ = simulated_rows(homes, Path(folder), 1_000_000, progress)
        stop, judged = files[2::8], files[::4]
        taught = [file for file in files if file not in (*stop, *judged)]
        rows = Split(gathered(taught), gathered(stop), gathered(judged))
    for part in (rows.learned, rows.stop, rows.judged):
        absent = [name for name in MAIN if not np.isfinite(part.labels[:, COLUMN[name]]).any()]
        if absent:
            raise UsageError(f"expected labels of every task in every part, found no {absent[0]}; use more --homes")
    return rows


def available() -> tuple[list[str], list[str]]:
    """The schemes whose libraries are here, and a line for each that is left out."""
    here, missing = [], []
    for scheme in SCHEMES:
        try:
            balance_of(scheme, {})
            here.append(scheme)
        except UsageError as error:
            missing.append(f"{scheme} is left out: {error}")
    return here, missing


def compare(rows: Split, schemes: Sequence[str], seeds: Sequence[int], recipe: Recipe, progress: Progress) -> list[Run]:
    """Train single-task networks and every scheme with every seed."""
    runs: list[Run] = []
    trials = [(scheme, seed) for seed in seeds for scheme in (SINGLE, *schemes)]
    for done, (scheme, seed) in enumerate(trials):
        progress(f"training {scheme}, seed {seed}", done / len(trials))
        ours = replace(recipe, seed=seed)
        runs.append(_single(rows, ours) if scheme == SINGLE else _joint(rows, scheme, ours))
    return runs


def deltas(runs: Sequence[Run], scheme: str) -> list[float]:
    """Δm of a scheme by seed, each against the single-task networks of the same seed."""
    single = {run.seed: run.losses for run in runs if run.scheme == SINGLE}
    return [_delta(run.losses, single[run.seed]) for run in runs if run.scheme == scheme]


def figures(runs: Sequence[Run]) -> dict[str, Any]:
    """By scheme: mean and spread of each task's loss and of Δm, and the parameters."""
    return {scheme: _figures(runs, scheme) for scheme in dict.fromkeys(run.scheme for run in runs)}


def table(runs: Sequence[Run]) -> Iterator[str]:
    """Lines for the terminal: held-out losses by task, and Δm in percent with its spread over seeds."""
    yield f"{'':8}" + "".join(f"{name:>18}" for name in MAIN) + f"{'Δm %':>16}{'parameters':>12}{'seconds':>9}"
    for scheme, found in figures(runs).items():
        losses = "".join(f"{_said(found['losses'][name], '.4f'):>18}" for name in MAIN)
        delta = "–" if scheme == SINGLE else _said([100 * part for part in found["delta"]], "+.2f")
        seconds = statistics.fmean(run.seconds for run in runs if run.scheme == scheme)
        yield f"{scheme:8}{losses}{delta:>16}{found['parameters']:>12,}{seconds:>9.1f}"


def _single(rows: Split, recipe: Recipe) -> Run:
    parts = [_trained(rows, _only(rows.learned, name), name, recipe) for name in MAIN]
    losses = {name: loss for part in parts for name, loss in part.losses.items()}
    return Run(SINGLE, recipe.seed, losses, sum(p.parameters for p in parts), sum(p.seconds for p in parts))


def _joint(rows: Split, scheme: str, recipe: Recipe) -> Run:
    return _trained(rows, rows.learned, scheme, replace(recipe, balance=scheme))


def _trained(rows: Split, learned: Rows, name: str, recipe: Recipe) -> Run:
    began = time.process_time()
    trained = train(learned, rows.stop, recipe)
    seconds = time.process_time() - began
    scale = temperatures(answers(trained.net, rows.stop), rows.stop)
    lost = held_out_losses(answers(trained.net, rows.judged), rows.judged, scale)
    losses = {task: lost[task] / loss for task, loss in trained.constants.items() if task in MAIN}
    used = [part for part, weight in trained.net.named_parameters() if _is_of(part, trained.constants)]
    parameters = sum(trained.net.get_parameter(part).numel() for part in used)
    return Run(name, recipe.seed, losses, parameters, seconds)


def _is_of(parameter: str, tasks: dict[str, float]) -> bool:
    """Whether a weight has a part in answering these tasks."""
    return not parameter.startswith(("heads.", "late.")) or parameter.split(".")[1] in tasks


def _only(rows: Rows, task: str) -> Rows:
    labels = np.full_like(rows.labels, np.nan)
    labels[:, COLUMN[task]] = rows.labels[:, COLUMN[task]]
    return replace(rows, labels=labels)


def _delta(joint: dict[str, float], single: dict[str, float]) -> float:
    return statistics.fmean((single[name] - joint[name]) / single[name] for name in MAIN)


def _figures(runs: Sequence[Run], scheme: str) -> dict[str, Any]:
    own = [run for run in runs if run.scheme == scheme]
    losses = {name: _spread([run.losses[name] for run in own]) for name in MAIN}
    return {"losses": losses, "delta": _spread(deltas(runs, scheme)), "parameters": own[0].parameters}


def _spread(values: Sequence[float]) -> tuple[float, float]:
    """Mean and standard deviation."""
    return statistics.fmean(values), statistics.stdev(values) if len(values) > 1 else 0.0


def _said(spread: Sequence[float], form: str) -> str:
    return f"{spread[0]:{form}} ± {spread[1]:{form.lstrip('+')}}"
