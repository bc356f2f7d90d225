"""A probe trained to read off the features whether a lamp burns finds little more than clock and motion tell."""

import lightgbm
import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from homectl.home import History, Kind
from models.features import FEATURES, GROUPS, Array, observe
from models.now import NOW, now
from models.steps import Flags
from simulator.world import World
from tests.models.logs import START

DAY = 86_400.0
DAYS, LEARNED = 28, 19

BOUND = 0.05
"""What all features may add to the area under the curve. Homes 0, 1 and 2 of training: +0.031, −0.001, +0.018."""

CLOCK, TARGET = GROUPS[0], GROUPS[4]
CLOCK_AND_MOTION = [
    place
    for place, name in enumerate(FEATURES)
    if name in {*CLOCK, *TARGET, "active_rooms_15", "active_rooms_60"} or "motion" in name
]


class Asked:
    """The lamps of one simulated home, every ten minutes from the second week on: features, and whether each burns."""

    def __init__(self) -> None:
        world = World(2, start=START)
        history = History.of(sorted(world.reported.values(), key=lambda reading: reading.at))
        for _ in range(DAYS * 1440):
            for reading in world.step(60.0):
                history.append(reading)
        lamps = [target for target in world.home.targets if target.kind is Kind.LIGHT]
        times = np.arange(START + 7 * DAY, START + DAYS * DAY, 600.0)
        rows, medians = observe(world.home, history, times, lamps)
        burns = now(history, times, lamps, medians)[..., NOW.index("now_on")] > 0.5
        before = now(history, times - 300.0, lamps, medians)[..., [NOW.index("now_on")]]
        early = np.broadcast_to((times < START + LEARNED * DAY)[:, None], burns.shape)
        self.rows, self.burns, self.early, self.leak = rows, burns, early, np.concatenate((rows, before), axis=-1)

    def read(self, rows: Array) -> float:
        """How well a probe that learned from the early days reads the late ones: the area under its curve."""
        probe = lightgbm.LGBMClassifier(
            n_estimators=120, learning_rate=0.06, num_leaves=15, min_child_samples=100, n_jobs=1, verbose=-1
        )
        probe.fit(rows[self.early], self.burns[self.early])
        late: Flags = ~self.early
        return float(roc_auc_score(self.burns[late], probe.predict_proba(rows[late])[:, 1]))


@pytest.fixture(scope="module")
def asked() -> Asked:
    return Asked()


def test_all_features_tell_hardly_more_of_a_lamp_than_clock_and_motion(asked: Asked) -> None:
    assert asked.read(asked.rows) <= asked.read(asked.rows[..., CLOCK_AND_MOTION]) + BOUND


def test_the_probe_would_find_a_leak(asked: Asked) -> None:
    assert asked.read(asked.leak) > asked.read(asked.rows[..., CLOCK_AND_MOTION]) + BOUND
