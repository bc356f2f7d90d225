"""A hold ends by its kind, and never sooner than what it was asked for."""

import math

import pytest

from homectl.control.holds import LONGEST, Holds
from homectl.control.limits import HoldLimits, Limits
from homectl.control.orders import words_of_hold
from homectl.home import Hold, HoldKind, Kind, Quantity, Target
from tests.control.orders import Now, home_with, local
from tests.fakes import HEATING, LAMP, LOCK, NOON

EVENING = {"start": "18:00", "end": "22:00", "areas": ["kitchen"], "light": {"on": True}}
AFTER = 900.0
"""How long a room is quiet before it counts as empty."""


def asked(now: Now, kind: HoldKind, target: Target = LAMP, span: float = 600.0) -> Holds:
    holds = Holds()
    holds.ask(target, kind, span, "anna", now)
    return holds


def lasting(holds: Holds, now: Now, target: Target = LAMP) -> Hold:
    hold = holds.hold(target, now)
    assert hold is not None
    return hold


def test_a_hold_lasts_as_long_as_its_kind_says_and_ends_at_once_on_resume() -> None:
    holds = Holds()
    holds.touched(LAMP, 100.0, HoldLimits())
    assert holds.left(LAMP, 100.0) == 1800.0
    assert holds.left(LAMP, 1900.0) is None
    holds.touched(LAMP, 100.0, HoldLimits())
    holds.resume(LAMP)
    assert holds.left(LAMP, 100.0) is None


def test_a_hold_of_minutes_knows_by_whom_since_when_and_until_when() -> None:
    now = Now()
    hold = lasting(asked(now, HoldKind.MINUTES), now.later(60))
    assert (hold.kind, hold.by, hold.since, hold.until) == (HoldKind.MINUTES, "anna", NOON, NOON + 600)
    assert words_of_hold(hold, now.home.zone, NOON + 60) == "for 9 min more"


def test_a_hold_until_the_schedule_turns_ends_with_it_even_if_the_wall_clock_is_set_on() -> None:
    home = home_with(EVENING)
    now = Now(home=home, at=local("2026-01-13T12:30", home))
    holds = asked(now, HoldKind.SCHEDULE)
    assert lasting(holds, now).until == local("2026-01-13T18:00", home)
    before, after = now.later(5.5 * 3600 - 1), now.later(5.5 * 3600)
    assert holds.ended(before) == []
    assert [hold.target for hold in holds.ended(after)] == [LAMP]
    holds = asked(now, HoldKind.SCHEDULE)
    stepped = Now(home=home, at=local("2026-01-13T18:00", home), elapsed=now.elapsed + 1)
    assert [hold.target for hold in holds.ended(stepped)] == [LAMP]


@pytest.mark.parametrize(
    ("kind", "target", "note"),
    [
        (HoldKind.SCHEDULE, HEATING, "no schedule is set for it"),
        (HoldKind.EMPTY, HEATING, "no motion sensor is there"),
    ],
)
def test_where_an_end_cannot_be_told_minutes_count_and_that_is_said(kind: HoldKind, target: Target, note: str) -> None:
    now = Now(home=home_with(EVENING))
    hold = lasting(asked(now, kind, target), now, target)
    assert (hold.kind, hold.until) == (HoldKind.MINUTES, NOON + 600)
    assert note in hold.note
    assert "held for 10 min" in hold.note


def test_a_hold_until_the_room_is_empty_outlasts_every_pause_that_is_too_short() -> None:
    now = Now().say("motion", Quantity.MOTION, 1.0, ago=60)
    holds = asked(now, HoldKind.EMPTY)
    assert (lasting(holds, now).until, holds.left(LAMP, now.elapsed)) == (None, math.inf)
    still = now.later(600).say("motion", Quantity.MOTION, 0.0)
    moving = still.later(AFTER - 1).say("motion", Quantity.MOTION, 1.0)
    assert holds.ended(moving) == []
    gone = moving.later(300).say("motion", Quantity.MOTION, 0.0)
    repeated = gone.later(AFTER - 1).say("motion", Quantity.MOTION, 0.0)  # a check-in is no motion
    assert holds.ended(repeated) == []
    assert [hold.target for hold in holds.ended(gone.later(AFTER))] == [LAMP]


