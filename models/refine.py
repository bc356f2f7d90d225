"""Weights that go on learning from one home's rows. Needs torch, which no process that runs a home loads.

The trunk stays as it is and the heads learn, so each task stands alone: a head is kept as it was at its own best round,
one that does not gain stays as it came, and no task can spoil another. A few weeks of one home are learned by heart
within some hundred steps, so they are gentle and end once no head has gained for three rounds. Where there are three
weeks or more the whole network learns first: after 56 days of eight unseen homes lamps then lost 6.6 % less; after 7
days it spoiled lamps. Of a lock there are a few changes a day, which a whole network learns by heart (in those homes
its loss rose by 7 %, in one by 38 %), so meanwhile the bolt is what the network itself says of it, and its loss falls
by 3 %: learning without forgetting (Li & Hoiem 2016, arXiv 1606.09282).
"""

from collections.abc import Mapping
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

from homectl.home import Times
from models.checkpoint import WEIGHTS, Manifest, load
from models.dataset import DAY, Rows
from models.features import FEATURES, Array
from models.inference import Network
from models.promotion import DayLosses
from models.tasks import COLUMN, SLICE

RATE = 5e-4
STEPS, ROUNDS, PATIENCE = 20, 20, 3
WHOLE_STEPS, WHOLE_ROUNDS = 60, 12

LONG = 21 * DAY
"""Seconds of rows from which on the whole network learns before its heads do."""


def possible() -> bool:
    """Whether there is a torch to learn with; it is not loaded."""
    return find_spec("torch") is not None


def refined(rows: Rows, stop: Rows, start: Path, seed: int = 0) -> tuple[dict[str, Array], Manifest]:
    """The checkpoint in `start` with the heads that lose less in the days of `stop` after learning from `rows`.

    Whatever else the checkpoint holds, its temperatures among it, stays: a few days are too few to fit it anew.
    ValueError where nothing is gained, and for rows that cannot teach.
    """
    from models.trained import head_of

    _, manifest = load(start)
    before = load_file(start / WEIGHTS)
    whole, after, unlabelled = _taught(rows, stop, before, manifest.depth, seed)
    began, lost, losing = (_losses(weights, manifest, stop) for weights in (before, whole, after))
    asked = [name for name in lost if name not in unlabelled]
    better = [name for name in asked if _better(losing[name], lost[name])]
    heads = tuple(map(head_of, better))
    weights = {name: after[name] if name.startswith(heads) else array for name, array in whole.items()}
    kept = {name: (losing if name in better else lost)[name] for name in asked}
    gained = [name for name in asked if _better(kept[name], began[name])]
    if not gained:
        raise ValueError("no task was answered better after learning from them")
    metrics = {"stop_loss": {name: [round(float(of[name].mean()), 4) for of in (began, kept)] for name in gained}}
    data = {"rows": len(rows), "stop_rows": len(stop)}
    return weights, manifest.model_copy(update={"metrics": metrics, "data": data})


def _taught(
    rows: Rows, stop: Rows, before: dict[str, Array], depth: int, seed: int
) -> tuple[dict[str, Array], dict[str, Array], tuple[str, ...]]:
    """The weights once the whole network has learned, where it may, and once its heads have; the tasks unlabelled."""
    from models.train import FINE, train

    gentle = replace(FINE, rate=RATE, steps_per_epoch=STEPS, epochs=ROUNDS, patience=PATIENCE, seed=seed)
    whole = before
    if np.ptp(rows.at) >= LONG:
        longer = replace(gentle, steps_per_epoch=WHOLE_STEPS, epochs=WHOLE_ROUNDS)
        same = Network(before, depth=depth)
        taught = train(_bolts_as_answered(rows, same), _bolts_as_answered(stop, same), longer, start=_network_s(before))
        whole = {**before, **taught.net.arrays()}
    trained = train(rows, stop, replace(gentle, frozen=("trunk",)), start=_network_s(whole))
    return whole, {**whole, **trained.net.arrays()}, trained.unlabelled


def _bolts_as_answered(rows: Rows, network: Network) -> Rows:
    """The rows with what a network says of the bolt in the place of what people did with it."""
    labels, lock = rows.labels.copy(), rows.features[:, FEATURES.index("is_lock")] > 0
    logits = network(rows.features[lock])[:, SLICE["lock_wanted"]][:, 0]
    labels[lock, COLUMN["lock_wanted"]] = 1 / (1 + np.exp(-logits))
    return replace(rows, labels=labels)


def _better(losing: Times, lost: Times) -> bool:
    """Less in all, and on most days: not because of one."""
    return bool(losing.mean() < lost.mean() and (losing < lost).mean() > 0.5)


def _losses(weights: Mapping[str, Array], manifest: Manifest, rows: Rows) -> dict[str, Times]:
    """Each labelled task's log loss by day, from the first row on."""
    logits = Network(weights, depth=manifest.depth)(rows.features, rows.now)
    day = ((rows.at - rows.at.min()) // DAY).astype(np.intp)
    return DayLosses.of(logits, rows, day, int(day.max()) + 1, manifest.temperatures).by_day()


def _network_s(arrays: Mapping[str, Array]) -> dict[str, Array]:
    parts = ("pieces.", "trunk.", "heads.", "late.")
    return {name: array for name, array in arrays.items() if name.startswith(parts)}
