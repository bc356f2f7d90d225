"""NetworkPolicy: history in, predictions out."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from homectl.home import STATE, Cause, Forecast, History, Home, Kind, Prediction, Target, Times
from models.checkpoint import BASE, Manifest, load
from models.features import Array, observe
from models.reasons import why
from models.tasks import DEGREES, LEVELS, OUTPUTS, SLICE

LARGEST_STEP = 1.0
"""°C that a setpoint is moved at once."""

SMALLEST_STEP = 0.5

BLOCK = 4096
"""Times worked on at once: bounds the memory of a long replay."""

_ROUNDING = 1e-6


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
        found = []
        for place, target in enumerate(targets):
            reported = _reported(history, target, times)
            found.append(decoded(home, target, answers[:, place], medians[:, place], reported))
        return found, rows


def decoded(home: Home, target: Target, logits: Array, median: Times, reported: Times) -> Forecast:
    """The network's answers (times, outputs) about one target in its own unit."""
    match target.kind:
        case Kind.LIGHT:
            on = _sigmoid(logits[:, SLICE["light_on"]][:, 0])
            level = (_softmax(logits[:, SLICE["light_level"]]) * LEVELS).sum(axis=1)
            steps = np.where((on >= 0.5) & home.device(target.device).dimmable, np.round(level, 2), np.nan)
            return Forecast(
                target=target, value=(on >= 0.5).astype(np.float64), level=steps, confidence=np.maximum(on, 1 - on)
            )
        case Kind.SETPOINT:
            return _setpoint(home, target, _softmax(logits[:, SLICE["setpoint"]]), median, reported)
        case Kind.LOCK:
            locked = _sigmoid(logits[:, SLICE["lock_wanted"]][:, 0])
            value = np.where(locked >= 0.5, 1.0, np.nan)
            unknown = np.full(len(value), np.nan)
            return Forecast(target=target, value=value, level=unknown, confidence=np.maximum(locked, 1 - locked))


def _setpoint(home: Home, target: Target, chances: Times, median: Times, reported: Times) -> Forecast:
    """A step of at most 1 °C towards what is wanted, where more than half of the distribution lies beyond ±0.5 °C.

    Elsewhere what is reported, as sure as the distribution is that neither side is wanted.
    """
    device, degrees = home.device(target.device), np.array(DEGREES)
    wanted = median[:, None] + degrees  # (times, bins)
    now = np.where(np.isfinite(reported), reported, median)
    up = (chances * (wanted >= now[:, None] + SMALLEST_STEP - _ROUNDING)).sum(axis=1)
    down = (chances * (wanted <= now[:, None] - SMALLEST_STEP + _ROUNDING)).sum(axis=1)
    middle = degrees[(chances.cumsum(axis=1) < 0.5).sum(axis=1).clip(0, len(degrees) - 1)]
    best = np.clip(np.round((median + middle) * 2) / 2, device.coolest, device.warmest)
    step = np.clip(best - now, -LARGEST_STEP, LARGEST_STEP)
    side = np.maximum(up, down)
    moves = (side > 0.5) & (np.abs(step) >= SMALLEST_STEP - _ROUNDING)
    value = np.where(moves, now + step, reported)
    unknown = np.full(len(value), np.nan)
    return Forecast(target=target, value=value, level=unknown, confidence=np.where(moves, side, 1 - side))


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


def _sigmoid(x: Array) -> Times:
    return 1 / (1 + np.exp(-x.astype(np.float64)))


def _softmax(x: Array) -> Times:
    raised = np.exp(x.astype(np.float64) - x.max(axis=1, keepdims=True))
    chances: Times = raised / raised.sum(axis=1, keepdims=True)
    return chances
