"""A stretch of a home's journal becomes a scenario test that the same homectl passes, and another one need not."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml

from homectl.cli import main
from homectl.control.rules import Rules
from homectl.home import HoldKind, Kind, Target
from homectl.journal import Journal
from homectl.scenario.trying import tried
from tests.journal.conftest import MEMORY
from tests.test_rerun import DAY, lived

HOLD = Target("hall_lamp", Kind.LIGHT)


@pytest.fixture(scope="module")
def journal() -> Iterator[Path]:
    """Of a home that has run for a morning, with a hold that somebody asked for; in memory, where that is possible."""
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        path = Path(folder) / "home.db"
        with Journal.open(path) as journal:
            hold = {600.0: lambda home: home.orders.hold(HOLD, HoldKind.MINUTES, 90.0, "ada", home.present())}
            lived(journal, Rules(), 0.5, hold)
        yield path


def record(journal: Path, out: Path) -> int:
    with Journal.open(journal, read_only=True) as known:
        home, start = known.home(), known.runs.starts()[0]
    times = [datetime.fromtimestamp(start + part * DAY, home.zone).strftime("%Y-%m-%dT%H:%M") for part in (0.05, 0.24)]
    command = ["scenario", "record", str(journal), "--from", times[0], "--to", times[1], "--out", str(out)]
    return main(command)


def test_a_recorded_session_is_a_scenario_that_passes_and_the_same_bytes_every_time(
    journal: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, again = tmp_path / "one.scenario.yaml", tmp_path / "two" / "one.scenario.yaml"
    again.parent.mkdir()
    assert record(journal, first) == record(journal, again) == 0
    assert first.read_bytes() == again.read_bytes()
    content = yaml.safe_load(first.read_text(encoding="utf-8"))
    assert content["expect"][0] == {"never": "unlock"}
    assert [one for one in content["happens"] if one.get("hold") == str(HOLD)]
    with Journal.open(journal, read_only=True) as known:
        made = [r for r in known.decisions() if known.runs.starts()[0] + 0.05 * DAY <= r.since < known.runs.starts()[1]]
    assert len(content["expect"]) > 0.7 * len(made) > 10
    capsys.readouterr()
    assert main(["scenario", "run", str(first)]) == 0
    assert "FAIL" not in capsys.readouterr().out


def test_a_home_that_only_watches_does_not_pass_it(journal: Path, tmp_path: Path) -> None:
    path = tmp_path / "one.scenario.yaml"
    record(journal, path)
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump(content | {"autonomy": {"level": "observe"}}), encoding="utf-8")
    approved = [one for one in tried(path)[2] if "(approved)" in one.expected and "locked" not in one.expected]
    assert approved
    assert not any(one.met for one in approved)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (["--from", "yesterday"], "expected a time"),
        (["--from", "2001-01-01"], "after the journal begins"),
        (["--out", "name.yaml"], "expected a new file"),
    ],
)
def test_what_cannot_be_recorded_is_refused(
    journal: Path, tmp_path: Path, change: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "one.scenario.yaml"
    options = {"--from": "2030-01-01", "--to": "2030-01-02", "--out": str(out)} | dict([change])
    assert main(["scenario", "record", str(journal), *(word for pair in options.items() for word in pair)]) == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
