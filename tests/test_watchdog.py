"""systemd hears of a home that is ready, that goes round, and that stops; a loop that hangs says nothing."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from homectl.watchdog import Watchdog


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(tmp_path / "notify"))
        line.settimeout(0.5)
        yield line


def heard(systemd: socket.socket) -> list[str]:
    found = []
    systemd.setblocking(False)
    while True:
        try:
            found.append(systemd.recv(100).decode())
        except BlockingIOError:
            return found


def watchdog(systemd: socket.socket, usec: str) -> Watchdog:
    return Watchdog.of({"NOTIFY_SOCKET": systemd.getsockname(), "WATCHDOG_USEC": usec})


def test_it_is_told_four_times_in_its_span_and_only_while_the_loop_goes_round(systemd: socket.socket) -> None:
    told = watchdog(systemd, "20000000")
    told.ready()
    for tenth in range(200):
        told.beat(tenth / 10)
    told.stopping()
    assert heard(systemd) == ["READY=1", *["WATCHDOG=1"] * 4, "STOPPING=1"]


@pytest.mark.parametrize("usec", ["", "soon", "-1"])
def test_without_a_span_it_is_only_told_of_beginning_and_end(systemd: socket.socket, usec: str) -> None:
    told = watchdog(systemd, usec)
    told.ready()
    told.beat(1.0)
    assert heard(systemd) == ["READY=1"]


@pytest.mark.parametrize("address", ["", "/nowhere/at/all", "@nobody-listens-here"])
def test_where_nobody_listens_nothing_happens(address: str) -> None:
    told = Watchdog.of({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "1000000"})
    told.ready()
    told.beat(1.0)
    told.stopping()
