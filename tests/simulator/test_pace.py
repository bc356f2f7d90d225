"""Claims about the pace of a simulated home, without a broker or a wall clock."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homectl.home import MessageError
from simulator.pace import LONGEST, PATIENCE, SHORTEST, WINDOW, Pace

START = 1_768_282_200.0


@pytest.mark.parametrize(
    ("speed", "length", "every"),
    [(0.1, 1.0, 10.0), (1, 1.0, 1.0), (10, 1.0, 0.1), (60, 6.0, 0.1), (600, 60.0, 0.1), (3600, 60.0, 1 / 60)],
)
def test_a_step_stands_for_a_tenth_of_a_second_where_its_length_allows(
    speed: float, length: float, every: float
) -> None:
    pace = Pace(speed)
    pace.restart(0.0)
    assert pace.length == length
    assert pace.wait(0.0) == pytest.approx(every)


@given(speed=st.floats(0.1, 3600), lateness=st.floats(0, 0.5))
def test_the_asked_speed_is_kept_without_drift_though_every_step_comes_late(speed: float, lateness: float) -> None:
    pace, now, at = Pace(speed), 0.0, START
    pace.restart(now)
    for _ in range(200):
        now += pace.wait(now) + min(lateness, 0.1 * pace.length / speed)
        at += pace.length
        pace.stepped(pace.length, at, now)
    assert at - START == pytest.approx(speed * now, abs=2 * pace.length)
    assert pace.late == 0


def test_a_schedule_that_was_missed_starts_anew_instead_of_racing() -> None:
    pace = Pace(60)
    pace.restart(0.0)
    pace.stepped(6.0, START, 30.0)
    assert pace.late == 1
    pace.stepped(6.0, START, 30.0)
    assert pace.wait(30.0) == pytest.approx(0.1)


def test_paused_time_stands_still_but_can_be_stepped() -> None:
    pace = Pace(60)
    pace.pause()
    assert pace.wait(1e9) == math.inf
    pace.forward(START + 60)
    assert pace.wait(0.0) == 0.0
    pace.stepped(60.0, START + 60, 0.0)
    assert pace.wait(1e9) == math.inf
    pace.resume(5.0)
    assert pace.wait(5.0) == pytest.approx(0.1)


@given(total=st.floats(1.0, 20_000.0), start=st.floats(0, 2e9))
def test_a_fast_forward_ends_on_its_goal_in_steps_of_a_second_to_a_minute(total: float, start: float) -> None:
    at = round(start, 3)
    pace, goal = Pace(1), round(at + total, 3)
    pace.forward(goal)
    while pace.forwarding:
        length = pace.next_length(at)
        assert SHORTEST <= length <= LONGEST
        at = round(at + length, 3)
        pace.stepped(length, at, 0.0)
    assert at == pytest.approx(goal, abs=0.002)


def test_a_daemon_that_never_acknowledged_is_not_waited_for() -> None:
    pace = Pace(3600)
    for _ in range(100):
        pace.stepped(60.0, START, 0.0)
    assert pace.wait(1000.0) == 0.0


def test_a_daemon_that_acknowledges_is_never_outrun_by_more_than_the_window() -> None:
    pace = Pace(3600)
    pace.acknowledge(0, 0.0)
    for taken in range(WINDOW):
        assert pace.wait(10.0) < 0.1, taken
        pace.stepped(60.0, START, 10.0)
    assert pace.wait(10.0) == pytest.approx(PATIENCE)
    pace.acknowledge(1, 11.0)
    assert pace.wait(11.0) == 0.0


def test_a_daemon_that_fell_silent_holds_time_up_no_longer_than_its_patience_until_it_speaks_again() -> None:
    pace = Pace(3600)
    pace.acknowledge(0, 0.0)
    for _ in range(WINDOW):
        pace.stepped(60.0, START, 100.0)
    assert pace.wait(100.0 + PATIENCE - 0.1) > 0
    assert pace.wait(100.0 + PATIENCE) == 0.0
    for _ in range(WINDOW):
        pace.stepped(60.0, START, 106.0)
    assert pace.wait(106.0) < 0.1
    pace.acknowledge(pace.seq - WINDOW, 107.0)
    assert pace.wait(107.0) == pytest.approx(PATIENCE)


def test_a_long_pause_does_not_use_up_the_patience_with_the_daemon() -> None:
    pace = Pace(3600)
    pace.acknowledge(0, 0.0)
    for _ in range(WINDOW):
        pace.stepped(60.0, START, 1000.0)
    assert pace.wait(1000.0) == pytest.approx(PATIENCE)


def test_in_lockstep_every_step_waits_for_its_acknowledgement_and_for_nothing_else() -> None:
    pace = Pace(0.1, lockstep=True)
    assert pace.wait(1e9) == math.inf
    pace.acknowledge(0, 0.0)
    assert pace.wait(0.0) == 0.0
    pace.stepped(1.0, START, 0.0)
    assert pace.wait(1e9) == math.inf


@pytest.mark.parametrize("seq", [-1, 1, 10**30])
def test_an_acknowledgement_of_what_was_never_told_is_refused(seq: int) -> None:
    with pytest.raises(MessageError, match=r"expected a step of 0…0"):
        Pace().acknowledge(seq, 0.0)
