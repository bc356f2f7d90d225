"""Experiments on simulated homes, small: they record, train, judge and close the loop."""

import json
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from homectl.cli import evaluate as evaluate_command
from homectl.control.rules import Rules
from homectl.home import Kind
from homectl.trial.closed import closed_loop
from homectl.trial.homes import UNSEEN, Homes, season
from models.policy import NetworkPolicy
from simulator.household import draw_household
from simulator.world import World

DAY = 86_400.0
TUESDAY = 1_768_282_200.0  # 2026-01-13 05:30 UTC


def run(command: ModuleType, *words: str) -> int:
    parser = ArgumentParser()
    command.arguments(parser)
    return int(command.run(parser.parse_args(words)))


def test_homes_are_watched_in_the_heating_season_from_some_midnight() -> None:
    starts = np.array([season(seed) for seed in range(60)])
    assert (starts % DAY == 0).all()
    assert np.ptp(starts) > 120 * DAY


def test_homes_to_judge_are_never_those_to_learn_from() -> None:
    learned = {seed for s in range(20) for seed in Homes(count=50, seed=s).seeds()}
    judged = {seed for s in range(20) for seed in Homes(count=50, seed=s).seeds(UNSEEN)}
    assert not learned & judged


def test_policies_are_compared_on_unseen_homes(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    assert run(evaluate_command, "--homes", "1", "--days", "1", "--processes", "1", "--json", str(file)) == 0
    written = json.loads(file.read_text())
    assert {"persistence", "habit", "rules", written["policy"]} == set(written["figures"])
    assert all(set(check) == {"name", "value", "must", "aim", "ok"} for check in written["checks"])
    assert set(written["timing"]) == {"seconds"}


def test_a_policy_lives_in_a_simulated_home_and_unlocks_nothing() -> None:
    world = World(5, start=TUESDAY - 2 * DAY)
    lived = closed_loop(world, Rules(), 1800, past=2, step=30)
    assert lived.after.minutes - lived.before.minutes == 30
    assert lived.after.unlocks_asked == 0
    assert all(sent.target in world.home.targets for sent in lived.sent)
    ended = sum(count for name, count in lived.counts.items() if name.startswith("commands "))
    issued = sum(count for name, count in lived.counts.items() if " commands by " in name)
    assert ended == issued


@pytest.mark.soak
def test_the_shipped_network_acts_before_the_household_does_on_a_winter_morning() -> None:
    """Two hours from half past five, a week known: in nine homes of ten a lamp and a setpoint are changed unasked."""
    both = 0
    for seed in range(1, 11):
        morning = datetime(2026, 1, 13, 5, 30, tzinfo=draw_household(seed).zone).timestamp()
        lived = closed_loop(World(seed, start=morning - 7 * DAY), NetworkPolicy.load(None), 2 * 3600, past=7)
        both += all(lived.counts.get(f"{kind} commands by learned", 0) for kind in (Kind.LIGHT, Kind.SETPOINT))
    assert both >= 9
