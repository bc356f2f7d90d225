"""The suite: stages run once, go on where they were stopped, and say what is missed, reached or not measured."""

import json
from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from homectl.cli import evaluate as evaluate_command
from homectl.home import UsageError
from homectl.trial.suite import report, sources
from homectl.trial.suite.running import STAGES, Suite, stage_of
from homectl.trial.suite.stages import HIGHER, Check, Inputs, Json, Result, Settings, Stage, Table


def silent(_what: str, _share: float) -> None:
    pass


def squared(number: int, folder: str) -> Json:
    """Leaves a mark for each time it is asked; fails while there is a stone in the way."""
    with (Path(folder) / f"asked-{number}").open("a") as mark:
        mark.write("x")
    if (Path(folder) / f"stone-{number}").exists():
        raise UsageError("a stone is in the way")
    return {"square": number**2}


def counting(folder: Path, numbers: tuple[int, ...] = (2,), runs: list[int] | None = None) -> Stage:
    """A stage that squares numbers in other processes."""

    def run(settings: Settings, inputs: Inputs) -> Result:
        found = inputs.each(squared, {f"of {number}": (number, str(folder)) for number in numbers})
        if runs is not None:
            runs.append(len(found))
        total = sum(one["square"] for one in found.values())
        return Result(checks=(Check(name="sum", value=total, must=5),), figures={"sum": total})

    return Stage(name="counting", about="numbers", run=run, judges=False)


def asked(folder: Path, number: int) -> int:
    mark = folder / f"asked-{number}"
    return len(mark.read_text()) if mark.exists() else 0


@pytest.mark.parametrize(
    ("check", "ok", "aimed"),
    [
        (Check(name="x", value=1.0, must=2.0, aim=1.0), True, True),
        (Check(name="x", value=1.5, must=2.0, aim=1.0), True, False),
        (Check(name="x", value=2.5, must=2.0), False, None),
        (Check(name="x", value=2.5, must=2.0, better=HIGHER), True, None),
        (Check(name="x", value=None, must=2.0, aim=1.0), False, False),
        (Check(name="x", value=float("nan"), must=2.0), False, None),
        (Check(name="x", value=9.0), True, None),
    ],
)
def test_a_check_is_missed_by_its_must_alone(check: Check, ok: bool, aimed: bool | None) -> None:
    assert (check.ok, check.aimed) == (ok, aimed)


def test_a_stage_is_run_once_for_the_same_settings(tmp_path: Path) -> None:
    runs: list[int] = []
    first, second = (
        Suite(Settings(cache=tmp_path / "cache", processes=1), silent).run(counting(tmp_path, runs=runs))
        for _ in range(2)
    )
    assert first == second
    assert (runs, asked(tmp_path, 2)) == ([1], 1)
    assert first.figures == {"sum": 4}
    assert "seconds" in first.timing


