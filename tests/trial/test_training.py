"""Training from logs and simulated homes, and through the command: what it writes, goes on with, says and refuses."""

import json
import shutil
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from homectl.cli import train as command
from homectl.home import STATE, CheckpointMismatch, JournalError, Kind, Mode, ModeSpan, UsageError
from homectl.journal import Journal
from homectl.trial import kept
from homectl.trial.homes import Homes, live, logged_rows
from homectl.trial.training import UNFINISHED, Order, train
from models import checkpoint
from models.checkpoint import MANIFEST, WEIGHTS
from models.network import Shape
from models.policy import NetworkPolicy
from models.train import FINE, RECIPES, Recipe, answers, restored
from simulator.world import World
from tests.models.problems import planted

MONDAY = 1_768_176_000.0  # 2026-01-12 00:00 UTC
QUICK = Recipe(epochs=2, batch=512, shape=Shape(bins=4, width=16, depth=2, head=8))


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return live(3, 3.0, tmp_path_factory.mktemp("log") / "log.db")


def silent(_what: str, _share: float) -> None:
    pass


def run(*words: str) -> int:
    parser = ArgumentParser()
    command.arguments(parser)
    return int(command.run(parser.parse_args(words)))


class Interruption(Exception):
    pass


def interrupted_at(what: str, share: float) -> Callable[[str, float], None]:
    def progress(doing: str, done: float) -> None:
        if doing.startswith(what) and done >= share:
            raise Interruption

    return progress


# --- rows on disk ---------------------------------------------------------------------------------


def test_rows_come_back_from_their_files_as_they_were(tmp_path: Path) -> None:
    parts = [planted(50, 1), planted(0, 2), planted(70, 3)]
    files = [kept.keep(tmp_path / f"{n}.npz", rows, {"hash": str(n)}) for n, rows in enumerate(parts)]
    together, whole = kept.gathered(files), type(parts[0]).join(parts)
    for name in kept.COLUMNS:
        assert np.array_equal(getattr(together, name), getattr(whole, name), equal_nan=True)
    assert [kept.about(file) for file in files] == [{"hash": "0"}, {"hash": "1"}, {"hash": "2"}]
    assert len(kept.gathered([])) == 0


@pytest.mark.parametrize("most", [10, 99, 100, 1000])
def test_a_sample_of_a_home_s_rows_stands_for_all_its_minutes(most: int) -> None:
    rows = planted(100, 1)
    some = kept.at_most(rows, most, seed=3)
    assert len(some) == min(most, 100)
    assert some.weights.sum() == pytest.approx(rows.weights.sum())


# --- training -------------------------------------------------------------------------------------


