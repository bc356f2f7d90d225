"""The demo from its first process to its last: start, watch, restart, stop, count."""

import asyncio
import contextlib
import json
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from homectl.bridge.broker import Broker, MosquittoBroker, WheelBroker, available, free_port
from homectl.bridge.connection import Connection
from homectl.bridge.messages import Message
from homectl.bridge.settings import BrokerSettings
from homectl.client import Client
from homectl.demo.outcome import Outcome, outcome_of
from homectl.demo.processes import Process
from homectl.demo.watcher import Watcher
from homectl.home import Home, HomeError, HomeView, Kind, Target
from homectl.journal import Journal
from homectl.people import Tokens
from simulator.record import record
from simulator.world import World

DAY = 86400.0
TRUTH_EVERY = 1.0
"""Real seconds between two times that the simulator tells its truth."""

WARM_UP = 3600.0
"""Seconds of the home's time before `start` in which its daemon hears every device: contacts speak every 55 minutes."""

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
    scenario: Path | None = None  # says seed, start and what goes wrong; then there is no past


Beginning = Callable[[dict[str, Any]], tuple[ShowOptions, World]]
"""How a demo is to go on that was asked to begin anew: a `seed`, None for the same one, or a scenario's `name`."""

PERSONS = frozenset({".people", ".sessions", ".tokens", ".tries"})
"""Endings of files that say who may do what: they stay when a home begins anew."""


class Anew(Exception):
    """Somebody asked the home to begin anew; `wish` says how."""

    def __init__(self, wish: dict[str, Any]) -> None:
        super().__init__(wish)
        self.wish = wish


class Interrupted(Exception):
    """Somebody ended the demo before it was ready."""


def broker_of(folder: Path, *, wheel: bool) -> Broker:
    """Mosquitto where it is installed and not unwanted, else the wheel's; BrokerError where there is neither."""
    kinds = [WheelBroker] if wheel else available()
    return kinds[0](folder, free_port()) if kinds else MosquittoBroker(folder, free_port())


