"""How long one decision takes, and how fast a simulated home lives, on one core and without a broker."""

import time

from homectl.control.autonomy import AutonomySettings
from homectl.control.limits import Limits
from homectl.control.pipeline import Moment, decide
from homectl.control.rules import Rules
from homectl.control.state import ControlState
from homectl.home import CheckpointMismatch, History, Kind, Policy
from simulator.world import World
from tests.benchmarks.checks import HIGHER, Check, percentile
from tests.benchmarks.household import BEGIN, PAST

STEPS = 3000.0
"""One-minute steps a second a simulated home must reach."""


def checks(decisions: int) -> tuple[list[Check], dict[str, float]]:
    """What to hold the figures against, and the microseconds behind them."""
    world = World(1, start=BEGIN - PAST)
    history = History()
    for reading in world.reported.values():
        history.append(reading)
    began = time.process_time()
    heard = [reading for _ in range(int(PAST // 60)) for reading in world.step(60.0)]
    steps = PAST / 60 / (time.process_time() - began)
    for reading in heard:
        history.append(reading)
    figures = [Check(name="one-minute steps of a simulated home, per second", value=steps, must=STEPS, better=HIGHER)]
    spent: dict[str, float] = {}
    for name, policy in _policies().items():
        if policy is None:
            figures.append(Check(name=f"decision by {name}", value=None, why="no weights are shipped yet"))
            continue
        spent |= {f"{name}: {what}": value for what, value in _decide(world, history, policy, decisions).items()}
    return figures, spent


def _policies() -> dict[str, Policy | None]:
    from models.policy import NetworkPolicy

    try:
        network: Policy | None = NetworkPolicy.load(None)
    except (CheckpointMismatch, OSError):
        network = None
    return {"rules": Rules(), "the network": network}


def _decide(world: World, history: History, policy: Policy, decisions: int) -> dict[str, float]:
    """Microseconds of processor time per decision about a room and about the home, each time at another second."""
    home, fallback = world.home, Rules()
    room = next(target for target in home.targets if target.kind is Kind.LIGHT)
    near = home.targets_in(home.device(room.device).area or "")
    times: dict[str, list[float]] = {"one room": [], "whole home": []}
    for number in range(decisions):
        now = Moment(
            home=home,
            history=history,
            at=world.at + number,
            elapsed=world.at + number,
            state=ControlState(world.at - 3600),
            limits=Limits(),
            autonomy=AutonomySettings(),
            new_id=lambda: "0",
        )
        for what, targets in (("one room", near), ("whole home", home.targets)):
            began = time.thread_time()
            decide(now, policy, fallback, targets)
            times[what].append(1e6 * (time.thread_time() - began))
    return {
        f"decision about {what}, p{p} µs": round(percentile(taken, p), 1)
        for what, taken in times.items()
        for p in (50, 99)
    }
