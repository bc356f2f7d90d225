"""A tiny planted problem that a network can learn in a second."""

import numpy as np

from models.dataset import Rows
from models.features import FEATURES
from models.now import NOW
from models.tasks import COLUMN, TASKS


def planted(count: int, seed: int, *, shuffled: bool = False) -> Rows:
    """The lamp is wanted where somebody moves and the sun is down, nine times in ten; only that is labelled."""
    rng = np.random.default_rng(seed)
    features = np.zeros((count, len(FEATURES)), dtype=np.float32)
    moves, sun = FEATURES.index("motion_now"), FEATURES.index("sun")
    features[:, [*range(8), sun]] = rng.normal(size=(count, 9))  # the first eight are noise
    features[:, moves] = rng.integers(2, size=count)
    wanted = (features[:, moves] > 0) & (features[:, sun] < 0.3)
    wanted ^= rng.random(count) < 0.1
    labels = np.full((count, len(TASKS)), np.nan, dtype=np.float32)
    labels[:, COLUMN["light_on"]] = rng.permutation(wanted) if shuffled else wanted
    return Rows(
        features=features,
        now=np.zeros((count, len(NOW)), dtype=np.float32),
        labels=labels,
        weights=np.ones(count, dtype=np.float32),
        at=np.arange(count, dtype=np.float64) * 60,
        home=np.zeros(count, dtype=np.int32),
    )
