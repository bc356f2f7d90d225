"""Scores of hand-computed logs."""

import json
from dataclasses import asdict, replace

import pytest

from homectl.control.autonomy import AutonomySettings
from homectl.home import Autonomy, Kind, Origin, Quantity, Reading, Target
from homectl.replay.engine import BLOCK
from homectl.replay.report import Report
from homectl.replay.score import Fate, Score
from tests.replay.scripts import BOLT, HEATING, LAMP, Script, told, trial

PERSON, AUTOMATION, UNKNOWN, OURS = Origin.PERSON, Origin.AUTOMATION, Origin.UNKNOWN, Origin.HOMECTL


def evening(origin: Origin) -> list[Reading]:
    """Motion until minute 5; the lamp is off, on from minute 10, off from minute 60."""
    moves = [told("eye", Quantity.MOTION, value, minute) for minute, value in ((0, 1.0), (5, 0.0))]
    lamp = [told("lamp", Quantity.LIGHT_ON, value, minute, origin) for minute, value in ((0, 0), (10, 1), (60, 0))]
    return moves + lamp


def score(policy: Script, readings: list[Reading], target: Target = LAMP, minutes: float = 80) -> Score:
    report = Report(trial(policy, readings, minutes))
    assert list(report.run())
    found = report.scorers[target].score()
    assert json.dumps({name: getattr(found, name) for name in Score.__slots__})  # plain numbers
    return found


ON, OFF = 1.0, 0.0


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        # labelled are minutes 0 to 40 (motion and the change at 10 keep half an hour) and 50 to 79 (ten before 60)
        ([], {"labelled": 71, "opinions": 0, "agreed": 0, "persisted": 68, "changes": 2, "proposed": 0}),
        (
            [(8, ON, 0.9), (50, OFF, 0.9)],
            {"opinions": 63, "agreed": 51, "proposed": 2, "matched": 2, "anticipated": 2, "followed": 0, "wrong": 0},
        ),
        ([(12, ON, 0.9)], {"proposed": 0, "anticipated": 0, "followed": 1}),  # after 60 a person's hold is respected
        ([(21, ON, 0.9)], {"proposed": 0, "anticipated": 0, "followed": 0}),
        ([(0, OFF, 0.9)], {"proposed": 1, "matched": 0, "wrong": 1, "anticipated": 0, "followed": 0}),  # at 40
        ([(0, ON, 0.5), (55, OFF, 0.5)], {"proposed": 0, "followed": 1}),
        ([(0, ON, 0.5), (70, OFF, 0.5)], {"proposed": 0, "followed": 1}),
        ([(0, ON, 0.5), (71, OFF, 0.5)], {"proposed": 0, "followed": 0}),
        ([(0, OFF, 0.79)], {"proposed": 0, "wrong": 0, "agreed": 30, "opinions": 71}),
        ([(45, OFF, 0.9)], {"proposed": 1, "wrong": 0, "unjudged": 1, "matched": 0}),  # nobody has been about
    ],
)
def test_a_lamp_is_scored_against_what_a_person_did(
    lines: list[tuple[float, float, float]], expected: dict[str, int]
) -> None:
    found = asdict(score(Script({LAMP: lines}), evening(PERSON)))
    assert {name: found[name] for name in expected} == expected
    assert found["proposed"] == found["matched"] + found["wrong"] + found["unjudged"]


@pytest.mark.parametrize("origin", [PERSON, UNKNOWN])
def test_where_no_person_is_named_an_unknown_hand_counts_as_one(origin: Origin) -> None:
    found = score(Script({LAMP: [(8, ON, 0.9)]}), evening(origin))
    assert (found.changes, found.matched, found.anticipated) == (2, 1, 1)
    assert found.verdicts == {"approved": 1, "held": 1}


