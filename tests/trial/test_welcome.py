"""What people make of a network's changes is asked in homes that judge nothing, of doubtful changes too."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from homectl.home import Cause, Forecast, History, Home, Kind, Light, Prediction, Target, Times
from homectl.trial.contest import UNSEEN
from homectl.trial.homes import Homes
from homectl.trial.tuning import VALIDATION
from homectl.trial.welcome import ASKED, HOUR, Eager, Stay, ask, asked
from models import checkpoint
from models.checkpoint import BASE
from tests.models.logs import HOME, START

LAMP = Target("kitchen-lamp", Kind.LIGHT)
DAY = 24 * HOUR


class Doubtful:
    name, cause = "doubtful", Cause.LEARNED

    def forecast(self, _home: Home, _history: History, times: Times, targets: list[Target]) -> list[Forecast]:
        half = np.full(len(times), 0.5)
        return [Forecast(target=t, value=half * 2, level=half, confidence=half) for t in targets]

    def predict(self, _home: Home, _history: History, _at: float, targets: list[Target]) -> list[Prediction]:
        return [Prediction(target=t, setting=Light(True), confidence=0.5, why="perhaps") for t in targets]


def test_it_dares_in_a_third_of_the_hours_at_every_time_of_day() -> None:
    times = START + np.arange(0, 73 * DAY, HOUR)
    [found] = Eager(Doubtful()).forecast(HOME, History(), times, [LAMP])
    dared = (found.confidence == 1.0).reshape(73, 24)
    assert set(found.confidence.tolist()) == {0.5, 1.0}
    assert dared.mean() == pytest.approx(1 / 3, abs=0.01)
    assert dared.mean(axis=0) == pytest.approx(np.full(24, 1 / 3), abs=0.02)


def test_what_it_says_of_one_time_is_what_it_says_of_many() -> None:
    eager, times = Eager(Doubtful()), START + np.arange(0, DAY, HOUR)
    [many] = eager.forecast(HOME, History(), times, [LAMP])
    one_by_one = [eager.predict(HOME, History(), at, [LAMP])[0].confidence for at in times.tolist()]
    assert one_by_one == many.confidence.tolist()


def test_those_who_are_asked_teach_nothing_else() -> None:
    others = {*Homes(240).seeds(), *Homes(1000).seeds(UNSEEN), *range(VALIDATION, VALIDATION + 1000)}
    assert not others & set(range(ASKED, ASKED + 1000))


def test_the_answers_are_written_beside_the_weights_and_decide_how_sure_the_network_is(tmp_path: Path) -> None:
    shutil.copytree(BASE, tmp_path / "weights")
    stay = Stay(past=1.0, days=0.2)
    weights, before = checkpoint.read(BASE)
    manifest = ask(tmp_path / "weights", 1, 1, lambda _what, _share: None, stay)
    told = asked(str(BASE), ASKED, stay)
    assert set(manifest.changes) == set(told) != set()
    assert manifest.data["asked"]["changes_and_let_be"] == {n: [len(r), sum(r)] for n, (_, r) in told.items()}
    after, kept = checkpoint.read(tmp_path / "weights")
    assert kept == manifest
    assert replace_nothing_else(before, manifest)
    assert all((after[name] == weights[name]).all() for name in weights)


def replace_nothing_else(before: checkpoint.Manifest, after: checkpoint.Manifest) -> bool:
    same = {"changes": before.changes, "data": before.data}
    return after.model_copy(update=same) == before
