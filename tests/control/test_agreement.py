"""What was only proposed is held beside what people did themselves."""

import math
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homectl.control.agreement import AROUND, Agreement, agreement
from homectl.home import STATE, Cause, History, Kind, LockState, Origin, Quantity, Reading, Record, Ruling, Target
from tests.fakes import small_home

LAMP, VALVE, DOOR = Target("lamp", Kind.LIGHT), Target("valve", Kind.SETPOINT), Target("bolt", Kind.LOCK)
MINUTE, DAY = 60.0, 86_400.0
NOON = 43_200.0


def proposal(
    target: Target, setting: str, since: float, minutes: float = 0, ruling: Ruling = Ruling.OBSERVED
) -> Record:
    return Record(
        target=target,
        setting=setting,
        cause=Cause.LEARNED,
        confidence=0.9,
        ruling=ruling,
        rule="",
        reason="",
        command="",
        since=since,
        until=since + minutes * MINUTE,
    )


def lived(target: Target, *said: tuple[float, float, Origin]) -> History:
    """What a target reported: time, value, by whom; its first report names nobody."""
    history, quantity = History(), STATE[target.kind]
    history.append(first(target))
    for at, value, origin in said:
        history.append(Reading(device=target.device, quantity=quantity, value=value, at=at, origin=origin))
    return history


def first(target: Target) -> Reading:
    value = 20.0 if target.kind is Kind.SETPOINT else 0.0
    return Reading(device=target.device, quantity=STATE[target.kind], value=value, at=0.0, origin=Origin.UNKNOWN)


def judged(target: Target, records: list[Record], history: History) -> tuple[int, int, int, int]:
    found = agreement(small_home(), target, records, history, 0.0, DAY, 0.8)
    return found.followed + found.declined + found.unanswered, found.followed, found.changes, found.foreseen


@pytest.mark.parametrize(
    ("target", "setting", "value", "same"),
    [
        (LAMP, "on", 1.0, True),
        (LAMP, "on at 40%", 1.0, True),
        (LAMP, "off", 1.0, False),
        (VALVE, "21.0 °C", 21.0, True),
        (VALVE, "21.0 °C", 21.2, True),
        (VALVE, "21.0 °C", 22.0, True),
        (VALVE, "21.0 °C", 22.5, False),
        (DOOR, "locked", float(LockState.LOCKED), True),
        (DOOR, "locked", float(LockState.LOCKING), True),
        (DOOR, "locked", float(LockState.JAMMED), False),
    ],
)
def test_a_proposal_is_followed_by_the_same_change_alone(
    target: Target, setting: str, value: float, same: bool
) -> None:
    history = lived(target, (NOON + MINUTE, value, Origin.PERSON))
    assert judged(target, [proposal(target, setting, NOON)], history) == (1, same, 1, same)


@pytest.mark.parametrize(
    ("minutes_later", "met"), [(-1, False), (0, True), (5, True), (15, True), (15.01, False), (60, False)]
)
def test_a_change_meets_what_is_proposed_then_or_was_in_the_ten_minutes_before(minutes_later: float, met: bool) -> None:
    history = lived(LAMP, (NOON + minutes_later * MINUTE, 1.0, Origin.PERSON))
    assert judged(LAMP, [proposal(LAMP, "on", NOON, minutes=5)], history) == (1, met, 1, met)


@pytest.mark.parametrize("origin", [Origin.HOMECTL, Origin.AUTOMATION, Origin.UNKNOWN])
def test_only_people_count(origin: Origin) -> None:
    assert judged(LAMP, [proposal(LAMP, "on", NOON)], lived(LAMP, (NOON, 1.0, origin))) == (1, 0, 0, 0)


@pytest.mark.parametrize("ruling", [Ruling.APPROVED, Ruling.REFUSED, Ruling.NOTHING])
def test_what_was_carried_out_or_not_wanted_is_no_proposal(ruling: Ruling) -> None:
    history = lived(LAMP, (NOON, 1.0, Origin.PERSON))
    assert judged(LAMP, [proposal(LAMP, "on", NOON, ruling=ruling)], history) == (0, 0, 1, 0)


