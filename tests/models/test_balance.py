"""How the tasks' losses move the weights together, scheme by scheme."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from homectl.home import UsageError
from models.balance import (
    AGGREGATORS,
    SCHEMES,
    Aggregated,
    Balance,
    Summed,
    Uncertainty,
    balance_of,
    constant_losses,
    task_losses,
)
from models.features import FEATURES
from models.network import Net, Shape
from models.now import NOW
from models.tasks import COLUMN, TASKS
from models.train import ARCHITECTURES

CONSTANTS = {"light_on": 0.5, "setpoint": 2.0, "lock_wanted": 0.7}
TRUNK = nn.Linear(6, 5)
HEADS = {name: nn.Linear(5, 1) for name in CONSTANTS}


def losses_of(seed: int) -> tuple[dict[str, Tensor], Tensor]:
    """Three tasks that want different things of one small trunk, and what they share."""
    rng = np.random.default_rng(seed)
    rows, wanted = (torch.from_numpy(rng.normal(size=(40, width)).astype(np.float32)) for width in (6, 3))
    shared = torch.tanh(TRUNK(rows))
    return {n: (head(shared)[:, 0] - wanted[:, k]).square().mean() for k, (n, head) in enumerate(HEADS.items())}, shared


def gradients(balance: Balance, seed: int) -> dict[str, list[Tensor]]:
    """What a scheme asks of the trunk and of the heads."""
    parts = {"trunk": TRUNK, **HEADS}
    for part in parts.values():
        part.zero_grad()
    balance.backward(*losses_of(seed), TRUNK)
    return {name: [weight.grad.clone() for weight in part.parameters()] for name, part in parts.items()}


def flat(gradient: list[Tensor]) -> Tensor:
    return torch.cat([part.flatten() for part in gradient])


@pytest.mark.parametrize("seed", range(5))
def test_the_sum_of_the_tasks_own_gradients_is_the_gradient_of_their_sum(seed: int) -> None:
    added, summed = gradients(Aggregated(CONSTANTS, "Sum"), seed), gradients(Summed(CONSTANTS), seed)
    for name, expected in summed.items():
        torch.testing.assert_close(flat(added[name]), flat(expected))


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("scheme", ["Sum", *AGGREGATORS.values()])
def test_every_task_of_a_network_pulls_at_its_own_head_and_at_the_trunk(scheme: str, architecture: str) -> None:
    net, (features, now, labels) = network(architecture)
    weights = torch.ones(len(labels))
    constants = constant_losses(labels, weights)

    def pull(balance: Balance) -> dict[str, Tensor]:
        net.zero_grad()
        answers, shared = net.with_shared(features, now)
        balance.backward(task_losses(answers, labels, weights), shared, net.trunk)
        return {name: weight.grad.clone() for name, weight in net.named_parameters() if weight.grad is not None}

    found, summed = pull(Aggregated(constants, scheme)), pull(Summed(constants))
    assert constants.keys() == COLUMN.keys()
    assert found.keys() == summed.keys()
    for name, expected in summed.items():
        if scheme == "Sum" or not name.startswith("trunk."):
            torch.testing.assert_close(found[name], expected, atol=1e-5, rtol=1e-4)
        else:
            assert found[name].isfinite().all()
            assert found[name].any()


def network(architecture: str) -> tuple[Net, tuple[Tensor, Tensor, Tensor]]:
    """A small fresh network, and rows that are labelled for all tasks."""
    torch.manual_seed(1)
    features, now = torch.randn(64, len(FEATURES)), torch.randn(64, len(NOW))
    labels = torch.stack([torch.rand(64) if task.bins else torch.rand(64).round() for task in TASKS], dim=1)
    shape = Shape(bins=4, width=16, depth=2, head=8, dropout=0.0)
    return ARCHITECTURES[architecture].fitted(shape, features.numpy()), (features, now, labels)


@pytest.mark.parametrize("seed", range(10))
def test_upgrad_moves_the_trunk_against_no_task(seed: int) -> None:
    moved = flat(gradients(balance_of("upgrad", CONSTANTS), seed)["trunk"])
    for name, loss in losses_of(seed)[0].items():
        own = flat(list(torch.autograd.grad(loss, list(TRUNK.parameters()), retain_graph=True)))
        assert float(moved @ own) >= -1e-3 * float(moved.norm() * own.norm()), name


@pytest.mark.parametrize("scheme", AGGREGATORS)
def test_an_aggregate_leaves_the_heads_to_their_own_task(scheme: str) -> None:
    found, summed = gradients(balance_of(scheme, CONSTANTS), 1), gradients(Summed(CONSTANTS), 1)
    for name in CONSTANTS:
        torch.testing.assert_close(flat(found[name]), flat(summed[name]))


def test_a_task_counts_by_its_weight_and_in_units_of_its_constant() -> None:
    losses = {name: torch.tensor(CONSTANTS[name]) for name in CONSTANTS}
    weights = sum(TASKS[COLUMN[name]].weight for name in CONSTANTS)
    assert float(Summed(CONSTANTS).joined(losses)) == pytest.approx(weights)
    assert float(balance_of("plain", CONSTANTS).joined(losses)) == pytest.approx(sum(CONSTANTS.values()))


def test_uncertainties_settle_where_every_task_counts_alike() -> None:
    balance = Uncertainty(CONSTANTS)
    optimiser = torch.optim.Adam(balance.parameters(), lr=0.1)
    losses = {"light_on": torch.tensor(0.05), "setpoint": torch.tensor(3.0), "lock_wanted": torch.tensor(0.7)}
    for _ in range(300):
        optimiser.zero_grad()
        balance.joined(losses).backward()
        optimiser.step()
    for name, loss in losses.items():
        counted = float(balance.log_variance[name].detach().neg().exp() * loss) / CONSTANTS[name]
        assert counted == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_task_without_a_loss_moves_nothing_of_its_own(scheme: str) -> None:
    losses, shared = losses_of(3)
    del losses["setpoint"]
    HEADS["setpoint"].zero_grad()
    balance_of(scheme, CONSTANTS).backward(losses, shared, TRUNK)
    assert all(weight.grad is None or not weight.grad.any() for weight in HEADS["setpoint"].parameters())


def test_another_scheme_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match=r"one of sum, .*, got 'gradnorm'"):
        balance_of("gradnorm", CONSTANTS)


WITHOUT = """
import sys
sys.modules[{library!r}] = None
from homectl.home import UsageError
from models.balance import balance_of
try:
    balance_of("upgrad", {{"light_on": 1.0}})
except UsageError as error:
    print(error)
"""


def test_without_its_library_a_scheme_names_the_extra_to_install() -> None:
    code = WITHOUT.format(library="torchjd")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install 'homectl[balance]'" in done.stdout
    assert done.stdout.count("\n") == 1
