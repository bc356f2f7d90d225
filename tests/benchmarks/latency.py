"""Motion published → light command received, through the running daemon and through a bare paho echo, in turns.

Both go over the same broker from the same client in the same run, so that their ratio says what homectl adds. The
household lives its own evenings: a trial is a step in which motion begins in one room. The daemon keeps its journal,
decides for the whole room and passes the guard; the echoes answer a message with a message.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import NamedTuple
from urllib.parse import urlsplit

from paho.mqtt.client import Client, MQTTMessage, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion

from homectl.home import Kind, Target
from simulator.firmware import Asked, Spoken
from tests.benchmarks.checks import Check, percentile
from tests.benchmarks.echo import KINDS, answer, ask, without_delay
from tests.benchmarks.household import Household, Step
from tests.brokers import running

PATIENCE = 30.0
"""Seconds to wait for an answer that has to come."""

REST = 0.005
"""Seconds of silence before a trial, as at home: nobody finds a warm processor."""

AIMS = {"rules": 1.5, "base": 2.5}
"""Policy → how many times the echo's median its own may be."""

DAEMON = ("-m", "homectl", "run")
ECHO = ("-m", "tests.benchmarks.echo")

MEMORY = 100.0
"""MB of memory a daemon may hold."""


class Heard(NamedTuple):
    """A message, and when it was heard, by the performance counter."""

    topic: str
    payload: bytes
    at: float


