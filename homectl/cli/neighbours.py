"""Who else speaks on a broker under the topics that a simulated home or a recording is about to use."""

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homectl.bridge.messages import Message
    from simulator.mqtt import Broker

LOOK, GLANCE = 1.5, 0.4
"""Real seconds in which whoever else speaks under the prefix is heard: a simulation tells its time every second. A
glance sees what is kept, and so every bridge that is online."""

COORDINATOR = b"0x00124b0000000000"
"""That of every simulated Zigbee network."""

ASKED = re.compile(r".*/(set|get|ack|control)(/[^/]+)?")
"""Topics on which devices and simulations are asked, not what they say."""


def intruder(messages: "Collection[Message]", root: str) -> str:
    """Who is under a prefix, besides what a simulated home left there when it ended; empty for nobody."""
    kept = {message.topic: message.payload for message in messages if message.retain}
    speaking = [message.topic for message in messages if not message.retain and not ASKED.fullmatch(message.topic)]
    if speaking:
        return f"somebody speaks at {speaking[0]}"
    if up := next((topic for topic, said in kept.items() if topic.endswith("bridge/state") and b"online" in said), ""):
        return f"a bridge is online at {up}"
    if kept and COORDINATOR not in kept.get(f"{root}/zigbee2mqtt/bridge/info", b""):
        return f"others have left messages there, such as at {min(kept)}"
    return ""


def heard(broker: "Broker", root: str, seconds: float = LOOK) -> "list[Message]":
    """What is kept under a prefix, and what is said there for a moment; BrokerError where no broker answers."""
    import asyncio
    import logging
    import os

    from pydantic import SecretStr

    from homectl.bridge.connection import Connection
    from homectl.bridge.settings import BrokerSettings
    from homectl.home import BrokerError

    logging.getLogger("homectl").addHandler(logging.NullHandler())  # the error below says it all
    password = SecretStr(broker.password) if broker.password is not None else None
    settings = BrokerSettings(url=str(broker), username=broker.username, password=password, protocol=broker.protocol)
    messages: list[Message] = []

    async def listen() -> bool:
        connection, there = Connection(settings, client_id=f"homectl-look-{os.getpid()}"), asyncio.Event()
        connection.subscribe([f"{root}/#"])
        connection.start(asyncio.get_running_loop(), messages.extend, lambda up: there.set() if up else None)
        try:
            await asyncio.wait_for(there.wait(), 10.0)
            await asyncio.sleep(seconds)
        except TimeoutError:
            return False
        finally:
            connection.stop()
        return True

    if not asyncio.run(listen()):
        raise BrokerError(f"Expected an MQTT broker at {broker}, got no answer; start one: homectl broker")
    return messages
