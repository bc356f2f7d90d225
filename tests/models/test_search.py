"""A search finds the better recipe on a planted problem, by held-out rows alone."""

import subprocess
import sys
from dataclasses import replace

import pytest

from models.network import Shape
from models.search import changed, search
from models.train import RECIPES, Recipe, train
from tests.models.problems import planted

ROWS, HELD_OUT = planted(600, 1), planted(300, 2)
POOR = Recipe(epochs=2, batch=256, rate=1e-6, shape=Shape(bins=4, width=16, depth=1, head=8))


def test_three_trials_better_a_poor_recipe() -> None:
    told: list[tuple[int, int, float]] = []
    found = search(ROWS, HELD_OUT, POOR, 3, lambda *words: told.append(words))
    losses = [min(train(ROWS, HELD_OUT, recipe).validation) for recipe in (POOR, changed(POOR, found))]
    assert [trial for trial, _, _ in told] == [1, 2, 3]
    assert told[0][2] == losses[0]
    assert told[-1][2] == losses[1] < losses[0]


def test_a_search_is_seeded() -> None:
    first, second = (search(ROWS, HELD_OUT, POOR, 2, lambda *_: None) for _ in range(2))
    assert first == second != search(ROWS, HELD_OUT, replace(POOR, seed=1), 2, lambda *_: None)


def test_one_trial_is_the_recipe_itself() -> None:
    assert search(ROWS, HELD_OUT, POOR, 1, lambda *_: None) == {}


@pytest.mark.parametrize(("name", "value"), [("rate", 1e-2), ("batch", 128), ("width", 96), ("dropout", 0.3)])
def test_a_change_reaches_the_recipe_or_its_shape(name: str, value: float) -> None:
    recipe = changed(POOR, {name: value})
    assert value in (getattr(recipe, name, None), getattr(recipe.shape, name, None))
    assert changed(recipe, {name: getattr(POOR, name, getattr(POOR.shape, name, None))}) == POOR


def test_the_textbook_net_has_no_shape_to_search() -> None:
    poor = replace(RECIPES["textbook"], epochs=1, rate=1e-9)
    assert search(ROWS, HELD_OUT, poor, 2, lambda *_: None).keys() == {"rate", "batch"}


WITHOUT = """
import sys
sys.modules["optuna"] = None
from homectl.home import UsageError
from models.search import search
from models.train import Recipe
from tests.models.problems import planted
try:
    search(planted(9, 1), planted(9, 2), Recipe(), 2, print)
except UsageError as error:
    print(error)
"""


def test_without_optuna_the_extra_to_install_is_named() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("pip install 'homectl[search]'")
