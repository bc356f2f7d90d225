"""What a dialect says of its network: who is there, who has gone, and what was reported."""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any, Protocol

from homectl.bridge.dialects.values import NAN, Read
from homectl.bridge.messages import Message
from homectl.home import STATE, Kind, MessageError, Origin, Quantity, Reading, Wish

Send = Callable[[Wish], list[Message]]
"""What makes one target obey; empty where the wish is not for it."""

Elsewhere = Callable[[str], bool]
"""Whether a topic belongs to another network."""

REPORTED = frozenset({*STATE.values(), Quantity.LIGHT_LEVEL, Quantity.SWITCH, Quantity.POSITION, Quantity.ACTION})
"""Quantities that somebody made what they are. A dialect cannot know who: their origin is unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """One device as its network describes it. `address` is `dialect:key`, with `#part` for one of several alike."""

    address: str
    name: str
    model: str = ""
    area: str = ""  # where the announcement suggests it stands
    kinds: frozenset[str] = frozenset()  # the functions it declares: light, climate, lock, switch, sensor …
    senses: frozenset[Quantity] = frozenset()
    sets: frozenset[Kind] = frozenset()
    unlocks: bool = False  # a lock that says how it is unlocked
    relay: bool = False  # a switch that can be moved, and may be a lamp's if the household says so
    dimmable: bool = True
    coolest: float = 5.0
    warmest: float = 30.0
    step: float = 0.5
    battery: bool = False
    check_in: float | None = None
    left_alone: tuple[str, ...] = ()  # properties nobody understands


@dataclass(slots=True)
class Heard:
    """What one message said. Readings name the address as their device."""

    readings: list[Reading] = field(default_factory=list)
    announced: list[Announced] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    moved: bool = False  # the topics of known devices may have changed
    counters: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Slot:
    """Where one reported value goes, and how to read it. The value of an event is its text."""

    address: str
    quantity: Quantity
    convert: Read


class Dialect(Protocol):
    """The way one network speaks. Pure: it sends nothing and knows no clock."""

    @property
    def name(self) -> str: ...

    def subscriptions(self) -> tuple[str, ...]:
        """The topics where devices are announced."""

    def topics(self, address: str) -> tuple[str, ...]:
        """The topics where a known device reports."""

    def owns(self, topic: str) -> bool:
        """Whether a topic belongs to this network and to no other."""

    def expect(self, addresses: Collection[str], elsewhere: Elsewhere) -> None:
        """Keep room for these, however many strangers announce themselves, and leave other networks' topics to them."""

    def decode(self, message: Message, at: float) -> Heard | None:
        """What a message says; None if it is not for this dialect. MessageError if it says nothing sensible."""

    def encode(self, address: str, setting: Wish) -> list[Message]:
        """What makes a device obey; empty if it cannot."""

    def commanded(self, topic: str) -> tuple[str, ...]:
        """The addresses that a message on this topic tells to do something."""

    def ask(self, address: str, /) -> list[Message]:
        """What makes a device report its state; empty if nothing does."""


def read(slot: Slot, value: Any, at: float, live: bool, heard: Heard) -> None:
    """Add one reported value to what was heard. Nonsense is counted, and the device then does not know."""
    quantity = slot.quantity
    if quantity is Quantity.ACTION:
        _event(slot, value, at, live, heard)
        return
    number: float | None
    try:
        number = slot.convert(value)
    except MessageError:
        heard.counters["values not understood"] += 1
        number = NAN
    if number is None:
        return
    origin = Origin.UNKNOWN if quantity in REPORTED else Origin.SENSED
    heard.readings.append(
        Reading(device=slot.address, quantity=quantity, value=number, at=at, origin=origin, live=live)
    )


def _event(slot: Slot, value: Any, at: float, live: bool, heard: Heard) -> None:
    """An event happens once and is never remembered: what a broker or a cache repeats is none."""
    if live and isinstance(value, str) and value and value.isprintable():
        event = Reading(
            device=slot.address, quantity=Quantity.ACTION, value=1.0, at=at, origin=Origin.UNKNOWN, text=value[:64]
        )
        heard.readings.append(event)
