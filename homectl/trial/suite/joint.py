"""One network for all tasks beside one of the same size for each, and beside the textbook's."""

import math
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from homectl.home import Times
from homectl.trial.suite import homes
from homectl.trial.suite.stages import HIGHER, Check, Inputs, Json, Result, Settings, Stage, Table
from models import metrics
from models.calibrate import losses
from models.dataset import Rows
from models.network import Net
from models.tasks import COLUMN, SLICE, TASKS
from models.train import RECIPES, Recipe, answers, train

JOINT, TEXTBOOK = "joint", "textbook"
TASK_NAMES = tuple(task.name for task in TASKS)
BATCH = 512
EPOCHS = {JOINT: 20}
"""Of all rows; 8 for a network of one task. One for all needs more passes, and less than half of their time in sum."""
COMMANDING = tuple(task.name for task in TASKS if not task.auxiliary)


def split(rows: Rows) -> tuple[Rows, Rows, Rows]:
    """Homes to learn from, six in eight, to stop by and to be judged by."""
    turn = rows.home % 8
    return rows.where(turn > 1), rows.where(turn == 0), rows.where(turn == 1)


def only(rows: Rows, task: str) -> Rows:
    """The rows labelled for a task, with no other label."""
    column = COLUMN[task]
    kept = rows.where(np.isfinite(rows.labels[:, column]))
    labels = np.full_like(kept.labels, np.nan)
    labels[:, column] = kept.labels[:, column]
    return replace(kept, labels=labels)


def trained(settings: Settings, what: str, seed: int, folder: Path) -> Json:
    """Train one network, and judge it: its losses by task and home, its size and the seconds it took."""
    pool = homes.pooled(folder, homes.training_seeds(settings)).sample(12_000 if settings.quick else 150_000, seed=0)
    early, late, test = split(pool)
    single = what in TASK_NAMES
    if single:
        early, late = only(early, what), only(late, what)
    began = time.process_time()
    net = train(early, late, recipe_of(what, seed, len(early), quick=settings.quick)).net
    seconds = time.process_time() - began
    tasks = (what,) if single else TASK_NAMES
    return {"losses": by_home(net, test, tasks), "parameters": size(net, tasks), "seconds": seconds}


def recipe_of(what: str, seed: int, rows: int, *, quick: bool) -> Recipe:
    """The textbook's own; else epochs of all rows, but of enough steps that a task with few rows is learned as well."""
    if what == TEXTBOOK:
        return replace(RECIPES[TEXTBOOK], seed=seed)
    epochs, fewest = (4, 10) if quick else (EPOCHS.get(what, 8), 40)
    return Recipe(seed=seed, epochs=epochs, batch=BATCH, steps_per_epoch=max(fewest, math.ceil(rows / BATCH)))


def by_home(net: Net, rows: Rows, tasks: Sequence[str]) -> Json:
    """Of each task, home by home, the weighted sum of its log losses and the sum of the weights."""
    logits, found = answers(net, rows), {}
    numbers = np.unique(rows.home)
    for name in tasks:
        label = rows.labels[:, COLUMN[name]]
        known = np.isfinite(label)
        part = logits[known][:, SLICE[name]].astype(np.float64)
        weight = rows.weights[known].astype(np.float64)
        each = losses(TASKS[COLUMN[name]], part, label[known]) * weight
        place = np.searchsorted(numbers, rows.home[known])
        found[name] = [np.bincount(place, values, len(numbers)).tolist() for values in (each, weight)]
    return found


def size(net: Net, tasks: Sequence[str]) -> int:
    """Parameters of what the tasks use: the trunk and their heads."""
    heads = [net.head(name) for name in tasks]
    return sum(parameter.numel() for part in (net.trunk, *heads) for parameter in part.parameters())


def lost(told: Sequence[Json], task: str) -> Times:
    """A task's losses and weights, (2, homes), the sums over seeds."""
    total: Times = np.sum([one["losses"][task] for one in told], axis=0)
    return total


