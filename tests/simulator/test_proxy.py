"""A way to a broker on which things go wrong for a while, and right again by themselves."""

import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from homectl.bridge.broker import free_port
from homectl.home import UsageError
from simulator.backstage import Backstage, WireFault
from simulator.faults import Wire
from simulator.proxy import Way


class Echo(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        with suppress(OSError):
            while said := self.request.recv(4096):
                self.request.sendall(said)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = allow_reuse_address = True


@pytest.fixture
def way() -> Iterator[tuple[Way, int]]:
    """A way to somebody who says everything again, and the port by which it is taken."""
    with Server(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = free_port()
        way = Way("127.0.0.1", server.server_address[1], port)
        way.open()
        yield way, port
        way.close()
        server.shutdown()


def called(port: int) -> socket.socket:
    caller = socket.create_connection(("127.0.0.1", port), 5)
    caller.sendall(b"there?")
    caller.settimeout(5)
    assert caller.recv(100) == b"there?"
    return caller


def answer(caller: socket.socket, seconds: float) -> bytes | None:
    """What is said again in time; None for silence, nothing where the line is dead."""
    caller.settimeout(seconds)
    try:
        caller.sendall(b"hello")
        return caller.recv(100)
    except TimeoutError:
        return None
    except OSError:
        return b""


def until_calm(way: Way) -> None:
    deadline = time.monotonic() + 10
    while way.fault is not Wire.NONE:
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("fault", [Wire.STALL, Wire.DROP, Wire.RESET])
def test_nothing_comes_through_until_it_is_over(way: tuple[Way, int], fault: Wire) -> None:
    carrying, port = way
    with called(port) as caller:
        carrying.be(fault, 1.0)
        time.sleep(0.1)
        assert answer(caller, 0.3) == (b"" if fault is Wire.RESET else None)
        until_calm(carrying)
        if fault is Wire.STALL:
            assert caller.recv(5) == b"hello"
    with called(port) as caller:
        assert answer(caller, 5) == b"hello"


def test_a_slow_way_is_late_and_whole(way: tuple[Way, int]) -> None:
    carrying, port = way
    with called(port) as caller:
        carrying.be(Wire.LATENCY, 60.0)
        time.sleep(0.1)
        began = time.monotonic()
        assert answer(caller, 10) == b"hello"
        assert time.monotonic() - began > 0.9
        carrying.be(Wire.NONE, 1.0)
        until_calm(carrying)


def test_a_taken_port_is_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UsageError, match="--proxy: expected a free port"):
            Way("127.0.0.1", 1, taken.getsockname()[1]).open()
    assert "way" not in {thread.name for thread in threading.enumerate()}


def test_what_is_to_come_on_the_wire_comes_at_its_time_of_the_home(way: tuple[Way, int]) -> None:
    carrying, _ = way
    faults = [WireFault(at=100.0, fault=Wire.STALL, seconds=600.0), WireFault(at=200.0, fault=Wire.DROP, seconds=30.0)]
    backstage = Backstage(way=carrying, coming=faults)
    seen = []
    for at in (99.0, 100.0, 150.0, 201.0):
        backstage.passed(at, 60.0)
        seen.append(carrying.fault)
    assert seen == [Wire.NONE, Wire.STALL, Wire.STALL, Wire.DROP]
    until_calm(carrying)
