"""Settings say what report obeys them; nothing says unlock."""

import math
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import pytest

from homectl.home import (
    Cause,
    CommandState,
    Device,
    Light,
    Lock,
    LockState,
    Quantity,
    Setpoint,
    Setting,
    ToldClock,
    Unlock,
    agrees,
    fitted,
    plausible,
    wanted,
)

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("setting", "quantity", "value", "obeyed"),
    [
        (Light(on=True, level=0.5), Quantity.LIGHT_ON, 1.0, True),
        (Light(on=True, level=0.5), Quantity.LIGHT_LEVEL, 129 / 254, True),
        (Light(on=True, level=0.5), Quantity.LIGHT_LEVEL, 135 / 254, False),
        (Light(on=True), Quantity.LIGHT_LEVEL, 0.1, True),
        (Light(on=False), Quantity.LIGHT_ON, 1.0, False),
        (Light(on=False), Quantity.LIGHT_ON, math.nan, False),
        (Setpoint(21.0), Quantity.SETPOINT, 21.25, True),
        (Setpoint(21.0), Quantity.SETPOINT, 21.5, False),
        (Lock(), Quantity.LOCK, LockState.LOCKED, True),
        (Lock(), Quantity.LOCK, LockState.NOT_FULLY_LOCKED, False),
        (Lock(), Quantity.BATTERY, 3.0, True),
    ],
)
def test_a_report_agrees_with_a_setting_within_its_tolerance(
    setting: Setting, quantity: Quantity, value: float, obeyed: bool
) -> None:
    assert agrees(setting, quantity, value) is obeyed


def test_no_setting_wants_an_unlocked_door() -> None:
    assert set(get_args(Setting)) == {Light, Setpoint, Lock}
    assert wanted(Lock()) == {Quantity.LOCK: float(LockState.LOCKED)}
    assert wanted(Unlock()) == {Quantity.LOCK: float(LockState.UNLOCKED)}
    assert not Lock.__dataclass_fields__
    assert not Unlock.__dataclass_fields__


SAID = """
from homectl.home import Cause, Decision, Kind, Lock, Prediction, Setting, Target, Unlock
door = Target("door", Kind.LOCK)
Prediction(target=door, setting=Lock(), confidence=1.0, why="")
Prediction(target=door, setting=Unlock(), confidence=1.0, why="")
Decision(target=door, setting=Unlock(), cause=Cause.LEARNED, confidence=1.0, reason="", at=0.0)
wish: Setting = Unlock()
async def ask(home: Actions) -> None:
    await home.set(door, Unlock())
"""


def test_what_policies_schedules_and_rules_say_cannot_be_an_unlock_it_is_a_type_error(tmp_path: Path) -> None:
    said = tmp_path / "said.py"
    said.write_text(SAID.replace("Cause,", "Actions, Cause,"))
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", str(said)]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    wrong = [line.partition(": error: ")[0].rpartition(":")[2] for line in checked.stdout.splitlines()]
    assert wrong == ["5", "6", "7", "9"], checked.stdout + checked.stderr


def test_a_command_ends_in_one_of_four_ways() -> None:
    assert {state for state in CommandState if state.ended} == set(CommandState) - {CommandState.ASKED}


def test_only_people_are_not_autonomous() -> None:
    assert [cause for cause in Cause if not cause.autonomous] == [Cause.PERSON]


@pytest.mark.parametrize(
    ("quantity", "value", "possible"),
    [
        (Quantity.TEMPERATURE, 21.3, True),
        (Quantity.TEMPERATURE, 85.0, False),
        (Quantity.TEMPERATURE, -127.0, False),
        (Quantity.TEMPERATURE, 61.0, False),
        (Quantity.ILLUMINANCE, -1.0, False),
        (Quantity.MOTION, math.nan, False),
        (Quantity.POWER, math.inf, False),
    ],
)
def test_a_fault_is_not_a_fact(quantity: Quantity, value: float, possible: bool) -> None:
    assert plausible(quantity, value) is possible


def test_told_time_never_runs_backwards_and_keeps_whole_milliseconds() -> None:
    clock = ToldClock(10.0)
    clock.tell(11.00049)
    clock.tell(9.0)
    assert clock.now() == clock.elapsed() == 11.0


@pytest.mark.parametrize(
    ("wish", "device", "takes"),
    [
        (Light(True, 0.4), {"dimmable": False}, Light(True)),
        (Light(True, 0.4), {}, Light(True, 0.4)),
        (Light(False), {"dimmable": False}, Light(False)),
        (Setpoint(20.3), {"step": 0.5}, Setpoint(20.5)),
        (Setpoint(20.3), {"step": 1.0}, Setpoint(20.0)),
        (Setpoint(20.3), {"step": 0.1}, Setpoint(20.3)),
        (Setpoint(math.inf), {}, Setpoint(math.inf)),
        (Lock(), {}, Lock()),
        (Setpoint(1e308), {"step": 0.5}, Setpoint(1e308)),
    ],
)
def test_a_wish_is_fitted_to_what_the_device_takes(wish: Setting, device: dict[str, Any], takes: Setting) -> None:
    assert fitted(wish, Device(id="d", **device)) == takes
