"""The home as a person reads it: who changed something last and why, and what a decision was weighed against."""

from typing import Any

import pytest

from homectl.home import (
    Cause,
    Decision,
    History,
    HomeView,
    Kind,
    Light,
    Lock,
    Origin,
    Quantity,
    Reading,
    Ruling,
    Setpoint,
    Setting,
    Target,
    TargetView,
    Unlock,
    Verdict,
)
from homectl.views import last_change, other_than, verdict_view
from tests.fakes import LAMP, LOCK, NOON, FakeHome


def target_of(view: HomeView, target: Target) -> TargetView:
    return next(t for a in view.areas for d in a.devices for t in d.targets if t.target == str(target))


def seen(home: FakeHome, target: Target = LAMP) -> dict[str, Any]:
    shown = target_of(home.view(), target)
    return {"by": shown.changed_by, "at": shown.changed_at, "again": shown.again}


@pytest.mark.parametrize(
    ("cause", "by"), [(Cause.PERSON, "a person, asked here"), (Cause.LEARNED, "homectl"), (Cause.RULES, "homectl")]
)
def test_a_confirmed_command_is_told_as_changed_by_whom_it_was_asked(cause: Cause, by: str) -> None:
    home = FakeHome()
    home.clock.tell(NOON + 30)
    home.ask(LAMP, Light(on=True), cause)
    home.confirm(LAMP)
    home.pass_time(60)
    assert seen(home) == {"by": by, "at": NOON + 30, "again": None}


def test_a_hand_after_a_confirmed_wish_is_by_hand_and_not_asked_here() -> None:
    home = FakeHome()
    home.clock.tell(NOON + 30)
    home.ask(LAMP, Light(on=True), Cause.PERSON)
    home.confirm(LAMP)
    home.pass_time(10)
    home.by_hand(LAMP, 0.0)
    assert seen(home)["by"] == "by hand"


def test_who_asks_for_what_is_so_already_has_not_changed_it() -> None:
    home = FakeHome()
    home.clock.tell(NOON + 30)
    home.ask(LAMP, Light(on=True), Cause.LEARNED)
    home.confirm(LAMP)
    home.pass_time(60)
    home.ask(LAMP, Light(on=True), Cause.PERSON)
    home.confirm(LAMP)
    assert seen(home) == {"by": "homectl", "at": NOON + 30, "again": None}
    home.report("lamp", Quantity.LIGHT_ON, 1.0, Origin.PERSON)
    assert seen(home)["by"] == "homectl"


@pytest.mark.parametrize("becomes", ["asked", "failed"])
def test_a_change_stays_its_author_s_whatever_is_asked_next(becomes: str) -> None:
    home = FakeHome()
    home.clock.tell(NOON + 30)
    home.ask(LOCK, Lock(), Cause.PERSON)
    home.confirm(LOCK)
    home.pass_time(18)
    home.ask(LOCK, Unlock(), Cause.PERSON)
    if becomes == "failed":
        home.fail(LOCK)
    assert (seen(home, LOCK)["by"], seen(home, LOCK)["at"]) == ("a person, asked here", NOON + 30)


def test_what_nobody_is_known_to_have_changed_is_told_as_nobody_s() -> None:
    assert seen(FakeHome()) == {"by": "", "at": None, "again": None}


@pytest.mark.parametrize(
    ("target", "wish", "again"),
    [
        (LAMP, Light(on=True), {"on": True}),
        (LAMP, Light(on=True, level=0.4), {"on": True, "level": 0.4}),
        (Target("valve", Kind.SETPOINT), Setpoint(21.5), {"celsius": 21.5}),
        (LOCK, Lock(), {"lock": True}),
        (LOCK, Unlock(), None),
    ],
)
def test_what_failed_may_be_asked_again_but_for_an_unlock(target: Target, wish: Any, again: Any) -> None:
    home = FakeHome()
    home.ask(target, wish, Cause.PERSON)
    assert seen(home, target)["again"] is None
    home.fail(target)
    assert seen(home, target)["again"] == again


def test_the_last_change_is_when_the_state_became_another_not_when_it_was_said_again() -> None:
    history = History()
    for at, value in ((0.0, 0.0), (10.0, 1.0), (20.0, 1.0), (30.0, 0.0), (40.0, 0.0)):
        history.append(Reading(device="lamp", quantity=Quantity.LIGHT_ON, value=value, at=at, origin=Origin.PERSON))
    assert [last_change(history, LAMP, at) for at in (5.0, 25.0, 99.0)] == [None, 10.0, 30.0]


@pytest.mark.parametrize(
    ("setting", "other"),
    [(Light(on=True), "off"), (Light(on=False), "on"), (Setpoint(21.0), "another temperature"), (Lock(), "not locked")],
)
def test_every_setting_has_another_choice(setting: Setting, other: str) -> None:
    assert other_than(setting) == other


def test_a_verdict_is_told_with_its_time_and_a_doubt_that_is_no_number_as_not_known() -> None:
    wish = Decision(target=LAMP, setting=None, cause=Cause.RULES, confidence=float("nan"), reason="dark", at=NOON)
    shown = verdict_view(Verdict(decision=wish, ruling=Ruling.NOTHING, reason="no opinion: dark"))
    assert shown is not None
    assert (shown.at, shown.setting, shown.other, shown.confidence) == (NOON, "", "", None)
