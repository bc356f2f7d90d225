"""The closed loop over a real broker: broker, simulated home and daemon as processes of their own."""

import sqlite3
from pathlib import Path

import pytest

from homectl.bridge.broker import mosquitto
from homectl.home import CommandState
from tests.end_to_end.demo import RunningDemo, run_demo

pytestmark = [pytest.mark.broker, pytest.mark.timeout(120)]

needs_mosquitto = pytest.mark.skipif(mosquitto() is None, reason="Mosquitto is not installed: apt install mosquitto")


@needs_mosquitto
def test_a_day_runs_itself_over_mosquitto(tmp_path: Path) -> None:
    out = run_demo(tmp_path, "--speed", "3600", "--for", "28", "--seed", "4")
    assert [check for check in out["checks"] if not check["ok"]] == []
    assert out["commands"]["light"]["learned"] >= 1
    assert out["commands"]["setpoint"]["learned"] >= 1
    assert sum(out["commands"]["lock"].values()) >= 1
    assert out["confirmed"] + out["failed"] + out["expired"] + out["superseded"] == out["issued"]
    assert out["confirmed"] > 0.9 * out["issued"]
    assert out["model_unlocks"] == 0
    assert out["comfort"]["thrown_open"] == 0
    assert out["comfort"]["minutes"] >= 20 * 60


def test_the_broker_of_the_wheel_serves_the_demo_too(tmp_path: Path) -> None:
    out = run_demo(tmp_path, "--wheel", "--speed", "600", "--for", "15", "--seed", "2", "--past", "2")
    assert out["issued"] >= 1
    assert out["confirmed"] >= 0.9 * out["issued"]
    assert out["model_unlocks"] == 0


@needs_mosquitto
def test_a_killed_daemon_is_back_with_everything_it_had_acknowledged(tmp_path: Path) -> None:
    with RunningDemo(tmp_path, "--speed", "300", "--seed", "3", "--past", "2") as demo:
        demo.wait_for(lambda view: view.health.get("commands confirmed", 0) >= 3, within=60)
        before = _commands(demo.data)
        demo.kill_daemon()
        demo.wait_for(lambda view: view.connected and view.health.get("decisions", 0) > 0, within=30)
        out = demo.end()
    after = _commands(demo.data)
    assert out["restarts"] == 1
    ended = {name: state for name, state in before.items() if CommandState(state).ended}
    assert {name: after[name] for name in ended} == ended
    assert before.keys() <= after.keys()
    assert all(CommandState(state).ended for state in after.values())
    assert out["issued"] <= len(after)


def _commands(folder: Path) -> dict[str, str]:
    """Every command the journal holds, and what became of it."""
    [journal] = folder.glob("*.db")
    with sqlite3.connect(f"{journal.as_uri()}?mode=ro", uri=True) as db:
        return dict(db.execute("SELECT id, state FROM commands"))
