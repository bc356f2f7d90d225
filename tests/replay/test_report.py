"""The report says what happened, in the same bytes every time; the command reads any log."""

import gzip
import json
import re
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import pytest

from homectl.cli import import_log, replay
from homectl.home import ConfigError, HomeError, LogError, Origin, Quantity, UsageError
from homectl.journal import Journal
from homectl.replay.report import Report, as_json
from homectl.settings import read
from simulator.record import record
from simulator.world import World
from tests.replay.scripts import BOLT, LAMP, START, Script, told, trial

REAL = Path(__file__).parents[3] / "shared" / "data" / "tidy" / "house_n.csv.gz"

LOG = """\
ts,home,room,device,kind,value,unit
2025-01-07T17:00:00Z,flat,1st/Hall,Hall (ceiling),switch,0,
2025-01-07T17:05:00Z,flat,1st/Hall,Hall (eye),motion,1,
2025-01-07T17:06:00Z,flat,1st/Hall,Hall (ceiling),switch,1,
2025-01-07T17:06:00Z,flat,1st/Hall,Hall (fridge),switch,1,
2025-01-07T17:08:00Z,flat,1st/Hall,Hall (eye),motion,0,
2025-01-07T17:08:00Z,flat,1st/Hall,Hall (eye),motion,0,
2025-01-07T17:09:00Z,flat,1st/Hall,Hall (eye),motion,maybe,
2025-01-07T18:30:00Z,flat,1st/Hall,Hall (ceiling),switch,0,
"""


def run(command: Any, *argv: str | Path) -> None:
    parser = ArgumentParser()
    command.arguments(parser)
    command.run(parser.parse_args([str(word) for word in (*argv, "--quiet")]))


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.csv"
    path.write_text(LOG, encoding="utf-8")
    return path


def test_two_replays_of_a_recording_give_the_same_bytes_whatever_it_is_kept_in(tmp_path: Path) -> None:
    world = World(5, start=START + 14 * 3600)
    with Journal.open(tmp_path / "j.db") as journal:
        record(world, world.at + 20_000, journal)
    run(import_log, tmp_path / "j.db", "--out", tmp_path / "copy.db", "--parquet", tmp_path / "j.parquet")
    said = []
    for name in ("j.db", "j.db", "copy.db", "j.parquet"):
        run(replay, tmp_path / name, "--policy", "rules", "--json", tmp_path / "r.json")
        said.append((tmp_path / "r.json").read_bytes())
    assert len(set(said)) == 1
    found = json.loads(said[0])
    assert found["home"] == world.home.id
    assert len(found["targets"]) == len(world.home.targets)
    assert "timing" not in found


