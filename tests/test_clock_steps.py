"""The wall clock is set by an hour or a year, forth or back: what counts seconds goes on counting them."""

from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homectl.controller import SAFETY_EVERY
from homectl.home import CommandState, Light, LockState, Quantity, Setpoint, ToldClock
from homectl.journal import Journal
from tests.fakes import HEATING, LAMP, NOON
from tests.measured import Measured
from tests.test_controller import Rig

HOUR, YEAR = 3600.0, 365 * 86_400.0
STEPS = (HOUR, -HOUR, YEAR, -YEAR, 1.0, -1.0, 86_400.0)


class SteppedClock(ToldClock):
    """A home's clock whose wall time somebody sets; what has elapsed only grows."""

    ahead = 0.0

    def now(self) -> float:
        return super().now() + self.ahead


class Stepped(Rig):
    """A home whose clock is set while time passes."""

    def __init__(self, journal: Journal) -> None:
        self.wall = SteppedClock(NOON)
        super().__init__(journal, self.wall)
        self.ticks = 0

    def live(self, seconds: float, step: float = 0.0) -> None:
        """Let time pass, and set the clock in the middle of it."""
        for part in (seconds / 2, seconds / 2):
            self.clock.tell(self.clock._at + part)
            self.real += part
            self.control.tick()
            self.control.pulse()
            self.wall.ahead, step = self.wall.ahead + step, 0.0


def missed(rig: Stepped) -> float:
    """Safety ticks that are due by the seconds that have passed, and were not executed."""
    return max(0.0, (rig.clock.elapsed() - rig.control._next_safety) // SAFETY_EVERY + 1)


SPANS = st.lists(st.tuples(st.floats(0.5, 200.0), st.sampled_from((0.0, *STEPS))), max_size=15)


@settings(max_examples=25, deadline=None)
@given(SPANS)
def test_no_safety_tick_is_missed_and_none_comes_early(spans: list[tuple[float, float]]) -> None:
    with TemporaryDirectory() as folder, Journal.open(Path(folder) / "j.db") as journal:
        rig = Stepped(journal)
        for seconds, step in spans:
            rig.live(seconds, step)
            assert missed(rig) == 0
            assert rig.control._next_safety - rig.clock.elapsed() <= SAFETY_EVERY


@pytest.mark.parametrize("step", STEPS)
def test_a_hold_lasts_as_long_as_it_was_to(tmp_path: Path, step: float) -> None:
    with Journal.open(tmp_path / "j.db") as journal:
        rig = Stepped(journal)
        rig.all_say()
        rig.live(100)
        rig.say("lamp", Quantity.LIGHT_ON, 1.0)
        assert rig.control.state.holds.left(LAMP, rig.clock.elapsed()) == 1800
        rig.live(1000, step)
        assert rig.control.state.holds.left(LAMP, rig.clock.elapsed()) == 800
        rig.live(801, -step)
        assert rig.control.state.holds.left(LAMP, rig.clock.elapsed()) is None


@pytest.mark.parametrize("step", STEPS)
def test_a_command_waits_for_its_answer_as_long_as_it_was_to(tmp_path: Path, step: float) -> None:
    with Journal.open(tmp_path / "j.db") as journal:
        rig = Stepped(journal)
        rig.all_say()
        rig.live(1800)
        rig.all_say()
        rig.control.ask(LAMP, Light(True))
        rig.live(4, step)
        assert rig.control.outcomes[LAMP].state is CommandState.ASKED
        rig.live(4)
        assert rig.control.outcomes[LAMP].state is CommandState.FAILED


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_a_month_of_a_clock_that_is_set_every_hour_misses_no_safety_tick(tmp_path: Path, measured: Measured) -> None:
    rng, lost, days = Random(5), 0.0, 30
    with Journal.open(tmp_path / "j.db") as journal:
        rig = Stepped(journal)
        rig.all_say()
        rig.say("bolt", Quantity.LOCK, LockState.LOCKED)
        began = rig.clock.elapsed()
        for hour in range(days * 24):
            rig.live(HOUR, rng.choice(STEPS))
            lost += missed(rig)
            if hour % 12 == 0:
                rig.wish.settings = {HEATING: Setpoint(20.0 + hour % 3)}
        ticks = (rig.clock.elapsed() - began) // SAFETY_EVERY
    measured("clock steps", days=days, steps=days * 24, safety_ticks=ticks, missed=lost)
    assert lost == 0
