"""The commands of every section of the README run as they stand, but for ports, lengths and what never ends."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from homectl.bridge.broker import available, free_port

ROOT = Path(__file__).parent.parent
SECTIONS = re.split(r"^## ", (ROOT / "README.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
BLOCKS = ["\n".join(found) for text in SECTIONS if (found := re.findall(r"```sh\n(.*?)```", text, re.DOTALL))]
"""What a section has a person type; later commands live on what earlier ones started."""

MADE = re.compile(r"^make (\w+)")

SHORTER = {"make demo": ".venv/bin/homectl demo --headless --for 3 --speed 60 --past 1 --port 8124 || test $? -eq 1"}
"""What the test runs instead: `make demo` installs before it starts, and shows no end by itself."""


THERE = {
    "broker": "for i in $(seq 100); do (exec 3<>/dev/tcp/127.0.0.1/1883) 2>/dev/null && break; sleep 0.1; done",
    "simulate": "for i in $(seq 200); do grep -q '.ready.: true' background.log && break; sleep 0.1; done",
    "run": "for i in $(seq 100); do .venv/bin/homectl status --json 2>&1 | grep -q speed && break; sleep 0.1; done",
}
"""How the test knows that what was started in the background is there, a home with its time; a person would look."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A checkout to run in, with ports of its own; whatever still runs in it at the end is stopped."""
    here = tmp_path_factory.mktemp("readme")
    (here / ".venv" / "bin").mkdir(parents=True)
    (here / ".venv" / "bin" / "homectl").write_text(f'#!/bin/sh\nexec {sys.executable} -m homectl "$@"\n')
    (here / ".venv" / "bin" / "homectl").chmod(0o755)
    subprocess.run(["cp", "-r", str(ROOT / "config"), str(here / "config")], check=True)
    yield here
    for pid in (here / "background").read_text().split() if (here / "background").exists() else ():
        try:
            os.kill(int(pid), signal.SIGTERM)
        except ProcessLookupError:
            continue


@pytest.fixture(scope="module")
def ports() -> dict[str, str]:
    return {"1883": str(free_port()), "8124": str(free_port())}


def test_every_make_target_of_the_readme_exists() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = re.findall(r"make (\w+)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert set(named) <= targets


@pytest.mark.broker
@pytest.mark.timeout(120)
@pytest.mark.xdist_group("readme")
@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.splitlines()[-1][:60])
def test_the_commands_of_a_section_run(block: str, folder: Path, ports: dict[str, str]) -> None:
    if not available():
        pytest.skip("no broker: neither Mosquitto nor the iotcore wheel is installed")
    script = "\n".join(_elsewhere(_line(line), ports) for line in block.strip().splitlines() if _line(line))
    environment = os.environ | {"HOME": str(folder), "HOMECTL_DATA": str(folder / "state")}
    environment |= {"HOMECTL_DASHBOARD__PORT": ports["8124"]}
    environment |= {"HOMECTL_BRIDGE__BROKER__URL": f"mqtt://127.0.0.1:{ports['1883']}"}
    done = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", script],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}"
    assert "Traceback" not in done.stdout


def _line(line: str) -> str:
    """A line of the README as it is run here."""
    if line in SHORTER:
        return SHORTER[line]
    if MADE.match(line):
        return ""
    if line.endswith("&"):
        there = next((check for word, check in THERE.items() if f"homectl {word}" in line), "sleep 2")
        return f"{line[:-1]} >>background.log 2>&1 & echo $! >>background; {there}"
    return line


def _elsewhere(text: str, ports: dict[str, str]) -> str:
    for port, free in ports.items():
        text = text.replace(port, free)
    return text
