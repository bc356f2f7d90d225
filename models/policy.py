"""NetworkPolicy: history in, predictions out."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from homectl.home import (
    STATE,
    Cause,
    Factor,
    Forecast,
    History,
    Home,
    Kind,
    Prediction,
    Reads,
    Target,
    Times,
    setting_of,
)
from models.acceptance import scene
from models.attribution import answer_of, factors
from models.calibrate import Line
from models.caution import UNFAMILIAR, UNWELCOME, Doubts, weighed
from models.checkpoint import BASE, Manifest, load
from models.decoding import HABIT_LEVEL, Wanted, lights, locks, setpoints
from models.distance import Familiar
from models.features import Array, observe
from models.health import Health
from models.inference import Network
from models.memory import Memory
from models.now import now as set_now
from models.preheat import in_words, outlook, planned
from models.reasons import why
from models.steps import Flags
from models.tasks import EARLY, OUTPUTS, SLICE
from models.telling import answers, facts, likely

Places = list[int]
Clauses = Sequence[str]

WEEK, EVERY = 7 * 86400.0, 3.5 * 3600
"""Seconds that an answer is held against, and between two moments of them: the hour of the day differs each time."""

BLOCK = 4096
"""Times worked on at once: bounds the memory of a long replay."""


class NetworkPolicy:
    """The network as a policy: what the household would have set, and how sure that is.

    It keeps in mind what it has looked up of the last home it was asked about; its answers do not depend on that.
    """

    cause = Cause.LEARNED

    def __init__(self, network: Callable[[Array], Array], manifest: Manifest, familiar: Familiar | None = None) -> None:
        """`network` gives logits of the early tasks, (rows, EARLY), for features (rows, features).

        Without `familiar` nothing is unfamiliar.
        """
        self._network, self.manifest, self._familiar = network, manifest, familiar
        self._scale = _temperatures(manifest.temperatures)
        self._changes = {name: Line(*numbers) for name, numbers in manifest.changes.items()}
        self._memory: Memory | None = None
        self._health: Health | None = None

    @classmethod
    def load(cls, folder: Path | None = None) -> "NetworkPolicy":
        """From a checkpoint, or with the weights that come with the package. Raises CheckpointMismatch."""
        folder = BASE if folder is None else folder
        return cls(*load(folder), Familiar.load(folder))

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
        troubles = self._known(home, history).reasons(at, targets)
        unhealthy = np.array([[bool(trouble) for trouble in troubles]], dtype=bool)
        rows, groups = self._answer(home, history, np.array([at]), targets, unhealthy)
        found: dict[int, Prediction] = {}
        for places, wanted, clauses in groups:
            columns = (column[0].tolist() for column in wanted)
            for place, clause, value, level, confidence in zip(places, clauses, *columns, strict=True):
                target = targets[place]
                setting = setting_of(target.kind, value, level)
                facts = (why(target, setting, rows[0, place].tolist()), clause)
                reason = troubles[place] or ", ".join(filter(None, facts))
                found[place] = Prediction(target=target, setting=setting, confidence=confidence, why=reason)
        return [found[place] for place in range(len(targets))]

    def factors(self, home: Home, history: History, at: float, target: Target) -> Sequence[Factor]:
        """What moved the answer about a target, beside those of the last week."""
        self._memory = (self._memory or Memory(home, history)).of(home, history)
        moments = np.append(np.arange(at - WEEK, at, EVERY), at)
        rows, _ = observe(home, history, moments, [target], self._memory)
        return factors(
            lambda told: answer_of(target.kind, self._network(told) / self._scale), rows[-1, 0], rows[:-1, 0]
        )

    def reads(self, home: Home, history: History, at: float, target: Target) -> Reads:
        """The facts about a target and what every head makes of them. ValueError where that is not a number."""
        self._memory = (self._memory or Memory(home, history)).of(home, history)
        moment = np.array([at])
        rows, medians = observe(home, history, moment, [target], self._memory)
        logits = (self._network(rows[0]) / self._scale)[0]
        if not np.isfinite(logits).all():
            raise ValueError("the network's answer is not a number")
        change = None
        if isinstance(self._network, Network):
            late = SLICE[f"{target.kind}_change"].start
            told = self._network(rows[0], set_now(history, moment, [target], medians)[0])[0, late]
            change = round(likely(float(told) / self.manifest.temperatures.get(f"{target.kind}_change", 1.0)), 4)
        said = answers(target.kind, logits, float(medians[0, 0]))
        return Reads(facts=facts(rows[0, 0].tolist()), answers=said, change=change)

    def doubts(self, home: Home, history: History, at: float) -> Mapping[str, str]:
        """Devices with a sensor that is not believed, and why, from the verb on."""
        return self._known(home, history).doubts(at)

    def doubtful(self, home: Home, history: History, times: Times, targets: Sequence[Target]) -> Flags:
        """Where nothing is said of a target because it rests on what cannot be believed: (times, targets)."""
        return self._known(home, history).doubtful(times, targets)

    def _known(self, home: Home, history: History) -> Health:
        """The health of a home's sensors, as far as it was looked at already."""
        self._health = (self._health or Health(home, history)).of(home, history)
        return self._health

    def _block(self, home: Home, history: History, times: Times, targets: Sequence[Target]) -> list[Forecast]:
        found: dict[int, Forecast] = {}
        unhealthy = self.doubtful(home, history, times, targets)
        for places, wanted, _ in self._answer(home, history, times, targets, unhealthy)[1]:
            value, level, confidence = (np.ascontiguousarray(column.T) for column in wanted)
            for row, place in enumerate(places):
                found[place] = Forecast(
                    target=targets[place], value=value[row], level=level[row], confidence=confidence[row]
                )
        return [found[place] for place in range(len(targets))]

    def _answer(
        self, home: Home, history: History, times: Times, targets: Sequence[Target], unhealthy: Flags
    ) -> tuple[Array, list[tuple[Places, Wanted, Clauses]]]:
        """The rows, and what is wanted of the targets of each kind, by their places among all, with a clause each."""
        self._memory = (self._memory or Memory(home, history)).of(home, history)
        rows, medians = observe(home, history, times, targets, self._memory)
        logits = self._network(rows.reshape(-1, rows.shape[2])) / self._scale
        if not np.isfinite(logits).all():
            raise ValueError("the network's answer is not a number")
        seen = Seen(self._memory, times, rows, medians, logits.reshape(*rows.shape[:2], EARLY))
        places = {kind: [place for place, target in enumerate(targets) if target.kind is kind] for kind in Kind}
        doubts = Doubts(unhealthy, self._unfamiliar(rows))
        answers = [(found, *_wanted(home, targets, found, seen)) for found in places.values() if found]
        return rows, [self._weighed(targets, seen, doubts, *answer) for answer in answers]

    def _unfamiliar(self, rows: Array) -> Flags:
        """Where nothing like a row was seen in training: (times, targets)."""
        if self._familiar is None:
            return np.zeros(rows.shape[:2], dtype=bool)
        return self._familiar.unfamiliar(rows.reshape(-1, rows.shape[2])).reshape(rows.shape[:2])

    def _weighed(
        self,
        targets: Sequence[Target],
        seen: "Seen",
        doubts: Doubts,
        places: Places,
        wanted: Wanted,
        clauses: Clauses,
    ) -> tuple[Places, Wanted, Clauses]:
        """What doubt leaves of an answer, and the doubts of the first time beside its clauses."""
        now = np.array([_reported(seen.memory.history, targets[place], seen.times) for place in places]).T
        own = Doubts(*(flags[:, places] for flags in doubts))
        left, unwelcome = weighed(targets[places[0]].kind, wanted, now, scene(seen.rows[:, places]), own, self._changes)
        said = zip(clauses, own.unfamiliar[0], unwelcome[0], strict=True)
        return places, left, [", ".join(filter(None, (c, u and UNFAMILIAR, w and UNWELCOME))) for c, u, w in said]


