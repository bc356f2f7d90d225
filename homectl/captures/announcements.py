"""What logs of messages say of their devices before any reading is made of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from homectl.captures.inferred import IEEE, device_list, stand_in
from homectl.home import Home
from homectl.journal.readers.overheard import Log, Overheard, json_of
from homectl.journal.readers.rows import Tally

BASE, PREFIX = "zigbee2mqtt", "homeassistant"
ANNOUNCING = ("/bridge/devices", "/bridge/info", "/config")
RESERVED = frozenset({"set", "get", "availability", "bridge"})

MOST_BYTES = 4 << 20
MOST_ANNOUNCEMENTS = 8_000
MOST_BASES = 16
MOST_SPEAKERS = 1_000
MOST_PROPERTIES = 64
LISTENED = 200
"""Messages of one device after which it has said whatever it can say."""


@dataclass(slots=True)
class Speaker:
    """A Zigbee2MQTT device by what it reports: a sample of each property."""

    heard: int = 0
    said: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Announcements:
    """Bounded, whatever the logs hold. `announced` has the first word on each topic: what was so from the beginning."""

    announced: dict[str, bytes] = field(default_factory=dict)
    bases: dict[str, None] = field(default_factory=lambda: {BASE: None})
    names: dict[str, str] = field(default_factory=dict)  # ieee address → friendly name
    speakers: dict[tuple[str, str], Speaker] = field(default_factory=dict)  # by base topic and friendly name
    size: int = 0

    def hear(self, message: Overheard) -> None:
        topic = message.topic
        base, bridge, _ = topic.partition("/bridge/")
        if bridge and len(self.bases) < MOST_BASES:
            self.bases.setdefault(base)
        if topic.endswith(ANNOUNCING):
            self._keep(topic, message.payload)
        elif message.payload.startswith(b"{"):
            self._listen(topic, message.payload)

    def _keep(self, topic: str, payload: bytes) -> None:
        fits = self.size + len(payload) <= MOST_BYTES and len(self.announced) < MOST_ANNOUNCEMENTS
        if payload and topic not in self.announced and fits:
            self.announced[topic] = payload
            self.size += len(payload)

    def _listen(self, topic: str, payload: bytes) -> None:
        base = next((base for base in self.bases if topic.startswith(base + "/")), None)
        if base is None or not RESERVED.isdisjoint(topic.split("/")) or len(payload) > 1 << 14:
            return
        key = (base, topic.removeprefix(base + "/"))
        if key not in self.speakers and len(self.speakers) >= MOST_SPEAKERS:
            return
        speaker = self.speakers.setdefault(key, Speaker())
        speaker.heard += 1
        body = json_of(payload) if speaker.heard <= LISTENED else None
        for name, value in body.items() if isinstance(body, dict) else ():
            if value is not None and len(name) <= 64 and len(speaker.said) < MOST_PROPERTIES:
                speaker.said.setdefault(name, value if isinstance(value, bool | int | float) else str(value)[:64])

    def introduce(self) -> None:
        """Take the names of devices from the announcements that were kept."""
        for topic, payload in self.announced.items():
            entries = json_of(payload) if topic.endswith("/bridge/devices") else None
            for entry in entries if isinstance(entries, list) else ():
                ieee, name = (
                    (entry.get("ieee_address"), entry.get("friendly_name")) if isinstance(entry, dict) else (0, 0)
                )
                if isinstance(ieee, str) and isinstance(name, str):
                    self.names.setdefault(ieee.lower(), name)

    def inferred(self, home: Home) -> dict[str, bytes]:
        """For each base topic without a list of devices, one of the devices that speak there."""
        addresses = {name: ieee for ieee, name in self.names.items()} | _addresses(home)
        listed = {
            topic.removesuffix("/bridge/devices") for topic in self.announced if topic.endswith("/bridge/devices")
        }
        found: dict[str, dict[str, tuple[str, dict[str, Any]]]] = {}
        for (base, name), speaker in self.speakers.items():
            if base not in listed:
                known = self.names.get(name, name)  # state.json calls devices by their addresses
                ieee = addresses.get(known) or (name if IEEE.fullmatch(name) else stand_in(name))
                said = found.setdefault(base, {}).setdefault(known, (ieee, {}))[1]
                said |= {key: value for key, value in speaker.said.items() if key not in said}
        return {
            f"{base}/bridge/devices": device_list((ieee, name, said) for name, (ieee, said) in devices.items())
            for base, devices in found.items()
        }

    def nameless(self) -> dict[str, str]:
        """Stand-in address → name, of the speakers whose own address nobody said."""
        named = set(self.names.values())
        strangers = [name for _, name in self.speakers if name not in named and not IEEE.fullmatch(name)]
        return {stand_in(name): name for name in strangers}


def announcements(logs: Sequence[Log]) -> Announcements:
    """Look through logs once. LogError where one cannot be read."""
    found = Announcements()
    for log in logs:
        for ieee, name in log.names():
            found.names.setdefault(ieee, name)
        for message in log.messages(ZoneInfo("UTC"), Tally()):
            found.hear(message)
    found.introduce()
    return found


def _addresses(home: Home) -> dict[str, str]:
    """Friendly name → ieee address, as a home file says it: a device has the name Zigbee2MQTT calls it by."""
    return dict(
        _address(device.name, device.address) for device in home.devices if device.address.startswith(BASE + ":")
    )


def _address(name: str, address: str) -> tuple[str, str]:
    ieee, _, part = address.removeprefix(BASE + ":").partition("#")
    return (name.removesuffix(part).strip() if part else name), ieee
