"""Whether the network's chances come true in homes it has never seen, as often as it says."""

from pathlib import Path

import numpy as np

from homectl.home import Times
from homectl.trial.homes import UNSEEN
from homectl.trial.suite import homes
from homectl.trial.suite.networks import Shipped
from homectl.trial.suite.stages import Check, Inputs, Json, Result, Settings, Stage, Table
from homectl.trial.suite.watched import watch
from models.dataset import DAY, Rows, span_of
from models.metrics import Reliability
from models.tasks import COLUMN, TASKS

HOMES, FIRST = 40, 100
"""How many homes, and the first's number among the unseen ones. In few homes a family or two with habits of their own
outweigh everything else: what one locks in a fortnight is a handful of evenings."""

LIVED, DAYS = 42.0, 14.0
"""Days each home is lived in, and the last of them, by which it is judged; all before is only past."""

MUST = {"light_on": 0.02, "lock_wanted": 0.02}
CHANCES = tuple(task.name for task in TASKS if not task.bins)


def judged(settings: Settings, seed: int, folder: Path) -> Json:
    """What was said beside what came in one home, by task and bin."""
    home, history = homes.history_of(settings, seed, LIVED, folder)
    (folder / f"{seed}.db").unlink(missing_ok=True)
    last = span_of(history)[1]
    rows = watch(home, history, np.arange(last - DAYS * DAY, last, 600.0 if settings.quick else 300.0), number=0).rows
    answers = Shipped(settings.checkpoint)(Rows.empty(), Rows.empty())(rows)
    found: Json = {}
    for name in CHANCES:
        label = rows.labels[:, COLUMN[name]].astype(np.float64)
        known, chance = np.isfinite(label), answers[name]
        assert isinstance(chance, np.ndarray)
        told = Reliability.of(chance[known], label[known], rows.weights[known].astype(np.float64))
        found[name] = [told.weight.tolist(), told.said.tolist(), told.came.tolist()]
    return found


def run(settings: Settings, inputs: Inputs) -> Result:
    count = 4 if settings.quick else HOMES
    jobs = {f"home {number}": (settings, UNSEEN + FIRST + number, inputs.folder) for number in range(count)}
    told = inputs.each(judged, jobs).values()
    each = {name: [Reliability(*map(np.array, one[name])) for one in told] for name in CHANCES}
    whole = {name: sum(parts[1:], parts[0]) for name, parts in each.items()}
    rows: list[tuple[str | float | None, ...]] = [
        (name, one.error, max(part.error for part in each[name])) for name, one in whole.items()
    ]
    return Result(
        checks=tuple(
            Check(name=f"expected calibration error of {name}", value=whole[name].error, must=must)
            for name, must in MUST.items()
        ),
        figures={
            name: {
                "ece": one.error,
                "said": _shares(one.said, one.weight),
                "came": _shares(one.came, one.weight),
                "share_of_rows": (one.weight / one.weight.sum()).tolist(),
            }
            for name, one in whole.items()
        },
        tables=(
            Table(
                title=f"calibration in {count} unseen homes",
                columns=("chance of", "ECE", "ECE, worst home"),
                rows=tuple(rows),
            ),
        ),
    )


def _shares(total: Times, weight: Times) -> list[float]:
    """The mean of each bin, NaN of one without rows."""
    return [one / rows if rows > 0 else float("nan") for one, rows in zip(total, weight, strict=True)]


STAGE = Stage(name="calibration", about="chances beside what came", run=run)
