"""A door that somebody leaves unlocked is locked by the safety tick alone, and never while it stands open."""

from itertools import pairwise
from pathlib import Path

import pytest

from homectl.home import Cause, Kind, Quantity
from homectl.settings import read
from homectl.trial.closed import closed_loop
from models.baselines import Persistence
from simulator.scenarios import Scenario
from simulator.world import World

SCENARIO = Path(__file__).parent.parent.parent / "config" / "scenarios" / "forgotten_door.yaml"
HOUR = 3600.0


def test_a_forgotten_door_is_locked_though_its_contact_reports_only_every_55_minutes() -> None:
    world = read(SCENARIO, Scenario).world()
    contact = world.home.contact_of(next(t.device for t in world.home.targets if t.kind is Kind.LOCK))
    assert contact is not None
    assert contact.battery
    lived = closed_loop(world, Persistence(), 3 * HOUR)
    locked = [sent for sent in lived.sent if sent.target.kind is Kind.LOCK]
    assert locked
    assert {name for name in lived.counts if "commands by" in name} == {f"lock commands by {Cause.SAFETY}"}
    assert lived.after.thrown_open == 0
    assert lived.after.unlocked_away_minutes <= 5


def test_without_homectl_the_same_door_stays_unlocked() -> None:
    world = read(SCENARIO, Scenario).world()
    while world.truth.minutes < 3 * 60:
        world.step(60.0)
    assert world.truth.unlocked_away_minutes >= 60


@pytest.mark.parametrize("seed", range(20, 23))
def test_no_bolt_is_thrown_on_an_open_door_in_a_busy_morning(seed: int) -> None:
    world = World(seed, start=1_768_282_200.0)
    lived = closed_loop(world, Persistence(), 6 * HOUR)
    assert lived.after.door_openings >= 1
    assert lived.after.thrown_open == 0


def test_a_contact_is_heard_about_every_55_minutes_when_nobody_uses_the_door() -> None:
    world = World(20, start=1_768_338_000.0)
    [contact] = [d.id for d in world.home.devices if Quantity.CONTACT in d.senses and d.exterior][:1]
    heard = [r.at for _ in range(5 * 60) for r in world.step(60.0) if r.device == contact]
    assert max(b - a for a, b in pairwise(heard)) >= 50 * 60
