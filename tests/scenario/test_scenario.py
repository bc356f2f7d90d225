"""A scenario test is a file: what happens at which times and what is expected, tried without waiting."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from homectl.cli import main
from homectl.home import ConfigError
from homectl.scenario.trying import tried

EXAMPLE = Path(__file__).parents[2] / "config" / "examples" / "evening.scenario.yaml"
EVENING: dict[str, Any] = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
LAMP = "hall_lamp/light"


def written(folder: Path, *expect: dict[str, object], **more: object) -> Path:
    """The example with other expectations."""
    path = folder / "some.scenario.yaml"
    path.write_text(yaml.safe_dump(EVENING | {"expect": list(expect)} | more), encoding="utf-8")
    return path


def test_the_example_meets_all_its_expectations() -> None:
    _, came, found = tried(EXAMPLE)
    assert [str(one) for one in found if not one.met] == []
    assert came.sent
    assert came.refused == []


@pytest.mark.parametrize(
    ("expected", "met"),
    [
        ({"at": "18:41", "target": LAMP, "is": "on"}, False),
        ({"at": "18:41", "target": LAMP, "is": "off"}, True),
        ({"at": "2026-01-13T18:43", "target": LAMP, "is": "on"}, True),
        ({"at": "18:43", "target": "front_lock/lock", "is": "locked"}, True),
        ({"at": "18:43", "target": "front_lock/lock", "is": "unlocked"}, False),
        ({"target": LAMP, "never": "on"}, False),
        ({"target": LAMP, "never": "on", "to": "18:42"}, True),
        ({"target": LAMP, "never": "on", "from": "18:43"}, True),
        ({"target": LAMP, "never": "off", "to": "19:10"}, True),
        ({"never": "unlock"}, True),
        ({"at": "18:45", "target": LAMP, "held": True}, True),
        ({"at": "18:45", "target": LAMP, "held": True, "until": "19:20"}, False),
        ({"at": "18:43", "target": LAMP, "held": True}, False),
        ({"at": "18:43", "target": LAMP, "held": False}, True),
        ({"at": "18:42", "target": LAMP, "decided": "on"}, True),
        ({"at": "18:42", "target": LAMP, "decided": "on", "ruling": "refused"}, False),
        ({"at": "18:42", "target": LAMP, "decided": "off", "within": 0}, False),
    ],
    ids=str,
)
def test_an_expectation_is_met_or_says_what_was_found(tmp_path: Path, expected: dict[str, object], met: bool) -> None:
    (found,) = tried(written(tmp_path, expected))[2]
    assert found.met is met, str(found)
    assert str(found).startswith("ok    " if met else "FAIL  ")
    assert met or found.found
    assert "\n" not in str(found)


def test_what_people_say_to_homectl_counts(tmp_path: Path) -> None:
    said = [
        {"at": "18:31", "hold": LAMP, "minutes": 20},
        {"at": "18:47", "resume": LAMP},
        {"at": "18:55", "ask": LAMP, "to": "on"},
        {"at": "19:00", "mode": "party", "hours": 1},
    ]
    happens = [one for one in EVENING["happens"] if one["at"] != "18:44:00"] + said
    expect = (
        {"at": "18:43", "target": LAMP, "is": "off"},
        {"at": "18:43", "target": LAMP, "held": True, "until": "18:51"},
        {"at": "18:50", "target": LAMP, "is": "on"},
        {"at": "19:35", "target": LAMP, "is": "on"},
    )
    _, came, found = tried(written(tmp_path, *expect, happens=happens))
    assert [str(one) for one in found if not one.met] == []
    assert came.refused == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"expect": []}, "expect"),
        ({"expect": [{"at": "18:43", "target": "lamp/light", "is": "on"}]}, "got lamp/light"),
        ({"expect": [{"at": "18:43", "target": LAMP, "is": "blue"}]}, "expected a setting"),
        ({"expect": [{"at": "25:00", "target": LAMP, "is": "on"}]}, "at"),
        ({"expect": [{"target": LAMP, "is": "on"}]}, "expected `at`"),
        ({"expect": [{"at": "18:43", "target": LAMP, "is": "on", "held": True}]}, "expected one of"),
        ({"expect": [{"never": "on"}]}, "expected a target"),
        ({"happens": [{"at": "18:43", "device": "stranger", "reports": {"motion": 1}}]}, "got stranger"),
        ({"happens": [{"at": "18:43", "device": "hall_lamp"}]}, "what it reports"),
        ({"happens": [{"at": "18:43", "ask": LAMP, "to": "21.0 °C"}]}, "expected `to`"),
        ({"happens": [{"at": "18:43"}]}, "expected one of"),
        ({"to": "2026-01-13T18:00:00"}, "after `from`"),
        ({"colour": "blue"}, "colour"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_wrong_file_is_refused_with_what_is_wrong(tmp_path: Path, change: dict[str, object], said: str) -> None:
    path = tmp_path / "wrong.scenario.yaml"
    path.write_text(yaml.safe_dump(EVENING | change), encoding="utf-8")
    with pytest.raises(ConfigError, match=said):
        tried(path)


def test_run_says_a_line_for_each_expectation_and_fails_where_one_is_not_met(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, {"never": "unlock"}, {"at": "18:43", "target": LAMP, "is": "off"})
    assert main(["scenario", "run", str(path)]) == 1
    assert [line[:8] for line in capsys.readouterr().out.splitlines()[1:]] == ["  ok    ", "  FAIL  "]
    assert main(["scenario", "run", str(EXAMPLE), str(path), "--json"]) == 1
    first = capsys.readouterr().out
    assert [[one["met"] for one in each["expectations"]][-2:] for each in json.loads(first)] == [
        [True] * 2,
        [True, False],
    ]
    assert main(["scenario", "run", str(EXAMPLE), str(path), "--json"]) == 1
    assert capsys.readouterr().out == first
    assert main(["scenario", "run", str(EXAMPLE)]) == 0
    assert main(["scenario", "run", str(tmp_path / "none.scenario.yaml")]) != 0


def test_pytest_collects_every_scenario_with_one_line(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["homectl.scenario.collecting"]\n')
    written(tmp_path, {"at": "18:43", "target": LAMP, "is": "off"})
    (tmp_path / "good.scenario.yaml").write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert "1 failed, 1 passed" in done.stdout, done.stdout + done.stderr
    assert "FAIL  18:43  hall_lamp/light is off: it is at 1" in done.stdout
    assert "Traceback" not in done.stdout
