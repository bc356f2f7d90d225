import json
from argparse import ArgumentParser, Namespace
from pathlib import Path

import pytest
import yaml

from homectl.cli import record as command
from homectl.home import ORIGINS, Origin, Quantity, Signal, UsageError
from homectl.journal import Journal
from simulator.record import record
from simulator.scenarios import Scenario
from simulator.world import World

START = 1_768_172_400.0
DAY = 86_400.0
SCENARIOS = Path(__file__).parents[2] / "config" / "scenarios"


def arguments(*words: str) -> Namespace:
    parser = ArgumentParser()
    command.arguments(parser)
    return parser.parse_args(words)


def test_a_journal_gives_back_what_the_world_said_with_who_did_it(tmp_path: Path) -> None:
    said: list[float] = []
    with Journal.open(tmp_path / "home.db") as journal:
        count = record(World(7, start=START), START + DAY, journal, progress=said.append)
        assert count == journal.count()
        assert journal.home() == World(7, start=START).home
        history = journal.history()
    assert said[-1] == 1.0
    world = World(7, start=START)
    lived = [reading for _ in range(1440) for reading in world.step(60)]
    for signal in {reading.signal for reading in lived}:
        track = history.tracks[signal]
        told = [(r.at, r.value) for r in lived if r.signal == signal]
        kept = list(zip(track.times.tolist(), track.values.tolist(), strict=True))
        assert kept[-len(told) :] == told
    origins = {reading.origin for reading in lived if reading.quantity is Quantity.LIGHT_ON}
    lamps = [s for s in history.tracks if s.quantity is Quantity.LIGHT_ON]
    assert {ORIGINS[code] for lamp in lamps for code in history.tracks[lamp].origins} == origins == {Origin.PERSON}


def test_what_is_recorded_is_the_same_twice_and_small(tmp_path: Path) -> None:
    hashes = []
    for name in ("a.db", "b.db"):
        with Journal.open(tmp_path / name) as journal:
            record(World(3, start=START), START + DAY, journal)
            hashes.append(journal.hash())
    assert hashes[0] == hashes[1]
    assert (tmp_path / "a.db").stat().st_size < 5e6


def test_at_the_beginning_the_journal_knows_what_the_hub_knew(tmp_path: Path) -> None:
    world = World(3, start=START + 8 * 3600)
    with Journal.open(tmp_path / "home.db") as journal:
        record(world, world.at + 60, journal)
        history = journal.history()
    assert Signal("front_door", Quantity.CONTACT) in history.tracks
    assert Signal("front_door_lock", Quantity.LOCK) in history.tracks


def test_the_command_records_and_says_how_much(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "day.db"
    assert command.run(arguments("--seed", "2", "--days", "0.5", "--out", str(out), "--json")) == 0
    said = json.loads(capsys.readouterr().out)
    with Journal.open(out, read_only=True) as journal:
        assert said["readings"] == journal.count() > 200
        assert said["home"] == journal.home().id == "home-2"


@pytest.mark.parametrize(
    ("words", "finding"),
    [
        (("--days", "0"), "--days"),
        (("--days", "nan"), "--days"),
        (("--seed", "-1"), "--seed"),
        (("--start", "yesterday"), "--start"),
    ],
)
def test_a_wrong_wish_is_refused_by_name(tmp_path: Path, words: tuple[str, ...], finding: str) -> None:
    with pytest.raises(UsageError, match=finding):
        command.run(arguments("--out", str(tmp_path / "x.db"), *words))
    assert not (tmp_path / "x.db").exists()


def test_a_journal_that_exists_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("mine")
    with pytest.raises(UsageError, match="exists"):
        command.run(arguments("--out", str(tmp_path / "x.db")))
    assert (tmp_path / "x.db").read_text() == "mine"


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_scenario_shipped_can_be_lived_through(path: Path) -> None:
    scenario = Scenario.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    world = scenario.world()
    for _ in range(120):
        world.step(60)
    assert world.truth.minutes == 120


def test_the_forgotten_door_is_forgotten() -> None:
    text = (SCENARIOS / "forgotten_door.yaml").read_text(encoding="utf-8")
    world = Scenario.model_validate(yaml.safe_load(text)).world()
    for _ in range(180):
        world.step(60)
    assert world.truth.unlocked_away_minutes > 100


@pytest.mark.parametrize("device", ["", "living_lamp"])
def test_a_trouble_names_a_device_exactly_when_it_needs_one(device: str) -> None:
    trouble = "forgotten_door" if device else "cut"
    content = {"title": "x", "seed": 1, "start": "2026-01-13T06:30"}
    with pytest.raises(ValueError, match="device for"):
        Scenario.model_validate(
            {**content, "troubles": [{"trouble": trouble, "device": device, "after": 1, "lasts": 1}]}
        )
