"""What a policy did is kept unless a person soon sets something else."""

import pytest

from homectl.control.kept import kept
from homectl.home import TAKEN_BACK, Origin, Ruling, Target
from tests.control.test_agreement import DAY, LAMP, NOON, VALVE, lived, proposal


@pytest.mark.parametrize(
    ("target", "setting", "after", "value", "right"),
    [
        (LAMP, "on", 60.0, 0.0, False),
        (LAMP, "on", TAKEN_BACK, 0.0, False),
        (LAMP, "on", TAKEN_BACK + 1, 0.0, True),
        (LAMP, "off", 60.0, 1.0, False),
        (VALVE, "21.0 °C", 60.0, 21.5, True),
        (VALVE, "21.0 °C", 60.0, 17.0, False),
    ],
)
def test_a_change_is_taken_back_by_another_setting_within_half_an_hour(
    target: Target, setting: str, after: float, value: float, right: bool
) -> None:
    done = proposal(target, setting, NOON, ruling=Ruling.APPROVED)
    ours = (NOON + 1, 1.0 if setting == "on" else 0.0 if setting == "off" else 21.0, Origin.HOMECTL)
    history = lived(target, ours, (NOON + after, value, Origin.PERSON))
    assert kept(target, [done], history, 0.0, DAY) == [(done, right)]


def test_another_automation_takes_nothing_back() -> None:
    done = proposal(LAMP, "on", NOON, ruling=Ruling.APPROVED)
    history = lived(LAMP, (NOON + 1, 1.0, Origin.HOMECTL), (NOON + 60, 0.0, Origin.AUTOMATION))
    assert kept(LAMP, [done], history, 0.0, DAY) == [(done, True)]


@pytest.mark.parametrize(
    ("ruling", "since", "end"),
    [
        (Ruling.SUGGESTED, NOON, DAY),
        (Ruling.APPROVED, NOON, NOON + TAKEN_BACK - 1),
        (Ruling.APPROVED, -1.0, DAY),
    ],
)
def test_what_was_not_done_or_may_still_be_taken_back_is_not_counted(ruling: Ruling, since: float, end: float) -> None:
    assert kept(LAMP, [proposal(LAMP, "on", since, ruling=ruling)], lived(LAMP), 0.0, end) == []
