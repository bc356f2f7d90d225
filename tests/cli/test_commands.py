"""Every command helps, and refuses in one line; none of them leaves a process behind."""

import importlib
import json
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from homectl.bridge.broker import free_port
from homectl.cli import COMMANDS, POLITE, main, parser
from homectl.cli.port import PAGE
from homectl.settings import load

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
WEEK = ROOT / "config" / "examples" / "week.csv.gz"

FILES = {
    "empty": b"",
    "binary": bytes(range(256)) * 40,
    "text.csv": b"a,b\n1,2\n",
    "no_rows.csv": b"ts,home,room,device,kind,value,unit\n",
    "number.json": b"7",
    "deep.json": b"[" * 100_000,
    "deep.yaml": b"home: " + b"[" * 100_000,
    "many.yaml": b"".join(b"%c: &%c [%s]\n" % (c, c, b",".join([b"*%c" % (c - 1)] * 9)) for c in range(98, 107)),
    "unknown.yaml": b"hom: x\nbridge: {brokr: 1}\n",
    "twice.yaml": b"home: a\nhome: b\n",
    "zero.yaml": b'home: "a\\0b"\n',
    "own.yaml": b"home: home.yaml\npolicy: weights\ndata: state\n",
    "home.yaml": b"id: h\n",
    "secrets.yaml": b"7",
    "secret.yaml": b"bridge: {broker: {username: me, password: !secret mqtt}}",
    "circle.yaml": b"home: &a [*a]",
}
FILES["many.yaml"] = b"a: &a [1]\n" + FILES["many.yaml"]

