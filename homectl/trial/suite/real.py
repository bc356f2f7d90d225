"""Recorded real homes: lamps, a front door and thermostats, asked on a grid of five minutes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from homectl.trial.suite import recorded
from homectl.trial.suite.networks import model_of
from homectl.trial.suite.recorded import FLAT, FLOOR, HOUSE, SCHEDULE, Case
from homectl.trial.suite.stages import HIGHER, Check, Inputs, Json, Result, Settings, Stage, Table
from models import rivals
from models.answers import Answer, Value, figures_of
from models.checkpoint import BASE, read
from models.dataset import Rows
from models.network import Net
from models.rivals import Boosting, Model, Part, Rival
from models.tasks import COLUMN, TASKS
from models.train import FINE, restored, train

LONGER = replace(FINE, epochs=12, steps_per_epoch=100, rate=1e-3)
"""Of a year of a house there is more to learn than of a week."""

PERSISTENCE, BOOSTING, NETWORK, TOGETHER = "persistence", "boosting", "network", "network, seeds together"
NOT_SHIPPED = "data not shipped"


def of_question(rows: Rows, place: int) -> Rows:
    return rows.where(rows.home == place)


def by_rival(case: Case, rival: Rival) -> list[Answer]:
    """What a rival answers to each question that learned from the rows of that question alone."""
    found = []
    for place, task in enumerate(case.tasks):
        early, late, test = (of_question(rows, place) for rows in (case.early, case.late, case.test))
        answers = rival(early, late)(test)
        found.append(answers.get(task, _nothing(task, len(test))))
    return found


def _nothing(task: str, count: int) -> Answer:
    """What is said of that which cannot be learned."""
    same = np.zeros(count)
    return Value(median=same, mean=same) if TASKS[COLUMN[task]].bins else same + 0.5


def by_network(case: Case, settings: Settings, seed: int) -> list[Answer]:
    """Of networks refined on all rows of the home, and then on a question's own, the one that its stop days prefer."""
    weights, manifest = read(settings.checkpoint or BASE)
    *first, then = (
        replace(recipe, architecture=manifest.architecture, seed=seed)
        for recipe in ((FINE, replace(FINE, epochs=2)) if settings.quick else (FINE, LONGER, FINE))
    )
    nets = [restored(manifest.architecture, weights)]
    nets += [train(case.early, case.late, recipe, start=weights).net for recipe in first]
    found = []
    for place, task in enumerate(case.tasks):
        early, late, test = (of_question(rows, place) for rows in (case.early, case.late, case.test))

        def loss(net: Net, late: Rows = late, task: str = task) -> float:
            return _loss(model_of(net, manifest.temperatures), late, task)

        best = nets[0]
        if all(Part.of(TASKS[COLUMN[task]], rows).teaches for rows in (early, late)):
            shared = min(nets, key=loss)
            own = train(early, late, then, start=shared.arrays()).net
            best = min((shared, own), key=loss)
        found.append(model_of(best, manifest.temperatures)(test)[task])
    return found


def _loss(model: Model, rows: Rows, task: str) -> float:
    found = figures_of({task: model(rows)[task]}, rows)[task]
    return found["log_loss"] if "log_loss" in found else found["mae"]


def answered(settings: Settings, contender: str, seed: int, folder: Path, names: list[str], tasks: list[str]) -> Json:
    """A contender's figures, question by question; of a network the chances are kept as well."""
    case = Case.read(folder, names, tasks)
    if contender != NETWORK:
        rival = rivals.persistence if contender == PERSISTENCE else Boosting(tasks=tuple(sorted(set(tasks))))
        return figures(case, by_rival(case, rival))
    answers = by_network(case, settings, seed)
    chances = [answer for answer in answers if not isinstance(answer, Value)]
    np.savez(_kept(folder, seed), *chances)
    return figures(case, answers)


def _kept(folder: Path, seed: int) -> Path:
    return folder / f"chances-{seed}.npz"


def figures(case: Case, answers: Sequence[Answer]) -> Json:
    """By question."""
    found: Json = {}
    for place, (name, task) in enumerate(zip(case.names, case.tasks, strict=True)):
        found[name] = figures_of({task: answers[place]}, of_question(case.test, place)).get(task, {})
    return found


