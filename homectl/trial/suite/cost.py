"""What the network costs a home: parameters, memory, and the time of a decision."""

import sys
import time
from pathlib import Path

import numpy as np

from homectl.home import Kind
from homectl.trial.suite import homes
from homectl.trial.suite.stages import Check, Inputs, Json, Result, Settings, Stage
from models.checkpoint import BASE, WEIGHTS, read
from models.dataset import span_of
from models.policy import NetworkPolicy


def decided(settings: Settings, seed: int, folder: Path) -> Json:
    """In a process of its own: decide about a lamp's room and about a whole home, each time a second later."""
    home, history = homes.history_of(settings, seed, homes.UNSEEN_DAYS, folder)
    last, before = span_of(history)[1], _resident()
    policy = NetworkPolicy.load(settings.checkpoint)
    lamp = next(target for target in home.targets if target.kind is Kind.LIGHT)
    asked = {"one room": home.targets_in(home.device(lamp.device).area or ""), "whole home": home.targets}
    spent: dict[str, list[float]] = {name: [] for name in asked}
    for second in range(30 if settings.quick else 300):
        for name, targets in asked.items():
            began = time.thread_time()
            policy.predict(home, history, last + second, targets)
            spent[name].append(1e6 * (time.thread_time() - began))
    return {
        "microseconds": {name: float(np.median(taken)) for name, taken in spent.items()},
        "megabytes": None if before is None else (_resident() or before) - before,
        "torch": int("torch" in sys.modules),
    }


def _resident() -> float | None:
    """MB that this process holds; None where the system does not tell. The peak would count who started it."""
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="ascii").splitlines() if status.is_file() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:")), None)


def run(settings: Settings, inputs: Inputs) -> Result:
    seed = homes.unseen_seeds(settings)[0]
    [told] = inputs.each(decided, {f"home {seed}": (settings, seed, inputs.folders["homes"])}).values()
    folder = settings.checkpoint or BASE
    weights, _ = read(folder)
    return Result(
        checks=(
            Check(name="weights, MB", value=(folder / WEIGHTS).stat().st_size / 1e6, must=5.0),
            Check(name="memory that deciding takes, 84 days of a home known, MB", value=told["megabytes"], aim=50.0),
            Check(name="torch loaded by what decides", value=told["torch"], must=0.0),
        ),
        figures={"parameters": sum(array.size for name, array in weights.items() if not name.startswith("pieces."))},
        timing={f"decision about {name}, µs": spent for name, spent in told["microseconds"].items()},
    )


STAGE = Stage(name="cost", about="what a decision costs", run=run, needs=("homes",))
