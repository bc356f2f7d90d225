"""The first day in one command: from a household's own log to a report."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from homectl.cli import main
from homectl.home import Home
from homectl.journal import Journal
from homectl.settings import read
from tests.journal.recorder_file import Said, written

MORNING = 1_736_208_000.0 + 6 * 3600
DAYS, DAY = 3, 86_400.0


@pytest.fixture(scope="module")
def recorder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Home Assistant database of three days: a lamp that somebody switches in Home Assistant, and a motion sensor."""
    motion = {"device_class": "motion", "friendly_name": "Kitchen <i>motion</i>"}
    states = []
    for day in range(DAYS):
        at = MORNING + day * DAY
        for minute, value in ((0, "on"), (40, "off"), (700, "on"), (760, "off")):
            states.append(
                Said(entity="binary_sensor.kitchen_motion", state=value, at=at + 60 * minute, attributes=motion)
            )
        for minute, value in ((1, "on"), (45, "off"), (701, "on"), (762, "off")):
            context = f"c{day}{minute}"
            states.append(Said(entity="light.kitchen", state=value, at=at + 60 * minute, context=context, user="ada"))
    states.sort(key=lambda state: state.at)
    return written(tmp_path_factory.mktemp("recorder") / "home-assistant_v2.db", states)


def tried(*words: str | Path) -> int:
    return main(["try", *map(str, words), "--quiet"])


def test_a_recorder_database_becomes_a_report_that_says_what_is_missing(
    recorder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "mine"
    assert tried(recorder, "--out", out) == 0
    said = capsys.readouterr().out
    assert "1 × light (guessed" in said
    assert "whole days known, 14 needed" in said
    assert "I would have matched you" in said
    assert "none of what you changed today" in said
    assert f"The report: {out / 'report.html'}" in said
    with Journal.open(out / "journal.db", read_only=True) as journal:
        assert journal.home().id == read(out / "home.yaml", Home).id
    found = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert found["origins"]["light"] == {"person": 4 * DAYS - 1}  # the first value changes nothing
    assert "What I could control today" in (out / "report.html").read_text(encoding="utf-8")
    assert "What I could control today" in (out / "report.md").read_text(encoding="utf-8")


def test_once_more_with_a_corrected_home_gives_a_report_of_that_home(recorder: Path, tmp_path: Path) -> None:
    out = tmp_path / "mine"
    assert tried(recorder, "--out", out) == 0
    first = (out / "report.html").read_bytes()
    assert tried(recorder, "--out", out) == 0
    assert (out / "report.html").read_bytes() == first
    guessed = (out / "home.yaml").read_text(encoding="utf-8")
    (out / "home.yaml").write_text(guessed.replace("Kitchen", "Scullery"), encoding="utf-8")
    assert tried(recorder, "--out", out, "--home", out / "home.yaml") == 0
    assert "Scullery" in (out / "report.html").read_text(encoding="utf-8")


def test_a_folder_with_something_else_in_it_is_left_alone(
    recorder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "thesis.txt").write_text("dear", encoding="utf-8")
    assert tried(recorder, "--out", tmp_path) == 2
    assert "expected a new folder or one that homectl try has made" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_log_without_anything_to_control_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "log.csv"
    rows = ["ts,home,room,device,kind,value,unit", "2025-01-07T17:00:00Z,flat,Hall,Hall (eye),motion,1,"]
    log.write_text("\n".join(rows) + "\n", encoding="utf-8")
    assert tried(log, "--out", tmp_path / "mine") == 1
    error = capsys.readouterr().err
    assert "expected a lamp, thermostat or lock" in error
    assert error.count("\n") == 1


WITHOUT = """
import sys
sys.modules["torch"] = sys.modules["matplotlib"] = None
from homectl.cli import main
sys.exit(main(["try", *sys.argv[1:], "--quiet"]))
"""


def test_without_torch_and_matplotlib_the_base_weights_decide_and_a_text_is_written(
    recorder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "mine"
    words = [sys.executable, "-c", WITHOUT, str(recorder), "--out", str(out)]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    assert "homectl[train]" in said
    assert "homectl[evaluate]" in said
    assert f"The report: {out / 'report.md'}" in said
    assert not (out / "report.html").exists()
