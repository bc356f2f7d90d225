"""The yardsticks: the least a Python program on paho can do, and the least one on homectl's own connection can do.

Each answers a message with a message, in a process of its own: python -m tests.benchmarks.echo bare|wire HOST PORT
"""

import asyncio
import socket
import sys
from typing import Any

from paho.mqtt.client import Client, MQTTMessage, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion

from homectl.bridge.connection import Connection
from homectl.bridge.messages import Message
from homectl.bridge.settings import BrokerSettings

KINDS = ("bare", "wire")


def ask(kind: str) -> str:
    """The topic a yardstick listens to."""
    return f"benchmark/{kind}/ask"


def answer(kind: str) -> str:
    """The topic it answers on."""
    return f"benchmark/{kind}/answer"


def bare(host: str, port: int) -> None:
    """paho's own loop in the main thread, answering in the callback: MQTT 5, no delay on the socket."""
    client = Client(CallbackAPIVersion.VERSION2, "benchmark-bare", protocol=MQTTv5, reconnect_on_failure=False)
    client.on_socket_open = without_delay
    client.on_message = _answer
    client.connect(host, port)
    client.subscribe(ask("bare"))
    client.loop_forever()


def _answer(client: Client, _data: object, message: MQTTMessage) -> None:
    client.publish(answer("bare"), message.payload)


async def wire(host: str, port: int) -> None:
    """homectl's connection, answering on the event loop."""
    connection = Connection(BrokerSettings(url=f"mqtt://{host}:{port}"), client_id="benchmark-wire")

    def hear(messages: list[Message]) -> None:
        for message in messages:
            connection.publish(Message(answer("wire"), message.payload), expiry=10)

    connection.subscribe([ask("wire")])
    connection.start(asyncio.get_running_loop(), hear, lambda _up: None)
    await asyncio.Event().wait()


def without_delay(_client: Client, _data: object, sock: Any) -> None:
    """Small packets leave at once; paho itself never asks for that."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


if __name__ == "__main__":
    if sys.argv[1] == "bare":
        bare(sys.argv[2], int(sys.argv[3]))
    else:
        asyncio.run(wire(sys.argv[2], int(sys.argv[3])))