def test_a_state_said_again_is_no_change_and_another_target_s_proposals_do_not_count() -> None:
    history = lived(LAMP, (NOON, 1.0, Origin.PERSON), (NOON + MINUTE, 1.0, Origin.PERSON))
    assert judged(LAMP, [proposal(DOOR, "locked", NOON)], history) == (0, 0, 1, 0)


def test_what_may_still_be_followed_is_not_judged_yet() -> None:
    late = proposal(LAMP, "on", DAY - AROUND[Kind.LIGHT] + 1)
    assert judged(LAMP, [late], lived(LAMP)) == (0, 0, 0, 0)


def seen(history: History, *minutes: float) -> History:
    """Somebody moves in the kitchen so long after noon."""
    for minute in minutes:
        for value, later in ((1.0, 0.0), (0.0, 30.0)):
            history.append(
                Reading(device="motion", quantity=Quantity.MOTION, value=value, at=NOON + minute * MINUTE + later)
            )
    return history


@pytest.mark.parametrize(("minute", "declined"), [(-5, 0), (1, 1), (14, 1), (16, 0)])
def test_what_nobody_followed_was_declined_if_somebody_was_about_and_else_unanswered(
    minute: float, declined: int
) -> None:
    found = agreement(
        small_home(), LAMP, [proposal(LAMP, "on", NOON, minutes=5)], seen(lived(LAMP), minute), 0.0, DAY, 0.8
    )
    assert (found.followed, found.declined, found.unanswered) == (0, declined, 1 - declined)


def test_nobody_minds_a_degree_but_who_sets_another_declines() -> None:
    warmer = proposal(VALVE, "22.0 °C", NOON)
    for history, expected in (
        (seen(lived(VALVE), 1), (0, 0, 1)),
        (lived(VALVE, (NOON + 60 * MINUTE, 19.0, Origin.PERSON)), (0, 1, 0)),
        (lived(VALVE, (NOON + 119 * MINUTE, 21.5, Origin.PERSON)), (1, 0, 0)),
    ):
        found = agreement(small_home(), VALVE, [warmer], history, 0.0, DAY, 0.8)
        assert (found.followed, found.declined, found.unanswered) == expected


def test_what_would_not_have_been_done_for_doubt_is_no_proposal() -> None:
    found = agreement(small_home(), LAMP, [proposal(LAMP, "on", NOON)], seen(lived(LAMP), 1), 0.0, DAY, 0.91)
    assert found == Agreement()


def test_who_says_that_it_is_right_as_it_is_declines() -> None:
    history = lived(LAMP, (NOON + MINUTE, 0.0, Origin.PERSON))
    found = agreement(small_home(), LAMP, [proposal(LAMP, "on", NOON)], history, 0.0, DAY, 0.8)
    assert (found.declined, found.changes) == (1, 0)


@pytest.mark.parametrize(("gap", "setting", "number"), [(5, "on", 1), (10, "on", 1), (11, "on", 2), (5, "off", 2)])
def test_what_is_proposed_again_soon_is_one_proposal(gap: float, setting: str, number: int) -> None:
    runs = [proposal(LAMP, "on", NOON), proposal(LAMP, setting, NOON + gap * MINUTE)]
    assert judged(LAMP, runs, lived(LAMP))[0] == number


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Agreement(), "nothing proposed; 0 of 0 changes that people made were foreseen"),
        (
            Agreement(unanswered=3),
            "nothing proposed, 3 unanswered; 0 of 0 changes that people made were foreseen",
        ),
        (
            Agreement(followed=9, declined=1, changes=12, foreseen=8),
            "9 of 10 proposals followed (90%); 8 of 12 changes that people made were foreseen",
        ),
    ],
)
def test_it_says_itself_in_words(found: Agreement, said: str) -> None:
    assert str(found) == said


counts = st.builds(Agreement, **{f.name: st.integers(0, 50) for f in fields(Agreement)})


@given(counts, counts)
def test_agreements_of_targets_add_up(one: Agreement, other: Agreement) -> None:
    both = one + other
    assert both == other + one
    assert math.isnan(both.share) == (one.answered + other.answered == 0)
