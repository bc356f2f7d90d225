"""What is asked of recorded homes, on which days, as rows: to learn from, to stop by, and to be judged by."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from homectl.home import History, Home, Kind, Quantity, Target, Times
from homectl.trial.suite import homes, recordings
from homectl.trial.suite.recordings import Question, Recording, rows_on_grid
from homectl.trial.suite.stages import Json, Settings
from models.dataset import DAY, Rows, span_of

HOUSE, FLAT, SCHEDULE = "a house, two years", "a small flat, two weeks", "a flat whose thermostats follow a schedule"

FLOOR = {
    "bathroom_sink": 0.259,
    "bathroom_bathtube": 0.573,
    "kitchen_table": 0.858,
    "kitchen_ceiling": 0.173,
    "living_room_sofa": 0.214,
    "living_room_chimney": 0.436,
    "garden_above": 0.100,
    "door_main": 0.116,
}
"""Average precision in the house by device: gradient boosting of 150 trees, untuned, on 31 features of its own, which
learned from and was judged by the same days."""

SOON = 900.0
"""Seconds in which the door opens."""


def _day(year: int, month: int, day: int) -> float:
    return datetime(year, month, day, tzinfo=UTC).timestamp()


@dataclass(frozen=True, slots=True)
class Days:
    """Where learning begins, stopping begins, judging begins, and all ends; UTC seconds."""

    begin: float
    stop: float
    judge: float
    end: float

    @classmethod
    def of(cls, history: History) -> "Days":
        """The first 60 % of a log, the next 15 %, and the rest."""
        first, last = span_of(history)
        length = last - first
        return cls(first + min(DAY, 0.1 * length), first + 0.6 * length, first + 0.75 * length, last)


HOUSE_DAYS = Days(_day(2023, 3, 20), _day(2024, 2, 1), _day(2024, 4, 1), _day(2024, 10, 1))
"""Half a year of testing after a year of training, whose last two months are those to stop by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One recorded home as rows; their number in `home` is the place of the question."""

    names: tuple[str, ...]
    tasks: tuple[str, ...]
    early: Rows
    late: Rows
    test: Rows

    @classmethod
    def read(cls, folder: Path, names: Sequence[str], tasks: Sequence[str]) -> "Case":
        parts = {part: homes.read(folder / f"{part}.npz") for part in ("early", "late", "test")}
        return cls(names=tuple(names), tasks=tuple(tasks), **parts)


def found(settings: Settings) -> dict[str, Recording]:
    """The recordings that are there to be asked, by what they are."""
    logs = [] if settings.data is None or not settings.data.is_dir() else recordings.found_in(settings.data)
    candidates = {
        HOUSE: recordings.described(logs),
        FLAT: next(recordings.of_kind(logs, Kind.LIGHT), None),
        SCHEDULE: next(recordings.of_kind(logs, Kind.SETPOINT), None),
    }
    return {what: recording for what, recording in candidates.items() if recording is not None}


def prepare(settings: Settings, what: str, recording: Recording, folder: Path) -> Json:
    """Write the rows of a recorded home into a folder; what was asked of it."""
    home = recording.home()
    history = recording.history(home)
    questions = questions_for(what, home)
    days = HOUSE_DAYS if what == HOUSE else Days.of(history)
    scale = 6 if settings.quick else 1
    folder.mkdir(parents=True, exist_ok=True)
    for part, begin, end, step in (
        ("early", days.begin, days.stop - DAY / 2, 600.0 if what == HOUSE else 300.0),
        ("late", days.stop, days.judge, 600.0 if what == HOUSE else 300.0),
        ("test", days.judge, days.end, 300.0),
    ):
        times: Times = np.arange(begin, end, step * scale)
        homes.write(rows_on_grid(home, history, questions, times), folder / f"{part}.npz")
    names = [home.device(one.target.device).id for one in questions]
    return {"names": names, "tasks": [one.task for one in questions]}


def questions_for(what: str, home: Home) -> list[Question]:
    """In the house those whose floor is known, elsewhere every lamp or thermostat."""
    if what != HOUSE:
        kind, task = (Kind.LIGHT, "light_on") if what == FLAT else (Kind.SETPOINT, "setpoint")
        return [Question(target=target, task=task) for target in home.targets if target.kind is kind]
    asked = []
    for name in (name for name in FLOOR if name in home.by_id):
        if Quantity.CONTACT in home.device(name).senses:
            asked.append(Question(target=Target(name, Kind.LOCK), task="door_opens_15", ahead=SOON))
        else:
            asked.append(Question(target=Target(name, Kind.LIGHT), task="light_on"))
    return asked