class Show:
    """One demo. `world` is the simulated home at the beginning of its past; `say` is told each step.

    Its daemon reaches the broker by a way that the simulated home can let go wrong. A home that is asked to begin anew
    does so with a daemon that knows nothing; what was is put away in the folder.
    """

    def __init__(
        self,
        options: ShowOptions,
        world: World,
        folder: Path,
        say: Callable[[str], None],
        begin: Beginning,
    ) -> None:
        self._begin, self._way, self._lives = begin, free_port(), 1
        self._options, self._world, self._folder, self._say = options, world, folder, say
        self._shown: Callable[[HomeView], None] | None = None
        self._broker = broker_of(folder / "broker", wheel=options.wheel)
        self._stopping = asyncio.Event()
        self._began = time.monotonic()
        self._since = 0.0

    async def run(self, shown: Callable[[HomeView], None] | None = None) -> Outcome | None:
        """Live through the demo: what it came to, None when it was interrupted before it was ready.

        `shown` gets the home about once a second. HomeError when the broker or the simulated home dies.
        """
        self._shown = shown
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, self._stopping.set)
        self._say(f"starting a broker: {type(self._broker).__name__.removesuffix('Broker')}")
        await asyncio.to_thread(self._broker.start)
        try:
            while True:
                try:
                    return await self._with_broker()
                except Anew as anew:
                    await asyncio.to_thread(self._begin_anew, anew.wish)
        except Interrupted:
            return None
        finally:
            await asyncio.to_thread(self._broker.stop)

    async def _with_broker(self) -> Outcome:
        options = self._options
        home = self._world.home
        self._write_configuration(home)
        start = self._world.at + options.past * DAY
        on_air = start - min(WARM_UP, options.past * DAY)
        simulation = self._simulation(on_air)
        simulator = Process("simulated home", simulation, self._folder)
        daemon = Process("daemon", ["run", "--config", str(self._folder / "homectl.yaml")], self._folder)
        watcher, connection = Watcher(home.id), self._connection()
        connection.start(asyncio.get_running_loop(), watcher.hear, lambda _up: None)
        connection.subscribe(watcher.topics)
        try:
            simulator.start()
            await asyncio.to_thread(self._remember_the_past, on_air)
            token = self._token()
            daemon.start()
            await self._until(lambda: self._all_there(watcher), simulator, daemon)
            await self._warm_up(start, connection, watcher, simulator, daemon)
            self._say(f"ready; the page: http://127.0.0.1:{options.port}/{token}")
            ready = time.monotonic() - self._began
            await self._live(simulator, daemon)
            await daemon.stop()
            await asyncio.sleep(1.2 * TRUTH_EVERY)
            return self._count(home, daemon, watcher, ready)
        except Interrupted:
            await daemon.stop(patience=1.0)  # nothing of this demo is kept
            raise
        finally:
            connection.stop()
            await asyncio.gather(daemon.stop(), simulator.stop())

    def _simulation(self, on_air: float) -> list[str]:
        """The command of the simulated home, on air from a time on."""
        options = self._options
        words = ["simulate", "--broker", self._broker.url, "--paused", "--speed", str(options.speed)]
        words += ["--proxy", str(self._way), "--recordings", str(self._folder / "recordings")]
        words += ["--anew", str(self._anew)]
        if options.scenario is not None:
            return [*words, "--scenario", str(options.scenario)]
        words += ["--seed", str(options.seed), "--past", str((on_air - self._world.at) / DAY)]
        return [*words, "--start", datetime.fromtimestamp(on_air, UTC).isoformat()]

    @property
    def _anew(self) -> Path:
        """Where the simulated home leaves word of how it is to begin anew."""
        return self._folder / "anew.json"

    def _begin_anew(self, wish: dict[str, Any]) -> None:
        """Put away what the home has been, and draw the next one."""
        self._say("the home begins anew")
        before = self._world.home.id
        self._options, self._world = self._begin(wish)
        self._began = time.monotonic()
        away = self._folder / f"life-{self._lives}"
        self._lives += 1
        away.mkdir()
        for path in sorted(self._folder.glob(f"{before}*")):
            if path.suffix in PERSONS:
                path.rename(path.with_name(self._world.home.id + path.suffix))
            elif path.name.removeprefix(before)[:1] in ("", "."):
                path.rename(away / path.name)

    def _connection(self) -> Connection:
        return Connection(BrokerSettings(url=self._broker.url), client_id="homectl-demo")

    def _write_configuration(self, home: Home) -> None:
        prefix = f"sim/{home.id}"
        settings = {
            "home": "home.yaml",
            "data": ".",
            "policy": self._options.policy,
            "bridge": {
                "broker": {"url": f"mqtt://127.0.0.1:{self._way}"},
                "zigbee2mqtt": [f"{prefix}/zigbee2mqtt"],
                "home_assistant": f"{prefix}/homeassistant",
            },
            "dashboard": {"port": self._options.port},
        }
        (self._folder / "homectl.yaml").write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")
        described = home.model_dump(mode="json", exclude_defaults=True)
        (self._folder / "home.yaml").write_text(yaml.safe_dump(described, sort_keys=False), encoding="utf-8")

    def _remember_the_past(self, until: float) -> None:
        """What the household did before we came: the daemon starts with its journal."""
        if self._options.past:
            self._say(f"recording the {self._options.past:g} days this household lived before")
        with Journal.open(self._folder / f"{self._world.home.id}.db") as journal:
            record(self._world, until, journal, progress=self._go_on)

    def _token(self) -> str:
        """What lets the owner in, as the end of the page's URL."""
        first = Tokens.beside(self._folder / f"{self._world.home.id}.db").first()
        return "" if first is None else f"#token={first.get_secret_value()}"

    def _go_on(self, _share: float) -> None:
        if self._stopping.is_set():
            raise Interrupted

    async def _until(self, there: Callable[[], Awaitable[bool]], *processes: Process) -> None:
        """Wait for something that must come about while all processes live."""
        deadline = time.monotonic() + READY_WITHIN
        while not await there():
            self._go_on(0.0)
            for process in processes:
                if not process.alive:
                    raise process.died()
            if time.monotonic() > deadline:
                raise HomeError(f"The demo was not ready within {READY_WITHIN:.0f} s; its logs: {self._folder}")
            await asyncio.sleep(0.1)

    async def _all_there(self, watcher: Watcher) -> bool:
        return watcher.online and "clock" in watcher.known and await self._is_followed()

    async def _warm_up(self, start: float, wire: Connection, watcher: Watcher, *processes: Process) -> None:
        """Let the hour before `start` pass quickly, hands off: every device is heard, every limiter opens."""
        self._say("the daemon gets to know the home: its last hour passes quickly")

        async def arrived() -> bool:
            return watcher.time >= start - 1.0

        if not await arrived():
            await asyncio.to_thread(self._hands_off, (start - watcher.time) / 60)
            wire.publish(Message(watcher.control("jump"), json.dumps({"to": start}).encode(), qos=1))
            await self._until(arrived, *processes)
        await asyncio.sleep(1.2 * TRUTH_EVERY)
        watcher.mark()
        self._since = watcher.time
        wire.publish(Message(watcher.control("resume"), b"{}", qos=1))

    def _hands_off(self, minutes: float) -> None:
        client = Client(self._options.port)
        targets = [t for area in client.home().areas for device in area.devices for t in device.targets]
        for target in targets:
            device, _, kind = target.target.partition("/")
            client.hold(Target(device, Kind(kind)), max(minutes, (target.hold_left or 0.0) / 60), by="the demo")

    async def _is_followed(self) -> bool:
        """Whether the page answers and the daemon has heard the first device: then it keeps up with the home's time."""
        try:
            view = await asyncio.to_thread(Client(self._options.port).home)
        except HomeError:
            return False
        return bool(view.simulator) and view.health.get("readings", 0) > 0

    async def _live(self, simulator: Process, daemon: Process) -> None:
        """Until the time is over or somebody interrupts; a dead daemon is started again."""
        end = time.monotonic() + (self._options.seconds if self._options.seconds is not None else float("inf"))
        while time.monotonic() < end and not self._stopping.is_set():
            if not self._broker.running:
                raise HomeError(f"The broker died; its files: {self._folder / 'broker'}")
            if not simulator.alive:
                raise self._ended(simulator)
            if not daemon.alive:
                self._say(f"{daemon.died()}; starting it again in {daemon.back_off():g} s")
                await self._pause(daemon.back_off())
                daemon.start()
            await self._show()
            await self._pause(min(1.0, max(0.01, end - time.monotonic())))

    def _ended(self, simulator: Process) -> Exception:
        """Why the simulated home is no more."""
        if simulator.code != 0 or not self._anew.exists():
            return simulator.died()
        wish = json.loads(self._anew.read_text(encoding="utf-8"))
        self._anew.unlink()
        return Anew(wish)

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

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
                self._since,
                watcher.truth(),
                seed=self._options.seed,
                policy=str(health.get("policy", self._options.policy)),
                restarts=daemon.starts - 1,
                timing=timing,
            )
