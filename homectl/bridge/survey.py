"""Who is there and what they can do, from a saved file or from a live broker."""

import asyncio
import contextlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from homectl.bridge.connection import Connection
from homectl.bridge.dialects.announced import Announced
from homectl.bridge.dialects.discovery import announcement, levels_of
from homectl.bridge.dialects.values import label
from homectl.bridge.dialects.zigbee2mqtt import Zigbee2Mqtt
from homectl.bridge.directory import Directory
from homectl.bridge.messages import Message, json_payload
from homectl.bridge.saved import Entry, message_of
from homectl.bridge.settings import BridgeSettings
from homectl.home import BrokerError, MessageError

MOST_ERRORS = 100
_IEEE = re.compile(r"0x[0-9a-f]{16}")


@dataclass(slots=True)
class Found:
    """One device, whatever the number of its parts."""

    name: str
    kinds: set[str] = field(default_factory=set)
    left_alone: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Survey:
    """What was found. Memory grows with the number of devices, not with what they say."""

    lines: int = 0
    devices: dict[str, Found] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def capabilities(self) -> dict[str, int]:
        """How many devices have each function."""
        kinds = sorted({kind for found in self.devices.values() for kind in found.kinds})
        return {kind: sum(kind in found.kinds for found in self.devices.values()) for kind in kinds}

    def add(self, announced: Announced) -> None:
        address, _, part = announced.address.partition("#")
        found = self.devices.setdefault(address, Found(announced.name.removesuffix(part).rstrip()))
        found.kinds |= announced.kinds
        found.left_alone |= set(announced.left_alone)

    def drop_repeated(self) -> None:
        """Forget what Zigbee2MQTT's own announcement to Home Assistant says again of its devices."""
        for address in [a for a in self.devices if a.startswith("home_assistant:")]:
            ieee = _IEEE.search(address)
            if ieee is not None and f"zigbee2mqtt:{ieee[0]}" in self.devices:
                del self.devices[address]


def survey_of(entries: Iterable[Entry], settings: BridgeSettings) -> Survey:
    """What a saved file holds, entry by entry. What cannot be understood is an error with its line."""
    survey = Survey()
    bridges = [Zigbee2Mqtt(base) for base in settings.zigbee2mqtt]
    base = settings.zigbee2mqtt[0] if settings.zigbee2mqtt else "zigbee2mqtt"
    for entry in entries:
        survey.lines += 1
        try:
            if entry.error:
                raise MessageError(entry.error)
            for announced in _announced(message_of(entry.value, base), bridges, settings.home_assistant):
                survey.add(announced)
        except MessageError as error:
            if len(survey.errors) < MOST_ERRORS:
                survey.errors.append(label(f"line {entry.line}: {error}", 200))
    survey.drop_repeated()
    return survey


def _announced(message: Message, bridges: list[Zigbee2Mqtt], prefix: str | None) -> Iterator[Announced]:
    """Every message by itself: nothing is kept of the ones before."""
    for bridge in bridges:
        if (heard := bridge.decode(message, 0.0)) is not None:
            yield from heard.announced
            return
    levels = levels_of(message.topic.removeprefix(f"{prefix}/")) if prefix else []
    if levels and message.payload:
        found = announcement(levels, json_payload(message), _nowhere)
        if found is not None:
            kinds = frozenset(component.part.kind for component in found.components)
            yield Announced(
                address=f"home_assistant:{found.key}", name=found.name, kinds=kinds, left_alone=tuple(found.left_alone)
            )


def _nowhere(_topic: str) -> bool:
    return False


async def listen(
    connection: Connection,
    directory: Directory,
    *,
    extra: Iterable[str] = (),
    on_message: Callable[[Message], Any] = lambda _message: None,
    quiet: float = 1.5,
    longest: float = 15.0,
) -> None:
    """Let a directory hear what a broker has retained, until nothing came for `quiet` seconds.

    `extra` topics are heard by `on_message`, as is everything else. BrokerError if the broker cannot be reached.
    """
    loop = asyncio.get_running_loop()
    linked, news = asyncio.Event(), asyncio.Event()

    def take(messages: list[Message]) -> None:
        news.set()
        for message in messages:
            directory.take(message, 0.0)
            on_message(message)

    connection.subscribe([*directory.subscriptions(), *extra])
    connection.start(loop, take, lambda up: linked.set() if up else None)
    try:
        async with asyncio.timeout(longest):
            await linked.wait()
        start = loop.time()
        with contextlib.suppress(TimeoutError):
            while loop.time() - start < longest:
                news.clear()
                await asyncio.wait_for(news.wait(), quiet)
    except TimeoutError:
        raise BrokerError(f"expected an answer from the broker within {longest:g} s, got none; check its URL") from None
    finally:
        connection.stop()


def groups_in(message: Message) -> list[dict[str, Any]]:
    """Zigbee2MQTT's groups, if that is what a message holds. MessageError where it makes no sense."""
    if not message.topic.endswith("/bridge/groups"):
        return []
    said = json_payload(message)
    return [group for group in said if isinstance(group, dict)] if isinstance(said, list) else []


def as_json(survey: Survey, pending: int) -> str:
    """The survey for a program: no path, no time, the same bytes for the same input."""
    return json.dumps(
        {
            "lines": survey.lines,
            "devices": len(survey.devices),
            "errors": survey.errors,
            "capabilities": survey.capabilities(),
            "pending": pending,
        }
    )