def together(case: Case, seeds: Sequence[int], folder: Path) -> Json:
    """Figures of the mean chance of the networks of all seeds."""
    kept = [np.load(_kept(folder, seed), allow_pickle=False) for seed in seeds]
    means = [np.mean([one[f"arr_{place}"] for one in kept], axis=0) for place in range(len(case.names))]
    return figures(case, means)


def run(settings: Settings, inputs: Inputs) -> Result:
    recordings = recorded.found(settings)
    if HOUSE not in recordings:
        return Result(
            skipped="no recorded house (a log with a table of its devices beside it); name its folder: --data"
        )
    folders = {what: inputs.folder / f"case{place}" for place, what in enumerate(recordings)}
    asked = inputs.each(
        recorded.prepare, {what: (settings, what, one, folders[what]) for what, one in recordings.items()}
    )
    jobs = {
        f"{what}: {contender} {seed}": (
            settings,
            contender,
            seed,
            folders[what],
            asked[what]["names"],
            asked[what]["tasks"],
        )
        for what in recordings
        for contender, seeds in ((PERSISTENCE, (0,)), (BOOSTING, (0,)), (NETWORK, settings.seeds))
        for seed in seeds
    }
    done = inputs.each(answered, jobs)
    told = {
        what: {
            contender: [found for name, found in done.items() if name.startswith(f"{what}: {contender} ")]
            for contender in (PERSISTENCE, BOOSTING, NETWORK)
        }
        for what in recordings
    }
    for what in recordings:
        if what != SCHEDULE:
            case = Case.read(folders[what], **asked[what])
            told[what][TOGETHER] = [together(case, settings.seeds, folders[what])]
    return Result(
        checks=tuple(checks(told)),
        figures={what: {who: _averaged(parts) for who, parts in by.items()} for what, by in told.items()},
        tables=tuple(table(what, by) for what, by in told.items()),
    )


Told = Mapping[str, Sequence[Json]]
"""By contender, for every seed: question → figure → value."""


def precision(told: Told, contender: str) -> dict[str, float]:
    """Average precision by question, the mean of the seeds; only of questions whose answer is yes at some time."""
    return {
        name: found["average_precision"]
        for name, found in _averaged(told[contender]).items()
        if np.isfinite(found.get("average_precision", np.nan))
    }


def checks(told: Mapping[str, Told]) -> list[Check]:
    made = []
    for what in (HOUSE, FLAT):
        if what in told:
            ours, theirs = (float(np.mean(list(precision(told[what], who).values()))) for who in (NETWORK, BOOSTING))
            name = f"{what}: mean average precision over gradient boosting's ({NOT_SHIPPED})"
            made.append(Check(name=name, value=ours - theirs, must=0.0, better=HIGHER))
    above = sum(value > FLOOR[name] for name, value in precision(told[HOUSE], NETWORK).items())
    name = f"{HOUSE}: of {len(FLOOR)} devices above the floor ({NOT_SHIPPED})"
    return [*made, Check(name=name, value=above, must=6, aim=len(FLOOR), better=HIGHER)]


def table(what: str, told: Told) -> Table:
    """Average precision, or of thermostats the mean absolute error in °C."""
    figure = "mae" if what == SCHEDULE else "average_precision"
    averaged = {who: _averaged(parts) for who, parts in told.items()}
    rows: list[tuple[str | float | None, ...]] = []
    for name in averaged[BOOSTING]:
        floor = (FLOOR.get(name),) if what == HOUSE else ()
        rows.append((name, *floor, *(found.get(name, {}).get(figure) for found in averaged.values())))
    said = "error of setpoints, °C: imitates a schedule" if what == SCHEDULE else "average precision"
    columns = ("device", *(("floor",) if what == HOUSE else ()), *averaged)
    return Table(title=f"{what} ({NOT_SHIPPED}): {said}", columns=columns, rows=tuple(rows))


def _averaged(parts: Sequence[Json]) -> Json:
    """The mean of the seeds, figure by figure."""
    return {
        name: {figure: float(np.mean([part[name][figure] for part in parts])) for figure in found}
        for name, found in parts[0].items()
    }


STAGE = Stage(name="real", about="recorded real homes", run=run, reads=True)
