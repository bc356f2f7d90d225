"""The record of who decides counts what people answered, and nothing else."""

import asyncio

from homectl.home import AccuracyView, BinView, Kind, ReliabilityView
from homectl.past import Remembered


def test_a_change_that_is_let_be_is_right_and_one_taken_back_is_not(past: Remembered) -> None:
    record = asyncio.run(past.model(7))
    lamp = AccuracyView(day="2025-01-07", task=Kind.LIGHT, right=1, of=2, foreseen=0, changes=2)
    assert [one for one in record.accuracy if one.task is Kind.LIGHT] == [lamp]


def test_what_came_to_nothing_counts_for_nothing(past: Remembered) -> None:
    record = asyncio.run(past.model(7))
    heating = AccuracyView(day="2025-01-07", task=Kind.SETPOINT, right=0, of=0, foreseen=0, changes=1)
    assert [one for one in record.accuracy if one.task is Kind.SETPOINT] == [heating]
    assert [one.task for one in record.reliability] == [Kind.LIGHT]


def test_reliability_holds_what_was_said_beside_what_happened_also_where_too_little_was_said_to_act(
    past: Remembered,
) -> None:
    bins = (
        BinView(said=0.55, happened=1.0, count=1),
        BinView(said=0.85, happened=0.0, count=1),
        BinView(said=0.9, happened=1.0, count=1),
    )
    assert asyncio.run(past.model(7)).reliability == (ReliabilityView(task=Kind.LIGHT, bins=bins),)


def test_candidates_come_with_their_figures(past: Remembered) -> None:
    (candidate,) = asyncio.run(past.model(7)).candidates
    assert (candidate.verdict, candidate.model, candidate.days) == ("rejected", 1, ("2024-12-20", "2025-01-03"))
    (figure,) = candidate.figures
    assert (figure.task, figure.champion, figure.challenger, figure.agreement) == ("light_on", 0.2, 0.1, 0.99)


def test_rules_learn_nothing_and_say_so(past: Remembered) -> None:
    record = asyncio.run(past.model(7))
    assert (record.policy, record.trained) == ("rules", "rules that somebody wrote; they learn nothing")