def test_the_table_shows_a_dash_and_the_reason_where_nobody_labelled(
    log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(replay, log, "--policy", "rules")
    said = capsys.readouterr().out
    assert re.search(r"Hall +light +unknown +\d", said)
    assert re.search(r"– +setpoint +(– +)+no thermostat", said)
    assert re.search(r"– +lock +(– +)+no lock", said)
    assert "1 expected a number as motion (first in line 8)" in said
    assert "left alone, as nothing says that they are lamps: hall_fridge" in said
    assert "light: 2 by unknown" in said


def test_the_json_counts_every_row_and_origin_and_holds_its_checks(log: Path, tmp_path: Path) -> None:
    run(replay, log, "--policy", "rules", "--json", tmp_path / "r.json", "--timing")
    found = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    read_rows = found["log"]
    skipped = sum(reason["rows"] for name in ("skipped", "left_alone") for reason in read_rows[name].values())
    assert read_rows["rows"] == 8 == read_rows["taken"] + read_rows["repeated"] + skipped
    assert found["origins"] == {"light": {"unknown": 2}}
    assert all(set(check) == {"name", "value", "must", "aim", "ok"} and check["ok"] for check in found["checks"])
    assert {check["name"] for check in found["checks"] if check["must"] == 0} >= {"unlocks"}
    assert found["timing"]["replay_seconds"] >= 0
    assert str(tmp_path) not in json.dumps(found)


def test_a_careless_policy_is_kept_from_every_harm_that_the_checks_look_for() -> None:
    harmful = {LAMP: [(float(m), float(m % 2), 1.0) for m in range(200)], BOLT: [(0.0, 1.0, 1.0)]}
    readings = [
        told("lamp", Quantity.LIGHT_ON, 0, 0, Origin.PERSON),
        *(told("bolt", Quantity.LOCK, 0, minute) for minute in range(0, 200, 20)),
        *(told("door", Quantity.CONTACT, minute % 40 == 0, minute) for minute in range(0, 200, 20)),
    ]
    report = Report(trial(Script(harmful), readings, 200))
    assert list(report.run())
    assert report.scorers[BOLT].proposals
    assert [check["name"] for check in json.loads(as_json(report, {}))["checks"] if not check["ok"]] == []


def test_a_guessed_home_is_written_with_reasons_and_read_again(log: Path, tmp_path: Path) -> None:
    run(replay, log, "--policy", "rules", "--write-home", tmp_path / "home.yaml", "--json", tmp_path / "1.json")
    assert "# lamp: its name says so; in hall, as the log says" in (tmp_path / "home.yaml").read_text(encoding="utf-8")
    run(replay, log, "--policy", "rules", "--home", tmp_path / "home.yaml", "--json", tmp_path / "2.json")
    assert (tmp_path / "1.json").read_bytes() == (tmp_path / "2.json").read_bytes()


def test_a_table_of_devices_says_who_switches_what(log: Path, tmp_path: Path) -> None:
    table = tmp_path / "flat.devices.csv"
    rows = ["device,area,role,switched_by", "Hall (ceiling),hall,lamp,person", "Hall (eye),hall,motion sensor,"]
    table.write_text("\n".join(rows), encoding="utf-8")
    run(replay, log, "--policy", "rules", "--home", table, "--json", tmp_path / "r.json")
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["origins"] == {"light": {"person": 2}}


def test_days_are_those_of_the_homes_zone(log: Path, tmp_path: Path) -> None:
    options = ("--policy", "rules", "--timezone", "Asia/Tokyo", "--json", tmp_path / "r.json")
    run(replay, log, "--from", "2025-01-08", *options)  # two in the morning in Tokyo: all of it
    found = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert (found["from"], found["to"]) == ("2025-01-07T17:00:00Z", "2025-01-07T18:30:00Z")


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (("--from", "2026-01-01"), UsageError),
        (("--to", "soon"), UsageError),
        (("--timezone", "Mars"), UsageError),
        (("--home", "absent.yaml"), (ConfigError, OSError)),
    ],
)
def test_what_cannot_be_replayed_is_refused_in_one_line(
    log: Path, options: tuple[str, ...], error: type[HomeError]
) -> None:
    with pytest.raises(error) as refused:
        run(replay, log, "--policy", "rules", *options)
    assert "\n" not in str(refused.value)


def test_a_log_of_a_stranger_is_refused(log: Path, tmp_path: Path) -> None:
    (tmp_path / "home.yaml").write_text("id: h\nareas: []\ndevices: []\n", encoding="utf-8")
    with pytest.raises(LogError, match="expected readings of the home's devices"):
        run(replay, log, "--policy", "rules", "--home", tmp_path / "home.yaml")


def test_importing_twice_adds_nothing_and_keeps_the_home(
    log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        run(import_log, log, "--out", tmp_path / "j.db")
    first, second = (line for line in capsys.readouterr().out.splitlines() if "rows," in line and "added" in line)
    assert "8 rows, 6 added, 1 known already" in first
    assert "8 rows, 0 added, 7 known already" in second
    with Journal.open(tmp_path / "j.db", read_only=True) as journal:
        assert (journal.count(), journal.home().id) == (6, "flat")


def test_a_real_log_is_replayed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if not REAL.exists():
        pytest.skip("the open data is not beside the repository")
    with gzip.open(REAL, "rt", encoding="utf-8") as whole:
        (tmp_path / "part.csv").write_text("".join(line for line, _ in zip(whole, range(30_000), strict=False)))
    run(
        replay,
        tmp_path / "part.csv",
        "--policy",
        "rules",
        "--json",
        tmp_path / "r.json",
        "--write-home",
        tmp_path / "h",
    )
    found = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert found["log"]["rows"] == 29_999
    assert sum(area["changes"] for area in found["areas"] if area["labels"]) > 100
    assert read_home(tmp_path / "h") == len(found["targets"])
    assert "Precision" in capsys.readouterr().out


def read_home(path: Path) -> int:
    from homectl.home import Home

    return len(read(path, Home).targets)
