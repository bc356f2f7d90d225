"""The demo from its first process to its last: start, watch, restart, stop, count."""

import asyncio
import contextlib
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import yaml

from homectl.bridge.broker import Broker, MosquittoBroker, WheelBroker, available, free_port
from homectl.bridge.connection import Connection
from homectl.bridge.settings import BrokerSettings
from homectl.client import Client
from homectl.demo.outcome import Outcome, outcome_of
from homectl.demo.processes import Process
from homectl.demo.watcher import Watcher
from homectl.home import Home, HomeError, HomeView
from homectl.journal import Journal
from simulator.record import record
from simulator.world import World

DAY = 86400.0
READY_WITHIN = 60.0
"""Real seconds until broker, home and daemon must all be there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowOptions:
    """What the demo is asked for. `past`: days the home has lived before, unwatched by us."""

    seed: int
    start: str | None  # local time, None: as `homectl simulate` has it
    speed: float
    past: float
    port: int
    policy: str
    wheel: bool
    seconds: float | None  # real seconds from all ready; None: until interrupted


def broker_of(folder: Path, *, wheel: bool) -> Broker:
    """Mosquitto where it is installed and not unwanted, else the wheel's; BrokerError where there is neither."""
    kinds = [WheelBroker] if wheel else available()
    return kinds[0](folder, free_port()) if kinds else MosquittoBroker(folder, free_port())


class Show:
    """One demo. `world` is the simulated home at the beginning of its past; `say` is told each step; `shown` gets the
    home about once a second."""

    def __init__(
        self,
        options: ShowOptions,
        world: World,
        folder: Path,
        say: Callable[[str], None],
        shown: Callable[[HomeView], None] | None,
    ) -> None:
        self._options, self._world, self._folder, self._say, self._shown = options, world, folder, say, shown
        self._broker = broker_of(folder / "broker", wheel=options.wheel)
        self._stopping = asyncio.Event()
        self._began = time.monotonic()
        self._past = 0

    async def run(self) -> Outcome:
        """Live through the demo; HomeError when the broker or the simulated home dies."""
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, self._stopping.set)
        self._say(f"starting a broker: {type(self._broker).__name__.removesuffix('Broker')}")
        await asyncio.to_thread(self._broker.start)
        try:
            return await self._with_broker()
        finally:
            await asyncio.to_thread(self._broker.stop)

    async def _with_broker(self) -> Outcome:
        options = self._options
        home = self._world.home
        self._write_configuration(home)
        simulation = ["simulate", "--broker", self._broker.url, "--seed", str(options.seed)]
        simulation += ["--speed", str(options.speed), "--past", str(options.past)]
        simulation += ["--start", options.start] if options.start else []
        simulator = Process("simulated home", simulation, self._folder)
        daemon = Process("daemon", ["run", "--config", str(self._folder / "homectl.yaml")], self._folder)
        watcher, connection = Watcher(home.id), self._connection()
        connection.start(asyncio.get_running_loop(), watcher.hear, lambda _up: None)
        connection.subscribe(watcher.topics)
        try:
            simulator.start()
            await asyncio.to_thread(self._remember_the_past)
            daemon.start()
            await self._ready(simulator, daemon, watcher, home)
            ready = time.monotonic() - self._began
            await self._live(simulator, daemon)
            await daemon.stop()
            await asyncio.sleep(1.2)  # the simulator tells its truth once a second
            return self._count(home, daemon, watcher, ready)
        finally:
            connection.stop()
            await asyncio.gather(daemon.stop(), simulator.stop())

    def _connection(self) -> Connection:
        return Connection(BrokerSettings(url=self._broker.url), client_id="homectl-demo")

    def _write_configuration(self, home: Home) -> None:
        prefix = f"sim/{home.id}"
        settings = {
            "home": "home.yaml",
            "data": str(self._folder),
            "policy": self._options.policy,
            "bridge": {
                "broker": {"url": self._broker.url},
                "zigbee2mqtt": [f"{prefix}/zigbee2mqtt"],
                "home_assistant": f"{prefix}/homeassistant",
            },
            "dashboard": {"port": self._options.port},
        }
        (self._folder / "homectl.yaml").write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")
        described = home.model_dump(mode="json", exclude_defaults=True)
        (self._folder / "home.yaml").write_text(yaml.safe_dump(described, sort_keys=False), encoding="utf-8")

    def _remember_the_past(self) -> None:
        """What the household did before we came: the daemon starts with its journal."""
        if self._options.past:
            self._say(f"recording the {self._options.past:g} days this household lived before")
        with Journal.open(self._folder / f"{self._world.home.id}.db") as journal:
            record(self._world, self._world.at + self._options.past * DAY, journal)
            self._past = journal.count()

    async def _ready(self, simulator: Process, daemon: Process, watcher: Watcher, home: Home) -> None:
        self._say(f"waiting for the simulated home {home.id!r} and its daemon")
        deadline = time.monotonic() + READY_WITHIN
        while not (watcher.online and "clock" in watcher.known and await self._page_answers()):
            for process in (simulator, daemon):
                if not process.alive:
                    raise process.died()
            if time.monotonic() > deadline or self._stopping.is_set():
                raise HomeError(f"The demo was not ready within {READY_WITHIN:.0f} s; its logs: {self._folder}")
            await asyncio.sleep(0.1)
        self._say(f"ready; the page: http://127.0.0.1:{self._options.port}/")

    async def _page_answers(self) -> bool:
        try:
            return (await asyncio.to_thread(Client(self._options.port).home)).connected
        except HomeError:
            return False

    async def _live(self, simulator: Process, daemon: Process) -> None:
        """Until the time is over or somebody interrupts; a dead daemon is started again."""
        end = time.monotonic() + (self._options.seconds if self._options.seconds is not None else float("inf"))
        while time.monotonic() < end and not self._stopping.is_set():
            if not self._broker.running:
                raise HomeError(f"The broker died; its files: {self._folder / 'broker'}")
            if not simulator.alive:
                raise simulator.died()
            if not daemon.alive:
                self._say(f"{daemon.died()}; starting it again in {daemon.back_off():g} s")
                await asyncio.sleep(daemon.back_off())
                daemon.start()
            await self._show()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), min(1.0, max(0.01, end - time.monotonic())))

    async def _show(self) -> None:
        if self._shown is not None:
            with contextlib.suppress(HomeError):
                self._shown(await asyncio.to_thread(Client(self._options.port).home))

    def _count(self, home: Home, daemon: Process, watcher: Watcher, ready: float) -> Outcome:
        health = watcher.known.get("health", {})
        timing = {"ready_seconds": round(ready, 1), "latency_ms": health.get("latency_ms", {})}
        with Journal.open(self._folder / f"{home.id}.db") as journal:
            return outcome_of(
                journal,
                self._past,
                watcher.truth(),
                seed=self._options.seed,
                policy=str(health.get("policy", self._options.policy)),
                restarts=daemon.starts - 1,
                timing=timing,
            )
