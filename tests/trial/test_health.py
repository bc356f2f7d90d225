"""The stage that breaks sensors: what it counts, and that it counts honestly."""

import numpy as np
import pytest

from homectl.home import History, Quantity
from homectl.trial.homes import UNSEEN, season
from homectl.trial.suite import health
from homectl.trial.suite.health import COUNTED_FROM, Episode, broken, episodes, judged, lived
from homectl.trial.suite.stages import Json
from simulator.faults import Fault, Trouble

SEED = UNSEEN + health.FIRST


def told(kind: str, evident: int | None, silent: int | None, *, prompt: bool) -> Json:
    return {"kind": kind, "evident": evident, "silent": silent, "prompt": prompt}


def test_only_what_could_be_noticed_counts() -> None:
    home = {
        "days": 10.0,
        "false": 3,
        "episodes": [
            told("offset", 0, 1, prompt=True),
            told("drift", 100, None, prompt=False),
            told("stuck still", None, None, prompt=False),
        ],
    }
    result = judged([home, home])
    noticed, false = result.checks
    assert noticed.value == 0.5
    assert not noticed.ok
    assert false.value == pytest.approx(0.3)
    kinds = result.figures["kinds"]
    assert (kinds["stuck still"]["episodes"], kinds["stuck still"]["counted"]) == (2, 0)
    assert kinds["drift"]["never_silenced"] == 2
    assert kinds.keys() == COUNTED_FROM.keys()


def test_nothing_that_could_be_noticed_is_no_pass() -> None:
    assert not judged([{"days": 1.0, "false": 0, "episodes": []}]).checks[0].ok


@pytest.fixture(scope="module")
def good() -> History:
    return lived(SEED, [], 3.0)[1]


def test_every_kind_of_fault_is_tried_each_in_another_room(good: History) -> None:
    home = lived(SEED, [], 0.01)[0]
    plan = episodes(SEED, home, good)
    assert {episode.kind for episode in plan} <= set(COUNTED_FROM)
    assert plan[-1].kind == "clock"
    rooms = [(home.device(e.fault.device).area, e.kind in health._OF_AIR) for e in plan[:-1]]
    assert len(set(rooms)) == len(rooms)
    begins = [episode.fault.at for episode in plan]
    assert np.diff(begins).min() > health.LASTS * 86_400
    assert all(episode.affected for episode in plan)


def test_what_is_evident_is_told_by_the_home_without_faults(good: History) -> None:
    home = lived(SEED, [], 0.01)[0]
    device = next(d.id for d in home.devices if Quantity.TEMPERATURE in d.senses)
    begin = season(SEED) + 86_400
    fault = Fault(trouble=Trouble.DRIFT, device=device, at=begin, until=begin + 86_400)
    _, bad = lived(SEED, [fault], 2.0)
    times = begin + np.arange(60.0, 12 * 3600, 60)
    off = health._evident(Episode("drift", fault, ()), home, good, bad, times)
    assert off.any()
    assert times[off.argmax()] - begin == pytest.approx(2 * 3600, abs=3600)
    assert not health._evident(Episode("drift", fault, ()), home, good, good, times).any()


def test_a_home_s_answer_is_complete() -> None:
    answer = broken(SEED, None, past=4.0)
    assert answer["days"] == len(COUNTED_FROM) * health.APART + health.LASTS
    by_kind = {episode["kind"]: episode for episode in answer["episodes"]}
    for kind in ("flood", "clock"):
        assert by_kind[kind]["evident"] == 0
        assert by_kind[kind]["prompt"] == (by_kind[kind]["silent"] <= 5)
