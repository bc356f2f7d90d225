"""`homectl replay` at any level, by any policy, two of them against each other, and what it writes."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as parquet
import pytest

from homectl.cli import main
from homectl.home import Event, Lesson
from homectl.journal import Journal
from homectl.learning import Shelf
from models import checkpoint
from simulator.record import record
from simulator.world import World
from tests.replay.scripts import START

WEEK = Path(__file__).parents[2] / "config" / "examples" / "week.csv.gz"


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half a day of a simulated home as its own journal would have it."""
    path = tmp_path_factory.mktemp("home") / "home.db"
    world = World(5, start=START + 6 * 3600)
    with Journal.open(path) as kept:
        kept.set_home(world.home)
        record(world, world.at + 40_000, kept)
    return path


def replayed(*words: str | Path) -> int:
    return main(["replay", *map(str, words), "--quiet"])


def test_a_lower_level_proposes_and_never_acts(journal: Path, tmp_path: Path) -> None:
    verdicts = {}
    for level in ("observe", "suggest", "auto"):
        assert replayed(journal, "--policy", "rules", "--autonomy", level, "--json", tmp_path / "r.json") == 0
        found = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
        assert found["level"] == level
        assert all(check["ok"] for check in found["checks"])
        verdicts[level] = found["verdicts"]
    assert verdicts["auto"]["approved"] > 0
    assert set(verdicts["observe"]) <= {"observed", "held"}
    assert verdicts["observe"]["observed"] == verdicts["suggest"]["suggested"] > 0


def test_the_json_counts_missed_changes_and_names_each(journal: Path, tmp_path: Path) -> None:
    assert replayed(journal, "--policy", "rules", "--json", tmp_path / "r.json") == 0
    found = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    areas = [area for area in found["areas"] if area["labels"]]
    assert len(found["misses"]) == sum(area["missed"] for area in areas) > 0
    assert {"flaps_per_hour", "overrides_avoided"} <= set(areas[0])
    assert found["heating"]["heating_hours_per_day"] > 0
    assert [len(one["acting_from"]) for one in found["sureness"]] == [7] * len(found["sureness"])


def test_the_report_and_the_decisions_are_the_same_bytes_every_time(journal: Path, tmp_path: Path) -> None:
    files = ("r.html", "d.parquet")
    said = []
    for _ in range(2):
        options = ("--report", tmp_path / files[0], "--decisions", tmp_path / files[1])
        assert replayed(journal, "--policy", "rules", *options, "--json", tmp_path / "r.json") == 0
        said.append([(tmp_path / name).read_bytes() for name in files])
    assert said[0] == said[1]
    rows = parquet.read_table(tmp_path / "d.parquet").to_pylist()
    verdicts = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["verdicts"]
    assert len(rows) == sum(verdicts.values())
    assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)


def test_two_policies_are_told_apart_in_a_table_and_as_json(
    journal: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert replayed(journal, "--diff", "rules", "base", "--json", tmp_path / "d.json") == 0
    said = capsys.readouterr().out
    found = json.loads((tmp_path / "d.json").read_text(encoding="utf-8"))
    assert (found["A"], found["B"]) == ("rules", f"network {checkpoint.read(checkpoint.BASE)[1].name}")
    assert re.search(r"\d clashes", said)
    assert re.search(r"A says +B says +It was +Right", said)
    counts = [
        [int(word.replace(",", "")) for word in line.split()[1:]] for line in said.splitlines() if " light " in line
    ]
    assert [row[0] for row in counts] == [sum(counts[0][1:])] == [found["tasks"]["light"]["minutes"]]


def promoted(path: Path, number: int, days: tuple[str, str]) -> None:
    """Own model of that number, made of the base weights, in charge of the home of a journal."""
    weights, manifest = checkpoint.read(checkpoint.BASE)
    data = {**manifest.data, "days": days}
    named = manifest.model_copy(update={"name": f"own-{number}", "data": data})
    checkpoint.save(Shelf.beside(path).path(number), weights, named)
    lesson = Lesson(at=START, event=Event.PROMOTED, said="better", model=number, days=days)
    with Journal.open(path) as kept:
        kept.record_lessons([lesson])


def test_own_is_the_network_in_charge_of_the_home_and_says_on_which_days_it_learned(
    journal: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = Path(shutil.copy(journal, tmp_path / "home.db"))
    promoted(path, 3, ("2025-01-01", "2025-01-07"))
    assert replayed(path, "--policy", "own", "--json", tmp_path / "own.json") == 0
    assert "network own-3 learned from 2025-01-01 to 2025-01-07" in capsys.readouterr().out.replace("\n", " ")
    assert json.loads((tmp_path / "own.json").read_text(encoding="utf-8"))["policy"] == "network own-3"
    assert replayed(path, "--diff", "own", "base") == 0
    assert "clashes" not in capsys.readouterr().out  # it was made of the base weights
    shutil.rmtree(Shelf.beside(path).folder)
    assert replayed(path, "--policy", "own") == 2
    assert "expected network 3" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--policy", "own"), 2, "knows none yet"),
        (("--autonomy", "off"), 2, "invalid choice"),
        (("--policy", "rules", "--diff", "rules", "base"), 2, "not allowed with"),
        (("--diff", "rules", "absent"), 2, "--diff: expected base, rules, own or a folder"),
        (("--diff", "rules", "base", "--report", "r.html"), 2, "which are of one policy"),
        (("--report", "r.pdf"), 2, "expected a page (.html) or a text (.md)"),
        (("--report", "absent/r.html"), 2, "folder that does not exist"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_one_line(
    journal: Path, words: tuple[str, ...], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        found = replayed(journal, *words)
    except SystemExit as ended:
        found = int(ended.code or 0)
    error = capsys.readouterr().err
    assert (found, error.count("\n")) == (code, 1)
    assert said in error


def test_a_log_that_is_no_journal_has_no_network_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert replayed(WEEK, "--policy", "own", "--from", "2026-01-13", "--to", "2026-01-14") == 2
    assert "expected the journal of a home that runs" in capsys.readouterr().err


WITHOUT = """
import sys
sys.modules[sys.argv[1]] = None
from homectl.cli import main
sys.exit(main(["replay", *sys.argv[2:], "--quiet", "--policy", "rules"]))
"""


@pytest.mark.parametrize(
    ("library", "option", "extra"),
    [("matplotlib", ("--report", "r.html"), "evaluate"), ("pyarrow", ("--decisions", "d.parquet"), "parquet")],
)
def test_a_missing_library_is_named_by_its_extra_before_any_work(
    journal: Path, tmp_path: Path, library: str, option: tuple[str, str], extra: str
) -> None:
    words = [sys.executable, "-c", WITHOUT, library, str(journal), option[0], str(tmp_path / option[1])]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert f"homectl[{extra}]" in done.stderr
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_text_needs_no_pictures(journal: Path, tmp_path: Path) -> None:
    words = [sys.executable, "-c", WITHOUT, "matplotlib", str(journal), "--report", str(tmp_path / "r.md")]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    assert (tmp_path / "r.md").read_text(encoding="utf-8").startswith("# In your last day")
