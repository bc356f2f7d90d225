"""How sure a policy has to be, counted by hand and against the replay itself."""

import numpy as np
import pytest

from homectl.home import Origin, Quantity, Reading
from homectl.replay.engine import BLOCK
from homectl.replay.report import Report
from homectl.replay.sentences import advice
from homectl.replay.sureness import NOTHING, THRESHOLDS, Gate, Sureness
from tests.replay.scripts import LAMP, Script, told, trial

ON, OFF, PERSON = 1.0, 0.0, Origin.PERSON


def evening(minutes: float = 120) -> list[Reading]:
    """Somebody about all the time; the lamp is switched off by hand at 0, on at 40, and never again."""
    moves = [told("eye", Quantity.MOTION, 1.0, minute) for minute in np.arange(0, minutes, 20)]
    lamp = [told("lamp", Quantity.LIGHT_ON, value, minute, PERSON) for minute, value in ((-1, 1), (0, 0), (40, 1))]
    return sorted([*moves, *lamp], key=lambda reading: reading.at)


def sureness(lines: list[tuple[float, float, float]], minutes: float = 120) -> Sureness:
    report = Report(trial(Script({LAMP: lines}), evening(minutes), minutes))
    assert list(report.run())
    return report.scorers[LAMP].sureness


def counts(gates: tuple[Gate, ...]) -> dict[float, tuple[int, int]]:
    return {gate.least: (gate.right, gate.false) for gate in gates}


def test_the_surer_it_has_to_be_the_less_it_does() -> None:
    found = counts(sureness([(33, ON, 0.65), (75, OFF, 0.85)]).gates())
    assert found == {0.5: (1, 1), 0.6: (1, 1), 0.7: (0, 1), 0.8: (0, 1), 0.9: (0, 0), 0.95: (0, 0), 0.99: (0, 0)}


def test_a_hand_made_change_is_held_and_a_wish_that_grows_surer_acts_once_from_each_sureness_on() -> None:
    found = counts(sureness([(41, OFF, 0.99)]).gates())
    assert found[0.99] == (0, 1)  # at 70, when the hold is over
    growing = counts(sureness([(75, OFF, 0.55), (80, OFF, 0.75), (85, OFF, 0.55), (90, OFF, 0.92)]).gates())
    assert [growing[least][1] for least in THRESHOLDS] == [1, 1, 1, 1, 1, 0, 0]


def test_a_wish_that_goes_on_over_the_end_of_a_block_acts_once() -> None:
    for minute in (BLOCK - 5, BLOCK + 5):
        gates = sureness([(float(minute), OFF, 0.9)], BLOCK + 60.0).gates()
        assert counts(gates)[0.8] == (0, 1)


def test_how_often_it_was_so_is_counted_by_how_sure_it_was() -> None:
    found = sureness([(0, OFF, 0.95), (60, OFF, 0.62)]).reliability
    assert found.minutes[[6, 9]].tolist() == [60, 60]
    assert found.came[[6, 9]].tolist() == [0, 40]
    assert found.error == pytest.approx((60 * 0.62 + abs(60 * 0.95 - 40)) / 120, abs=1e-4)


@pytest.mark.parametrize(
    ("right", "false", "said"),
    [(0, 3, "too few"), (9, 1, "From 50"), (5, 5, "let me only"), (0, 10, "0\N{NO-BREAK SPACE}% at best")],
)
def test_advice_rests_on_what_was_judged(right: int, false: int, said: str) -> None:
    gates = [Gate(0.5, right, false), *NOTHING[1:]]
    assert said.lower() in advice(gates, 0.8).lower()
