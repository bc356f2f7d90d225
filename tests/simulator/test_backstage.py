"""What a simulation does beside living: recordings, ways to begin anew, and what it was not given the means for."""

import contextlib
import sqlite3
from pathlib import Path

import pytest

from homectl.home import Home, MessageError
from homectl.journal import Journal
from simulator.backstage import Backstage
from simulator.controls import Broker, Control, Record, Reset, Scenario
from simulator.faults import Wire
from simulator.recorder import Recorder
from simulator.recording import Recording
from tests.simulator.fakes import HOME, FakeWorld

START = FakeWorld().at


class Finished:
    """Keeps which recordings have ended."""

    def __init__(self) -> None:
        self.told: list[tuple[Path, str, float, float]] = []

    def __call__(self, path: Path, home: Home, start: float, end: float) -> None:
        self.told.append((path, home.id, start, end))


def test_a_recording_holds_what_was_known_and_what_was_said_meanwhile(tmp_path: Path) -> None:
    world, finished = FakeWorld(), Finished()
    backstage = Backstage(recorder=Recorder(tmp_path / "recordings", finished))
    backstage.note(world.step(60.0))
    backstage.do(Record(on=True), world)
    file = str(tmp_path / "recordings" / "fake-20260113-0531.db")
    assert (backstage.shown["recording"], backstage.shown["recorded"]) == (file, None)
    known, said = list(world.reported.values()), [*world.step(60.0), *world.step(60.0)]
    backstage.note(said)
    backstage.do(Record(on=False), world)
    backstage.note(world.step(60.0))
    assert (backstage.shown["recording"], backstage.shown["recorded"]) == (None, file)
    assert finished.told == [(tmp_path / "recordings" / "fake-20260113-0531.db", "fake", START + 60, START + 180)]
    with Journal.open(finished.told[0][0], read_only=True) as journal:
        assert journal.home() == world.home
        assert {r.signal for r in known} | {r.signal for r in said} == journal.signals
        assert [r.value for r in journal.in_order(START + 61)] == [reading.value for reading in said]


def test_one_recording_at_a_time_and_each_in_a_file_of_its_own(tmp_path: Path) -> None:
    world, finished = FakeWorld(), Finished()
    backstage = Backstage(recorder=Recorder(tmp_path, finished))
    for _ in range(3):
        backstage.do(Record(on=True), world)
        with pytest.raises(MessageError, match="is being written"):
            backstage.do(Record(on=True), world)
        backstage.end(world)
    backstage.do(Record(on=False), world)
    assert [path.stem for path, *_ in finished.told] == [f"fake-20260113-0530{more}" for more in ("", "-2", "-3")]


def test_a_folder_that_cannot_be_written_is_refused_and_the_home_lives_on(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    backstage = Backstage(recorder=Recorder(tmp_path / "file" / "recordings", Finished()))
    with pytest.raises(MessageError, match="record: expected a folder"):
        backstage.do(Record(on=True), FakeWorld())
    assert backstage.shown["recording"] is None


def test_a_recording_that_can_be_written_no_more_ends_and_the_home_lives_on(tmp_path: Path) -> None:
    world, finished = FakeWorld(), Finished()
    backstage = Backstage(recorder=Recorder(tmp_path, finished))
    backstage.do(Record(on=True), world)
    with contextlib.closing(sqlite3.connect(tmp_path / "fake-20260113-0530.db")) as other, other:
        other.execute("DROP TABLE readings")
    backstage.note(world.step(60.0))
    assert (backstage.shown["recording"], backstage.shown["recorded"]) == (None, None)
    backstage.end(world)
    assert (backstage.shown["recorded"], finished.told) == (None, [])


@pytest.mark.parametrize(
    ("control", "says"),
    [
        (Record(on=True), "--recordings"),
        (Broker(fault=Wire.STALL), "--proxy"),
        (Scenario(name="flood"), "Expected a scenario of fire; got 'flood'"),
        (Reset(), "cannot begin anew"),
    ],
)
def test_what_it_has_not_the_means_for_it_refuses_with_what_to_do(control: Control, says: str) -> None:
    backstage = Backstage(scenarios=["fire"])
    with pytest.raises(MessageError, match=says):
        backstage.do(control, Recording(HOME, iter(()), START, START + 60))
    assert backstage.anew is None


def test_a_scenario_that_there_is_is_how_it_begins_anew() -> None:
    backstage = Backstage(scenarios=["fire"])
    backstage.do(Scenario(name="fire"), FakeWorld())
    assert backstage.anew == Scenario(name="fire")