class Seen(NamedTuple):
    """What there is to decode: arrays (times, targets, …)."""

    memory: Memory
    times: Times
    rows: Array
    medians: Times
    logits: Array


def _wanted(home: Home, targets: Sequence[Target], places: Places, seen: Seen) -> tuple[Wanted, Clauses]:
    """The network's answers about targets of one kind, beside what thermostats report: that is seen only here."""
    devices, logits = [home.device(targets[place].device) for place in places], seen.logits[:, places]
    match targets[places[0]].kind:
        case Kind.LIGHT:
            wanted = lights(devices, logits, *(seen.rows[:, places, column] for column in HABIT_LEVEL))
        case Kind.SETPOINT:
            return _heated([targets[place] for place in places], places, seen)
        case Kind.LOCK:
            wanted = locks(logits)
    return wanted, [""] * len(places)


def _heated(targets: Sequence[Target], places: Places, seen: Seen) -> tuple[Wanted, Clauses]:
    """What thermostats are to be set to once it is weighed how fast their areas warm and who is expected."""
    logits, medians, memory = seen.logits[:, places], seen.medians[:, places], seen.memory
    reported = np.array([_reported(memory.history, target, seen.times) for target in targets]).T
    wanted = setpoints([memory.home.device(target.device) for target in targets], logits, medians, reported)
    plan = planned(wanted, reported, outlook(memory, seen.times, targets, seen.rows[:, places], medians, logits))
    return plan.wanted, in_words(plan, reported)


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
