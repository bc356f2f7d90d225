"""What the journal tells of a home's decisions: how they agreed with people, and that they are computed again."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from homectl.cli import main
from homectl.control.autonomy import AutonomySettings
from homectl.control.limits import Limits
from homectl.control.rules import Rules
from homectl.home import HOMECTL, Autonomy, Cause, Kind, Origin, Quantity, Reading, Record, Ruling, Rung, Step
from homectl.journal import Journal
from homectl.replay.again import Deciding, again, known
from tests.fakes import LAMP, NOON, small_home

MINUTE = 60.0


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The settings of a small home on rules: three proposals, two of them followed, and a step down."""
    (tmp_path / "home.yaml").write_text("id: small\ntimezone: Europe/Berlin\n", encoding="utf-8")
    settings = tmp_path / "homectl.yaml"
    settings.write_text("data: .\npolicy: rules\n", encoding="utf-8")
    rung = Rung("kitchen", Kind.LIGHT)
    with Journal.open(tmp_path / "small.db") as journal:
        journal.set_home(small_home(simulated=False))
        for hour, follows in enumerate((True, True, False)):
            at = NOON + 3600 * hour
            lit = (float(follows), Origin.PERSON) if follows else (0.0, Origin.SENSED)
            journal.append([said(at, "lamp", Quantity.LIGHT_ON, 0.0, Origin.UNKNOWN)])
            journal.append([said(at + MINUTE, "motion", Quantity.MOTION, 1.0)])
            journal.append([said(at + MINUTE, "lamp", Quantity.LIGHT_ON, *lit)])
            nothing = replace(proposal(at + 30 * MINUTE), setting="off", ruling=Ruling.NOTHING)
            journal.record_decisions([proposal(at), nothing])
        journal.append([said(NOON + 4 * 3600, "motion", Quantity.MOTION, 0.0)])
        step = Step(rung=rung, level=Autonomy.SUGGEST, since=NOON, by=HOMECTL, why="people took back 3 of its changes")
        journal.orders.record_step(step)
    return settings


def said(at: float, device: str, quantity: Quantity, value: float, origin: Origin = Origin.SENSED) -> Reading:
    return Reading(device=device, quantity=quantity, value=value, at=at, origin=origin)


def proposal(at: float) -> Record:
    return Record(
        target=LAMP,
        setting="on",
        cause=Cause.RULES,
        confidence=0.9,
        ruling=Ruling.SUGGESTED,
        rule="",
        reason="a test",
        command="",
        since=at,
        until=at + MINUTE,
    )


def test_every_rung_is_shown_with_its_level_its_reason_and_what_was_followed(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["autonomy", "-c", str(config)]) == 0
    lines = capsys.readouterr().out.splitlines()
    shown = next(line for line in lines if line.startswith("kitchen light"))
    assert shown.split()[:6] == ["kitchen", "light", "suggest", "2", "of", "3"]
    assert "since homectl: people took back 3 of its changes" in lines[lines.index(shown) + 1]
    assert main(["autonomy", "-c", str(config), "--json"]) == 0
    rungs = {(one["area"], one["kind"]): one for one in json.loads(capsys.readouterr().out)}
    lamps = rungs["kitchen", "light"]
    assert (lamps["level"], lamps["followed"], lamps["declined"], lamps["changes"]) == ("suggest", 2, 1, 2)
    assert rungs["hall", "lock"]["level"] == "observe"


@pytest.mark.parametrize("words", ["kitchen", "kitchen light", "kitchen toaster auto", "kitchen lock on"])
def test_a_level_is_set_in_three_words(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["autonomy", *words.split()]) == 2
    assert "expected an area, a kind" in capsys.readouterr().err


def test_a_decision_that_the_readings_give_again_is_told_from_one_they_do_not(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", "lamp/light", "--again", "2", "-c", str(config)]) == 1
    assert "is suggested, because a test (rules, 90% sure). Computed again:" in capsys.readouterr().out
    rules = Rules()
    with Journal.open(config.parent / "small.db") as journal:
        deciding = Deciding(policy=rules, fallback=rules, limits=Limits(), autonomy=AutonomySettings())
        late = proposal(NOON + 4 * 3600 + MINUTE)
        decision = again(late, journal.home(), known(journal, late.since)[0], deciding)
        assert decision is not None
        setting = "" if decision.setting is None else str(decision.setting)
        journal.record_decisions([replace(late, setting=setting, confidence=decision.confidence)])
    assert main(["explain", "lamp/light", "--again", "1", "-c", str(config)]) == 0
    assert capsys.readouterr().out.endswith("Computed again: the same.\n")
