"""Two policies, decision by decision."""

import json
from dataclasses import replace

import pytest

from homectl.home import Kind, Origin, Quantity
from homectl.replay.differences import Differences, differences_json
from homectl.replay.engine import BLOCK
from tests.replay.scripts import BOLT, HEATING, LAMP, Script, told, trial

ON, OFF, NAN = 1.0, 0.0, float("nan")


def between(one: Script, other: Script, minutes: float = 60, awake: float = 60) -> Differences:
    readings = [
        told("eye", Quantity.MOTION, 1.0, 0),
        told("eye", Quantity.MOTION, 0.0, awake),
        told("lamp", Quantity.LIGHT_ON, ON, 0),
        told("lamp", Quantity.LIGHT_ON, OFF, 0.5, Origin.PERSON),
        told("lamp", Quantity.LIGHT_ON, ON, 40, Origin.PERSON),
        told("bolt", Quantity.LOCK, 0.0, 0),
        told("valve", Quantity.SETPOINT, 20.0, 0),
    ]
    asked = trial(one, readings, minutes)
    found = Differences(asked, replace(asked, policy=other))
    assert list(found.run())
    return found


def test_a_policy_does_not_differ_from_itself() -> None:
    script = Script({LAMP: [(0, ON, 0.9), (20, NAN, 0.9)], HEATING: [(0, 21.0, 0.9)], BOLT: [(5, 1.0, 0.99)]})
    found = between(script, script)
    assert found.spans() == []
    assert all(tally.alike == tally.minutes for tally in found.tallies.values())


def test_spans_say_when_who_wished_what_what_was_and_who_was_right() -> None:
    found = between(Script({LAMP: [(10, ON, 0.9), (50, OFF, 0.9)]}), Script({LAMP: [(10, OFF, 0.9)]}))
    spans = [(span.minutes(), span.one, span.other, span.had, span.right()) for span in found.spans()]
    assert spans == [(30, ON, OFF, OFF, "B"), (10, ON, OFF, ON, "A")]
    tally = found.tallies[Kind.LIGHT]
    assert (tally.alike, tally.one_right, tally.other_right, tally.neither) == (20, 10, 30, 0)


def test_no_opinion_is_something_else_than_one_and_a_quarter_of_a_degree_is_not() -> None:
    setpoints = between(Script({HEATING: [(0, 21.0, 0.9)]}), Script({HEATING: [(0, 21.2, 0.9), (30, 22.0, 0.9)]}))
    assert [(span.minutes(), span.right()) for span in setpoints.spans()] == [(30, "")]
    bolt = between(Script({BOLT: [(0, 1.0, 0.9)]}), Script({}))
    assert [(span.minutes(), span.clash) for span in bolt.spans()] == [(60, True)]
    lamp = between(Script({}), Script({LAMP: [(20, OFF, 0.9)]}))
    assert not any(span.clash for span in lamp.spans())
    tally = lamp.tallies[Kind.LIGHT]
    assert (tally.alike, tally.one_alone, tally.other_alone, tally.other_right) == (20, 0, 40, 0)


def test_a_span_goes_on_over_the_end_of_a_block() -> None:
    found = between(Script({LAMP: [(45, OFF, 0.9)]}), Script({LAMP: [(45, ON, 0.9)]}), BLOCK + 30, BLOCK + 30)
    assert [span.minutes() for span in found.spans()] == [BLOCK + 30 - 45]


@pytest.mark.parametrize("minutes", [30, 60])
def test_the_json_counts_what_the_tallies_count_and_is_the_same_every_time(minutes: float) -> None:
    scripts = Script({LAMP: [(10, ON, 0.9)]}), Script({LAMP: [(12, OFF, 0.9)], HEATING: [(5, 22.0, 0.9)]})
    said = {differences_json(between(*scripts, minutes), {"log": {}}) for _ in range(2)}
    assert len(said) == 1
    content = json.loads(said.pop())
    differing = sum(task["minutes"] - task["alike"] for task in content["tasks"].values())
    assert differing == sum(span["minutes"] for span in content["differences"]) > 0
