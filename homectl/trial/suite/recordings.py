"""Recorded logs of real homes, found in a folder by what they hold; none of them is shipped or named."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from homectl.cli.recorded import shipped
from homectl.home import STATE, Device, History, Home, Kind, Origin, Quantity, Target, Times
from homectl.journal import Journal
from homectl.journal.readers.any_log import take_in
from homectl.journal.readers.areas_from_log import Words, guess_home
from homectl.journal.readers.devices_csv import home_from_devices_csv
from models.dataset import Rows
from models.features import Array, observe
from models.memory import Memory
from models.now import now
from models.steps import Flags, Steps, milliseconds_of
from models.tasks import COLUMN, TASKS

BLOCK = 4096
"""Times worked on at once."""

BEFORE = 300.0
"""Seconds before a time at which "what is set now" is looked at: what is asked is what is set at the time itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A log and what is told of its devices, if anything."""

    log: Path
    table: Path | None = None

    def home(self) -> Home:
        """By its table of devices, else guessed; what nobody says is switched by a program is switched by people."""
        words = Words.load(shipped("lamp_words.yaml"))
        if self.table is not None:
            return home_from_devices_csv(self.table, words)
        home = guess_home([self.log], words).home
        return home.model_copy(update={"devices": tuple(_by_people(device) for device in home.devices)})

    def history(self, home: Home) -> History:
        with Journal.in_memory() as journal:
            journal.set_home(home)
            for _ in take_in(journal, [self.log], home):
                pass
            return journal.history()


def found_in(folder: Path) -> list[Recording]:
    """The logs of a folder, the largest first."""
    logs = sorted(folder.rglob("*.csv.gz"), key=lambda path: (-path.stat().st_size, path.name))
    tables = {path: path.with_name(path.name.removesuffix(".csv.gz") + ".devices.csv") for path in logs}
    return [Recording(log=path, table=table if table.is_file() else None) for path, table in tables.items()]


def described(recordings: Sequence[Recording]) -> Recording | None:
    """The largest log with a table of its devices beside it."""
    return next((one for one in recordings if one.table is not None), None)


def of_kind(recordings: Sequence[Recording], kind: Kind) -> Iterator[Recording]:
    """Logs without a table in which people's lamps, or thermostats, speak for themselves."""
    for one in recordings:
        if one.table is None and any(target.kind is kind for target in one.home().targets):
            yield one


def _by_people(device: Device) -> Device:
    people = device.sets and device.switched_by is Origin.UNKNOWN
    return device.model_copy(update={"switched_by": Origin.PERSON}) if people else device


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of one device of a recorded home at every time of a grid."""

    target: Target
    task: str
    ahead: float = 0.0  # seconds in which a door opens

    def label(self, history: History, times: Times) -> Times:
        """What it is set to at each time, or whether it opens in the seconds after; NaN where unknown."""
        if not self.ahead:
            steps = Steps.of(history, self.target.device, STATE[self.target.kind])
            return steps.values[steps.place(milliseconds_of(times))]
        contact = Steps.of(history, self.target.device, Quantity.CONTACT)
        opened = contact.at[1:][np.diff(contact.values, prepend=0.0)[1:] > 0] / 1000
        within: Flags = np.searchsorted(opened, times + self.ahead, "right") > np.searchsorted(opened, times, "right")
        return np.where(np.isfinite(contact.values[contact.place(milliseconds_of(times))]), within, np.nan)


def rows_on_grid(home: Home, history: History, questions: Sequence[Question], times: Times) -> Rows:
    """A row for each question and time that has an answer; its number stands in `home`. No label but the asked."""
    memory = Memory(home, history)
    blocks = [_block(memory, questions, times[first : first + BLOCK]) for first in range(0, len(times), BLOCK)]
    return Rows.join(blocks)


def _block(memory: Memory, questions: Sequence[Question], times: Times) -> Rows:
    targets = [question.target for question in questions]
    seen, medians = observe(memory.home, memory.history, times, targets, memory)
    labels = np.full((len(times), len(questions), len(TASKS)), np.nan, dtype=np.float32)
    for place, question in enumerate(questions):
        asked = question.label(memory.history, times)
        relative = medians[:, place] if question.target.kind is Kind.SETPOINT else 0.0
        labels[:, place, COLUMN[question.task]] = asked - relative
    known = np.isfinite(labels).any(axis=2)
    set_before: Array = now(memory.history, times - BEFORE, targets, medians)
    return Rows(
        features=seen[known],
        now=set_before[known],
        labels=labels[known],
        weights=np.ones(int(known.sum()), np.float32),
        at=np.broadcast_to(times[:, None], known.shape)[known],
        home=np.broadcast_to(np.arange(len(questions), dtype=np.int32), known.shape)[known],
    )
