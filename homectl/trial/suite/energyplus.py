"""The same policies in homes that nobody here wrote: EnergyPlus flats and weather, and the hours of surveyed people."""

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from itertools import combinations
from typing import Any

import numpy as np

from homectl.control.tuning import Tuning
from homectl.trial.contest import (
    ALWAYS,
    NETWORK,
    NOTHING,
    ORACLE,
    RULES,
    SCHEDULE,
    Accounts,
    Contest,
    accounts,
    figures,
    interval,
    live_in,
    table,
)
from homectl.trial.homes import season
from homectl.trial.suite.stages import HIGHER, Check, Inputs, Json, Result, Settings, Stage
from simulator.foreign import energyplus_world

LIBRARIES = ("pyenergyplus", "obgeneration")

POLICIES = (NOTHING, ALWAYS, SCHEDULE, RULES, NETWORK, ORACLE)

KEPT = 0.8
"""Aimed at: this share of the network's advantage at home is left abroad."""


def contest(settings: Settings, tuning: Tuning) -> Contest:
    """What is compared."""
    size: dict[str, Any] = {"homes": 1, "days": 2.0, "past": 7.0} if settings.quick else {"homes": 6, "days": 7.0}
    return Contest(**size, policies=POLICIES, tuning=tuning, checkpoint=settings.checkpoint)


def live_abroad(policy: str, seed: int, *rest: Any) -> Json:
    """As `live_under`, in the foreign home of a seed."""
    with energyplus_world(seed, start=season(seed)) as world:
        return live_in(world, policy, *rest)


def run(settings: Settings, inputs: Inputs) -> Result:
    if absent := missing(LIBRARIES):
        return Result(skipped=f"{' and '.join(absent)} not installed; pip install 'homectl[energyplus]'")
    asked = contest(settings, Tuning(**inputs.results["tuned"].figures["tuning"]))
    abroad = accounts(asked, inputs.each(live_abroad, asked.jobs()))
    here = {policy: float(found["cost"]) for policy, found in inputs.results["closed"].figures.items()}
    told = figures(abroad)
    title = f"in charge of {asked.homes} flats of EnergyPlus for {asked.days:g} days"
    return Result(
        checks=checks(abroad, here),
        figures={**told, "in another order": swapped(abroad, here)},
        tables=(table(told, title),),
    )


def missing(libraries: Sequence[str]) -> list[str]:
    """Those that are not installed."""
    return [name for name in libraries if find_spec(name) is None]


# --- the verdict ----------------------------------------------------------------------------------


def checks(abroad: Accounts, here: Mapping[str, float]) -> tuple[Check, ...]:
    """What is claimed of a foreign world, beside the costs of the same policies in our own."""
    there = _costs(abroad)
    gained, before = advantage(there), advantage({policy: here[policy] for policy in there if policy in here})
    kept = gained / before if gained is not None and before is not None and before > 0 else None
    unlocks = float(np.mean([home.unlocks for home in abroad[NETWORK].values()]))
    return (
        Check(name="pairs of policies in another order of cost than at home", value=len(swapped(abroad, here)), must=0),
        Check(name="share of the network's advantage at home that is kept", value=kept, aim=KEPT, better=HIGHER),
        Check(name="network: unlocks", value=unlocks, must=0),
    )


def swapped(abroad: Accounts, here: Mapping[str, float]) -> dict[str, list[float]]:
    """Pairs of policies of which the one that is cheaper at home is dearer abroad.

    By how much per home-day, with its 95 % interval over the foreign homes: mean, low, high.
    """
    there, found = _costs(abroad), {}
    for pair in combinations([policy for policy in abroad if policy in here], 2):
        cheap, dear = sorted(pair, key=lambda policy: here[policy])
        if there[cheap] > there[dear]:
            apart = [home.cost - abroad[dear][seed].cost for seed, home in abroad[cheap].items()]
            found[f"{cheap}, {dear}"] = [round(value, 3) for value in (float(np.mean(apart)), *interval(apart))]
    return found


def advantage(costs: Mapping[str, float]) -> float | None:
    """By what share the network is cheaper than the best of the others, the oracle aside."""
    rivals = [cost for policy, cost in costs.items() if policy not in (NETWORK, ORACLE)]
    return 1 - costs[NETWORK] / min(rivals) if NETWORK in costs and rivals else None


def _costs(accounts: Accounts) -> dict[str, float]:
    return {policy: float(np.mean([home.cost for home in homes.values()])) for policy, homes in accounts.items()}


STAGE = Stage(name="energyplus", about="living in foreign homes", run=run, needs=("tuned", "closed"))
