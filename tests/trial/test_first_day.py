"""What a household's own past teaches, what is replayed of it, and what of it is within reach."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from homectl.home import Area, Device, Home, Kind, Mode, ModeSpan, Target
from homectl.journal import Journal
from homectl.learning import Plan
from homectl.learning.days import day_of
from homectl.trial.first_day import SHOWN, Reach, learned, night_of
from models import checkpoint
from models.checkpoint import BASE
from models.dataset import Rows
from models.features import Array
from simulator.record import record
from simulator.world import World
from tests.replay.scripts import START

SHORT = Plan(judge=3, stop=1, least=2, most=3)
DAYS = 8


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Journal, Path]]:
    path = tmp_path_factory.mktemp("try") / "journal.db"
    world = World(11, start=START)
    with Journal.open(path) as kept:
        kept.set_home(world.home)
        record(world, world.at + DAYS * 86_400, kept)
        yield kept, path


@pytest.fixture(scope="module")
def ignorant(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint that answers whatever it is asked with the same."""
    weights, manifest = checkpoint.read(BASE)
    folder = tmp_path_factory.mktemp("ignorant")
    checkpoint.save(folder, {name: np.zeros_like(array) for name, array in weights.items()}, manifest)
    return folder


def as_shipped(_rows: Rows, _stop: Rows, _start: Path) -> tuple[Mapping[str, Array], checkpoint.Manifest]:
    """Learns what the shipped weights know."""
    return checkpoint.read(BASE)


def test_a_network_that_is_better_decides_and_the_days_replayed_have_not_taught_it(
    journal: tuple[Journal, Path], ignorant: Path
) -> None:
    kept, path = journal
    found = learned(replace(night_of(kept, path, ignorant, ()), plan=SHORT, refine=as_shipped))
    assert "and decides" in found.said
    _, manifest = checkpoint.read(found.weights)
    first, last = map(date.fromisoformat, manifest.data["days"])
    assert f"learned from your days of {first} to {last}" in found.said
    assert day_of(found.start, kept.home().zone).toordinal() == last.toordinal() + 1


def test_a_network_that_is_not_better_does_not_decide(journal: tuple[Journal, Path]) -> None:
    kept, path = journal
    found = learned(replace(night_of(kept, path, BASE, ()), plan=SHORT, refine=as_shipped))
    assert found.weights == BASE
    assert "does not decide" in found.said
    days = [day_of(at, kept.home().zone).toordinal() for at in (found.start, kept.newest())]
    assert days[1] - days[0] == SHOWN - 1


def test_too_few_days_say_how_many_are_missing_and_the_given_weights_decide(journal: tuple[Journal, Path]) -> None:
    kept, path = journal
    found = learned(replace(night_of(kept, path, BASE, ()), refine=as_shipped))
    assert found.weights == BASE
    assert "whole days known, 14 needed" in found.said


def test_days_of_guests_are_not_learned_from(journal: tuple[Journal, Path]) -> None:
    kept, path = journal
    guests = ModeSpan(mode=Mode.GUEST, since=START, until=START + DAYS * 86_400, by="Ada")
    found = learned(replace(night_of(kept, path, BASE, (guests,)), plan=SHORT, refine=as_shipped))
    assert "0 whole days known" in found.said


LAMP, VALVE = Target("lamp", Kind.LIGHT), Target("valve", Kind.SETPOINT)


def home(lamp: str, valve: str) -> Home:
    devices = (
        Device(id="lamp", name="<b>lamp</b>", area="hall", sets=frozenset({Kind.LIGHT}), address=lamp),
        Device(id="valve", area="hall", sets=frozenset({Kind.SETPOINT}), address=valve),
    )
    return Home(id="h", areas=(Area(id="hall", name="Hall"),), devices=devices)


@pytest.mark.parametrize(
    ("lamp", "valve", "said"),
    [
        ("zigbee2mqtt:0x01", "home_assistant:abc", "today, over MQTT, all that you changed: 2 things"),
        ("zigbee2mqtt:0x01", "log:climate.hall", "1 of the 2 things you changed, with 75"),
        ("log:light.hall", "", "none of what you changed"),
    ],
)
def test_what_only_a_log_has_named_is_out_of_reach(lamp: str, valve: str, said: str) -> None:
    found = Reach.of(home(lamp, valve), [(LAMP, 3), (VALVE, 1)])
    assert said in found.said().replace("\N{NO-BREAK SPACE}", " ")
    assert len(found.section(home(lamp, valve)).parts) == 2


def test_what_nobody_changed_is_neither_within_reach_nor_beyond() -> None:
    found = Reach.of(home("", ""), [(LAMP, 0), (VALVE, 0)])
    assert (found.within, found.beyond) == ((), ())
    assert "nothing to control yet" in found.said()
