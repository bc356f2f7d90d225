"""Claims about `homectl simulate` as a person runs it."""

import argparse
import json
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from homectl.cli import simulate
from homectl.home import ConfigError, Home, UsageError
from homectl.settings import read
from simulator.backstage import WireFault
from simulator.faults import Trouble, Wire
from simulator.scenarios import Mishaps, mishaps, on_the_wire
from simulator.world import World
from tests.simulator.listener import Listener


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    simulate.arguments(parser)
    return parser.parse_args(words)


def test_time_begins_on_a_tuesday_morning_in_january_by_the_homes_own_clock() -> None:
    world = simulate.world_of(parsed("--seed", "5"))
    assert f"{datetime.fromtimestamp(world.at, world.home.zone):%a %d %b %H:%M}" == "Tue 13 Jan 06:30"


@pytest.mark.parametrize("start", ["2026-06-01T12:00+00:00", "2026-06-01T14:00+02:00", "2026-06-01T12:00Z"])
def test_a_start_may_name_its_own_offset(start: str) -> None:
    assert simulate.world_of(parsed("--start", start)).at == 1_780_315_200.0


def test_a_past_lies_before_the_start() -> None:
    now, then = simulate.world_of(parsed()), simulate.world_of(parsed("--past", "2"))
    assert now.at - then.at == 2 * 86_400


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--speed", "0"], "--speed: expected 0.1 to 3600"),
        (["--seed", "-4"], "--seed: expected 0 or more"),
        (["--past", "-1"], "--past: expected 0 to 366"),
        (["--start", "yesterday"], "--start: expected a date"),
        (["--broker", "localhost"], "Expected a broker as mqtt://"),
        (["--scenario", "config/scenarios/bad_day.yaml", "--past", "1"], "--past: expected none"),
        (["--faults", "silent:hall_motion"], "--faults: expected a file, or TROUBLE"),
        (["--faults", "silent@1+2"], "--faults: silent@1.2: .*expected a device for silent"),
        (["--faults", "moonlight:hall_motion@1+2"], "--faults: moonlight"),
        (["--faults", "stall@1+1"], "expected --proxy"),
        (["--scenario", "config/scenarios/bad_broker.yaml"], "expected --proxy"),
        (["--faults", "stall:hall_lamp@1+1"], "expected no device for stall"),
        (["--faults", "jam@1+0"], "--faults: jam@1.0: .*greater than 0"),
    ],
)
def test_wrong_usage_is_one_line(words: list[str], says: str) -> None:
    with pytest.raises(UsageError, match=says) as refused:
        simulate.run(parsed(*words))
    assert "\n" not in str(refused.value)


def test_a_scenario_says_which_world_it_is(tmp_path: Path) -> None:
    file = tmp_path / "day.yaml"
    file.write_text("title: A day\nseed: 4\nstart: 2026-01-13T06:30\n")
    world = simulate.world_of(parsed("--scenario", str(file)))
    assert (world.home.id, world.at) == (World(4, start=world.at).home.id, simulate.world_of(parsed("--seed", "4")).at)
    file.write_text("title: A day\nsede: 4\n")
    with pytest.raises(ConfigError, match=r"day.yaml:2"):
        simulate.world_of(parsed("--scenario", str(file)))


def test_faults_come_in_short_or_in_a_file_and_mean_the_same(tmp_path: Path) -> None:
    file = tmp_path / "faults.yaml"
    file.write_text("troubles:\n  - {trouble: silent, device: hall_motion, after: 60, lasts: 600}\n")
    short = "silent:hall_motion@60+600"
    assert read(file, Mishaps).troubles == mishaps(short)
    assert [mishap.trouble for mishap in mishaps(f"{short}, jam@0+30")] == [Trouble.SILENT, Trouble.JAM]


def test_what_goes_wrong_on_the_wire_comes_in_its_order_and_the_home_is_spared() -> None:
    troubles = mishaps("stall@10+1,jam@0+30,drop@5+0.5")
    assert on_the_wire(troubles, 1000.0) == [
        WireFault(at=1300.0, fault=Wire.DROP, seconds=30.0),
        WireFault(at=1600.0, fault=Wire.STALL, seconds=60.0),
    ]
    assert [mishap.trouble for mishap in troubles if not mishap.on_the_wire] == [Trouble.JAM]


@pytest.mark.parametrize(
    ("wish", "seed", "scenario", "past"),
    [
        ({"seed": None}, 4, None, 2.0),
        ({"seed": 9}, 9, None, 2.0),
        ({"name": "fire"}, 4, "fire", 0.0),
    ],
)
def test_a_home_begins_anew_as_it_began_or_of_another_seed_or_as_a_scenario_has_it(
    wish: dict[str, object], seed: int, scenario: str | None, past: float
) -> None:
    args = parsed("--seed", "4", "--past", "2", "--faults", "jam@0+30")
    anew = simulate.begun_anew(args, wish)
    assert (anew.seed, anew.scenario and anew.scenario.stem, anew.past) == (seed, scenario, past)
    assert anew.broker == args.broker
    assert simulate.begun_anew(anew, {"seed": 7}).scenario is None


@pytest.mark.parametrize("seed", range(1, 6))
def test_the_written_home_is_the_home(tmp_path: Path, seed: int) -> None:
    home = World(seed, start=1_768_282_200.0).home
    file = tmp_path / "home.yaml"
    file.write_text(simulate.home_yaml(home))
    assert read(file, Home) == home
    assert simulate.home_yaml(home) == simulate.home_yaml(read(file, Home))


@pytest.mark.broker
def test_a_process_says_when_it_is_ready_and_ends_in_good_order_when_asked_to(mosquitto: str, tmp_path: Path) -> None:
    ready, home = tmp_path / "ready", tmp_path / "home.yaml"
    words = ["--seed", "11", "--broker", mosquitto, "--speed", "600", "--ready-file", str(ready)]
    process = subprocess.Popen(
        [sys.executable, "-m", "homectl", "simulate", *words, "--write-home", str(home)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = json.loads(process.stdout.readline())
        assert line["ready"] is True
        assert read(home, Home).id == line["home"]
        with Listener(mosquitto, line["home"]) as listener:
            assert listener.until(lambda: len(listener.of("settled")) > 3)
            process.send_signal(signal.SIGTERM)
            said, errors = process.communicate(timeout=5)
            assert listener.of("zigbee2mqtt/bridge/state")[-1].json == {"state": "offline"}
    finally:
        process.kill()
    assert (process.returncode, errors) == (0, "")
    assert json.loads(said)["tally"]["steps"] > 3
    assert json.loads(ready.read_text()) == line
