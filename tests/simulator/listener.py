"""What stands around a simulation in tests: a client that hears everything, and a daemon that acknowledges steps."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, Self

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from simulator.mqtt import Broker
from simulator.simulated import Simulated
from simulator.simulation import Simulation


@dataclass(frozen=True)
class Heard:
    topic: str
    payload: str
    retain: bool
    at: float

    @property
    def json(self) -> Any:
        return json.loads(self.payload)


class Listener:
    """Hears everything under `sim/<home>/`; topics are given and kept without that beginning."""

    def __init__(self, url: str, home: str, *, acknowledges: bool = False) -> None:
        self.heard: list[Heard] = []
        self.acknowledges = acknowledges
        self._root = f"sim/{home}/"
        self._news = threading.Condition()
        self._client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
        self._client.on_message = self._take
        broker = Broker.of(url)
        self._client.connect(broker.host, broker.port)

    def __enter__(self) -> Self:
        ready = threading.Event()
        self._client.on_subscribe = lambda *_: ready.set()
        self._client.loop_start()
        self._client.subscribe(f"{self._root}#")
        assert ready.wait(5)
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def send(self, topic: str, payload: object = "", *, retain: bool = False) -> None:
        text = payload if isinstance(payload, str | bytes) else json.dumps(payload)
        self._client.publish(f"{self._root}{topic}", text, qos=1, retain=retain)

    def acknowledge(self, seq: int) -> None:
        self.send("ack", {"seq": seq})

    def of(self, topic: str, since: float = 0.0) -> list[Heard]:
        return [message for message in list(self.heard) if message.topic == topic and message.at >= since]

    def until(self, holds: Callable[[], object], seconds: float = 5.0) -> bool:
        """Whether it came to hold in time."""
        deadline = time.monotonic() + seconds
        with self._news:
            while not holds():
                left = deadline - time.monotonic()
                if left <= 0:
                    return False
                self._news.wait(min(left, 0.05))
        return True

    def _take(self, _client: object, _data: object, message: MQTTMessage) -> None:
        topic = message.topic.removeprefix(self._root)
        with self._news:
            self.heard.append(
                Heard(topic, bytes(message.payload).decode(errors="replace"), message.retain, time.monotonic())
            )
            self._news.notify_all()
        if self.acknowledges and topic == "settled":
            self.acknowledge(self.heard[-1].json["seq"])


@contextmanager
def on_air(
    world: Simulated,
    url: str,
    *,
    protocol: Literal["5", "3.1.1"] = "5",
    speed: float = 60.0,
    paused: bool = False,
    lockstep: bool = False,
) -> Iterator[Simulation]:
    """A simulation running in a thread of its own, ended afterwards."""
    simulation = Simulation(
        world, Broker.of(url, protocol), clock=time.monotonic, speed=speed, paused=paused, lockstep=lockstep
    )
    ready, failed = threading.Event(), []

    def run() -> None:
        try:
            simulation.run(ready=ready.set)
        except BaseException as error:
            failed.append(error)
            raise

    thread = threading.Thread(target=run)
    thread.start()
    try:
        assert ready.wait(12), failed
        yield simulation
    finally:
        simulation.stop()
        thread.join(10)
        assert not thread.is_alive()
        assert not failed