def test_a_room_that_was_empty_when_asked_is_held_for_the_quiet_time_at_least() -> None:
    now = Now().say("motion", Quantity.MOTION, 0.0, ago=3000)
    holds = asked(now, HoldKind.EMPTY)
    assert holds.ended(now.later(AFTER - 1)) == []
    assert holds.ended(now.later(AFTER))


def test_a_silent_sensor_says_nothing_of_emptiness_and_no_such_hold_outlasts_a_day() -> None:
    now = Now().say("motion", Quantity.MOTION, 0.0, ago=5 * 3600)
    holds = asked(now, HoldKind.EMPTY)
    assert holds.ended(now.later(LONGEST - 1)) == []
    assert holds.ended(now.later(LONGEST))


def test_a_lock_is_held_until_nobody_is_anywhere_indoors() -> None:
    now = Now().say("motion", Quantity.MOTION, 1.0)
    holds = asked(now, HoldKind.EMPTY, LOCK)
    assert holds.ended(now.later(AFTER)) == []
    assert holds.ended(now.later(AFTER).say("motion", Quantity.MOTION, 0.0).later(AFTER))


def test_a_hold_until_resumed_ends_with_nothing_else() -> None:
    now = Now()
    holds = asked(now, HoldKind.RESUMED)
    assert holds.ended(now.later(400 * 86_400)) == []
    assert lasting(holds, now).until is None
    holds.resume(LAMP)
    assert holds.hold(LAMP, now) is None


@pytest.mark.parametrize(
    ("kind", "span", "touch", "until"),
    [
        (HoldKind.MINUTES, 7200.0, 60.0, 7200.0),
        (HoldKind.MINUTES, 600.0, 60.0, 1860.0),
        (HoldKind.RESUMED, 600.0, 60.0, math.inf),
    ],
)
def test_a_hand_makes_no_hold_shorter_that_was_asked_for(
    kind: HoldKind, span: float, touch: float, until: float
) -> None:
    now = Now()
    holds = asked(now, kind, span=span)
    holds.touched(LAMP, now.elapsed + touch, HoldLimits())
    assert holds.left(LAMP, now.elapsed) == until


def test_when_one_of_two_holds_ends_the_target_is_still_held() -> None:
    now = Now()
    holds = asked(now, HoldKind.MINUTES, span=600.0)
    holds.touched(LAMP, now.elapsed, HoldLimits())
    assert holds.ended(now.later(600)) == []
    assert [hold.by for hold in holds.ended(now.later(1800))] == ["by hand"]


@pytest.mark.parametrize("kind", HoldKind)
def test_what_kind_a_hand_starts_is_a_setting_of_each_kind_of_target(kind: HoldKind) -> None:
    limits = Limits(hold=HoldLimits(light_until=kind))
    home = home_with(EVENING)
    now = Now(home=home, limits=limits).say("motion", Quantity.MOTION, 1.0)
    holds = Holds()
    holds.touched(LAMP, now.elapsed, limits.hold)
    assert lasting(holds, now).kind is kind
    holds.touched(HEATING, now.elapsed, limits.hold)
    assert lasting(holds, now, HEATING).kind is HoldKind.MINUTES


@pytest.mark.parametrize("kind", HoldKind)
def test_a_hold_that_is_restored_lasts_as_long_as_it_would_have(kind: HoldKind) -> None:
    now = Now(home=home_with(EVENING)).say("motion", Quantity.MOTION, 1.0)
    before = lasting(asked(now, kind), now)
    again = Holds()
    restarted = Now(home=now.home, history=now.history, at=now.at + 300, elapsed=5.0)
    again.restore(before, restarted, 600.0)
    found = lasting(again, restarted)
    assert (found.kind, found.by, found.until) == (before.kind, before.by, before.until)
    assert found.since == pytest.approx(before.since)


def test_kinds_of_target_have_spans_of_their_own() -> None:
    spans = {kind: HoldLimits().span(kind) for kind in Kind}
    assert spans == {Kind.LIGHT: 1800.0, Kind.SETPOINT: 7200.0, Kind.LOCK: 600.0}
