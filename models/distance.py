"""How far what the sensors say lies from everything that a network was trained on.

The Mahalanobis distance of a row's sensor columns, each bent so that one odd value counts for some and not for all.
It lowers what is done to a suggestion; what is wrong with a single sensor is for `models.health` to say.
"""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import load_file, save_file

from homectl.home import CheckpointMismatch, Times
from models.dataset import Rows
from models.features import FEATURES, UNKNOWN_AGE, Array
from models.steps import Flags
from models.tiles import by_tiles, padded

STATISTICS = "statistics.safetensors"
"""Beside a checkpoint's weights. Without it nothing is unfamiliar."""

FAR = 0.995
"""The share of the training rows that lie nearer than what is unfamiliar."""

LIMIT = 6.0
"""Standard deviations towards which a column is bent."""

SHRINKAGE = 0.1
"""How much of the covariances is given up for the variances alone."""

FEWEST, MOST = 1000, 300_000
"""Rows without which there are no statistics, and rows that are enough for them."""

SAYS: dict[str, tuple[str, ...]] = {
    "": (
        *("sun", "day_sin", "day_cos", "home_since_motion", "active_rooms_15", "active_rooms_60"),
        *("home_motion_60", "other_since_motion", "other_motion_5", "other_motion_15"),
    ),
    "motion_known": ("since_motion", "since_motion_began", "motion_5", "motion_15", "motion_60"),
    "front_known": ("front_since_opened", "front_since_closed"),
    "outdoor_temperature_age": ("outdoor_temperature",),
    "outdoor_light_age": ("outdoor_light",),
    "home_temperature_age": ("home_temperature",),
    "temperature_age": ("temperature", "temperature_rise"),
    "humidity_age": ("humidity",),
    "co2_age": ("co2",),
    "other_light_age": ("other_light",),
}
"""What sensors say and when, by the column that says whether it is known: what is not counts as ordinary.

No flags: a rare one would be far away whenever it is raised. What a target is and what people are used to differs from
home to home, and is left out.
"""

COLUMNS = tuple(name for names in SAYS.values() for name in names)

_PLACES = np.array([FEATURES.index(name) for name in COLUMNS])
_COMPANIONS = np.array([FEATURES.index(known or "sun") for known, names in SAYS.items() for _ in names])
_KNOWN = {"": (0.0, 1.0), "age": (1.0, UNKNOWN_AGE), "known": (-1.0, 0.0)}
"""By how a companion's name ends: known is where the companion times the first lies below the second."""

_SIGNS, _BOUNDS = np.array(
    [_KNOWN[known.rpartition("_")[2]] for known, names in SAYS.items() for _ in names], dtype=np.float32
).T.copy()


@dataclass(frozen=True, slots=True, eq=False)
class Familiar:
    """What was seen in training."""

    centre: Array  # (columns,) the columns' medians where known
    scale: Array  # (columns,) their standard deviations
    mean: Array  # (columns,) of the bent columns
    whitening: Array  # (columns, columns): the bent columns times it have unit covariance
    limit: Array  # (1,) the distance from which on a row is unfamiliar

    @classmethod
    def of(cls, rows: Rows) -> Self | None:
        """The statistics of rows, each counted as often as its weight says; None of too few."""
        if len(rows) < FEWEST:
            return None
        weights = rows.weights.astype(np.float64)
        centre, scale = _scales(rows.features)
        bent = _bent(rows.features, centre, scale).astype(np.float64)
        mean = np.average(bent, axis=0, weights=weights)
        covariance = np.cov(bent, rowvar=False, aweights=weights)
        shrunk = (1 - SHRINKAGE) * covariance + np.diag(SHRINKAGE * np.diag(covariance) + 1e-3)
        whitening = np.ascontiguousarray(np.linalg.inv(np.linalg.cholesky(shrunk)).T, np.float32)
        known = cls(centre, scale, mean.astype(np.float32), whitening, np.zeros(1, np.float32))
        limit = _quantile(known.distance(rows.features), weights, FAR)
        return cls(known.centre, known.scale, known.mean, known.whitening, np.array([limit], np.float32))

    @classmethod
    def load(cls, folder: Path) -> Self | None:
        """Those of a checkpoint, None where it has none; CheckpointMismatch if they are of other columns."""
        path = folder / STATISTICS
        if not path.exists():
            return None
        try:
            with safe_open(path, framework="numpy") as file:
                columns = (file.metadata() or {}).get("columns", "")
            known = cls(**load_file(path))
        except (OSError, SafetensorError, TypeError) as error:
            raise CheckpointMismatch(f"{path}: cannot be read ({str(error).splitlines()[0]}); train again") from None
        width = len(COLUMNS)
        shapes = [(width,), (width,), (width,), (width, width), (1,)]
        if columns != " ".join(COLUMNS) or [getattr(known, field.name).shape for field in fields(cls)] != shapes:
            raise CheckpointMismatch(f"{path}: made of other columns than this program's; train again")
        return known

    def save(self, folder: Path) -> None:
        buffers = {field.name: getattr(self, field.name) for field in fields(self)}
        save_file(buffers, folder / STATISTICS, metadata={"columns": " ".join(COLUMNS)})
        (folder / STATISTICS).chmod(0o644)

    def distance(self, features: Array) -> Array:
        """How far each row (rows, FEATURES) lies from the mean, in standard deviations: (rows,).

        A row's distance is the same bytes alone and among many.
        """
        count, width = len(features), len(self.mean)
        offset = padded(count, width)
        np.subtract(_bent(features, self.centre, self.scale), self.mean, out=offset[:count])
        whitened = by_tiles(offset, self.whitening)[:count]
        found: Array = np.sqrt(np.square(whitened).cumsum(axis=1)[:, -1])  # a sum in the same order for every row
        return found

    def unfamiliar(self, features: Array) -> Flags:
        """Whether nothing like each row (rows, FEATURES) was seen: (rows,)."""
        far: Flags = self.distance(features) > self.limit[0]
        return far


def fit_statistics(rows: Rows, folder: Path, seed: int = 0) -> None:
    """Write the statistics of training rows beside a checkpoint's weights; too few leave it without any."""
    known = Familiar.of(rows.sample(MOST, seed))
    if known is None:
        (folder / STATISTICS).unlink(missing_ok=True)
    else:
        known.save(folder)


def _known(features: Array) -> Flags:
    """Whether each of COLUMNS is known: (rows, columns)."""
    known: Flags = features[:, _COMPANIONS] * _SIGNS < _BOUNDS
    return known


def _scales(features: Array) -> tuple[Array, Array]:
    values, known = features[:, _PLACES].astype(np.float64), _known(features)
    centre, scale = np.zeros(len(COLUMNS), np.float32), np.ones(len(COLUMNS), np.float32)
    for column in range(len(COLUMNS)):
        said = values[known[:, column], column]
        if len(said) and said.std() > 1e-3:
            centre[column], scale[column] = np.median(said), said.std()
    return centre, scale


def _bent(features: Array, centre: Array, scale: Array) -> Array:
    """Standard scores bent towards ±LIMIT, 0 where unknown.

    Sums, products and roots alone: the same bytes for one row as for many.
    """
    score = (features[:, _PLACES] - centre) / scale
    bent = score / np.sqrt(1 + np.square(score / np.float32(LIMIT)))
    return np.where(_known(features), bent, np.float32(0))


def _quantile(values: Array, weights: Times, share: float) -> float:
    order = np.argsort(values)
    reached = weights[order].cumsum()
    return float(values[order][reached.searchsorted(share * reached[-1])])
