"""Confidence may reduce authority, never grant it."""

import math

import pytest

from homectl.control.agreement import Agreement
from homectl.control.autonomy import AutonomySettings, rung_of
from homectl.home import Area, Autonomy, Device, Home, Kind, Target

LAMP, LOCK = Target("lamp", Kind.LIGHT), Target("lock", Kind.LOCK)
HOME = Home(
    id="h",
    areas=(Area(id="hall"),),
    devices=(
        Device(id="lamp", area="hall", sets=frozenset({Kind.LIGHT})),
        Device(id="lock", area="hall", sets=frozenset({Kind.LOCK})),
    ),
)
SIMULATED = HOME.model_copy(update={"simulated": True})


def test_a_real_home_starts_at_observe_and_a_simulated_one_at_auto() -> None:
    assert AutonomySettings().of(HOME, rung_of(HOME, LAMP)) is Autonomy.OBSERVE
    assert AutonomySettings().of(SIMULATED, rung_of(HOME, LAMP)) is Autonomy.AUTO


def test_an_areas_own_level_comes_before_the_homes() -> None:
    settings = AutonomySettings(level=Autonomy.AUTO, areas={"hall": {Kind.LOCK: Autonomy.OFF}})
    assert settings.of(HOME, rung_of(HOME, LOCK)) is Autonomy.OFF
    assert settings.of(HOME, rung_of(HOME, LAMP)) is Autonomy.AUTO


@pytest.mark.parametrize(
    ("target", "confidence", "left"),
    [
        (LAMP, 0.80, Autonomy.AUTO),
        (LAMP, 0.79, Autonomy.SUGGEST),
        (LOCK, 0.95, Autonomy.AUTO),
        (LOCK, 0.94, Autonomy.SUGGEST),
        (LAMP, math.nan, Autonomy.SUGGEST),
    ],
)
def test_doubt_turns_auto_into_suggest(target: Target, confidence: float, left: Autonomy) -> None:
    assert AutonomySettings().lowered(Autonomy.AUTO, target, confidence) is left


@pytest.mark.parametrize("level", [Autonomy.OFF, Autonomy.OBSERVE, Autonomy.SUGGEST])
def test_certainty_grants_nothing(level: Autonomy) -> None:
    assert AutonomySettings().lowered(level, LAMP, 1.0) is level


@pytest.mark.parametrize(
    ("kind", "followed", "declined", "short"),
    [
        (Kind.LIGHT, 16, 4, ""),
        (Kind.LIGHT, 15, 5, "75% of its proposals were followed, 80% are needed"),
        (Kind.LIGHT, 1, 0, "1 proposal was answered, 20 are needed"),
        (Kind.LIGHT, 19, 0, "19 proposals were answered, 20 are needed"),
        (Kind.SETPOINT, 80, 20, ""),
        (Kind.LOCK, 19, 1, ""),
        (Kind.LOCK, 94, 6, "94% of its proposals were followed, 95% are needed"),
        (Kind.LOCK, 0, 0, "0 proposals were answered, 20 are needed"),
    ],
)
def test_auto_needs_as_many_proposals_followed_as_a_policy_must_be_sure_of(
    kind: Kind, followed: int, declined: int, short: str
) -> None:
    seen = Agreement(followed=followed, declined=declined, unanswered=1000, changes=1000)
    assert AutonomySettings().short_of_auto(kind, seen) == short
