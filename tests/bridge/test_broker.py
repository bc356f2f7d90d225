"""A broker starts ready, says in one line why it does not, and never outlives us."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from homectl.bridge.broker import LOOPBACK, MosquittoBroker, WheelBroker, available, free_port
from homectl.bridge.messages import Message
from homectl.bridge.settings import BrokerSettings
from homectl.home import BrokerError
from tests.brokers import BROKERS, Kind, station, until


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0


def wait_for(port: int, listening: bool, within: float = 10.0) -> None:
    deadline = time.monotonic() + within
    while listens(port) != listening:
        assert time.monotonic() < deadline, f"port {port} listening: {not listening}"
        time.sleep(0.02)


@pytest.mark.parametrize("kind", BROKERS)
def test_it_listens_when_start_returns_and_is_gone_when_stop_does(kind: Kind, tmp_path: Path) -> None:
    broker = kind(tmp_path, port := free_port())
    broker.stop()
    assert not broker.running
    for _ in range(2):
        broker.start()
        assert broker.running
        assert broker.url == f"mqtt://{LOOPBACK}:{port}"
        assert listens(port)
        broker.stop()
        assert not broker.running
        assert not listens(port)


@pytest.mark.parametrize("kind", BROKERS)
def test_only_the_loopback_hears_it(kind: Kind, tmp_path: Path) -> None:
    broker = kind(tmp_path, port := free_port())
    broker.start()
    listening = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    places = {parts[1] for parts in listening if parts[3] == "0A" and parts[1].endswith(f":{port:04X}")}
    broker.stop()
    assert places == {f"0100007F:{port:04X}"}


@pytest.mark.parametrize("kind", BROKERS)
def test_a_taken_port_is_said_in_one_line(kind: Kind, tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind((LOOPBACK, 0))
        holder.listen()
        port = holder.getsockname()[1]
        with pytest.raises(BrokerError, match=rf"^expected port {port} of 127\.0\.0\.1 free, found it taken; [^\n]+$"):
            kind(tmp_path, port).start()


@pytest.mark.broker
@pytest.mark.skipif(MosquittoBroker not in available(), reason="MosquittoBroker: not installed on this machine")
def test_what_mosquitto_says_of_a_wrong_file_is_passed_on(tmp_path: Path) -> None:
    broker = MosquittoBroker(tmp_path, free_port(), access=tmp_path / "missing.acl")
    with pytest.raises(BrokerError, match=r"^Mosquitto did not start on port \d+; it said: .*missing\.acl.*$"):
        broker.start()
    assert not broker.running


@pytest.mark.parametrize("kind", BROKERS)
def test_it_dies_with_us_however_we_die(kind: Kind, tmp_path: Path) -> None:
    port = free_port()
    program = (
        "import sys, time; from pathlib import Path; from homectl.bridge.broker import *\n"
        f"broker = {kind.__name__}(Path(sys.argv[1]), {port}); broker.start(); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)])
    wait_for(port, listening=True)
    parent.kill()
    parent.wait()
    wait_for(port, listening=False, within=3.0)


@pytest.mark.parametrize("kind", BROKERS)
@pytest.mark.parametrize(("password", "welcome"), [('open "sesame"\\ é', True), ("guess", False), (None, False)])
def test_with_a_user_nobody_else_comes_in(kind: Kind, password: str | None, welcome: bool, tmp_path: Path) -> None:
    broker = kind(tmp_path, free_port(), username="hall", password='open "sesame"\\ é')
    settings = {"url": broker.url} | ({"username": "hall", "password": password} if password else {})

    async def scene() -> None:
        async with station(BrokerSettings.model_validate(settings), ["hall/#"], wait=False) as here:
            if welcome:
                await until(lambda: here.links == [True])
            else:
                await asyncio.sleep(0.5)
                assert here.links == []

    broker.start()
    try:
        asyncio.run(scene())
    finally:
        broker.stop()
    written = [path.stat().st_mode & 0o077 for path in tmp_path.iterdir() if path.suffix != ".log"]
    assert written
    assert not any(written)


@pytest.mark.broker
@pytest.mark.skipif(MosquittoBroker not in available(), reason="MosquittoBroker: not installed on this machine")
@pytest.mark.parametrize("persistence", [True, False])
def test_persistence_keeps_what_is_retained_over_a_restart(persistence: bool, tmp_path: Path) -> None:
    broker = MosquittoBroker(tmp_path, free_port(), persistence=persistence)

    async def say() -> None:
        async with station(broker.url) as here:
            here.connection.subscribe(["hall/lamp"])
            here.connection.publish(Message("hall/lamp", b"on", retain=True, qos=1))
            await until(lambda: here.heard)

    async def ask() -> list[str]:
        async with station(broker.url, ["#"]) as here:
            here.connection.publish(Message("end", b""))
            await until(lambda: here.payloads("end"))
            return [message.topic for message in here.heard if message.topic != "end"]

    broker.start()
    asyncio.run(say())
    broker.stop()
    broker.start()
    heard = asyncio.run(ask())
    broker.stop()
    assert heard == (["hall/lamp"] if persistence else [])


@pytest.mark.parametrize("kind", BROKERS)
def test_three_thousand_retained_states_arrive_at_a_newcomer(kind: Kind, tmp_path: Path) -> None:
    broker = kind(tmp_path, free_port())

    async def scene() -> None:
        async with station(broker.url, ["done"]) as here:
            for number in range(3000):
                here.connection.publish(Message(f"state/{number}", bytes(200), retain=True))
            here.connection.publish(Message("done", b"", qos=1))
            await until(lambda: here.heard)
        async with station(broker.url, ["state/#"]) as newcomer:
            await until(lambda: len(newcomer.heard) == 3000)

    broker.start()
    try:
        asyncio.run(scene())
    finally:
        broker.stop()


@pytest.mark.parametrize("kind", BROKERS)
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_the_command_runs_until_it_is_told_to_end(kind: Kind, end: signal.Signals, tmp_path: Path) -> None:
    port = free_port()
    program = (
        "import argparse, sys; from homectl.cli import broker; parser = argparse.ArgumentParser()\n"
        "broker.arguments(parser); sys.exit(broker.run(parser.parse_args()))"
    )
    given = ["--port", str(port), "--data", str(tmp_path)] + (["--wheel"] if kind is WheelBroker else [])
    command = subprocess.Popen([sys.executable, "-c", program, *given], stdout=subprocess.PIPE, text=True)
    assert command.stdout is not None
    assert f"mqtt://{LOOPBACK}:{port}" in command.stdout.readline()
    assert listens(port)
    os.kill(command.pid, end)
    assert command.wait(10) == 0
    assert not listens(port)
