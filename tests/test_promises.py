"""The table in SECURITY.md says what was measured, and what was not."""

import ast
import re
from pathlib import Path

import pytest

from tests.measured import into
from tests.promises import BEGIN, END, PROMISES, ROOT, Measurement, measurements, table, written


def test_figures_go_from_a_test_into_the_table(tmp_path: Path) -> None:
    into(tmp_path, "tests/test_a.py::test_b")("power cuts", images=2000, lost=0)
    (found,) = measurements(tmp_path)
    assert found == Measurement("power cuts", "tests/test_a.py::test_b", {"images": 2000, "lost": 0})
    assert f"| {PROMISES['power cuts']} | images 2000, lost 0 |" in table([found])


def test_what_was_not_measured_is_said_and_what_nobody_promised_is_shown() -> None:
    rows = table([Measurement("something new", "", {"seconds": 1.5})]).splitlines()
    assert sum(row.endswith("| not measured |") for row in rows) == len(PROMISES)
    assert rows[-1] == "| something new | seconds 1.5 |"


def test_nowhere_is_anything_written_without_a_folder(tmp_path: Path) -> None:
    into(None, "test")("power cuts", lost=0)
    assert list(tmp_path.iterdir()) == []


def test_a_table_takes_the_place_of_the_last_one() -> None:
    once = written(f"before\n{BEGIN}\nold\n{END}\nafter\n", "| new |")
    assert once == written(once, "| new |") == f"before\n{BEGIN}\n\n| new |\n\n{END}\nafter\n"


def noted() -> set[str]:
    """The names under which tests note figures, with a star for what is put in at run time."""
    names = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)) if "measured: Measured" in text else ():
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "measured":
                parts = node.args[0].values if isinstance(node.args[0], ast.JoinedStr) else node.args[:1]
                names.add("".join(str(p.value) if isinstance(p, ast.Constant) else "*" for p in parts))
    return names


@pytest.mark.parametrize("promise", PROMISES)
def test_every_promise_is_measured_by_a_test(promise: str) -> None:
    patterns = [re.escape(name).replace(r"\*", ".+") for name in noted()]
    assert any(re.fullmatch(pattern, promise) for pattern in patterns)
    assert not any(re.fullmatch(pattern, "a promise that nobody measures") for pattern in patterns)


def test_security_md_has_the_table() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    between = text.partition(BEGIN)[2].partition(END)[0]
    assert all(sentence in between for sentence in PROMISES.values())
