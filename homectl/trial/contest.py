"""Policies in charge of the same simulated homes from the same moment on, after the same watched past."""

from collections.abc import Mapping, Sequence
from concurrent.futures import as_completed
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from homectl.control.rules import Rules
from homectl.control.tuning import Tuning
from homectl.home import History, Policy
from homectl.trial.closed import in_charge, watched
from homectl.trial.cost import WORTH, Account
from homectl.trial.homes import DAY, UNSEEN, Homes, Progress, season
from homectl.trial.instead import Always, Oracle, Schedule
from homectl.trial.suite.stages import HIGHER, Check, Table
from homectl.workers import workers
from models.checkpoint import BASE
from models.dataset import Sampling, rows_of
from models.distance import Familiar
from models.inference import Network
from models.policy import NetworkPolicy
from simulator.world import World

NOTHING, ALWAYS, SCHEDULE, RULES, NETWORK, OWN, ORACLE = (
    "nothing",
    "always",
    "schedule",
    "rules",
    "network",
    "own network",
    "oracle",
)
POLICIES = (NOTHING, ALWAYS, SCHEDULE, RULES, NETWORK, ORACLE)

AS_IT_IS = Tuning()

HELD_OUT = 4.0
"""The last days of a watched past, by which the training of a home's own network is stopped."""

AWAY_UNLOCKED = "away_unlocked_minutes"

DENSE = Sampling(light=(0.5, 0.03), setpoint=(0.5, 0.04), lock=(1.0, 0.06))
"""Of one home's days more is kept than of those of hundreds."""

DRAWS = 2000
"""Resamples of the homes behind an interval."""

Accounts = Mapping[str, Mapping[int, Account]]
"""By policy and by the home's seed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """Which homes, for how long, and under whom."""

    homes: int = 20
    days: float = 14.0
    past: float = 14.0
    seed: int = 0
    policies: Sequence[str] = POLICIES
    tuning: Tuning = AS_IT_IS
    checkpoint: Path | None = None  # the network; None: the shipped one

    def jobs(self) -> dict[str, tuple[Any, ...]]:
        """What `live_under` is called with, by a name for each."""
        checkpoint = None if self.checkpoint is None else str(self.checkpoint)
        seeds = Homes(count=self.homes, seed=self.seed).seeds(UNSEEN)
        rest = (self.days, self.past, asdict(self.tuning), checkpoint)
        return {f"{policy} {seed}": (policy, seed, *rest) for seed in seeds for policy in self.policies}


def compete(contest: Contest, processes: int, progress: Progress) -> Accounts:
    """Every home under every policy, several at once."""
    jobs, answers = contest.jobs(), {}
    with workers(processes) as pool:
        running = {pool.submit(live_under, *job): name for name, job in jobs.items()}
        for done, finished in enumerate(as_completed(running), start=1):
            answers[running[finished]] = finished.result()
            progress("living in simulated homes", done / len(jobs))
    return accounts(contest, answers)


def accounts(contest: Contest, answers: Mapping[str, Mapping[str, float]]) -> Accounts:
    """What `live_under` answered for the jobs of a contest."""
    found: dict[str, dict[int, Account]] = {policy: {} for policy in contest.policies}
    for name, (policy, seed, *_) in contest.jobs().items():
        found[policy][seed] = Account(**answers[name])
    return found


def live_under(
    policy: str, seed: int, days: float, past: float, tuning: Mapping[str, Any], checkpoint: str | None
) -> dict[str, Any]:
    """One home's account under one policy, as JSON."""
    return live_in(World(seed, start=season(seed)), policy, days, past, tuning, checkpoint)


def live_in(
    world: World, policy: str, days: float, past: float, tuning: Mapping[str, Any], checkpoint: str | None
) -> dict[str, Any]:
    """The same for a world that is there."""
    history = watched(world, past)
    chosen = policy_for(
        policy, world, history, past, Tuning(**tuning), None if checkpoint is None else Path(checkpoint)
    )
    world.count_from_here()
    if chosen is None:
        watched(world, days)
    else:
        in_charge(world, history, chosen, days * DAY, fallback=Rules(tuning=Tuning(**tuning)))
    return asdict(Account.of(world.truth))


def policy_for(
    name: str, world: World, history: History, past: float, tuning: Tuning, checkpoint: Path | None
) -> Policy | None:
    """The policy of a name for a home whose past of so many days is known; None where nobody is in charge."""
    match name:
        case "always":
            return Always(world.wishes.comfort)
        case "schedule":
            return Schedule(world.home, history, world.at - past * DAY, world.at)
        case "rules":
            return Rules(tuning=tuning)
        case "network":
            return NetworkPolicy.load(checkpoint)
        case "own network":
            return own_network(world, history, checkpoint)
        case "oracle":
            return Oracle(world.wishes)
    return None


def own_network(world: World, history: History, checkpoint: Path | None) -> NetworkPolicy:
    """The network refined on what a home has shown of itself; as it came where that betters nothing."""
    from models.refine import refined

    folder = checkpoint or BASE
    parted = world.at - HELD_OUT * DAY
    early, late = (
        rows_of(world.home, history, number=0, seed=0, sampling=DENSE, span=span)
        for span in ((-np.inf, parted), (parted, np.inf))
    )
    try:
        weights, manifest = refined(early, late, folder)
    except ValueError:
        return NetworkPolicy.load(folder)
    return NetworkPolicy(Network(weights, depth=manifest.depth), manifest, Familiar.load(folder))


# --- the verdict ----------------------------------------------------------------------------------


def figures(accounts: Accounts) -> dict[str, Any]:
    """By policy: everything counted per home-day, averaged over the homes, and the cost with its 95 % interval."""
    return {policy: _figures(list(homes.values())) for policy, homes in accounts.items()}


