"""Home Assistant's MQTT discovery, as other producers publish it: who is there, what they report, how they are told."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from homectl.bridge.dialects.announced import Elsewhere, Heard, read
from homectl.bridge.dialects.availability import Availability
from homectl.bridge.dialects.discovery import Announcement, Component, announcement, levels_of
from homectl.bridge.dialects.parts import Part, Profile, profile
from homectl.bridge.dialects.payloads import Said
from homectl.bridge.messages import Message, json_payload
from homectl.home import Light, Lock, Quantity, Reading, Setpoint, Unlock, Wish

_FUNCTIONS: dict[type, tuple[str, ...]] = {
    Light: ("light", "switch"),
    Setpoint: ("climate",),
    Lock: ("lock",),
    Unlock: ("lock",),
}
MOST_TOPICS = 256
"""Config topics that one device may have; all strangers together may have `CROWD` for each device of the limit."""

CROWD = 16
MOST_LEFT_ALONE = 64


@dataclass(slots=True)
class _Device:
    """Everything announced of one device, config topic by config topic."""

    announcements: dict[str, Announcement] = field(default_factory=dict)
    profile: Profile = field(default_factory=Profile)
    availability: tuple[Availability, ...] = ()
    said: dict[str, bool | None] = field(default_factory=dict)  # availability topic → what it said, newest last
    commands: frozenset[str] = frozenset()

    def topics(self) -> set[str]:
        return {*self.profile.slots, *(topic for signs in self.availability for topic in signs.topics)}


class HomeAssistant:
    """Everything announced under one discovery prefix.

    Addresses are `home_assistant:<identifier of the device>`, with `#<component>` for one of several functions alike.
    """

    name = "home_assistant"

    def __init__(self, prefix: str = "homeassistant", *, limit: int = 500) -> None:
        self._prefix = prefix + "/"
        self._limit = limit
        self._expected: frozenset[str] = frozenset()
        self._elsewhere: Elsewhere = lambda _topic: False
        self._devices: dict[str, _Device] = {}
        self._keys: dict[str, str] = {}  # config topic → device
        self._addresses: dict[str, str] = {}  # address → device
        self._listeners: dict[str, dict[str, None]] = {}  # topic → devices that report there
        self._commands: dict[str, str] = {}  # command topic → the device it belongs to

    def subscriptions(self) -> tuple[str, ...]:
        return (f"{self._prefix}+/+/config", f"{self._prefix}+/+/+/config")

    def topics(self, address: str) -> tuple[str, ...]:
        device = self._of(address)
        if device is None:
            return ()
        signs = {topic for availability in device.availability for topic in availability.topics}
        places = {place for place, slots in device.profile.slots.items() if any(s.address == address for s in slots)}
        return tuple(sorted(places | signs))

    def owns(self, topic: str) -> bool:
        return topic.startswith(self._prefix)

    def expect(self, addresses: Collection[str], elsewhere: Elsewhere) -> None:
        own = self.name + ":"
        self._expected = frozenset(a.removeprefix(own).partition("#")[0] for a in addresses if a.startswith(own))
        self._elsewhere = elsewhere

    def decode(self, message: Message, at: float) -> Heard | None:
        if self.owns(message.topic) and message.topic.endswith("/config"):
            return self._decode_config(message)
        keys = self._listeners.get(message.topic)
        if keys is None:
            return None
        heard = Heard()
        if not message.payload:
            return heard  # somebody cleared a retained message
        said = Said(message)
        for key in keys:
            device = self._devices[key]
            for slot in device.profile.slots.get(message.topic, ()):
                read(slot, said, at, not message.retain, heard)
            self._hear_availability(device, message.topic, said, at, heard)
        return heard

    def encode(self, address: str, setting: Wish) -> list[Message]:
        """The commands of a device known here; a lamp's setting also moves a relay."""
        device = self._of(address)
        if device is None:
            return []
        for function in _FUNCTIONS[type(setting)]:
            if (send := device.profile.sends.get((address, function))) is not None:
                return send(setting)
        return []

    def commanded(self, topic: str) -> tuple[str, ...]:
        key = self._commands.get(topic)
        return () if key is None else tuple(one.address for one in self._devices[key].profile.announced)

    def ask(self, _address: str, /) -> list[Message]:
        """Nothing: this way of speaking has no question."""
        return []

    def _of(self, address: str) -> _Device | None:
        return self._devices.get(self._addresses.get(address, ""))

    # --- announcements ---------------------------------------------------------------------------

    def _decode_config(self, message: Message) -> Heard:
        heard = Heard()
        levels = levels_of(message.topic.removeprefix(self._prefix))
        if not levels:
            heard.counters["announcements out of place"] += 1
            return heard
        found = Announcement()
        if message.payload:
            said = announcement(levels, json_payload(message), self._elsewhere)
            if said is None:
                return heard
            found = said
        heard.counters.update(found.counters)
        before = self._keys.get(message.topic)
        if found.key and (found.components or found.left_alone) and self._has_room(found.key, message.topic, heard):
            self._devices.setdefault(found.key, _Device()).announcements[message.topic] = found
            self._keys[message.topic] = found.key
            self._rebuild(found.key, heard)
        elif before is not None:
            del self._keys[message.topic]
            found.key = ""
        if before is not None and before != found.key:
            del self._devices[before].announcements[message.topic]
            self._rebuild(before, heard)
        return heard

    def _has_room(self, key: str, topic: str, heard: Heard) -> bool:
        device = self._devices.get(key)
        if topic in self._keys and device is not None:
            return True
        crowded = len(self._devices) + (device is None) > self._limit or len(self._keys) >= CROWD * self._limit
        if (crowded and key not in self._expected) or (device is not None and len(device.announcements) >= MOST_TOPICS):
            heard.counters["announcements over the limit"] += 1
            return False
        return True

    def _rebuild(self, key: str, heard: Heard) -> None:
        """The device as all its announcements together describe it; what that changes is heard."""
        device = self._devices[key]
        heard.moved = True
        before = {one.address: one for one in device.profile.announced}
        self._forget(key, device)
        if device.announcements:
            self._describe(key, device, heard)
        else:
            del self._devices[key]
            device.profile = Profile()
        after = {one.address: one for one in device.profile.announced}
        heard.announced += [one for address, one in after.items() if before.get(address) != one]
        heard.gone += sorted(before.keys() - after.keys())

    def _forget(self, key: str, device: _Device) -> None:
        for topic in device.topics():
            listening = self._listeners[topic]
            listening.pop(key, None)
            if not listening:
                del self._listeners[topic]
        for topic in device.commands:
            del self._commands[topic]
        for one in device.profile.announced:
            del self._addresses[one.address]

    def _describe(self, key: str, device: _Device, heard: Heard) -> None:
        said = [device.announcements[topic] for topic in sorted(device.announcements)]
        components = list(_once(said))
        bolts = {topic for c in components if c.part.kind == "lock" for topic in c.part.commands}
        parts = [self._undisputed(key, c.part, bolts, heard) for c in components]
        names = {component.part.name: component.name for component in components if component.name}
        first = next((one for one in said if one.components), said[0])
        device.profile = profile(
            parts,
            f"{self.name}:{key}",
            naming=lambda part: f"{first.name} {names.get(part, part)}".strip(),
            model=first.model,
            area=first.area,
            battery=any(claim.quantity is Quantity.BATTERY for part in parts for claim in part.claims),
            left_alone=tuple(sorted({name for one in said for name in one.left_alone}))[:MOST_LEFT_ALONE],
        )
        device.availability = tuple({c.availability: None for c in components if c.availability.signs})
        device.commands = frozenset(topic for part in parts for topic in part.commands)
        self._commands |= dict.fromkeys(device.commands, key)
        self._addresses |= {one.address: key for one in device.profile.announced}
        topics = device.topics()
        for topic in topics:
            self._listeners.setdefault(topic, {})[key] = None
        device.said = {topic: word for topic, word in device.said.items() if topic in topics}

    def _undisputed(self, key: str, part: Part, bolts: set[str], heard: Heard) -> Part:
        """The part, never commanded where another device is, where a lock is, or where devices are announced."""
        if not any(
            self._commands.get(topic, key) != key
            or (topic in bolts and part.kind != "lock")
            or (self.owns(topic) and topic.endswith("/config"))
            for topic in part.commands
        ):
            return part
        heard.counters["command topics of another device"] += 1
        return part._replace(send=None, commands=())

    # --- devices ---------------------------------------------------------------------------------

    def _hear_availability(self, device: _Device, topic: str, said: Said, at: float, heard: Heard) -> None:
        """Never live: that a network believes in a device is no sign of life from its sensors."""
        signs = [sign for availability in device.availability for sign in availability.signs if sign.topic == topic]
        if not signs:
            return
        word = signs[0].says(said)
        if word is None:
            heard.counters["values not understood"] += 1
            return
        device.said.pop(topic, None)
        device.said[topic] = word
        reached = [availability.reachable(device.said) for availability in device.availability]
        if False not in reached and True not in reached:
            return
        value = float(False not in reached)
        for one in device.profile.announced:
            heard.readings.append(
                Reading(device=one.address, quantity=Quantity.AVAILABLE, value=value, at=at, live=False)
            )


def _once(announcements: list[Announcement]) -> Iterator[Component]:
    """Every component once, however many topics announce it while a device moves from one form to the other."""
    seen: set[tuple[str, str]] = set()
    for one in announcements:
        for component in one.components:
            key = (component.part.kind, component.unique)
            if key not in seen:
                seen.add(key)
                yield component
