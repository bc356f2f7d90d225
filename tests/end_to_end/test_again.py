"""A day of the demo, lived over a real broker by a daemon of its own, is decided once more from its journal."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.demo import run_demo

pytestmark = [pytest.mark.broker, pytest.mark.soak, pytest.mark.timeout(240)]


@pytest.mark.parametrize(
    ("policy", "seconds", "speed"), [("rules", 26, 3600), ("base", 40, 1200)], ids=["rules, a day", "network"]
)
def test_every_decision_of_a_demo_is_the_same_again(tmp_path: Path, policy: str, seconds: int, speed: int) -> None:
    options = ["--for", str(seconds), "--speed", str(speed), "--past", "2", "--policy", policy]
    run_demo(tmp_path, *options)
    data = tmp_path / "data"
    (journal,) = data.glob("home-*.db")
    command = [sys.executable, "-m", "homectl", "replay", str(journal), "--again", "--speed", str(speed)]
    done = subprocess.run([*command, "-c", str(data / "homectl.yaml")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    assert "all the same" in done.stdout
