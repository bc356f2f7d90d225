"""The cost of a home-day is one stated sum of what was counted."""

from dataclasses import fields, replace

import pytest

from homectl.trial.cost import WORTH, Account
from simulator.truth import Truth

TWO_DAYS = Truth(
    minutes=2880,
    occupied_dark_minutes=40,
    lamp_on_away_minutes=600,
    unlocked_away_minutes=30,
    unlocked_asleep_minutes=10,
    discomfort_kelvin_hours=1.0,
    heating_kwh=50.0,
    interventions={"light": 20, "setpoint": 4, "lock": 6},
    undone={"light": 3},
    device_changes=80,
)


def test_an_account_is_per_day() -> None:
    account = Account.of(TWO_DAYS)
    assert (account.days, account.light_interventions, account.setpoint_interventions) == (2.0, 10.0, 2.0)
    assert (account.lock_interventions, account.interventions, account.undone) == (3.0, 15.0, 1.5)
    assert (account.away_unlocked_minutes, account.asleep_unlocked_minutes, account.dark_minutes) == (15.0, 5.0, 20.0)


def test_the_cost_adds_what_is_stated_and_nothing_else() -> None:
    account = Account.of(TWO_DAYS)
    assert account.cost == pytest.approx(15 + 0.05 * 15 + 0.002 * 300 + 0.5 + 0.5 * 25 + 0.01 * 40)
    shown = replace(account, undone=99.0, dark_minutes=99.0, asleep_unlocked_minutes=99.0, thrown_open=99.0)
    assert shown.cost == account.cost


@pytest.mark.parametrize("name", WORTH)
def test_more_of_anything_stated_costs_more_by_its_worth(name: str) -> None:
    account = Account.of(TWO_DAYS)
    counted = name if name in {field.name for field in fields(Account)} else "lock_interventions"
    more = replace(account, **{counted: getattr(account, counted) + 2})
    assert more.cost - account.cost == pytest.approx(2 * WORTH[name].hands)
    assert WORTH[name].why
