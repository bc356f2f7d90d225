"""NetworkPolicy: history in, predictions out."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from homectl.home import STATE, Cause, Forecast, History, Home, Kind, Prediction, Target, Times
from models.checkpoint import BASE, Manifest, load
from models.decoding import Wanted, lights, locks, setpoints
from models.features import Array, observe
from models.reasons import why
from models.tasks import OUTPUTS, SLICE

BLOCK = 4096
"""Times worked on at once: bounds the memory of a long replay."""


class NetworkPolicy:
    """The network as a policy: what the household would have set, and how sure that is."""

    cause = Cause.LEARNED

    def __init__(self, network: Callable[[Array], Array], manifest: Manifest) -> None:
        """`network` gives logits (rows, outputs) for features (rows, features)."""
        self._network, self.manifest = network, manifest
        self._scale = _temperatures(manifest.temperatures)

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
        parts = [self._block(home, history, times[n : n + BLOCK], targets)[0] for n in range(0, len(times), BLOCK)]
        if not parts:
            return [Forecast(target=t, value=times, level=times, confidence=times) for t in targets]
        return [_joined([part[place] for part in parts]) for place in range(len(targets))]

    def predict(self, home: Home, history: History, at: float, targets: Sequence[Target]) -> list[Prediction]:
        """What is wanted of each target now, and why. ValueError when the network's answer is not a number."""
        forecasts, rows = self._block(home, history, np.array([at]), targets)
        return [
            Prediction(
                target=forecast.target,
                setting=(setting := forecast.setting(0)),
                confidence=float(forecast.confidence[0]),
                why=why(forecast.target, setting, row),
            )
            for forecast, row in zip(forecasts, rows[0], strict=True)
        ]

    def _block(
        self, home: Home, history: History, times: Times, targets: Sequence[Target]
    ) -> tuple[list[Forecast], Array]:
        rows, medians = observe(home, history, times, targets)
        logits = self._network(rows.reshape(-1, rows.shape[2])) / self._scale
        if not np.isfinite(logits).all():
            raise ValueError("the network's answer is not a number")
        answers = logits.reshape(*rows.shape[:2], OUTPUTS)
        found: dict[int, Forecast] = {}
        for kind in Kind:
            places = [place for place, target in enumerate(targets) if target.kind is kind]
            alike = [targets[place] for place in places]
            if alike:
                wanted = decoded(home, history, times, alike, answers[:, places], medians[:, places], rows[:, places])
                found.update(zip(places, _forecasts(alike, wanted), strict=True))
        return [found[place] for place in range(len(targets))], rows


def decoded(
    home: Home, history: History, times: Times, targets: Sequence[Target], logits: Array, medians: Times, rows: Array
) -> Wanted:
    """The network's answers about targets of one kind, beside what thermostats report: that is seen only here."""
    devices = [home.device(target.device) for target in targets]
    match targets[0].kind:
        case Kind.LIGHT:
            return lights(devices, logits, rows)
        case Kind.SETPOINT:
            reported = np.stack([_reported(history, target, times) for target in targets], axis=1)
            return setpoints(devices, logits, medians, reported)
        case Kind.LOCK:
            return locks(logits)


def _forecasts(targets: Sequence[Target], wanted: Wanted) -> list[Forecast]:
    value, level, confidence = (np.ascontiguousarray(array.T) for array in wanted)
    return [
        Forecast(target=target, value=value[place], level=level[place], confidence=confidence[place])
        for place, target in enumerate(targets)
    ]


def _reported(history: History, target: Target, times: Times) -> Times:
    """What the target's device said last, NaN before it ever did."""
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
    return scale
