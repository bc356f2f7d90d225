"""Two daemons of one home on one broker, with a folder each as on two hosts: the one that came later leaves."""

import asyncio
import signal
import time
from pathlib import Path

import pytest

from homectl.bridge.messages import Message
from homectl.sole import Instance, State
from tests.brokers import running, station, until
from tests.end_to_end.daemons import ANNOUNCED, STATE, begin, daemon, needs_mosquitto, said
from tests.measured import Measured

pytestmark = [pytest.mark.broker, needs_mosquitto]


def folder(place: Path, name: str) -> Path:
    (place / name).mkdir()
    return place / name


@pytest.mark.promise
def test_the_younger_leaves_with_one_clear_line_and_the_elder_goes_on(tmp_path: Path, measured: Measured) -> None:
    with running() as broker, daemon(folder(tmp_path, "elder"), broker.url) as elder:
        began = time.monotonic()
        younger = begin(folder(tmp_path, "younger"), broker.url)
        assert younger.process.wait(20) == 1
        took = time.monotonic() - began
        (line,) = [line for line in younger.log.splitlines() if line.startswith("homectl: Another")]
        assert "Another homectl runs the home house on this broker" in line
        assert line.endswith("stop it first")
        assert "Traceback" not in younger.log
        elder.wait_for(lambda view: view.connected, within=1)

        async def scene() -> None:
            async with station(broker.url) as here:
                for message in (*ANNOUNCED, Message(STATE, said(127), retain=True)):
                    here.connection.publish(message)
                await until(lambda: elder.lamp() == "on at 50%")

        asyncio.run(scene())
    measured("two daemons", younger_left_after_seconds=round(took, 2))
    assert took <= 10


@pytest.mark.soak
def test_a_daemon_that_was_killed_can_be_started_again_at_once(tmp_path: Path) -> None:
    with running() as broker:
        killed = begin(folder(tmp_path, "one"), broker.url)
        killed.wait_for(lambda view: view.connected)
        killed.process.send_signal(signal.SIGKILL)
        killed.process.wait(5)
        with daemon(folder(tmp_path, "another"), broker.url):
            pass


@pytest.mark.soak
def test_one_that_is_only_said_to_be_online_is_waited_for_and_then_replaced(tmp_path: Path) -> None:
    gone = Instance(started=1.0, id="gone").says("house", State.ONLINE)

    async def leave_it_there(url: str) -> None:
        async with station(url, [gone.topic]) as here:
            here.connection.publish(gone)
            await until(lambda: here.heard)

    with running() as broker:
        asyncio.run(leave_it_there(broker.url))
        with daemon(tmp_path, broker.url) as home:
            assert "nobody answered" in home.log