def gains(told: dict[str, list[Json]], what: str, drawn: Times | None = None) -> dict[str, float]:
    """How much less each task loses in a joint network than alone, as a share; over homes drawn, or all."""
    found = {}
    for task in TASK_NAMES:
        ours, alone = lost(told[what], task), lost(told[task], task)
        taken = slice(None) if drawn is None else drawn.astype(np.intp)
        found[task] = metrics.relative_gain(*(float(x[0, taken].sum() / x[1, taken].sum()) for x in (ours, alone)))
    return found


def run(settings: Settings, inputs: Inputs) -> Result:
    seeds = settings.seeds[:1] if settings.quick else settings.seeds
    whats = (JOINT, TEXTBOOK, *TASK_NAMES)
    jobs = {f"{what} {seed}": (settings, what, seed, inputs.folders["homes"]) for seed in seeds for what in whats}
    done = inputs.each(trained, jobs)
    told = {what: [done[f"{what} {seed}"] for seed in seeds] for what in whats}
    seconds = {what: float(np.mean([one["seconds"] for one in told[what]])) for what in whats}
    return Result(
        checks=checks(told, seconds),
        figures={
            "gain_over_single": {what: gains(told, what) for what in (JOINT, TEXTBOOK)},
            "delta_m_by_seed": [delta_m({w: [told[w][n]] for w in whats}, JOINT)[0] for n in range(len(seeds))],
            "parameters": {what: told[what][0]["parameters"] for what in whats},
        },
        tables=(table(told),),
        timing={f"training {what}": spent for what, spent in seconds.items()},
    )


def delta_m(told: dict[str, list[Json]], what: str, tasks: Sequence[str] = TASK_NAMES) -> tuple[float, float, float]:
    """Δm over tasks in %, and its 95 % interval by bootstrap over homes."""

    def mean(drawn: Times | None) -> float:
        found = gains(told, what, drawn)
        return 100 * float(np.mean([found[task] for task in tasks]))

    homes_judged = lost(told[what], TASK_NAMES[0]).shape[1]
    return mean(None), *metrics.bootstrap(np.arange(homes_judged, dtype=np.float64), mean, seed=0, draws=500)


def checks(told: dict[str, list[Json]], seconds: dict[str, float]) -> tuple[Check, ...]:
    middle, _, high = delta_m(told, JOINT)
    commanding = delta_m(told, JOINT, COMMANDING)[0]
    sizes = {what: told[what][0]["parameters"] for what in told}
    parameters, spent = (100 * of[JOINT] / sum(of[name] for name in TASK_NAMES) for of in (sizes, seconds))
    return (
        Check(name="Δm over single-task networks, upper end of its interval, %", value=high, must=0.0, better=HIGHER),
        Check(name="Δm over single-task networks, %", value=middle, aim=0.0, better=HIGHER),
        Check(name=f"Δm of the {len(COMMANDING)} tasks that command, %", value=commanding, aim=0.0, better=HIGHER),
        Check(name="Δm of the textbook net, %", value=delta_m(told, TEXTBOOK)[0]),
        Check(name="parameters as a share of the single-task networks', %", value=parameters, must=40.0),
        Check(name="training time as a share of the single-task networks', %", value=spent, must=50.0),
    )


def table(told: dict[str, list[Json]]) -> Table:
    """Log losses on homes that were held out."""
    rows: list[tuple[str | float | None, ...]] = []
    for task in TASK_NAMES:
        means = (lost(told[what], task).sum(axis=1) for what in (JOINT, task, TEXTBOOK))
        rows.append((task, *(float(loss / weight) for loss, weight in means)))
    columns = ("log loss", "one network", "a network each", "textbook net")
    return Table(title="joint and single-task networks on held-out homes", columns=columns, rows=tuple(rows))


STAGE = Stage(name="joint", about="one network or many", run=run, needs=("homes",), judges=False)
