"""`homectl learn`: how learning stands, and what a person may ask of it while no home runs."""

import json
from pathlib import Path

import pytest

from homectl.app import alone
from homectl.bridge.broker import free_port
from homectl.cli import main
from homectl.home import Event, Lesson, Quantity, Reading
from homectl.journal import Journal
from tests.fakes import NOON, small_home

DAYS = ("2025-01-01", "2025-01-05")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The settings of a small home that has run, with one own model promoted."""
    (tmp_path / "home.yaml").write_text("id: small\ntimezone: Europe/Berlin\nsimulated: true\n", encoding="utf-8")
    settings = tmp_path / "homectl.yaml"
    settings.write_text(f"data: .\ndashboard: {{port: {free_port()}}}\n", encoding="utf-8")
    with Journal.open(tmp_path / "small.db") as journal:
        journal.set_home(small_home())
        journal.append([Reading(device="motion", quantity=Quantity.MOTION, value=1.0, at=NOON)])
        promoted = Lesson(at=NOON, event=Event.PROMOTED, said="better: light on", model=1, days=DAYS)
        journal.record_lessons([promoted])
    (tmp_path / "small" / "models" / "1").mkdir(parents=True)
    return settings


def learn(config: Path, *words: str) -> int:
    try:
        return main(["learn", *words, "-c", str(config)])
    except SystemExit as ended:
        return int(ended.code or 0)


def status(config: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    capsys.readouterr()
    assert learn(config, "status", "--json") == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_the_status_says_who_is_in_charge_and_what_happened(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert learn(config) == 0
    assert capsys.readouterr().out.splitlines() == [
        "In charge: own model 1, learned from 2025-01-01 to 2025-01-05",
        "Corrections: homectl has changed nothing yet",
        "2025-01-07 12:30  own model 1 promoted: better: light on",
    ]


def test_a_person_pauses_excludes_and_goes_back(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert learn(config, "pause") == 0
    assert learn(config, "exclude", "2025-01-01..2025-01-03") == 0
    assert learn(config, "include", "2025-01-02") == 0
    assert learn(config, "rollback") == 0
    found = status(config, capsys)
    assert found["paused"] is True
    assert found["excluded"] == ["2025-01-01", "2025-01-03"]
    assert (found["in_charge"], found["line"]) == (0, [])
    assert learn(config, "resume") == 0
    assert status(config, capsys)["paused"] is False


def test_forgotten_days_are_deleted_with_the_model_that_knew_them(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert learn(config, "forget", "2025-01-05..2025-01-07") == 0
    assert "2025-01-05, 2025-01-06, 2025-01-07, 1 readings in all, deleted" in capsys.readouterr().out
    assert status(config, capsys)["in_charge"] == 0
    assert not (config.parent / "small" / "models" / "1").exists()
    with Journal.open(config.parent / "small.db", read_only=True) as journal:
        assert journal.count() == 0


def test_a_copy_that_an_update_kept_is_named_when_days_are_forgotten(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = config.parent / "small.db.v1"
    copy.touch()
    learn(config, "forget", "2025-01-07")
    assert f"{copy} was kept by an update and still has them: delete it" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["exclude"], 2, "at least one day"),
        (["forget"], 2, "at least one day"),
        (["pause", "2025-01-01"], 2, "no days"),
        (["exclude", "yesterday"], 2, "2026-01-03"),
        (["once"], 2, "--journal"),
        (["nonsense"], 2, "invalid choice"),
        (["resume"], 1, "not paused"),
        (["include", "2025-01-01"], 1, "none of these days"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    config: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: int, said: str
) -> None:
    assert learn(config, *words) == code
    [line] = capsys.readouterr().err.splitlines()
    assert said in line


def test_a_home_that_never_ran_has_learned_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "home.yaml").write_text("id: small\n", encoding="utf-8")
    (tmp_path / "homectl.yaml").write_text("data: .\n", encoding="utf-8")
    assert learn(tmp_path / "homectl.yaml") == 1
    assert "homectl run" in capsys.readouterr().err


def test_a_running_home_is_asked_and_its_memory_is_not_cut(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its lock is held here and nobody answers on its port: that is how it shows who was asked."""
    with alone(config.parent / "small.db"):
        assert learn(config, "pause") == 1
        assert "No homectl answers on port" in capsys.readouterr().err
        assert learn(config, "forget", "2025-01-07") == 1
        assert "stop it, forget" in capsys.readouterr().err
        assert status(config, capsys)["paused"] is False