def test_training_twice_on_the_same_log_gives_the_same_bytes(log: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        train(Order(out=tmp_path / name, recipe=QUICK, logs=(log,)), silent)
    assert (tmp_path / "a" / WEIGHTS).read_bytes() == (tmp_path / "b" / WEIGHTS).read_bytes()
    assert {path.name for path in (tmp_path / "a").iterdir()} == {WEIGHTS, MANIFEST}


def test_days_of_a_mode_that_is_unlike_others_are_no_rows(log: Path, tmp_path: Path) -> None:
    partly = tmp_path / "party.db"
    partly.write_bytes(log.read_bytes())
    with Journal.open(partly) as journal:
        newest = journal.newest()
        party = ModeSpan(mode=Mode.PARTY, since=newest - 3600, until=newest, by="anna")
        journal.orders.record_mode(party)
    files = [
        logged_rows([path], _folder(tmp_path / f"rows-{path.stem}"), most=10**6, first=0, seed=0)
        for path in (log, partly)
    ]
    usual, left = (kept.gathered([*early, *late]) for early, late, _ in files)
    assert 0 < len(left) < len(usual)
    assert usual.at.max() > party.since > left.at.max()


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def test_an_interrupted_training_goes_on_where_it_was(log: Path, tmp_path: Path) -> None:
    order = Order(out=tmp_path / "net", recipe=QUICK, logs=(log,), homes=Homes(2, 3.0, processes=1), name="x")
    train(replace(order, out=tmp_path / "whole"), silent)
    with pytest.raises(Interruption):
        train(order, interrupted_at("recording", 0.5))
    first = next((order.out / UNFINISHED).glob("home-*.npz"))
    made = first.stat().st_mtime_ns
    with pytest.raises(Interruption):
        train(replace(order, resume=True), interrupted_at("training", 0.5))
    assert first.stat().st_mtime_ns == made
    train(replace(order, resume=True), silent)
    for name in (WEIGHTS, MANIFEST):
        assert (order.out / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_there_must_be_something_to_resume(log: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="interrupted training to resume"):
        train(Order(out=tmp_path / "net", recipe=QUICK, logs=(log,), resume=True), silent)


def test_a_network_is_trained_further_from_another_s_weights(log: Path, tmp_path: Path) -> None:
    train(Order(out=tmp_path / "first", recipe=QUICK, logs=(log,)), silent)
    fine = replace(FINE, epochs=1, steps_per_epoch=5)
    _, trained = train(Order(out=tmp_path / "further", recipe=fine, logs=(log,), start=tmp_path / "first"), silent)
    before, _ = checkpoint.read(tmp_path / "first")
    after, _ = checkpoint.read(tmp_path / "further")
    assert before.keys() == after.keys()
    assert np.array_equal(before["pieces.low"], after["pieces.low"])
    assert min(trained.before, *trained.validation) <= trained.before < np.inf


def test_a_searched_recipe_is_followed_and_told(log: Path, tmp_path: Path) -> None:
    told: list[str] = []
    poor = replace(QUICK, rate=1e-6, epochs=1)
    order = Order(out=tmp_path / "net", recipe=poor, logs=(log,), trials=2)
    manifest, trained = train(order, lambda what, _share: told.append(what))
    searched = manifest.metrics["searched"]
    assert searched["rate"] > poor.rate
    assert trained.net.shape.width == searched["width"]
    assert [what for what in told if what.startswith("searching")][-1].endswith(f"{trained.validation[0]:.3f}")


def test_the_textbook_net_is_compared_but_runs_no_home(log: Path, tmp_path: Path) -> None:
    recipe = replace(RECIPES["textbook"], epochs=1)
    train(Order(out=tmp_path, recipe=recipe, logs=(log,)), silent)
    weights, manifest = checkpoint.read(tmp_path)
    assert manifest.architecture == "textbook"
    assert np.isfinite(answers(restored("textbook", weights), planted(10, 1))).all()
    with pytest.raises(CheckpointMismatch, match="got a textbook"):
        NetworkPolicy.load(tmp_path)


@pytest.mark.parametrize(("days", "said"), [(1.5, r"at least 3 days of a home, got 1\.5 .*; record 1\.5 days more")])
def test_a_log_that_is_too_short_says_how_much_is_missing(days: float, said: str, tmp_path: Path) -> None:
    log = live(4, days, tmp_path / "short.db")
    with pytest.raises(UsageError, match=said):
        train(Order(out=tmp_path / "net", recipe=QUICK, logs=(log,)), silent)


# --- the command ----------------------------------------------------------------------------------


def test_the_command_writes_weights_figures_and_curves(
    log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, figures, picture = tmp_path / "net", tmp_path / "t.json", tmp_path / "curves.png"
    files = ("--out", str(out), "--json", str(figures), "--curves", str(picture))
    assert run(str(log), "--epochs", "1", *files) == 0
    policy = NetworkPolicy.load(out)
    assert policy.manifest.data["recorded"]["logs"] == 1
    assert policy.manifest.data["recorded"]["reports_by_origin"]["person"] > 0
    written = json.loads(figures.read_text())
    assert written["data"]["rows"] > 100
    assert set(written["timing"]) == {"seconds"}
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert f"{out}: network own-1, {written['data']['rows']} rows" in capsys.readouterr().out


def test_a_task_without_a_usable_label_is_named_and_the_rest_learned(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = live(3, 3.0, tmp_path / "log.db")
    _without_locks(log)
    assert run(str(log), "--epochs", "1", "--out", str(tmp_path / "net")) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("No usable label for lock_wanted, ")
    assert "light_on" not in said[0]
    assert len(said) == 2


def _without_locks(log: Path) -> None:
    """Take what the bolts reported out of a log."""
    with Journal.open(log, read_only=True) as journal:
        home, readings = journal.home(), [r for r in journal.readings() if r.quantity is not STATE[Kind.LOCK]]
    log.unlink()
    with Journal.open(log) as journal:
        journal.set_home(home)
        journal.append(readings)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--homes", "0"], "--homes"),
        (["--homes", "1"], "at least 2"),
        (["--homes", "2", "--days", "1"], "--days"),
        (["--homes", "2", "--balance", "gradnorm"], "'gradnorm'"),
        (["--homes", "2", "--architecture", "lstm"], "'lstm'"),
        (["--homes", "2", "--threads", "0"], "--threads"),
        (["--homes", "2", "--search", "3", "--from", "weights"], "--search"),
        (["--homes", "2", "--from", "nowhere"], "nowhere"),
        (["--homes", "2", "--resume"], "found none"),
        (["--homes", "3", "--compare-balance"], "at least 4"),
    ],
)
def test_what_cannot_be_trained_is_refused_before_any_work(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises((UsageError, CheckpointMismatch), match=said) as refusal:
        run(*words, "--out", "net")
    assert "\n" not in str(refusal.value)


def test_weights_need_a_place_to_go() -> None:
    with pytest.raises(UsageError, match="--out"):
        run("--homes", "2")


def test_a_log_in_which_nobody_set_anything_is_refused(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "empty.db") as journal:
        journal.set_home(World(1, start=MONDAY).home)
    with pytest.raises(UsageError, match="at least 3 days of a home, got 0"):
        run(str(tmp_path / "empty.db"), "--out", str(tmp_path / "net"))


def test_a_refused_order_leaves_nothing_behind(tmp_path: Path) -> None:
    shutil.copy(__file__, tmp_path / "log.db")
    with pytest.raises(JournalError, match=r"log\.db"):
        run(str(tmp_path / "log.db"), "--out", str(tmp_path / "net"))
    assert [path.name for path in tmp_path.iterdir()] == ["log.db"]
