"""What a home decided is computed again from its journal, bit for bit, also across a restart."""

from dataclasses import replace

import pytest

from homectl.control.autonomy import AutonomySettings
from homectl.control.limits import Limits
from homectl.control.rules import Rules
from homectl.home import Policy, Record
from homectl.journal import Journal
from homectl.replay.again import BY_POLICIES, Deciding, again, known, same
from homectl.trial.closed import in_charge
from homectl.trial.homes import DAY, season
from models.policy import NetworkPolicy
from simulator.world import World

SEED = 500


def live(world: World, journal: Journal, policy: Policy, days: float) -> None:
    """Run a home as a daemon does that starts with what its journal knows."""
    history = journal.history()
    history.unsee()
    in_charge(world, history, policy, days * DAY, kept=journal)


def computed_again(record: Record, journal: Journal, world: World, deciding: Deciding) -> bool:
    return any(same(record, again(record, world.home, one, deciding)) for one in known(journal, record.since))


@pytest.mark.parametrize(
    ("policy", "days"), [(Rules(), 0.6), (NetworkPolicy.load(None), 0.25)], ids=["rules", "network"]
)
def test_every_decision_of_a_simulated_day_is_computed_again_to_the_last_bit(policy: Policy, days: float) -> None:
    with Journal.in_memory() as journal:
        world = World(SEED, start=season(SEED))
        readings = sorted(world.reported.values(), key=lambda reading: reading.at)
        while world.at < season(SEED) + 2.25 * DAY:
            readings += world.step(60.0)
        journal.append(readings)
        began = world.at
        live(world, journal, policy, days / 2)
        live(world, journal, policy, days / 2)
        deciding = Deciding(policy=policy, fallback=Rules(), limits=Limits(), autonomy=AutonomySettings())
        records = [r for r in journal.decisions(since=began) if r.cause in BY_POLICIES]
        asked = records[:: max(1, len(records) // 100)]
        odd = [r for r in asked if not computed_again(r, journal, world, deciding)]
        assert len(asked) > 20
        assert odd == []


def test_another_bit_is_another_decision() -> None:
    with Journal.in_memory() as journal:
        world = World(SEED, start=season(SEED))
        journal.append(sorted(world.reported.values(), key=lambda reading: reading.at))
        live(world, journal, Rules(), 0.02)
        deciding = Deciding(policy=Rules(), fallback=Rules(), limits=Limits(), autonomy=AutonomySettings())
        record = journal.decisions()[0]
        decision = again(record, world.home, known(journal, record.since)[0], deciding)
        assert same(record, decision)
        assert not same(replace(record, confidence=record.confidence + 1e-15 + record.confidence * 3e-16), decision)
        assert not same(replace(record, setting="off?"), decision)
        assert not same(record, None)
