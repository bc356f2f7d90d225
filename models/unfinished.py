"""A training run on disk between two epochs: one file of safetensors, with what is no tensor as JSON in its header."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from homectl.home import CheckpointMismatch
from models.balance import Balance
from models.network import Net

FILE = "unfinished.safetensors"


@dataclass(frozen=True, slots=True, kw_only=True)
class Learner:
    """All that changes while a network learns, but for the curves."""

    net: Net
    balance: Balance
    optimiser: torch.optim.Optimizer
    schedule: torch.optim.lr_scheduler.LRScheduler
    best: dict[str, Tensor]  # the weights of the best epoch so far

    def save(self, folder: Path, told: Mapping[str, Any]) -> None:
        """Write the run and what the caller wants to find again. A kill leaves the old file or the new one."""
        folder.mkdir(parents=True, exist_ok=True)
        tensors = {f"net.{name}": tensor for name, tensor in self.net.state_dict().items()}
        tensors |= {f"balance.{name}": tensor for name, tensor in self.balance.state_dict().items()}
        tensors |= {f"best.{name}": tensor for name, tensor in self.best.items()}
        state = self.optimiser.state_dict()
        for place, slots in state["state"].items():
            tensors |= {f"optimiser.{place}.{name}": tensor for name, tensor in slots.items()}
        tensors["random"] = torch.get_rng_state()
        header = {"told": told, "groups": state["param_groups"], "schedule": self.schedule.state_dict()}
        fresh = folder / f"{FILE}.part"
        save_file(tensors, fresh, metadata={"json": json.dumps(header)})
        fresh.replace(folder / FILE)

    def restore(self, folder: Path) -> None:
        """Go on as if never interrupted, chance included; CheckpointMismatch if the file is another network's."""
        header, tensors = _read(folder)
        try:
            self.net.load_state_dict(_under("net.", tensors))
            self.balance.load_state_dict(_under("balance.", tensors))
            self.best.update(_under("best.", tensors))
            self.optimiser.load_state_dict({"state": _slots(tensors), "param_groups": header["groups"]})
            self.schedule.load_state_dict(header["schedule"])
            torch.set_rng_state(tensors["random"])
        except (KeyError, RuntimeError, ValueError) as error:
            raise _broken(folder, error) from None


def told(folder: Path) -> dict[str, Any] | None:
    """What the caller of `save` left; None where no run was interrupted."""
    if not (folder / FILE).exists():
        return None
    found: dict[str, Any] = _read(folder)[0]["told"]
    return found


def digest(*arrays: NDArray[np.float32]) -> str:
    """What tells data from other data."""
    found = hashlib.blake2b(digest_size=16)
    for array in arrays:
        found.update(np.ascontiguousarray(array).data)
    return found.hexdigest()


def discard(folder: Path) -> None:
    """Forget an interrupted run, if there is one."""
    (folder / FILE).unlink(missing_ok=True)


def _read(folder: Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    try:
        with safe_open(folder / FILE, framework="pt") as file:
            header, names = json.loads(file.metadata()["json"]), file.keys()
            return header, {name: file.get_tensor(name) for name in names}
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise _broken(folder, error) from None


def _broken(folder: Path, error: Exception) -> CheckpointMismatch:
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return CheckpointMismatch(
        f"{folder / FILE}: expected an interrupted training of this network, got: {reason}; train without --resume"
    )


def _under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def _slots(tensors: Mapping[str, Tensor]) -> dict[int, dict[str, Tensor]]:
    found: dict[int, dict[str, Tensor]] = {}
    for key, tensor in _under("optimiser.", tensors).items():
        place, name = key.split(".", 1)
        found.setdefault(int(place), {})[name] = tensor
    return found
