"""A database that Home Assistant 2024.3 wrote itself, of made-up entities, imports with right origins, every state.

In it an automation switches the hall lamp on at motion and off at an event; a person switches the kitchen lamp on, dims
it and sets the valve; a switch on the wall, a script by itself and one by a person do the rest.
"""

import gzip
from argparse import ArgumentParser
from pathlib import Path

import pytest

from homectl.cli import import_log
from homectl.home import Origin, Quantity
from homectl.journal import Journal
from homectl.journal.readers.any_log import guess, readings
from homectl.journal.readers.rows import Tally
from tests.journal.test_hostile_recorder import WORDS

HERE = Path(__file__).parents[1] / "wire" / "home-assistant_v2.db.gz"
P, A, U = Origin.PERSON, Origin.AUTOMATION, Origin.UNKNOWN


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "home-assistant_v2.db"
    path.write_bytes(gzip.decompress(HERE.read_bytes()))
    return path


@pytest.mark.parametrize(
    ("device", "quantity", "expected"),
    [
        ("light_kitchen_ceiling", Quantity.LIGHT_ON, [(0.0, U), (1.0, P), (0.0, U)]),
        ("light_kitchen_ceiling", Quantity.LIGHT_LEVEL, [(0.8, P), (0.4, P)]),
        ("light_hall_lamp", Quantity.LIGHT_ON, [(0.0, U), (1.0, A), (0.0, A), (0.0, U)]),
        ("climate_living_room_valve", Quantity.SETPOINT, [(20.0, U), (20.0, U), (21.5, P), (21.5, U)]),
        ("lock_front_door", Quantity.LOCK, [(0.0, U), (1.0, A), (0.0, U), (1.0, P)]),
    ],
)
def test_each_change_is_by_whom_it_was(
    database: Path, device: str, quantity: Quantity, expected: list[tuple[float, Origin]]
) -> None:
    home, tally = guess([database], WORDS).home, Tally()
    found = [r for r in readings(database, home, tally) if (r.device, r.quantity) == (device, quantity)]
    assert [(r.value, r.origin) for r in found] == expected
    assert (tally.rows, tally.taken, sum(tally.left_alone.values()), tally.skipped) == (36, 22, 14, {})


def test_import_says_what_became_of_every_state_and_a_second_time_adds_nothing(
    database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hashes = []
    parser = ArgumentParser()
    import_log.arguments(parser)
    for _ in range(2):
        import_log.run(parser.parse_args([str(database), "--out", str(tmp_path / "j.db"), "--quiet"]))
        with Journal.open(tmp_path / "j.db", read_only=True) as journal:
            hashes.append(journal.hash())
    said = capsys.readouterr().out.splitlines()
    first, second = (line for line in said if "rows," in line)
    assert "36 rows, 22 added, 0 known already, 0 skipped, 14 left alone" in first
    assert "36 rows, 0 added, 22 known already, 0 skipped, 14 left alone" in second
    assert any("26 sensed, 9 unknown, 5 person, 4 automation" in line for line in said)
    assert hashes[0] == hashes[1]