@pytest.mark.parametrize(("origin", "said"), [(AUTOMATION, "another automation"), (OURS, "only homectl")])
def test_what_no_person_did_is_no_label(origin: Origin, said: str) -> None:
    report = Report(trial(Script({LAMP: [(8, ON, 0.9)]}), evening(origin), 80))
    assert list(report.run())
    assert report.scorers[LAMP].labels.origin is None
    assert said in report.scorers[LAMP].labels.reason
    assert report.scorers[LAMP].score().labelled == 0


def test_a_change_that_another_automation_made_too_is_not_judged() -> None:
    readings = [*evening(PERSON)[:-1], told("lamp", Quantity.LIGHT_ON, 0, 45, AUTOMATION)]
    found = score(Script({LAMP: [(0, OFF, 0.9)]}), readings)
    assert (found.proposed, found.wrong, found.unjudged) == (1, 0, 1)


def test_a_wish_that_comes_and_goes_is_one_change_until_the_policy_wants_something_else() -> None:
    flickering = [(float(m), OFF if m % 2 else float("nan"), 0.9) for m in range(41, 60)]
    assert score(Script({LAMP: flickering}), evening(PERSON)).proposed == 1
    undecided = [(float(m), float(m % 2), 0.9) for m in range(41, 60)]
    assert score(Script({LAMP: undecided}), evening(PERSON)).proposed == 9


def test_a_setpoint_agrees_within_a_quarter_of_a_degree() -> None:
    readings = [
        told("eye", Quantity.TEMPERATURE, 19.0, 0),
        *(told("valve", Quantity.SETPOINT, value, minute, PERSON) for minute, value in ((0, 20.0), (30, 21.0))),
    ]
    found = score(Script({HEATING: [(22, 21.0, 0.9)]}), readings, HEATING, minutes=41)
    assert (found.changes, found.proposed, found.matched, found.anticipated) == (1, 1, 1, 1)
    assert (found.opinions, found.agreed) == (19, 11)


def bolts(*changes: tuple[float, float], door: list[tuple[float, float]]) -> list[Reading]:
    contact = [told("door", Quantity.CONTACT, value, minute) for minute, value in door]
    return contact + [told("bolt", Quantity.LOCK, value, minute, PERSON) for minute, value in changes]


def test_a_bolt_that_a_person_threw_is_wanted_until_it_is_drawn_and_unlocking_is_no_change_to_match() -> None:
    readings = bolts((0, 0), (20, 1), (80, 0), door=[(0, 0.0)])
    found = score(Script({BOLT: [(15, 1.0, 0.97)]}), readings, BOLT, minutes=90)
    # minutes 10 to 19 are near the change; 20 to 89 are labelled; "no opinion" before 15 agrees with "not locked"
    assert (found.labelled, found.changes, found.anticipated, found.matched, found.wrong) == (80, 1, 1, 1, 0)
    assert found.agreed == 5 + 60


def test_nothing_is_said_of_a_bolt_while_its_door_is_open() -> None:
    readings = bolts((0, 1), (1, 0), (2, 1), door=[(0, 0.0), (30, 1.0), (50, 0.0)])
    closed = score(Script({}), readings[:1] + readings[3:], BOLT, minutes=60).labelled
    assert score(Script({}), readings, BOLT, minutes=60).labelled == closed - 20


def test_scores_add_up() -> None:
    one = score(Script({LAMP: [(8, ON, 0.9)]}), evening(PERSON))
    both = one + one
    assert (both.labelled, both.verdicts["approved"]) == (2 * one.labelled, 2 * one.verdicts["approved"])


def test_every_kind_without_a_target_is_listed_with_the_reason() -> None:
    report = Report(trial(Script({}), evening(PERSON), 80))
    assert {line.task: line.reason for line in report.lines() if not line.by} == {
        Kind.SETPOINT: "it says nothing in this log",
        Kind.LOCK: "it says nothing in this log",
    }