def test_other_settings_are_another_run_and_what_is_stale_goes(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    for settings in (Settings(cache=cache), Settings(cache=cache, seeds=(7,)), Settings(cache=cache, quick=True)):
        Suite(replace(settings, processes=1), silent).run(counting(tmp_path))
    assert asked(tmp_path, 2) == 3
    assert sorted(folder.name.rpartition("-")[0] for folder in cache.iterdir()) == ["counting", "counting-quick"]


def test_a_stage_that_was_stopped_goes_on_where_it_was(tmp_path: Path) -> None:
    stage, settings = counting(tmp_path, (1, 2)), Settings(cache=tmp_path / "cache", processes=1)
    (tmp_path / "stone-2").touch()
    with pytest.raises(UsageError, match="stone"):
        Suite(settings, silent).run(stage)
    (tmp_path / "stone-2").unlink()
    assert Suite(settings, silent).run(stage).figures == {"sum": 5}
    assert (asked(tmp_path, 1), asked(tmp_path, 2)) == (1, 2)


def test_what_a_stage_needs_comes_first_and_is_handed_to_it(tmp_path: Path) -> None:
    suite = Suite(Settings(cache=tmp_path), silent)
    earlier = Result(figures={"sum": 5})
    suite.results["homes"], suite.folders["homes"] = earlier, tmp_path / "homes-of-before"
    seen: list[Mapping[str, Any]] = []

    def run(settings: Settings, inputs: Inputs) -> Result:
        seen.extend((inputs.results, inputs.folders))
        return Result(skipped="nothing to do")

    assert suite.run(Stage(name="later", about="", run=run, needs=("homes",), judges=False)).skipped
    assert seen == [{"homes": earlier}, {"homes": tmp_path / "homes-of-before"}]


def test_every_stage_is_there_under_its_name_and_after_what_it_needs() -> None:
    for place, name in enumerate(STAGES):
        stage = stage_of(name)
        assert stage.name == name
        assert set(stage.needs) <= set(STAGES[:place])
    with pytest.raises(UsageError, match="--only"):
        stage_of("nonsense")


def test_a_result_depends_on_what_its_stage_imports_and_on_nothing_else() -> None:
    behind = {path.relative_to(sources.ROOT).as_posix() for path in sources.behind("homectl.trial.suite.homes")}
    assert {"homectl/trial/suite/homes.py", "models/features.py", "simulator/world.py"} <= behind
    assert not any(path.startswith(("homectl/dashboard", "homectl/cli", "tests")) for path in behind)


def test_the_hash_of_files_is_of_their_names_and_contents(tmp_path: Path) -> None:
    one, two = tmp_path / "one.py", tmp_path / "two.py"
    one.write_text("a")
    two.write_text("b")
    before = sources.digest([one, two])
    assert sources.digest([two, one]) == before
    two.write_text("c")
    assert sources.digest([one, two]) != before


RESULTS = {
    "light": Result(
        checks=(Check(name="loss", value=0.123456, must=0.2, aim=0.1), Check(name="gain", value=1.0, better=HIGHER)),
        figures={"homes": [1, 2], "loss": {"mean": 0.1234567, "none": float("nan")}},
        tables=(Table(title="losses", columns=("", "a"), rows=(("network", 0.5), ("rules", None))),),
        timing={"seconds": 3.0},
    ),
    "houses": Result(skipped="no logs"),
}


def test_the_json_holds_every_check_and_no_time_outside_timing(tmp_path: Path) -> None:
    said = json.loads(json.dumps(report.as_json(RESULTS, Settings(cache=tmp_path)), allow_nan=False))
    assert said["checks"][0] == {
        "name": "light: loss",
        "value": 0.1235,
        "must": "≤ 0.2",
        "aim": "≤ 0.1",
        "ok": True,
    }
    assert said["skipped"] == {"houses": "no logs"}
    assert said["figures"]["light"]["loss"] == {"mean": 0.123457, "none": None}
    assert said["timing"]["light"] == {"seconds": 3.0}
    assert "seconds" not in json.dumps({**said, "timing": {}})
    assert str(tmp_path) not in json.dumps(said)


def test_only_a_missed_must_fails_and_nothing_skipped_passes() -> None:
    assert report.passed(RESULTS)
    missed = Result(checks=(Check(name="loss", value=0.3, must=0.2),))
    assert not report.passed({**RESULTS, "lock": missed})
    assert not any("houses" in check["name"] for check in report.as_json(RESULTS, Settings(cache=Path()))["checks"])


def test_the_table_for_the_readme_names_command_seeds_and_what_was_not_measured(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = report.markdown(RESULTS, "homectl evaluate --suite", Settings(cache=Path(), seeds=(4, 5)))
    assert text.startswith("`homectl evaluate --suite`, training seeds 4, 5\n")
    assert "| light: loss | 0.1235 | ≤ 0.2 | ≤ 0.1 | aim missed |" in text
    assert "| houses | not measured: no logs |" in text
    assert "| network | 0.5 |\n| rules | – |" in text
    report.show(RESULTS)
    shown = capsys.readouterr().out
    assert all(word in shown for word in ("losses", "aim missed", "not measured: no logs"))


def run_command(*words: str) -> int:
    parser = ArgumentParser()
    evaluate_command.arguments(parser)
    return int(evaluate_command.run(parser.parse_args(words)))


def test_a_stage_that_cannot_be_measured_here_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, table = tmp_path / "found.json", tmp_path / "table.md"
    (tmp_path / "data").mkdir()
    where = ("--cache", str(tmp_path / "cache"), "--data", str(tmp_path / "data"))
    code = run_command("--suite", "--quick", "--only", "real", *where, "--json", str(file), "--table", str(table))
    assert code == 0
    assert "no recorded house" in capsys.readouterr().out
    assert list(json.loads(file.read_text())["skipped"]) == ["real"]
    assert "not measured" in table.read_text()


def test_a_stage_that_is_none_is_refused_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--only: expected one of homes"):
        run_command("--suite", "--only", "nonsense", "--cache", str(tmp_path))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "words",
    [
        ["--suite", "--homes", "3"],
        ["--suite", "--policies", "rules"],
        ["--quick"],
        ["--closed-loop", "--only", "real"],
        ["--policies", "rules"],
    ],
)
def test_an_option_without_use_is_refused(words: list[str]) -> None:
    with pytest.raises(UsageError, match="leave it out"):
        run_command(*words)
