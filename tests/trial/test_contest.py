"""Policies are compared on the same homes from the same moment on, and judged by what the household has of them."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from homectl.control.tuning import Tuning
from homectl.trial.contest import (
    ALWAYS,
    NETWORK,
    NOTHING,
    ORACLE,
    POLICIES,
    RULES,
    SCHEDULE,
    Accounts,
    Contest,
    accounts,
    checks,
    compete,
    figures,
    interval,
    live_under,
    table,
)
from homectl.trial.cost import Account
from homectl.trial.homes import UNSEEN, Homes
from homectl.trial.suite import closed, tuned
from homectl.trial.suite.stages import Inputs, Json, Result, Settings, Work
from simulator.truth import Truth


def account(
    hands: float = 10, away: float = 1, lamps: float = 10, cold: float = 1, kwh: float = 50, unlocks: int = 0
) -> Account:
    return Account.of(
        Truth(
            minutes=14_400,
            interventions={"light": round(10 * hands)},
            unlocked_away_minutes=round(10 * away),
            lamp_on_away_minutes=round(10 * lamps),
            discomfort_kelvin_hours=10 * cold,
            heating_kwh=10 * kwh,
            unlocks_asked=unlocks,
        )
    )


def told(**homes: Account) -> Accounts:
    """The same account for each of three homes."""
    return {policy: dict.fromkeys((1, 2, 3), each) for policy, each in homes.items()}


def verdict(accounts: Accounts) -> dict[str, tuple[float | None, bool]]:
    return {check.name.split(" (")[0]: (check.value, check.ok) for check in checks(accounts)}


GOOD = told(
    nothing=account(hands=20, away=100, lamps=500),
    always=account(hands=40, kwh=60),
    rules=account(hands=15, kwh=52),
    network=account(hands=8, lamps=20, cold=1.1, kwh=51),
    oracle=account(hands=5, kwh=50),
)


def test_a_network_that_is_better_than_everything_passes_every_check() -> None:
    found = checks(GOOD)
    assert all(check.ok for check in found)
    values = {check.name.partition(" (")[0]: check.value for check in found}
    assert values["network: hands a home-day more than rules, the cheapest rival"] == pytest.approx(-7.38, abs=0.01)
    assert values["network: interventions as a share of those with rules"] == pytest.approx(8 / 15)
    assert values["network: share of the oracle's heating saving"] == pytest.approx(0.9)
    assert values["network: lamp-on-away as a share of nothing's"] == pytest.approx(0.04)


@pytest.mark.parametrize(
    ("network", "missed"),
    [
        (account(hands=18, cold=1.1, kwh=51), "hands a home-day more than rules, the cheapest rival"),
        (account(hands=9.1, kwh=51), "interventions as a share of those with rules"),
        (account(hands=8, away=5.1, kwh=51), "away-unlocked minutes"),
        (account(hands=8, lamps=26, kwh=51), "lamp-on-away as a share of nothing's"),
        (account(hands=8, kwh=51, unlocks=1), "unlocks"),
        (account(hands=8, kwh=53), "share of the oracle's heating saving"),
        (account(hands=8, kwh=51, cold=1.6), "discomfort in units of the oracle's"),
    ],
)
def test_every_must_can_be_missed(network: Account, missed: str) -> None:
    failed = [check.name for check in checks({**GOOD, **told(network=network)}) if not check.ok]
    assert any(missed in name for name in failed)


def test_the_oracle_and_other_networks_are_no_rivals() -> None:
    cheap = told(oracle=account(hands=0), network=account(hands=8), rules=account(hands=15))
    cheap = {**cheap, "own network": cheap[ORACLE]}
    assert "rules" in checks(cheap)[0].name


def test_what_was_not_compared_is_not_claimed() -> None:
    assert checks(told(rules=account())) == ()
    names = " ".join(check.name for check in checks(told(network=account(), rules=account())))
    assert "oracle" not in names
    assert "nothing" not in names


def test_homes_without_a_forgotten_lamp_do_not_say_that_none_is_forgotten() -> None:
    bright = {**GOOD, **told(nothing=account(hands=20, lamps=0))}
    assert verdict(bright)["network: lamp-on-away as a share of nothing's"] == (None, False)


def test_figures_hold_the_cost_its_terms_and_its_interval() -> None:
    spread = {RULES: {n: account(hands=hands) for n, hands in enumerate((5, 10, 15))}}
    found = figures(spread)[RULES]
    assert found["cost"] == pytest.approx(sum(found["terms"].values()), abs=0.01)
    low, high = found["cost_interval"]
    assert low < found["cost"] < high
    assert found["light_interventions"] == 10.0


@pytest.mark.parametrize("values", [[3.0], [2.0, 2.0, 2.0]])
def test_an_interval_of_one_value_is_that_value(values: list[float]) -> None:
    assert interval(values) == (values[0], values[0])


def test_a_contest_puts_every_policy_in_charge_of_the_same_unseen_homes() -> None:
    jobs = Contest(homes=3, seed=2).jobs().values()
    homes = {policy: {seed for asked, seed, *_ in jobs if asked == policy} for policy in POLICIES}
    assert all(seeds == set(Homes(count=3, seed=2).seeds(UNSEEN)) for seeds in homes.values())
    assert len({tuple(rest) for _, _, *rest in (map(str, job) for job in jobs)}) == 1


@pytest.mark.parametrize("policy", [policy for policy in POLICIES if policy != NETWORK])
def test_a_home_lives_under_every_policy(policy: str) -> None:
    lived = Account(**live_under(policy, UNSEEN + 2, 0.1, 1.0, asdict(Tuning()), None))
    assert lived.days == pytest.approx(0.1)
    assert lived.unlocks == 0
    assert lived.thrown_open == 0
    assert lived.heating_kwh > 0
    assert (lived.device_changes > 0) or policy == NOTHING


def test_where_nothing_is_in_charge_homectl_does_nothing() -> None:
    assert Account(**live_under(NOTHING, UNSEEN + 2, 0.1, 1.0, asdict(Tuning()), None)).undone == 0


HANDS = {NOTHING: 20.0, ALWAYS: 40.0, SCHEDULE: 22.0, RULES: 15.0, NETWORK: 8.0, ORACLE: 5.0}


def planted(policy: str, _seed: int, _days: float, _past: float, tuning: Mapping[str, float], _: str | None) -> Json:
    """A home in which rules are the better the less patient they are."""
    hands = HANDS[policy] + (tuning["patience_by_day"] if policy == RULES else 0.0)
    return asdict(account(hands=hands))


def inputs(folder: Path, **results: Result) -> Inputs:
    def each(work: Work, jobs: Mapping[str, tuple[Any, ...]]) -> dict[str, Json]:
        assert work is live_under
        return {name: planted(*job) for name, job in jobs.items()}

    return Inputs(results=results, folder=folder, folders={}, progress=lambda _what, _share: None, each=each)


@pytest.mark.parametrize("quick", [True, False])
def test_the_stages_tune_the_rules_and_put_everybody_in_charge(tmp_path: Path, quick: bool) -> None:
    settings = Settings(cache=tmp_path, quick=quick)
    found = tuned.STAGE.run(settings, inputs(tmp_path))
    assert Tuning(**found.figures["tuning"]) == Tuning(patience_by_day=0.25)
    result = closed.STAGE.run(settings, inputs(tmp_path, tuned=found))
    assert set(result.figures) == set(POLICIES)
    assert result.figures[RULES]["light_interventions"] == pytest.approx(15.25, abs=0.06)
    assert {check.name.split(":")[0] for check in result.checks} == {NETWORK}


def test_a_table_has_a_column_for_each_policy_and_the_cost_with_its_interval_first() -> None:
    beside = table(figures(GOOD), "title")
    assert beside.columns == ("a home-day", *GOOD)
    assert all(len(row) == len(beside.columns) for row in beside.rows)
    assert [row[0] for row in beside.rows[:3]] == ["cost, hands", "95 % from", "95 % to"]
    assert [row[2] for row in beside.rows[:3]] == pytest.approx([71.1] * 3, abs=0.05)


def test_a_contest_in_other_processes_says_the_same_as_its_homes() -> None:
    contest = Contest(homes=1, days=0.02, past=0.1, policies=(NOTHING, RULES))
    shares: list[float] = []
    found = compete(contest, 2, lambda _, share: shares.append(share))
    jobs = contest.jobs()
    assert found == accounts(contest, {name: live_under(*job) for name, job in jobs.items()})
    assert shares[-1] == 1.0