WRONG = [
    ("", 2),
    ("nonsense", 2),
    ("demo --speed 0", 2),
    ("demo --seed -1", 2),
    ("demo --for nan", 2),
    ("demo --past nan", 2),
    ("demo --port 0", 2),
    ("demo --policy absent", 2),
    ("demo --start 0001-01-01", 2),
    ("demo --start 9999-12-31", 2),
    ("demo --json absent/out.json", 2),
    ("demo --data text.csv", 2),
    ("run -c absent.yaml", 78),
    ("run -c binary", 78),
    ("run -c unknown.yaml", 78),
    ("run -c .", 78),
    ("check-config -c deep.yaml", 78),
    ("check-config -c many.yaml", 78),
    ("check-config -c twice.yaml", 78),
    ("check-config -c zero.yaml", 78),
    ("check-config -c secret.yaml", 78),
    ("check-config -c circle.yaml", 78),
    ("check-config -c own.yaml", 78),
    ("check-config -c /dev/zero", 78),
    ("init --broker http://x", 2),
    ("init --from absent.json --out new.yaml", 1),
    ("init --from binary --out new.yaml", 1),
    ("init --from empty --out text.csv", 2),
    ("devices --from absent.json", 1),
    ("devices --from number.json", 1),
    ("devices --from deep.json", 1),
    ("devices -c unknown.yaml", 78),
    ("status --port 0", 2),
    ("status --port 1", 1),
    ("explain lamp", 2),
    ("explain 'a b/light' --port 1", 1),
    ("send lamp/light blue", 2),
    ("send lamp/light on --level 7", 2),
    ("send lamp/light off --level 0.5", 2),
    ("send lamp/lock unlock", 2),
    ("send lamp/setpoint nan", 2),
    ("send lamp/light on --port 1", 1),
    ("unlock lamp/light --person Ada --port 1", 2),
    ("unlock bolt/lock --port 1", 2),
    ("unlock bolt/lock --person Ada --port 1", 2),
    ("people remove Ada -c own.yaml", 2),
    ("people add -c own.yaml", 2),
    ("people list Ada -c own.yaml", 2),
    ("people add 7391 -c own.yaml", 2),
    ("people add Ada -c own.yaml", 2),
    ("audit -c own.yaml", 1),
    ("audit verify -c unknown.yaml", 78),
    ("hold lamp", 2),
    ("hold lamp/light --minutes 0", 2),
    ("hold lamp/light --minutes nan", 2),
    ("hold lamp/light --minutes 5 --until-empty", 2),
    ("hold lamp/light --until-resumed --port 1", 1),
    ("resume lamp", 2),
    ("resume lamp/light --port 1", 1),
    ("mode fiesta", 2),
    ("mode none --for 2", 2),
    ("mode away --for 0", 2),
    ("mode away --for 2 --until 18:00", 2),
    ("mode away --port 1", 1),
    ("simulate --broker http://x", 2),
    ("simulate --broker mqtt://127.0.0.1:99999", 2),
    ("simulate --for -1", 2),
    ("simulate --scenario unknown.yaml", 78),
    ("broker --port 70000", 2),
    ("broker --data text.csv", 1),
    ("record", 2),
    ("record --out week.csv", 2),
    ("record --out absent/week.db", 2),
    ("record --out week.db --start 9999-12-31", 2),
    ("import absent.csv --out new.db", 1),
    ("import binary --out new.db", 1),
    ("import no_rows.csv --out binary", 1),
    ("import no_rows.csv --out .", 2),
    ("import text.csv --home absent.yaml --out new.db", 78),
    ("replay empty", 1),
    ("replay text.csv", 1),
    ("replay no_rows.csv --home unknown.yaml", 78),
    ("replay no_rows.csv --policy absent", 2),
    ("replay no_rows.csv --json absent/report.json", 2),
    ("replay no_rows.csv --report absent/report.html", 2),
    ("replay no_rows.csv --report report.pdf", 2),
    ("replay no_rows.csv --decisions .", 2),
    ("replay no_rows.csv --diff base absent", 2),
    ("replay no_rows.csv --policy own", 2),
    ("try empty --out new", 1),
    ("try absent.csv --out new", 1),
    ("try no_rows.csv --out text.csv", 2),
    ("try no_rows.csv --out .", 2),
    ("try no_rows.csv --out absent/new", 2),
    ("train --homes 0 --out w", 2),
    ("train --homes 1 --out w", 2),
    ("train --homes 2 --days nan --out w", 2),
    ("train binary --out w", 1),
    ("train --homes 2 --epochs 0 --out w", 2),
    ("train --homes 2 --out text.csv", 2),
    ("evaluate --days nan", 2),
    ("evaluate --seed -1", 2),
    ("evaluate --policy absent", 2),
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a stranger works: an empty HOME, no settings, and files that are none."""
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    for name in [name for name in os.environ if name.startswith(("HOMECTL_", "XDG_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def outcome(words: list[str]) -> int:
    """The exit code of a command line."""
    try:
        return main(words)
    except SystemExit as ended:
        return int(ended.code or 0)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_helps_with_an_example_and_is_in_the_readme(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command = importlib.import_module(f"homectl.cli.{name}")
    assert outcome([command.NAME, "--help"]) == 0
    said = capsys.readouterr().out
    assert f"example:\n  {command.EXAMPLE}" in said
    assert f"homectl {command.NAME}" in README or f"make {command.NAME}" in README


@pytest.mark.parametrize("name", COMMANDS)
def test_every_example_can_be_parsed(name: str) -> None:
    command = importlib.import_module(f"homectl.cli.{name}")
    program, *words = shlex.split(command.EXAMPLE)
    assert program == "homectl"
    assert parser().parse_args(words).run is command.run


@pytest.mark.parametrize(("line", "code"), WRONG, ids=[line or "nothing" for line, _ in WRONG])
def test_what_is_wrong_is_said_in_lines_of_its_own_with_its_exit_code(
    folder: Path, capsys: pytest.CaptureFixture[str], line: str, code: int
) -> None:
    assert outcome(shlex.split(line)) == code
    said = capsys.readouterr()
    assert said.err.startswith("homectl: ")
    assert len(said.err.splitlines()) == 1 or code == 78
    assert "Traceback" not in said.err + said.out
    assert not list(folder.glob("homectl-*"))
    assert not {"new", "new.db", "new.yaml", "week.db", "w"} & {path.name for path in folder.iterdir()}


def test_a_check_says_as_json_what_it_found(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(["check-config", "-c", "unknown.yaml", "--json"]) == 78
    found = json.loads(capsys.readouterr().out)
    assert (found["file"], len(found["errors"])) == ("unknown.yaml", 2)
    assert outcome(["check-config", "--json"]) == 78
    assert json.loads(capsys.readouterr().out)["file"] is None


def test_paths_in_a_settings_file_are_relative_to_it(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "elsewhere").mkdir()
    monkeypatch.chdir(folder / "elsewhere")
    assert outcome(["check-config", "-c", "../own.yaml"]) == 78
    assert str(Path("weights", "manifest.json")) in capsys.readouterr().err
    settings, _, _ = load(Path("../own.yaml"))
    assert settings.data is not None
    assert settings.data.resolve() == folder / "state"


def test_a_mistake_in_the_environment_is_named_by_its_variable(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOMECTL_DASHBOARD__PORT", "many")
    assert outcome(["check-config", "-c", "own.yaml"]) == 78
    assert "$HOMECTL_DASHBOARD__PORT: dashboard.port: expected" in capsys.readouterr().err
    assert outcome(["status"]) == 2
    monkeypatch.setenv("HOMECTL_DASHBOARD__PORT", "")
    assert parser().parse_args(["status"]).port == int(PAGE)


def test_nothing_but_the_report_is_printed_where_nobody_watches(folder: Path) -> None:
    words = ["replay", str(WEEK), "--policy", "rules", "--from", "2026-01-13", "--to", "2026-01-14"]
    done = command_process(*words).communicate(timeout=60)
    assert done[1] == ""
    assert "\x1b" not in done[0]
    assert max(map(len, done[0].splitlines())) <= 120


def test_a_mistake_of_homectl_is_one_line_that_says_where(folder: Path) -> None:
    code = "from homectl.cli import _be_the_command, parser; _be_the_command(); parser().parse_args(['demo']).run(None)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("homectl: AttributeError in homectl/cli/demo.py, line ")
    assert len(done.stderr.splitlines()) == 1


def command_process(*words: str) -> "subprocess.Popen[str]":
    """Ctrl-C reaches it also where the tests themselves run in the background, and ignore it."""
    program = [sys.executable, "-m", "homectl", *words]
    return subprocess.Popen(
        program,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


@pytest.mark.parametrize(
    ("words", "niceness"),
    [
        (["train", "--homes", "2", "--days", "30", "--out", "w"], POLITE),
        (["record", "--days", "300", "--out", "year.db"], 0),
    ],
)
def test_what_shares_the_machine_with_a_home_gives_way_to_it(folder: Path, words: list[str], niceness: int) -> None:
    own = os.getpriority(os.PRIO_PROCESS, 0)
    process = command_process(*words)
    try:
        wait_until(lambda: any(folder.glob("*.db")) or len(group_of(process.pid)) > 1)
        assert os.getpriority(os.PRIO_PROCESS, process.pid) == max(own, niceness)
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_recording_that_is_ended_leaves_nothing_that_looks_whole(folder: Path, number: int, code: int) -> None:
    process = command_process("record", "--days", "300", "--out", "year.db")
    wait_until(lambda: (folder / "year.db").exists())
    process.send_signal(number)
    assert process.wait(10) == code
    assert process.communicate() == ("", "")
    assert not list(folder.glob("year.db*"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_evaluation_that_is_ended_leaves_no_process(folder: Path, number: int) -> None:
    process = command_process("evaluate", "--homes", "8", "--days", "30")
    wait_until(lambda: len(group_of(process.pid)) >= 4)  # itself, two workers, and their tracker
    process.send_signal(number)
    process.wait(10)
    wait_until(lambda: not group_of(process.pid))


@pytest.mark.broker
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_demo_that_is_ended_leaves_no_process(folder: Path, number: int) -> None:
    process = command_process("demo", "--headless", "--past", "0", "--port", str(free_port()), "--data", "demo")
    wait_until(lambda: len(children_of(process.pid)) >= 3)
    children = children_of(process.pid)
    process.send_signal(number)
    process.communicate(timeout=30)
    wait_until(lambda: not any(alive(child) for child in children))


def wait_until(holds: Callable[[], bool], within: float = 25.0) -> None:
    end = time.monotonic() + within
    while not holds():
        assert time.monotonic() < end, f"not within {within:g} s"
        time.sleep(0.05)


def processes() -> dict[int, tuple[str, int, int]]:
    """Of every process that is not just waiting to be collected: its state, its parent and its session."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            state, parent, _group, session = (entry / "stat").read_text().rpartition(")")[2].split()[:4]
        except OSError:
            continue
        if state != "Z":
            found[int(entry.name)] = (state, int(parent), int(session))
    return found


def group_of(pid: int) -> list[int]:
    return [number for number, (_, _, session) in processes().items() if session == pid]


def children_of(pid: int) -> list[int]:
    return [number for number, (_, parent, _) in processes().items() if parent == pid]


def alive(pid: int) -> bool:
    return pid in processes()