class Wire:
    """A client that stamps what it hears when it hears it."""

    def __init__(self, url: str) -> None:
        self._heard: SimpleQueue[Heard] = SimpleQueue()
        self._deadline = 0.0
        self._client = Client(CallbackAPIVersion.VERSION2, "benchmark", protocol=MQTTv5)
        self._client.on_message, self._client.on_socket_open = self._on_message, without_delay
        parts = urlsplit(url)
        assert parts.hostname is not None
        assert parts.port is not None
        self._client.connect(parts.hostname, parts.port)
        self._client.loop_start()

    def listen(self, topics: Iterable[str]) -> None:
        self._client.subscribe([(topic, 0) for topic in topics])

    def say(self, spoken: Iterable[Spoken]) -> None:
        for message in spoken:
            self._client.publish(message.topic, message.payload, retain=message.retain)

    def patient(self) -> None:
        """Begin to wait for something."""
        self._deadline = time.monotonic() + PATIENCE

    def hear(self) -> Heard:
        """The next message; TimeoutError when what is waited for takes too long."""
        try:
            return self._heard.get(timeout=max(0.0, self._deadline - time.monotonic()))
        except Empty:
            raise TimeoutError(f"what was waited for did not come within {PATIENCE:g} s") from None

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _on_message(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        self._heard.put(Heard(message.topic, bytes(message.payload), time.perf_counter()))


@dataclass
class Times:
    """Milliseconds by what was waited for, and how many trials ended without a light command.

    `command`: the daemon's first light command; `followed`: the daemon had handled the step, command or not;
    `wire` and `bare`: the echoes.
    """

    of: dict[str, list[float]] = field(default_factory=lambda: {"command": [], "followed": [], "wire": [], "bare": []})
    silent: int = 0

    def percentile(self, what: str, percent: float) -> float:
        return percentile(self.of[what], percent)

    def ratio(self, what: str, percent: float) -> float | None:
        """How many times the bare echo's; None of too few answers to know."""
        if len(self.of[what]) * (100 - percent) < 100:
            return None
        return self.percentile(what, percent) / self.percentile("bare", percent)


class Trials:
    """A household with a daemon and two echoes behind the same broker."""

    def __init__(self, house: Household, wire: Wire) -> None:
        self._house, self._wire, self.times = house, wire, Times()

    def settle_in(self) -> None:
        """Wait for the daemon and the echoes, and introduce every device."""
        self._wire.listen([*self._house.topics, *map(answer, KINDS)])
        self._until(self._house.status, says=b'"online"')
        for kind in KINDS:
            self._wire.say([Spoken(ask(kind), "warm", retain=True)])  # kept for one that is not listening yet
            self._until(answer(kind))
        self._wire.say([*self._house.introduce(), self._house.settled()])
        self._follow()

    def run(self, commands: int, within: float) -> None:
        """Live until so many light commands were timed, or so many real seconds have passed."""
        deadline = time.monotonic() + within
        while len(self.times.of["command"]) < commands and time.monotonic() < deadline:
            step = self._house.step()
            if len(step.areas) != 1:
                self._wire.say([*step.before, *step.motion, self._house.settled()])
                self._follow()
            else:
                self._try(step)

    def _try(self, step: Step) -> None:
        """One trial of each kind, every time in another order."""
        self._wire.say(step.before)
        turns: list[Callable[[], None]] = [
            partial(self._echo, "bare"),
            partial(self._daemon, step),
            partial(self._echo, "wire"),
        ]
        first = len(self.times.of["bare"]) % 3
        for turn in (*turns[first:], *turns[:first]):
            time.sleep(REST)
            turn()

    def _echo(self, kind: str) -> None:
        began = time.perf_counter()
        self._wire.say([Spoken(ask(kind), '{"occupancy":true}')])
        self.times.of[kind].append(1000 * (self._until(answer(kind)).at - began))

    def _daemon(self, step: Step) -> None:
        (area,) = step.areas
        said = [*step.motion, self._house.settled()]
        began = time.perf_counter()
        self._wire.say(said)
        asked, followed = self._follow()
        lights = [heard.at for target, heard in asked if self._in(area, target)]
        if lights:
            self.times.of["command"].append(1000 * (lights[0] - began))
        else:
            self.times.silent += 1
        self.times.of["followed"].append(1000 * (followed.at - began))

    def _in(self, area: str, target: Target) -> bool:
        return target.kind is Kind.LIGHT and self._house.home.device(target.device).area == area

    def _follow(self) -> tuple[list[tuple[Target, Heard]], Heard]:
        """Obey whatever is asked until the daemon has handled the step: what was asked, and that it has."""
        asked: list[tuple[Target, Heard]] = []
        self._wire.patient()
        while not self._house.followed((heard := self._wire.hear()).topic, heard.payload):
            wish = self._obey(heard)
            if wish is not None:
                asked.append((wish.target, heard))
        return asked, heard

    def _until(self, topic: str, says: bytes = b"") -> Heard:
        self._wire.patient()
        while (heard := self._wire.hear()).topic != topic or says not in heard.payload:
            self._obey(heard)
        return heard

    def _obey(self, heard: Heard) -> Asked | None:
        asked, said = self._house.hear(heard.topic, heard.payload)
        self._wire.say(said)
        return asked


@contextmanager
def _process(*arguments: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output:
        child = subprocess.Popen([sys.executable, *arguments], stdout=output, stderr=output)
        try:
            yield child
        finally:
            child.terminate()
            child.wait(20)


def measure(policy: str, commands: int, within: float) -> tuple[Times, float]:
    """The times of one policy, and the MB its daemon held at the end."""
    with tempfile.TemporaryDirectory() as place, running() as broker:
        folder = Path(place)
        house = Household(1, folder)
        settings = house.configuration(broker.url, policy)
        place_of_broker = ("127.0.0.1", str(urlsplit(broker.url).port))
        with (
            _process(*ECHO, "bare", *place_of_broker, log=folder / "bare.log"),
            _process(*ECHO, "wire", *place_of_broker, log=folder / "wire.log"),
            _process(*DAEMON, "-c", str(settings), log=folder / "daemon.log") as daemon,
        ):
            wire = Wire(broker.url)
            try:
                trial = Trials(house, wire)
                trial.settle_in()
                trial.run(commands, within)
            except TimeoutError as error:
                raise SystemExit(f"{error}\n{(folder / 'daemon.log').read_text()[-2000:]}") from None
            finally:
                wire.close()
            return trial.times, resident(daemon.pid)


def resident(pid: int) -> float:
    """The memory a process holds, MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


def checks(policy: str, commands: int, within: float) -> tuple[list[Check], dict[str, float]]:
    """What to hold the figures against, and the milliseconds behind them."""
    times, memory = measure(policy, commands, within)
    name, timed = ("the network" if policy == "base" else policy), len(times.of["command"])
    bare = "times the bare echo's"
    figures = [
        Check(
            name=f"motion to light command by {name}, median, {bare}",
            value=times.ratio("command", 50),
            aim=AIMS[policy],
        ),
        Check(name=f"motion to light command by {name}, 99th percentile, {bare}", value=times.ratio("command", 99)),
        Check(name=f"motion to step handled by {name}, median, {bare}", value=times.ratio("followed", 50)),
        Check(name=f"the connection alone, median, {bare}", value=times.ratio("wire", 50)),
        Check(name=f"motions that {name} answered with light", value=float(timed)),
        Check(name=f"motions that {name} left at that", value=float(times.silent)),
        Check(name=f"memory of the daemon by {name}, MB", value=memory, must=MEMORY),
    ]
    spent = {
        f"{policy}: {what} p{p} ms": round(times.percentile(what, p), 3)
        for what in times.of
        for p in (50, 99)
        if times.of[what]
    }
    return figures, spent
