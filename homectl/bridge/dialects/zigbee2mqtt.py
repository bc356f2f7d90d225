"""Zigbee2MQTT: what it announces of its devices, what they report, and how they are asked and told."""

import json
import re
from collections.abc import Callable, Collection
from typing import Any

from homectl.bridge.dialects.announced import Elsewhere, Heard, read
from homectl.bridge.dialects.exposes import described
from homectl.bridge.dialects.parts import Profile
from homectl.bridge.dialects.values import canonical, topic_is_safe
from homectl.bridge.messages import Message, json_payload
from homectl.home import Light, Lock, MessageError, Quantity, Reading, Setpoint, Unlock, Wish

_IEEE = re.compile(r"0x[0-9a-f]{1,16}")
_RESERVED = frozenset({"set", "get", "availability"})
_FUNCTIONS: dict[type, tuple[str, ...]] = {
    Light: ("light", "switch"),
    Setpoint: ("climate",),
    Lock: ("lock",),
    Unlock: ("lock",),
}

REPEAT = (28.0, 45.0)
"""Seconds after Home Assistant's birth message between which Zigbee2MQTT repeats every state: it waits for 30."""

Handler = Callable[[Message, Heard], None]


class Zigbee2Mqtt:
    """One Zigbee2MQTT under one base topic.

    Addresses are `zigbee2mqtt:<ieee address>`, with `#<endpoint>` for one of several functions alike.
    What Zigbee2MQTT repeats from its cache is not live, for it has not heard the device: within `settle` seconds after
    it starts, and about half a minute after Home Assistant does.
    """

    name = "zigbee2mqtt"

    def __init__(
        self,
        base_topic: str = "zigbee2mqtt",
        *,
        limit: int = 500,
        settle: float = 10.0,
        birth: str | None = "homeassistant/status",
    ) -> None:
        """`birth` is where Home Assistant says that it has started; None: nobody does."""
        self._base = base_topic
        self._limit = limit
        self._settle = settle
        self._birth = birth
        self._expected: frozenset[str] = frozenset()
        self._elsewhere: Elsewhere = lambda _topic: False
        self._profiles: dict[str, Profile] = {}
        self._names: dict[str, str] = {}  # ieee address → topic
        self._attributes = False
        self._online = True
        self._offline: set[str] = set()
        self._repeats = (float("inf"), float("-inf"))
        self._repeated: set[str] = set()
        self._state_topic = f"{base_topic}/bridge/state"
        self._bridge: dict[str, Handler] = {
            f"{base_topic}/bridge/devices": self._hear_devices,
            f"{base_topic}/bridge/info": self._hear_info,
        }
        self._topics: dict[str, tuple[str, str]] = {}  # topic → ieee address and what comes there
        self._places: dict[str, tuple[str, ...]] = {}  # ieee address → topics

    def subscriptions(self) -> tuple[str, ...]:
        return (*self._bridge, self._state_topic, *([self._birth] if self._birth is not None else []))

    def topics(self, address: str) -> tuple[str, ...]:
        return self._places.get(_key(address), ())

    def owns(self, topic: str) -> bool:
        """Everything under the base topic, whether or not a device of it is known yet."""
        return topic.startswith(self._base + "/")

    def expect(self, addresses: Collection[str], elsewhere: Elsewhere) -> None:
        self._elsewhere = elsewhere
        self._expected = frozenset(_key(address) for address in addresses if address.startswith(self.name + ":"))

    def decode(self, message: Message, at: float) -> Heard | None:
        known = self._topics.get(message.topic)
        if known is None:
            return self._decode_bridge(message, at)
        heard = Heard()
        if not message.payload:
            return heard  # somebody cleared a retained message
        device, what = known
        if what == "":
            self._hear_device(device, json_payload(message), message.retain, at, heard)
        elif what == "availability":
            self._hear_availability(device, message, at, heard)
        else:
            self._hear_device(device, {what.removeprefix("/"): _raw(message)}, message.retain, at, heard)
        return heard

    def _decode_bridge(self, message: Message, at: float) -> Heard | None:
        heard = Heard()
        if message.topic == self._birth and not message.retain and message.payload == b"online":
            self._expect_repeats(at + REPEAT[0], at + REPEAT[1])  # and others may want to hear it too
        if message.topic == self._state_topic:
            self._hear_state(message, at, heard)
            return heard
        if (hear := self._bridge.get(message.topic)) is None:
            return None
        hear(message, heard)
        if heard.announced and not self._online:
            for key in self._profiles:
                self._say_available(key, at, heard)
        return heard

    def encode(self, address: str, setting: Wish) -> list[Message]:
        """The `set` message of a device known here; a lamp's setting also moves a relay."""
        made = self._profiles.get(_key(address))
        if made is None:
            return []
        for function in _FUNCTIONS[type(setting)]:
            if (send := made.sends.get((address, function))) is not None:
                return send(setting)
        return []

    def commanded(self, topic: str) -> tuple[str, ...]:
        """The device of `…/set`, `…/set/<attribute>` and `…/<endpoint>/set`."""
        levels = topic.split("/")
        place = levels.index("set") if "set" in levels else 0
        for end in (place, place - 1):
            known = self._topics.get("/".join(levels[: max(0, end)]))
            if known is not None and known[1] == "":
                return tuple(one.address for one in self._profiles[known[0]].announced)
        return ()

    def ask(self, address: str, /) -> list[Message]:
        made = self._profiles.get(_key(address))
        asked = made.asks.get(address, ()) if made is not None else ()
        if not asked:
            return []
        return [Message(self._names[_key(address)] + "/get", json.dumps(dict.fromkeys(asked, "")).encode(), qos=1)]

    # --- the bridge ------------------------------------------------------------------------------

    def _hear_devices(self, message: Message, heard: Heard) -> None:
        if not message.payload:
            return
        entries = json_payload(message)
        if not isinstance(entries, list):
            raise MessageError(f"{message.topic}: expected a list of devices, got {type(entries).__name__}")
        known: dict[str, Profile] = {}
        topics: dict[str, str] = {}
        for entry in entries:
            if not self._usable(entry):
                continue
            key, topic = entry["ieee_address"].lower(), f"{self._base}/{entry['friendly_name']}"
            if not self._fits(key, topic):
                heard.counters["devices not understood"] += 1
            elif key in known or topic in topics:
                heard.counters["devices announced twice"] += 1
            elif len(known) >= self._limit and key not in self._expected:
                heard.counters["devices over the limit"] += 1
            else:
                known[key] = described(entry, f"{self.name}:{key}", topic)
                topics[topic] = key
        before = {a.address for made in self._profiles.values() for a in made.announced}
        self._profiles, self._names = known, {key: topic for topic, key in topics.items()}
        self._offline &= known.keys()
        self._route(heard)
        heard.announced = [a for made in known.values() for a in made.announced]
        heard.gone = sorted(before - {a.address for a in heard.announced})

    def _usable(self, entry: Any) -> bool:
        """Devices whose interview is over and which Zigbee2MQTT itself supports."""
        return (
            isinstance(entry, dict)
            and isinstance(entry.get("definition"), dict)
            and entry.get("type") != "Coordinator"
            and not entry.get("disabled")
            and entry.get("interview_completed", True) is not False
            and entry.get("interview_state", "SUCCESSFUL") == "SUCCESSFUL"
            and isinstance(entry.get("ieee_address"), str)
            and isinstance(entry.get("friendly_name"), str)
        )

    def _fits(self, key: str, topic: str) -> bool:
        """A name that is no topic of its own kind: it could make a command land elsewhere."""
        levels = topic.removeprefix(self._base + "/").split("/")
        reserved = levels[0] == "bridge" or not _RESERVED.isdisjoint(levels)
        return bool(_IEEE.fullmatch(key)) and topic_is_safe(topic) and not reserved and not self._elsewhere(topic)

    def _route(self, heard: Heard) -> None:
        heard.moved = True
        self._topics = {}
        for key, made in self._profiles.items():
            if self._attributes:
                for name in made.slots:
                    if topic_is_safe(topic := f"{self._names[key]}/{name}"):
                        self._topics.setdefault(topic, (key, "/" + name))
        for key, topic in self._names.items():
            self._topics[topic + "/availability"] = (key, "availability")
            self._topics[topic] = (key, "")
        self._places = {}
        for topic, (key, _) in self._topics.items():
            self._places[key] = (*self._places.get(key, ()), topic)

    def _hear_info(self, message: Message, heard: Heard) -> None:
        """Whether states come as one JSON object or as one topic for each attribute."""
        if not message.payload:
            return
        info = json_payload(message)
        config = info.get("config") if isinstance(info, dict) else None
        advanced = config.get("advanced") if isinstance(config, dict) else None
        attributes = isinstance(advanced, dict) and advanced.get("output") == "attribute"
        if attributes is not self._attributes:
            self._attributes = attributes
            self._route(heard)
            heard.announced = [a for made in self._profiles.values() for a in made.announced]

    def _hear_state(self, message: Message, at: float, heard: Heard) -> None:
        online = _is_online(message)
        if online is None:
            heard.counters["values not understood"] += 1
            return
        if online and not message.retain:
            self._expect_repeats(at, at + self._settle)
        if online is not self._online:
            self._online = online
            for key in self._profiles:
                self._say_available(key, at, heard)

    # --- devices ---------------------------------------------------------------------------------

    def _hear_availability(self, key: str, message: Message, at: float, heard: Heard) -> None:
        online = _is_online(message)
        if online is None:
            heard.counters["values not understood"] += 1
            return
        (self._offline.discard if online else self._offline.add)(key)
        self._say_available(key, at, heard)

    def _say_available(self, key: str, at: float, heard: Heard) -> None:
        """Never live: that a network believes in a device is no sign of life from its sensors."""
        value = float(self._online and key not in self._offline)
        for announced in self._profiles[key].announced:
            heard.readings.append(
                Reading(device=announced.address, quantity=Quantity.AVAILABLE, value=value, at=at, live=False)
            )

    def _hear_device(self, key: str, body: object, retained: bool, at: float, heard: Heard) -> None:
        if not isinstance(body, dict):
            raise MessageError(f"{self._names[key]}: expected a JSON object, got {type(body).__name__}")
        live = not retained and not self._cached(key, at, heard)
        slots = self._profiles[key].slots
        for name, value in body.items():
            for slot in slots.get(name, ()):
                read(slot, value, at, live, heard)

    def _expect_repeats(self, since: float, until: float) -> None:
        self._repeats, self._repeated = (since, until), set()

    def _cached(self, key: str, at: float, heard: Heard) -> bool:
        """Whether this is the state that Zigbee2MQTT repeats from its cache: once for each device."""
        if not self._repeats[0] <= at <= self._repeats[1] or key in self._repeated:
            return False
        self._repeated.add(key)
        heard.counters["states repeated from a cache"] += 1
        return True


def _key(address: str) -> str:
    return address.partition(":")[2].partition("#")[0]


def _raw(message: Message) -> Any:
    """One attribute's payload, written bare."""
    if len(message.payload) > 256:
        raise MessageError(f"{message.topic}: expected at most 256 bytes, got {len(message.payload)}")
    return message.payload.decode("utf-8", "replace")


def _is_online(message: Message) -> bool | None:
    """Both forms: `online`, and `{"state": "online"}`. None: neither."""
    if message.payload[:1] == b"{":
        body = json_payload(message)
        word = canonical(body.get("state")) if isinstance(body, dict) else ""
    else:
        word = message.payload[:16].decode("utf-8", "replace").strip().casefold()
    return {"online": True, "offline": False}.get(word)
