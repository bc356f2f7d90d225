"""A daemon of its own process: killed, cut off from its broker, and left without room on its disk."""

import asyncio
import signal
import subprocess
import time
from pathlib import Path
from random import Random
from typing import Any

import pytest

from homectl.bridge.messages import Message
from homectl.home import CommandState, HomeView, Kind, Target
from homectl.journal import Journal
from simulator.proxy import ChaosProxy
from tests.brokers import running, station, until
from tests.end_to_end.daemons import ANNOUNCED, STATE, RunningDaemon, begin, daemon, needs_mosquitto, said
from tests.journal.small_disk import demand_small_disk, on_small_disk
from tests.measured import Measured

pytestmark = [pytest.mark.broker, pytest.mark.soak, needs_mosquitto]

RESTARTS, KILLS = 100, 20

LAMP = Target("lamp", Kind.LIGHT)
SOON, NOTICED = 5.0, 15.0


async def announce(url: str) -> None:
    """Zigbee2MQTT and its lamp, as a broker keeps them."""
    async with station(url) as here:
        for message in (*ANNOUNCED, Message(STATE, said(127), retain=True)):
            here.connection.publish(Message(message.topic, message.payload, retain=True, qos=1))
        await asyncio.sleep(0.2)


def _lit(view: HomeView) -> bool:
    """Whether the home knows its lamp."""
    return any(target.reported.startswith("on") for device in view.areas[0].devices for target in device.targets)


def restart(broker: Any) -> None:
    broker.stop()
    broker.start()


@pytest.mark.timeout(1800)
def test_after_every_restart_of_the_broker_a_home_is_back_within_five_seconds_and_leaks_nothing(
    tmp_path: Path, measured: Measured
) -> None:
    """Back means: it shows what the lamp has said since. A leak would be of something for every restart; the pair of
    sockets that wakes a link's thread is closed when Python next collects what belongs to links that have ended."""
    with running() as broker, daemon(tmp_path, broker.url) as home:
        asyncio.run(announce(broker.url))
        home.wait_for(lambda _: home.lamp() == "on at 50%")
        restart(broker)
        home.wait_for(lambda view: view.connected)
        before, slowest = _held(home), 0.0
        for number in range(RESTARTS):
            restart(broker)
            began, level = time.monotonic(), 20 + 3 * (number % 75)  # no two in a row are shown alike
            asyncio.run(announce(broker.url))
            asyncio.run(_say_until(broker.url, home, level))
            slowest = max(slowest, time.monotonic() - began)
        after = _held(home)
    measured(
        "broker restarts",
        restarts=RESTARTS,
        slowest_seconds=round(slowest, 2),
        more_threads=after[0] - before[0],
        more_files=after[1] - before[1],
    )
    assert slowest <= SOON
    assert after[0] <= before[0]
    assert after[1] <= before[1] + RESTARTS // 10


def _held(home: RunningDaemon) -> tuple[int, int]:
    """The threads and files of a daemon that has a moment's rest: the fewest of many looks."""
    looks = [(home.threads(), home.files()) for _ in range(40) if time.sleep(0.05) is None]
    return min(threads for threads, _ in looks), min(files for _, files in looks)


async def _say_until(url: str, home: RunningDaemon, level: int) -> None:
    """The lamp says a level now and then, until the home shows it."""
    async with station(url) as lamp:

        async def speak() -> None:
            while True:
                lamp.connection.publish(Message(STATE, said(level)))
                await asyncio.sleep(0.1)

        speaking = asyncio.ensure_future(speak())
        await asyncio.to_thread(home.wait_for, lambda _: home.lamp() == f"on at {level / 254:.0%}")
        speaking.cancel()


def test_a_half_open_link_is_shown_within_fifteen_seconds(tmp_path: Path, measured: Measured) -> None:
    async def scene(url: str) -> float:
        proxy = ChaosProxy(int(url.rpartition(":")[2]))
        through = await proxy.start()
        home = begin(tmp_path, through)
        try:
            await announce(url)
            await asyncio.to_thread(home.wait_for, lambda _: home.lamp() == "on at 50%")
            proxy.stall()
            noticed = await asyncio.to_thread(home.wait_for, lambda view: not view.connected)
            proxy.flow()
            await asyncio.to_thread(home.wait_for, lambda view: view.connected)
            return noticed
        finally:
            home.process.terminate()
            await asyncio.to_thread(home.process.wait, 20)
            proxy.close()

    with running() as broker:
        noticed = asyncio.run(scene(broker.url))
    measured("half-open link", noticed_seconds=round(noticed, 1))
    assert noticed <= NOTICED


@pytest.mark.timeout(900)
def test_a_daemon_that_is_killed_loses_no_command_that_it_acknowledged(tmp_path: Path, measured: Measured) -> None:
    acknowledged, slowest, rng = 0, 0.0, Random(3)
    with running() as broker:
        asyncio.run(announce(broker.url))
        for number in range(KILLS):
            began = time.monotonic()
            home = begin(tmp_path, broker.url)
            home.wait_for(lambda view: view.connected and _lit(view))
            slowest = max(slowest, time.monotonic() - began)
            for wish in range(rng.randint(2, 5)):
                home.client.set(LAMP, {"on": True, "level": (wish + 1) / 20 + number / 100})
                acknowledged += 1
                time.sleep(0.4)  # a lamp is not commanded more often
            home.process.send_signal(signal.SIGKILL)
            home.process.wait(5)
            (tmp_path / "house.starts").unlink()
    with Journal.open(tmp_path / "house.db") as journal:
        kept = sum(journal.commands().values())
        assert {state for _, _, state in journal.commands()} <= set(CommandState)
    lost = max(0, acknowledged - kept)
    figures = {"kills": KILLS, "acknowledged": acknowledged, "lost": lost, "slowest_start_seconds": round(slowest, 2)}
    measured("kill -9 of the daemon", **figures)
    assert kept >= acknowledged


def test_a_home_without_room_on_its_disk_goes_on_and_says_so(tmp_path: Path, measured: Measured) -> None:
    demand_small_disk()
    data = tmp_path / "data"
    data.mkdir()
    with running() as broker:
        asyncio.run(announce(broker.url))
        home = begin(tmp_path, broker.url, within=lambda words: on_small_disk(data, 16, words), data=str(data))
        try:
            home.wait_for(lambda view: view.connected and _lit(view))
            disk = Path(f"/proc/{home.process.pid}/root{data}")
            subprocess.run(f"cat /dev/zero > {disk}/somebody", shell=True, stderr=subprocess.DEVNULL, check=False)
            asyncio.run(_flood(broker.url, home))
            assert home.client.home().health["journal"]["written"] is False
            began = time.monotonic()
            home.client.set(LAMP, {"on": True, "level": 0.3})
            answered = time.monotonic() - began
            (disk / "somebody").unlink()
            recovered = home.wait_for(lambda view: view.health["journal"]["written"])
            shed = home.client.home().health["journal"]["shed"]
        finally:
            home.process.terminate()
            assert home.process.wait(20) == 0, home.log
    measured("full disk of a running home", answered_ms=round(1000 * answered), recovered_seconds=round(recovered, 1))
    assert shed > 0
    assert answered < 0.25
    assert recovered <= 10


async def _flood(url: str, home: RunningDaemon) -> None:
    """The lamp talks until the journal is full."""
    async with station(url) as lamp:
        number = 0

        def full() -> bool:
            nonlocal number
            for _ in range(200):
                number += 1
                lamp.connection.publish(Message(STATE, said(number % 250 + 1)))
            view = home.view()
            return view is not None and view.health["journal"]["shed"] > 0

        await until(full, within=60)
