"""A search for a better recipe: judged by held-out rows alone, seeded, poor trials ended early."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from homectl.home import UsageError
from models.dataset import Rows
from models.train import Recipe, train

if TYPE_CHECKING:
    from optuna import Trial

LARGEST = 300_000
"""Rows a trial learns from, at most: which recipe is better shows on a sample."""


def search(
    rows: Rows, held_out: Rows, recipe: Recipe, trials: int, progress: Callable[[int, int, float], None]
) -> dict[str, Any]:
    """What to change in a recipe, by name of the field, after so many trials; nothing where none bettered it.

    The first trial is the recipe itself. A trial counts by its best epoch's validation loss, and is ended where it
    falls behind the median of those before. `progress` is told trial, trials and the best loss so far.
    Raises UsageError without optuna.
    """
    try:
        import optuna
    except ImportError:
        raise UsageError("a search needs Optuna; install it with: pip install 'homectl[search]'") from None
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    some = rows.sample(LARGEST, recipe.seed)
    as_it_is = min(train(some, held_out, recipe).validation)
    progress(1, trials, as_it_is)

    def judged(trial: "Trial") -> float:
        def after(epoch: int, of: int, loss: float) -> None:
            trial.report(loss, epoch)
            if epoch < of and trial.should_prune():
                raise optuna.TrialPruned

        return min(train(some, held_out, changed(recipe, _drawn(trial, recipe)), after).validation)

    def told(study: optuna.Study, trial: optuna.trial.FrozenTrial) -> None:
        progress(trial.number + 2, trials, min(as_it_is, study.best_value))

    study = optuna.create_study(
        sampler=optuna.samplers.TPESampler(seed=recipe.seed),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=3, n_warmup_steps=1),
    )
    study.optimize(judged, n_trials=trials - 1, callbacks=[told])
    return dict(study.best_params) if trials > 1 and study.best_value < as_it_is else {}


def changed(recipe: Recipe, values: Mapping[str, Any]) -> Recipe:
    """The recipe with these values for its fields and those of its shape; TypeError for a field that neither has."""
    own = {each.name for each in fields(Recipe)}
    shape = replace(recipe.shape, **{name: value for name, value in values.items() if name not in own})
    return replace(recipe, shape=shape, **{name: value for name, value in values.items() if name in own})


def _drawn(trial: "Trial", recipe: Recipe) -> dict[str, Any]:
    values: dict[str, Any] = {
        "rate": trial.suggest_float("rate", 3e-4, 2e-2, log=True),
        "batch": trial.suggest_categorical("batch", (128, 256, 512, 1024, 2048, 4096)),
    }
    if recipe.architecture == "homenet":
        values |= {
            "decay": trial.suggest_float("decay", 1e-5, 1e-1, log=True),
            "dropout": trial.suggest_float("dropout", 0.0, 0.4),
            "width": trial.suggest_categorical("width", (64, 96, 128, 192)),
            "bins": trial.suggest_categorical("bins", (8, 16, 24)),
        }
    return values
