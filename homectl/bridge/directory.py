"""Every device of a home by its address: from messages to readings of the home, and from settings to messages."""

import logging
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from homectl.bridge.dialects.announced import Announced, Dialect, Elsewhere, Heard
from homectl.bridge.dialects.home_assistant import HomeAssistant
from homectl.bridge.dialects.values import topic_is_safe
from homectl.bridge.dialects.zigbee2mqtt import Zigbee2Mqtt
from homectl.bridge.messages import Message
from homectl.bridge.settings import BridgeSettings
from homectl.home import (
    KIND,
    ConfigError,
    Device,
    Home,
    Kind,
    MessageError,
    Quantity,
    Reading,
    Target,
    Unlock,
    Wish,
    plausible,
    wanted,
)

_OPENS = re.compile(rb"unlock|unlatch|open", re.IGNORECASE)
_UNLATCHES = re.compile(rb"unlatch|open", re.IGNORECASE)

log = logging.getLogger(__name__)

FAULTS = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What a payload nobody thought of could raise: counted and logged as a fault of ours, never passed on."""


def dialects_of(settings: BridgeSettings) -> tuple[Dialect, ...]:
    """The dialects a household speaks. Zigbee2MQTT first: it owns its topics, whoever else announces them."""
    birth = None if settings.home_assistant is None else f"{settings.home_assistant}/status"
    bridges: list[Dialect] = [Zigbee2Mqtt(base, birth=birth) for base in settings.zigbee2mqtt]
    if settings.home_assistant is not None:
        bridges.append(HomeAssistant(settings.home_assistant))
    return tuple(bridges)


class Directory:
    """Joins the home's placed devices with what their networks announce.

    `home` has for each placed device what it can sense and do; what home.yaml declares limits what is announced.
    A device that nobody placed is in `pending`: shown, never listened to, never commanded.
    """

    def __init__(self, home: Home, dialects: Sequence[Dialect]) -> None:
        """ConfigError if the home gives two devices one address."""
        self.home = home
        self.pending: dict[str, Announced] = {}
        self.counters: Counter[str] = Counter()
        self._dialects = tuple(dialects)
        self._declared: dict[str, Device] = {}
        for device in home.devices:
            if device.address and (other := self._declared.setdefault(device.address, device)) is not device:
                raise ConfigError(
                    f"home {home.id}: expected every address once, got {device.address} for {other.id} and {device.id}"
                )
        self._known: dict[str, tuple[Dialect, Announced]] = {}
        self._gone: set[str] = set()
        self._topics: tuple[str, ...] | None = None
        self._relays: set[str] = set()  # addresses of relays that switch a lamp
        for place, dialect in enumerate(self._dialects):
            dialect.expect(self._declared, _owners(self._dialects[:place]))

    def subscriptions(self) -> tuple[str, ...]:
        """Where devices are announced, and where the placed ones report. Grows as devices appear."""
        if self._topics is None:
            self._topics = tuple(dict.fromkeys(self._wanted()))
        return self._topics

    def take(self, message: Message, at: float) -> list[Reading]:
        """The readings in one message, of placed devices only. Whatever the payload holds, nothing is raised."""
        try:
            for dialect in self._dialects:
                heard = dialect.decode(message, at)
                if heard is not None:
                    return self._hear(dialect, heard, at)
        except MessageError as error:
            self.counters["messages not understood"] += 1
            log.debug("%r", error)
        except FAULTS:
            self.counters["messages that failed"] += 1
            log.warning("%r: a message could not be handled and was left out", message.topic, exc_info=True)
        return []

    def encode(self, target: Target, setting: Wish) -> list[Message]:
        """The messages that make a placed device obey; empty where it cannot. Never retained.

        What a setting becomes can open nothing; only a wish to unlock becomes a message that unlocks, and one alone.
        """
        device = self.home.device(target.device)
        known = self._known.get(device.address)
        if known is None or device.area is None or target.kind not in device.sets or KIND[type(setting)] != target.kind:
            return []
        if not all(map(math.isfinite, wanted(setting).values())):
            return []
        messages = known[0].encode(device.address, setting)
        if isinstance(setting, Unlock):
            return messages if device.unlocks and len(messages) == 1 and _may_unlock(messages[0]) else []
        return messages if all(map(_may_be_sent, messages)) else []

    def commanded(self, topic: str) -> tuple[str, ...]:
        """The home's devices that a message on this topic, whoever sent it, tells to do something."""
        addresses = [address for dialect in self._dialects for address in dialect.commanded(topic)]
        return tuple(self._declared[address].id for address in addresses if address in self._declared)

    def ask(self, target: Target) -> list[Message]:
        """The messages that make a placed device report its state; empty where nothing does."""
        device = self.home.device(target.device)
        known = self._known.get(device.address)
        return [] if known is None or device.area is None else known[0].ask(device.address)

    def _wanted(self) -> list[str]:
        topics = [topic for dialect in self._dialects for topic in dialect.subscriptions()]
        for address in self._declared:
            if address in self._known:
                topics += filter(topic_is_safe, self._known[address][0].topics(address))
        return topics

    def _hear(self, dialect: Dialect, heard: Heard, at: float) -> list[Reading]:
        self.counters.update(heard.counters)
        if heard.moved:
            self._topics = None
        readings = [self._available(address, 0.0, at) for address in heard.gone if self._forget(address)]
        readings += [self._available(a.address, 1.0, at) for a in heard.announced if a.address in self._gone]
        self._learn(dialect, heard.announced)
        readings += [self._own(reading) for reading in heard.readings if reading.device in self._declared]
        return readings

    def _learn(self, dialect: Dialect, announced: Iterable[Announced]) -> None:
        changed: list[Device] = []
        for one in announced:
            device = self._declared.get(one.address)
            self._gone.discard(one.address)
            if device is None or device.area is None:
                self.pending[one.address] = one
            if device is not None and self._known.get(one.address) != (dialect, one):
                self._known[one.address] = (dialect, one)
                changed.append(self._described(device, one))
        if changed:
            self.home = self.home.with_devices(changed)

    def _described(self, device: Device, announced: Announced) -> Device:
        """The device as home.yaml declares it, completed and limited by what it says of itself."""
        relay = Kind.LIGHT in device.sets and Kind.LIGHT not in announced.sets and announced.relay
        (self._relays.add if relay else self._relays.discard)(device.address)
        senses = (announced.senses - {Quantity.SWITCH}) | {Quantity.LIGHT_ON} if relay else announced.senses
        sets = announced.sets | {Kind.LIGHT} if relay else announced.sets
        declared = device.model_fields_set
        coolest = max(announced.coolest, device.coolest) if "coolest" in declared else announced.coolest
        warmest = min(announced.warmest, device.warmest) if "warmest" in declared else announced.warmest
        changes = {
            "senses": senses & device.senses if device.senses else senses,
            "sets": sets & device.sets if device.sets else sets,
            "unlocks": device.unlocks and announced.unlocks,
            "dimmable": device.dimmable and announced.dimmable and not relay,
            "coolest": min(coolest, warmest),
            "warmest": warmest,
            "step": device.step if "step" in declared else announced.step,
            "battery": device.battery if "battery" in declared else announced.battery,
            "check_in": device.check_in or announced.check_in,
        }
        return device.model_copy(update=changes)

    def _forget(self, address: str) -> bool:
        """A device has left its network. Whether it was a placed one: what it can do is kept, it is unreachable."""
        self.pending.pop(address, None)
        if self._known.pop(address, None) is None:
            return False
        self._gone.add(address)
        return True

    def _available(self, address: str, value: float, at: float) -> Reading:
        device = self._declared[address].id
        return Reading(device=device, quantity=Quantity.AVAILABLE, value=value, at=at, live=False)

    def _own(self, reading: Reading) -> Reading:
        """A reading by the home's name of its device; what cannot be true becomes unknown."""
        address, quantity, value = reading.device, reading.quantity, reading.value
        if quantity is Quantity.SWITCH and address in self._relays:
            quantity = Quantity.LIGHT_ON
        if value == value and not plausible(quantity, value):
            self.counters["values not plausible"] += 1
            value = float("nan")
        return replace(reading, device=self._declared[address].id, quantity=quantity, value=value)


def _owners(dialects: Sequence[Dialect]) -> Elsewhere:
    return lambda topic: any(dialect.owns(topic) for dialect in dialects)


def _may_be_sent(message: Message) -> bool:
    """A second look at what leaves: one concrete topic, not retained, and never anything that could open a lock."""
    return topic_is_safe(message.topic) and not message.retain and _OPENS.search(message.payload) is None


def _may_unlock(message: Message) -> bool:
    """The same look at what is to unlock: at most once, nothing kept of it, and no latch drawn with the bolt."""
    once = topic_is_safe(message.topic) and not message.retain and message.qos == 0
    return once and _UNLATCHES.search(message.payload) is None