def test_a_proposal_flaps_if_its_own_policy_turns_from_it_within_ten_minutes_while_nobody_touches_it() -> None:
    lamp = [told("eye", Quantity.MOTION, 1.0, 0), told("lamp", Quantity.LIGHT_ON, 0, 0, PERSON)]
    for lines, flaps in (
        ([(41, ON, 0.9), (44, OFF, 0.9)], 1),
        ([(41, ON, 0.9), (51, OFF, 0.9)], 0),
        ([(41, ON, 0.9), (44, float("nan"), 0.9)], 0),
        ([(41, ON, 0.5), (44, OFF, 0.5)], 0),
    ):
        assert score(Script({LAMP: lines}), lamp).flaps == flaps
    touched = [*lamp, told("lamp", Quantity.LIGHT_ON, 1, 43, PERSON)]
    assert score(Script({LAMP: [(41, ON, 0.9), (44, OFF, 0.9)]}), touched).flaps == 0


def test_a_flap_over_the_end_of_a_block_is_counted_once() -> None:
    lamp = [told("eye", Quantity.MOTION, 1.0, m) for m in range(0, 3000, 30)]
    lamp += [told("lamp", Quantity.LIGHT_ON, 0, 0, PERSON)]
    for turn in (BLOCK - 3, BLOCK - 1, BLOCK, BLOCK + 2):
        lines = [(BLOCK - 4.0, ON, 0.9), (float(turn), OFF, 0.9)]
        assert score(Script({LAMP: lines}), lamp, minutes=BLOCK + 60).flaps == 1


@pytest.mark.parametrize(
    ("lines", "avoided"),
    [
        ([(0, OFF, 0.9)], 1),  # it wanted all along what people then set
        ([(0, ON, 0.9)], 0),
        ([], 1),  # without an opinion it leaves things as they were before the other hand came
        ([(0, ON, 0.9), (20, OFF, 0.9)], 1),
        ([(21, OFF, 0.9), (22, ON, 0.9)], 1),
    ],
)
def test_an_override_is_avoided_where_the_policy_would_have_left_what_people_then_wanted(
    lines: list[tuple[float, float, float]], avoided: int
) -> None:
    readings = [
        told("lamp", Quantity.LIGHT_ON, 0, 0, PERSON),
        told("lamp", Quantity.LIGHT_ON, 1, 20.5, AUTOMATION),
        told("lamp", Quantity.LIGHT_ON, 0, 25, PERSON),
        told("lamp", Quantity.LIGHT_ON, 1, 100, AUTOMATION),
        told("lamp", Quantity.LIGHT_ON, 0, 131, PERSON),  # more than half an hour later: no override
    ]
    found = score(Script({LAMP: lines}), readings, minutes=140)
    assert (found.overrides, found.avoided) == (1, avoided)


def test_every_change_has_a_fate_and_says_what_was_wished_just_before() -> None:
    report = Report(trial(Script({LAMP: [(8, ON, 0.9), (30, ON, 0.6)]}), evening(PERSON), 80))
    assert list(report.run())
    first, second = report.changes()
    assert (first.fate, first.wish, first.confidence) == (Fate.ANTICIPATED, ON, 0.9)
    assert (second.fate, second.wish, second.confidence, second.wished) == (Fate.MISSED, ON, 0.6, False)
    assert [(one.fate, one.state) for one in report.proposals()] == [(Fate.MATCHED, OFF)]


@pytest.mark.parametrize(("level", "ruling"), [(Autonomy.SUGGEST, "suggested"), (Autonomy.OBSERVE, "observed")])
def test_at_a_lower_level_what_it_would_have_shown_is_scored_and_nothing_is_let_through(
    level: Autonomy, ruling: str
) -> None:
    asked = replace(trial(Script({LAMP: [(8, ON, 0.9)]}), evening(PERSON), 80), autonomy=AutonomySettings(level=level))
    report = Report(asked)
    assert list(report.run())
    found = report.scorers[LAMP].score()
    assert (found.proposed, found.matched, found.anticipated) == (1, 1, 1)
    assert set(found.verdicts) <= {ruling, "held"}
