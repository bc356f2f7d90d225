"""How well the temperature of heated areas is foreseen one and three hours ahead, beside "it stays as it is"."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from homectl.home import Home, Kind, Times
from homectl.home.sun import elevation
from homectl.trial.suite import homes
from homectl.trial.suite.stages import Check, Inputs, Json, Result, Settings, Stage, Table
from models.dataset import DAY, span_of
from models.memory import Memory
from models.steps import HOUR, milliseconds_of
from models.thermal import MEDIAN, STEP, ahead, height

SETTLED = 14.0
"""Days of a home that are known before it is judged."""

HOURS = (1, 3)

MUST, AIM = {1: 0.7, 3: 0.55}, {1: 0.55, 3: 0.45}
"""The model's error as a share of persistence's."""

MODEL, DWELLING, PERSISTENCE = "model", "median dwelling", "persistence"


def foreseen(settings: Settings, seed: int, folder: Path) -> Json:
    """One home's squared errors by heated area, forecaster and hours ahead, each as (sum, count)."""
    home, history = homes.history_of(settings, seed, homes.UNSEEN_DAYS, folder)
    start, end = span_of(history)
    step = 7200.0 if settings.quick else 1800.0
    times = np.arange(np.ceil(start / step) * step + SETTLED * DAY, end - HOURS[-1] * 3600, step)
    memory = Memory(home, history)
    heated = dict.fromkeys(home.device(t.device).area or "" for t in home.targets if t.kind is Kind.SETPOINT)
    return {area: _errors(memory, area, times) for area in heated}


def _errors(memory: Memory, area: str, times: Times) -> Json:
    """The setpoints of the hours foreseen are told, the weather is not."""
    at, thermals = milliseconds_of(times), memory.thermals
    fabric, air = thermals.now(area, times, _sun(memory.home, times))
    found: Json = {}
    for hours in HOURS:
        later = at + STEP * np.arange(hours * HOUR // STEP)[:, None]
        setpoints, sun = thermals.setpoints(area, later), _sun(memory.home, later / 1000.0)
        truth = np.asarray(thermals.air(area, (at + hours * HOUR).astype(np.float64)).inside)
        answers = {
            MODEL: ahead(fabric, air, setpoints, sun),
            DWELLING: ahead(MEDIAN, air, setpoints, sun),
            PERSISTENCE: np.asarray(air.inside),
        }
        known = np.isfinite(truth) & np.isfinite(np.stack(list(answers.values()))).all(axis=0)
        for name, answer in answers.items():
            wrong = (answer - truth)[known]
            found[f"{name} {hours}"] = [float((wrong**2).sum()), int(known.sum())]
    return found


def _sun(home: Home, times: Times) -> Times:
    degrees = elevation(home.latitude, home.longitude, times.ravel()).reshape(times.shape)
    return np.asarray(height(degrees))


def run(settings: Settings, inputs: Inputs) -> Result:
    jobs = {f"home {s}": (settings, s, inputs.folders["homes"]) for s in homes.unseen_seeds(settings)}
    areas = [area for home in inputs.each(foreseen, jobs).values() for area in home.values()]
    errors = {key: _rmse([area[key] for area in areas]) for key in (areas[0] if areas else {})}
    return Result(checks=checks(errors), figures={"heated areas": len(areas), "rmse": errors}, tables=(table(errors),))


def _rmse(parts: list[tuple[float, int]]) -> float:
    total, count = np.sum(parts, axis=0)
    return round(float(np.sqrt(total / max(count, 1))), 4)


def checks(errors: Mapping[str, float]) -> tuple[Check, ...]:
    """What is claimed of the model, of root mean square errors by forecaster and hours."""
    return tuple(
        Check(
            name=f"temperature {hours} h ahead, error as a share of persistence's",
            value=errors[f"{MODEL} {hours}"] / errors[f"{PERSISTENCE} {hours}"] if errors else None,
            must=MUST[hours],
            aim=AIM[hours],
        )
        for hours in HOURS
    )


def table(errors: Mapping[str, float]) -> Table:
    names = (MODEL, DWELLING, PERSISTENCE) if errors else ()
    rows = tuple((name, *(f"{errors[f'{name} {hours}']:.2f} °C" for hours in HOURS)) for name in names)
    return Table(title="Temperature foreseen", columns=("", *(f"{hours} h ahead" for hours in HOURS)), rows=rows)


STAGE = Stage(name="thermal", about="foreseeing temperatures", run=run, needs=("homes",), judges=False)
