"""The textbook net is what textbooks say, and nothing more."""

import numpy as np
import torch

from models.features import FEATURES
from models.network import Shape
from models.now import NOW
from models.tasks import EARLY, OUTPUTS
from models.textbook import WIDTH, TextbookNet
from models.train import RECIPES, restored

ROWS = (np.random.default_rng(1).normal(size=(400, len(FEATURES))) * 50 + 7).astype(np.float32)
ROWS[:, 3] = 4.1
NOW_ROWS = np.random.default_rng(2).normal(size=(400, len(NOW))).astype(np.float32)
NET = TextbookNet.fitted(Shape(), ROWS)


def asked(features: np.ndarray, now: np.ndarray = NOW_ROWS) -> np.ndarray:
    with torch.inference_mode():
        return NET(torch.from_numpy(features), torch.from_numpy(now)).numpy()


def test_it_is_two_shared_layers_and_a_linear_head_for_each_output() -> None:
    late = OUTPUTS - EARLY
    layers = (len(FEATURES) + 1) * WIDTH + (WIDTH + 1) * WIDTH
    heads = (WIDTH + 1) * OUTPUTS + len(NOW) * late
    assert sum(weight.numel() for weight in NET.parameters()) == layers + heads
    assert asked(ROWS).shape == (400, OUTPUTS)


def test_its_inputs_have_mean_0_and_deviation_1() -> None:
    standard = NET.standard(torch.from_numpy(ROWS)).numpy()
    np.testing.assert_allclose(standard.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(np.delete(standard, 3, axis=1).std(axis=0), 1, atol=1e-3)


def test_a_column_that_never_changed_is_never_seen() -> None:
    other = ROWS.copy()
    other[:, 3] = 1000.0
    assert np.array_equal(asked(other), asked(ROWS))


def test_only_the_change_heads_see_what_is_set_now() -> None:
    before, after = asked(ROWS), asked(ROWS, NOW_ROWS + 1)
    assert np.array_equal(before[:, :EARLY], after[:, :EARLY])
    assert not np.isclose(before[:, EARLY:], after[:, EARLY:]).any()


def test_its_weights_bring_it_back() -> None:
    again = restored("textbook", NET.arrays())
    with torch.inference_mode():
        assert np.array_equal(again(torch.from_numpy(ROWS), torch.from_numpy(NOW_ROWS)).numpy(), asked(ROWS))


def test_its_recipe_is_adam_on_the_plain_sum() -> None:
    recipe = RECIPES["textbook"]
    assert (recipe.balance, recipe.decay, recipe.warm) == ("plain", 0, 0)