def _figures(homes: Sequence[Account]) -> dict[str, Any]:
    counted = {name: _mean(homes, name) for name in ("interventions", *(field.name for field in fields(Account)))}
    terms = {name: round(float(np.mean([home.terms[name] for home in homes])), 3) for name in WORTH}
    low, high = interval([home.cost for home in homes])
    return {
        **{name: round(value, 3) for name, value in counted.items()},
        "terms": terms,
        "cost": round(_mean(homes, "cost"), 3),
        "cost_interval": [round(low, 3), round(high, 3)],
    }


LINES: dict[str, str] = {
    "cost": "cost, hands",
    "interventions": "by hand",
    "light_interventions": "· lamps",
    "setpoint_interventions": "· heating",
    "lock_interventions": "· lock",
    "undone": "undone",
    "away_unlocked_minutes": "away unlocked min",
    "asleep_unlocked_minutes": "asleep unlocked min",
    "lamp_on_away_minutes": "lamps away min",
    "dark_minutes": "in the dark min",
    "discomfort_kelvin_hours": "discomfort K·h",
    "heating_kwh": "heating kWh",
    "device_changes": "device changes",
    "thrown_open": "thrown open",
    "unlocks": "unlocks",
}
"""What a table of figures shows per home-day, and by which name."""


def table(figures: Mapping[str, Mapping[str, Any]], title: str) -> Table:
    """Figures beside each other: a column for each policy; under the cost its 95 % interval."""
    lines: list[tuple[str | float | None, ...]] = [
        (shown, *(values[name] for values in figures.values())) for name, shown in LINES.items()
    ]
    bounds = ("95 % from", 0), ("95 % to", 1)
    cost = [(shown, *(values["cost_interval"][n] for values in figures.values())) for shown, n in bounds]
    return Table(title=title, columns=("a home-day", *figures), rows=(lines[0], *cost, *lines[1:]))


def checks(accounts: Accounts, judged: str = NETWORK) -> tuple[Check, ...]:
    """What is claimed of a network in charge, beside what it must be and what is aimed at; only what was compared."""
    if judged not in accounts:
        return ()
    ours = list(accounts[judged].values())
    found = [*_dearer(accounts, judged), *_fewer(accounts, ours, judged)]
    found.append(Check(name=f"{judged}: away-unlocked minutes", value=_mean(ours, AWAY_UNLOCKED), must=5, aim=2))
    found.append(Check(name=f"{judged}: unlocks", value=_mean(ours, "unlocks"), must=0))
    if NOTHING in accounts:
        left = _ratio(ours, list(accounts[NOTHING].values()), "lamp_on_away_minutes")
        found.append(Check(name=f"{judged}: lamp-on-away as a share of nothing's", value=left, must=0.05))
    return (*found, *_heating(accounts, ours, judged))


def _dearer(accounts: Accounts, judged: str) -> list[Check]:
    """What the network costs more than the cheapest of the others, the oracle and networks aside."""
    rivals = [policy for policy in accounts if policy not in (NETWORK, OWN, ORACLE)]
    if not rivals:
        return []
    cheapest = min(rivals, key=lambda policy: _mean(list(accounts[policy].values()), "cost"))
    apart = [home.cost - accounts[cheapest][seed].cost for seed, home in accounts[judged].items()]
    low, high = interval(apart)
    name = f"{judged}: hands a home-day more than {cheapest}, the cheapest rival (95 %: {low:.2f} to {high:.2f})"
    return [Check(name=name, value=float(np.mean(apart)), must=0)]


def _fewer(accounts: Accounts, ours: Sequence[Account], judged: str) -> list[Check]:
    found = [Check(name=f"{judged}: interventions a home-day", value=_mean(ours, "interventions"), aim=2.3)]
    for rival, must in ((NOTHING, 1.0), (RULES, 0.6)):
        if rival in accounts:
            share = _ratio(ours, list(accounts[rival].values()), "interventions")
            found.append(
                Check(name=f"{judged}: interventions as a share of those with {rival}", value=share, must=must)
            )
    return found


def _heating(accounts: Accounts, ours: Sequence[Account], judged: str) -> list[Check]:
    """The network's saving against a home always at comfort, as a share of the oracle's, and at what discomfort."""
    if ALWAYS not in accounts or ORACLE not in accounts:
        return []
    always, oracle = (_mean(list(accounts[policy].values()), "heating_kwh") for policy in (ALWAYS, ORACLE))
    saved = (always - _mean(ours, "heating_kwh")) / (always - oracle) if always > oracle else None
    cold = _ratio(ours, list(accounts[ORACLE].values()), "discomfort_kelvin_hours")
    return [
        Check(name=f"{judged}: share of the oracle's heating saving", value=saved, must=0.8, aim=0.9, better=HIGHER),
        Check(name=f"{judged}: discomfort in units of the oracle's", value=cold, must=1.5, aim=1.2),
    ]


def interval(values: Sequence[float], seed: int = 0) -> tuple[float, float]:
    """95 % interval of the mean over homes, by resampling them."""
    drawn = np.random.default_rng(seed).choice(np.asarray(values), (DRAWS, len(values))).mean(axis=1)
    low, high = np.quantile(drawn, (0.025, 0.975))
    return float(low), float(high)


def _mean(homes: Sequence[Account], name: str) -> float:
    return float(np.mean([getattr(home, name) for home in homes]))


def _ratio(ours: Sequence[Account], theirs: Sequence[Account], name: str) -> float | None:
    """None where they have none of it, and so say nothing."""
    base = _mean(theirs, name)
    return _mean(ours, name) / base if base > 0 else None
