"""NetworkPolicy: history in, predictions out."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from homectl.home import STATE, Cause, Forecast, History, Home, Kind, Prediction, Target, Times, setting_of
from models.checkpoint import BASE, Manifest, load
from models.decoding import HABIT_LEVEL, Wanted, lights, locks, setpoints
from models.features import Array, observe
from models.memory import Memory
from models.reasons import why
from models.tasks import EARLY, OUTPUTS, SLICE

Places = list[int]

BLOCK = 4096
"""Times worked on at once: bounds the memory of a long replay."""


class NetworkPolicy:
    """The network as a policy: what the household would have set, and how sure that is.

    It keeps in mind what it has looked up of the last home it was asked about; its answers do not depend on that.
    """

    cause = Cause.LEARNED

    def __init__(self, network: Callable[[Array], Array], manifest: Manifest) -> None:
        """`network` gives logits of the early tasks, (rows, EARLY), for features (rows, features)."""
        self._network, self.manifest = network, manifest
        self._scale = _temperatures(manifest.temperatures)
        self._memory: Memory | None = None

    @classmethod
    def load(cls, folder: Path | None = None) -> "NetworkPolicy":
        """From a checkpoint, or with the weights that come with the package. Raises CheckpointMismatch."""
        return cls(*load(BASE if folder is None else folder))

    @property
    def name(self) -> str:
        return f"network {self.manifest.name}"

    def forecast(self, home: Home, history: History, times: Times, targets: Sequence[Target]) -> list[Forecast]:
        """What is wanted of each target at every time (ascending UTC seconds).

        ValueError when the network's answer is not a number.
        """
        parts = [self._block(home, history, times[n : n + BLOCK], targets) for n in range(0, len(times), BLOCK)]
        if not parts:
            return [Forecast(target=t, value=times, level=times, confidence=times) for t in targets]
        return [_joined([part[place] for part in parts]) for place in range(len(targets))]

    def predict(self, home: Home, history: History, at: float, targets: Sequence[Target]) -> list[Prediction]:
        """What is wanted of each target now, and why. ValueError when the network's answer is not a number."""
        rows, groups = self._answer(home, history, np.array([at]), targets)
        found: dict[int, Prediction] = {}
        for places, wanted in groups:
            columns = (column[0].tolist() for column in wanted)
            for place, value, level, confidence in zip(places, *columns, strict=True):
                target = targets[place]
                setting = setting_of(target.kind, value, level)
                reason = why(target, setting, rows[0, place].tolist())
                found[place] = Prediction(target=target, setting=setting, confidence=confidence, why=reason)
        return [found[place] for place in range(len(targets))]

    def _block(self, home: Home, history: History, times: Times, targets: Sequence[Target]) -> list[Forecast]:
        found: dict[int, Forecast] = {}
        for places, wanted in self._answer(home, history, times, targets)[1]:
            value, level, confidence = (np.ascontiguousarray(column.T) for column in wanted)
            for row, place in enumerate(places):
                found[place] = Forecast(
                    target=targets[place], value=value[row], level=level[row], confidence=confidence[row]
                )
        return [found[place] for place in range(len(targets))]

    def _answer(
        self, home: Home, history: History, times: Times, targets: Sequence[Target]
    ) -> tuple[Array, list[tuple[Places, Wanted]]]:
        """The rows, and what is wanted of the targets of each kind, by their places among all."""
        self._memory = (self._memory or Memory(home, history)).of(home, history)
        rows, medians = observe(home, history, times, targets, self._memory)
        logits = self._network(rows.reshape(-1, rows.shape[2])) / self._scale
        if not np.isfinite(logits).all():
            raise ValueError("the network's answer is not a number")
        seen = Seen(history, times, rows, medians, logits.reshape(*rows.shape[:2], EARLY))
        places = {kind: [place for place, target in enumerate(targets) if target.kind is kind] for kind in Kind}
        return rows, [(found, _wanted(home, targets, found, seen)) for found in places.values() if found]


class Seen(NamedTuple):
    """What there is to decode: arrays (times, targets, …)."""

    history: History
    times: Times
    rows: Array
    medians: Times
    logits: Array


def _wanted(home: Home, targets: Sequence[Target], places: Places, seen: Seen) -> Wanted:
    """The network's answers about targets of one kind, beside what thermostats report: that is seen only here."""
    devices, logits = [home.device(targets[place].device) for place in places], seen.logits[:, places]
    match targets[places[0]].kind:
        case Kind.LIGHT:
            return lights(devices, logits, *(seen.rows[:, places, column] for column in HABIT_LEVEL))
        case Kind.SETPOINT:
            reported = np.array([_reported(seen.history, targets[place], seen.times) for place in places]).T
            return setpoints(devices, logits, seen.medians[:, places], reported)
        case Kind.LOCK:
            return locks(logits)


def _reported(history: History, target: Target, times: Times) -> Times:
    """What the target's device said last, NaN before it ever did."""
    if len(times) == 1:
        return np.array([history.value(target.device, STATE[target.kind], float(times[0]))])
    track = history.track(target.device, STATE[target.kind])
    if track is None or not len(track):
        return np.full(len(times), np.nan)
    place = track.index(times)
    return np.where(place >= 0, track.values[np.maximum(place, 0)], np.nan)


def _joined(parts: Sequence[Forecast]) -> Forecast:
    return Forecast(
        target=parts[0].target,
        value=np.concatenate([part.value for part in parts]),
        level=np.concatenate([part.level for part in parts]),
        confidence=np.concatenate([part.confidence for part in parts]),
    )


def _temperatures(by_task: Mapping[str, float]) -> Array:
    scale = np.ones(OUTPUTS, dtype=np.float32)
    for name, temperature in by_task.items():
        scale[SLICE[name]] = temperature
    return scale[:EARLY]
