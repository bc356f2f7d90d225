"""Whatever restarts when, no policy makes a heater turn on and off in short cycles."""

from itertools import pairwise
from random import Random

import pytest

from homectl.home import Quantity, Setpoint
from homectl.journal import Journal
from tests.fakes import HEATING, small_home
from tests.measured import Measured
from tests.test_orders import Live

SHORTEST = 900.0
STEP = 30.0


class Restless:
    """A home whose policy wants it a degree warmer or colder every minute, and that restarts at any time."""

    def __init__(self, seed: int) -> None:
        self.dice, self.times = Random(seed), list[float]()

    def live(self, restarts: int) -> list[float]:
        """When the thermostat was asked, over so many restarts: UTC seconds."""
        with Journal.in_memory() as journal:
            home = Live(journal, small_home())
            for _ in range(restarts):
                self._pass(home, self.dice.choice([30.0, 600.0, 1800.0, 4000.0, 8000.0]) * self.dice.random())
                home = home.again(self.dice.choice([0.0, 1.0, 60.0]))
                journal.retain(home.clock.now() - 7200)
        return self.times

    def _pass(self, home: Live, seconds: float) -> None:
        home.say("valve", Quantity.SETPOINT, 20.0)
        for _ in range(1 + int(seconds / STEP)):
            home.wish.settings = {HEATING: Setpoint(self.dice.choice([19.0, 20.0, 21.0]))}
            asked = len(home.sent)
            home.pass_time(STEP, STEP)
            self.times += [home.clock.now()] * (len(home.sent) - asked)


@pytest.mark.parametrize("restarts", [40, pytest.param(1000, marks=pytest.mark.soak)])
def test_two_steps_of_a_policy_are_a_quarter_of_an_hour_apart_across_restarts(
    restarts: int, measured: Measured
) -> None:
    times = Restless(restarts).live(restarts)
    short = sum(later - earlier < SHORTEST for earlier, later in pairwise(times))
    measured("short cycles", restarts=restarts, steps=len(times), short=short)
    assert len(times) > restarts / 4
    assert short == 0
