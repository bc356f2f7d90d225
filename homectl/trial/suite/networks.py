"""Networks among the rivals: the one in judgement as it is, and refined on a home's own days."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from models.answers import Answers, decoded
from models.checkpoint import BASE, read
from models.dataset import Rows
from models.network import Net
from models.refine import refined
from models.rivals import Model
from models.train import Recipe, answers, restored, train


@dataclass(frozen=True, slots=True)
class Shipped:
    """A network as it comes, which has never seen this home. None: the one of the package."""

    checkpoint: Path | None

    def __call__(self, _rows: Rows, _held_out: Rows) -> Model:
        weights, manifest = read(self.checkpoint or BASE)
        return model_of(restored(manifest.architecture, weights), manifest.temperatures)


@dataclass(frozen=True, slots=True)
class Refined:
    """The same once it has learned from a home's own rows, as it does there at night."""

    checkpoint: Path | None
    seed: int

    def __call__(self, rows: Rows, held_out: Rows) -> Model:
        try:
            weights, manifest = refined(rows, held_out, self.checkpoint or BASE, self.seed)
        except ValueError:
            return Shipped(self.checkpoint)(rows, held_out)
        return model_of(restored(manifest.architecture, weights), manifest.temperatures)


@dataclass(frozen=True, slots=True)
class Fresh:
    """A network that begins with nothing."""

    recipe: Recipe

    def __call__(self, rows: Rows, held_out: Rows) -> Model:
        return model_of(train(rows, held_out, self.recipe).net)


def model_of(net: Net, temperatures: Mapping[str, float] | None = None) -> Model:
    def answer(asked: Rows) -> Answers:
        return decoded(answers(net, asked), temperatures or {})

    return answer
