"""Who may unlock, told on the command line: PINs by standard input or a terminal only, and all of it in the audit."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from homectl.cli import main
from homectl.home import Home
from homectl.journal import Journal

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command line for a home that has run, and its exit code, output and errors."""
    (tmp_path / "home.yaml").write_text("id: h\n")
    (tmp_path / "homectl.yaml").write_text(f"home: home.yaml\ndata: {tmp_path}\n")
    with Journal.open(tmp_path / "h.db") as journal:
        journal.set_home(Home(id="h"))

    def say(*words: str, given: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(given))
        code = main([*words, "-c", str(tmp_path / "homectl.yaml")])
        said = capsys.readouterr()
        return code, said.out, said.err

    return say


def test_people_come_go_and_change_their_pins_and_the_audit_knows(run: Run, tmp_path: Path) -> None:
    assert run("people", "add", "Ada", "--pin-stdin", given="739146\n") == (0, "Ada can unlock with this PIN\n", "")
    assert run("people", "add", "Ben", "--pin-stdin", given="804253")[0] == 0
    assert run("people", "pin", "ben", "--pin-stdin", given="915364") == (0, "Ben has another PIN\n", "")
    assert run("people", "remove", "ada") == (0, "Ada cannot unlock any more\n", "")
    assert run("people", "--json") == (0, '["Ben"]\n', "")
    rows = [json.loads(line) for line in run("audit", "--json")[1].splitlines()]
    assert [(row["act"], row["target"]) for row in rows] == [
        ("person added", "Ada"),
        ("person added", "Ben"),
        ("PIN changed", "Ben"),
        ("person removed", "Ada"),
    ]
    code, said, _ = run("audit", "verify", "--json")
    assert (code, json.loads(said)["whole"], json.loads(said)["rows"]) == (0, True, 4)
    kept = b"".join(file.read_bytes() for file in sorted(tmp_path.iterdir()) if file.is_file())
    assert not any(pin in kept for pin in (b"739146", b"804253", b"915364"))


def test_an_audit_that_was_touched_is_found_by_its_row(run: Run, tmp_path: Path) -> None:
    for name in ("Ada", "Ben", "Cem"):
        assert run("people", "add", name, "--pin-stdin", given="739146")[0] == 0
    head = tmp_path / "h.audit"
    head.write_text(head.read_text().replace('"rows": 3', '"rows": 4'))
    code, said, _ = run("audit", "verify")
    assert (code, said.partition(";")[0]) == (1, "row 4: truncated: 4 rows were written, 3 are left")
    assert run("people", "remove", "Ada")[0] == 0  # nor does anything that comes after hide it
    assert run("audit", "verify")[0] == 1
    assert "audit broken by homectl" in run("audit")[1]


@pytest.mark.parametrize(
    ("pin", "said"), [("1234", "guessed first"), ("", "4 to 12 digits"), ("12345678901234", "digits")]
)
def test_a_pin_that_is_none_adds_nobody(run: Run, pin: str, said: str) -> None:
    code, _, error = run("people", "add", "Ada", "--pin-stdin", given=pin)
    assert code == 2
    assert said in error
    assert run("people") == (0, "nobody can unlock\n", "")


def test_without_a_terminal_a_pin_is_asked_for_by_name(run: Run) -> None:
    code, _, error = run("people", "add", "Ada", given="739146")
    assert (code, "--pin-stdin" in error) == (2, True)
