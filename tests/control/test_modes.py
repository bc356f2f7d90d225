"""What a mode asks of each kind of target, where, and until when."""

import pytest

from homectl.control.arbiter import Level
from homectl.control.limits import Limits, SetpointLimits
from homectl.control.modes import EFFECTS, effects, lease, meaning
from homectl.home import Autonomy, Kind, Light, Lock, Mode, ModeSpan, Quantity, Setpoint, Setting, Target
from tests.control.orders import Now, home_with
from tests.fakes import HEATING, LAMP, LOCK, NOON

EVER, OFF_HANDS = "as ever", "hands off"


def span(mode: Mode, hours: float = 1.0) -> ModeSpan:
    return ModeSpan(mode=mode, since=NOON, until=NOON + 3600 * hours, by="anna")


def said(mode: Mode, target: Target, now: Now) -> Setting | str:
    """What a mode wants of a target."""
    found = lease(span(mode), target, now)
    if found is None:
        return EVER
    assert (found.level, found.since, found.until) == (Level.MODE, NOON, NOON + 3600)
    assert found.why == f"{mode} mode, set by anna, lasts until 13:30"
    return OFF_HANDS if found.setting is None else found.setting


@pytest.mark.parametrize(
    ("mode", "lamp", "heating", "lock", "policies", "teaches"),
    [
        (Mode.NONE, EVER, EVER, EVER, Autonomy.AUTO, True),
        (Mode.GUEST, EVER, EVER, EVER, Autonomy.SUGGEST, False),
        (Mode.PARTY, OFF_HANDS, OFF_HANDS, EVER, Autonomy.AUTO, False),
        (Mode.AWAY, Light(False), Setpoint(17.0), Lock(), Autonomy.AUTO, True),
        (Mode.VACATION, Light(False), Setpoint(12.0), Lock(), Autonomy.AUTO, False),
        (Mode.CLEANING, OFF_HANDS, EVER, OFF_HANDS, Autonomy.AUTO, False),
    ],
)
def test_every_mode_does_what_its_row_says(
    mode: Mode, lamp: Setting | str, heating: Setting | str, lock: Setting | str, policies: Autonomy, teaches: bool
) -> None:
    now = Now().say("valve", Quantity.SETPOINT, 21.0)
    assert [said(mode, target, now) for target in (LAMP, HEATING, LOCK)] == [lamp, heating, lock]
    assert effects(span(mode), LAMP, now).policies is policies
    assert mode.teaches is teaches


def test_every_mode_has_its_row_and_its_meaning_in_words() -> None:
    assert set(EFFECTS) == set(Mode)
    home = home_with(modes={"away": {"excluded": ["living"]}, "guest": {"areas": ["kitchen"]}})
    assert meaning(Mode.AWAY, home) == "lamps off, thermostats set back to 17 °C, locks locked (not in living)"
    assert meaning(Mode.GUEST, home) == "what is learned only suggests, nothing is learned (in kitchen)"


@pytest.mark.parametrize(
    ("mode", "reported", "release", "setting"),
    [
        (Mode.AWAY, 17.5, 9, Setpoint(17.0)),
        (Mode.AWAY, 17.0, 9, None),  # a set-back never heats
        (Mode.AWAY, 15.0, 9, None),
        (Mode.AWAY, float("nan"), 9, Setpoint(17.0)),
        (Mode.VACATION, 21.0, 14, Setpoint(14.0)),  # never below what the freeze guard lets go at
    ],
)
def test_a_set_back_is_never_warmer_than_it_is_and_never_below_the_freeze_guard(
    mode: Mode, reported: float, release: float, setting: Setting | None
) -> None:
    limits = Limits(setpoint=SetpointLimits(freeze=8, freeze_release=release))
    now = Now(limits=limits).say("valve", Quantity.SETPOINT, reported)
    found = lease(span(mode), HEATING, now)
    assert found is not None
    assert found.setting == setting


@pytest.mark.parametrize(
    ("settings", "applies"),
    [({}, True), ({"excluded": ["kitchen"]}, False), ({"areas": ["hall"]}, False), ({"areas": ["kitchen"]}, True)],
)
def test_rooms_can_be_left_out_of_a_mode(settings: dict[str, list[str]], applies: bool) -> None:
    now = Now(home=home_with(modes={"party": settings, "guest": settings}))
    assert (lease(span(Mode.PARTY), LAMP, now) is not None) is applies
    suggests = effects(span(Mode.GUEST), LAMP, now).policies is Autonomy.SUGGEST
    assert suggests is applies


@pytest.mark.parametrize("late", [0.0, 3599.0, 3600.0, 7200.0])
def test_a_mode_that_is_over_does_nothing(late: float) -> None:
    now = Now().later(late)
    assert (lease(span(Mode.PARTY), LAMP, now) is not None) is (late < 3600)
    assert lease(None, LAMP, now) is None


def test_every_kind_of_target_is_in_every_row() -> None:
    assert all(row.of(kind) for row in EFFECTS.values() for kind in Kind)
