from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homectl.control.tuning import Tuning
from homectl.trial.contest import NETWORK, NOTHING, ORACLE, RULES, Accounts
from homectl.trial.cost import Account
from homectl.trial.suite.energyplus import POLICIES, advantage, checks, contest, live_abroad, missing, swapped
from homectl.trial.suite.running import STAGES, stage_of
from homectl.trial.suite.stages import Check, Settings

COSTS = st.dictionaries(st.sampled_from(POLICIES), st.integers(1, 100).map(float), min_size=2)


def account(hands: float, unlocks: float = 0.0) -> Account:
    """A home-day that costs so many hands."""
    nothing = dict.fromkeys(Account.__dataclass_fields__, 0.0)
    return Account(**{**nothing, "days": 1.0, "light_interventions": hands, "unlocks": unlocks})


def homes(costs: Mapping[str, float], unlocks: float = 0.0) -> Accounts:
    """Two homes under each policy that cost so much on average."""
    return {policy: {1: account(cost - 0.5, unlocks), 2: account(cost + 0.5)} for policy, cost in costs.items()}


def found(here: Mapping[str, float], abroad: Accounts) -> dict[str, Check]:
    kinds = ("order", "advantage", "unlocks")
    return {next(kind for kind in kinds if kind in check.name): check for check in checks(abroad, here)}


HERE = {NOTHING: 10.0, RULES: 8.0, NETWORK: 6.0, ORACLE: 3.0}


@settings(max_examples=50, deadline=None)
@given(COSTS)
def test_a_world_is_ordered_like_itself(costs: dict[str, float]) -> None:
    assert swapped(homes(costs), costs) == {}


@settings(max_examples=50, deadline=None)
@given(COSTS, COSTS)
def test_every_pair_that_changes_places_is_named_with_how_far(here: dict[str, float], abroad: dict[str, float]) -> None:
    for pair, (apart, low, high) in swapped(homes(abroad), here).items():
        cheap, dear = pair.split(", ")
        assert here[cheap] <= here[dear]
        assert apart == pytest.approx(abroad[cheap] - abroad[dear], abs=0.01)
        assert low <= apart <= high


@pytest.mark.parametrize(
    ("abroad", "swaps", "kept"),
    [
        ({NOTHING: 20.0, RULES: 16.0, NETWORK: 12.0, ORACLE: 1.0}, 0, 1.0),
        ({NOTHING: 20.0, RULES: 16.0, NETWORK: 14.0, ORACLE: 1.0}, 0, 0.5),
        ({NOTHING: 20.0, RULES: 16.0, NETWORK: 18.0, ORACLE: 1.0}, 1, -0.5),
        ({NOTHING: 12.0, RULES: 16.0, NETWORK: 18.0, ORACLE: 20.0}, 6, -2.0),
    ],
)
def test_the_verdict_asks_for_the_order_and_measures_the_advantage(
    abroad: dict[str, float], swaps: int, kept: float
) -> None:
    verdict = found(HERE, homes(abroad))
    assert verdict["order"].value == swaps
    assert verdict["order"].ok == (swaps == 0)
    assert verdict["advantage"].value == pytest.approx(kept)
    assert verdict["advantage"].aimed == (kept >= 0.8)


def test_a_network_without_an_advantage_at_home_has_none_to_keep() -> None:
    verdict = found(HERE | {NETWORK: 9.0}, homes(HERE))
    assert verdict["advantage"].value is None
    assert not verdict["advantage"].aimed


def test_an_unlock_abroad_fails() -> None:
    assert not found(HERE, homes(HERE, unlocks=1.0))["unlocks"].ok


def test_the_oracle_is_no_rival() -> None:
    assert advantage({RULES: 8.0, NETWORK: 6.0, ORACLE: 1.0}) == pytest.approx(0.25)


def test_what_is_not_installed_is_named() -> None:
    assert missing(("json", "no_such_library")) == ["no_such_library"]


def test_the_stage_is_one_of_the_suite_and_small_when_quick() -> None:
    assert stage_of("energyplus").needs == ("tuned", "closed")
    assert all(STAGES.index(name) < STAGES.index("energyplus") for name in stage_of("energyplus").needs)
    quick, full = (contest(Settings(cache=Path("kept"), quick=small), Tuning()) for small in (True, False))
    assert (quick.homes, quick.days, full.homes, full.days) == (1, 2.0, 6, 7.0)
    assert len(quick.jobs()) == len(POLICIES)


def test_an_hour_abroad_is_accounted_for() -> None:
    for library in ("pyenergyplus", "obgeneration"):
        pytest.importorskip(library, reason=f"needs {library}: pip install 'homectl[energyplus]'")
    told = Account(**live_abroad(RULES, 1_000_005, 1 / 24, 0.1, {}, None))
    assert told.days == pytest.approx(1 / 24)
    assert told.unlocks == 0
