"""What a device is made of, and how its parts get addresses and places to report to."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from homectl.bridge.dialects.announced import Announced, Send, Slot
from homectl.bridge.dialects.values import Read
from homectl.home import Kind, Quantity

SETTABLE: dict[Kind, str] = {Kind.LIGHT: "light", Kind.SETPOINT: "climate", Kind.LOCK: "lock"}
"""The functions that can be commanded, by what they let us set."""

Limits = tuple[float, float, float]
"""Lowest and highest setpoint and its step, °C."""


class Claim(NamedTuple):
    """One quantity a part reports: where (a property or a topic), and how it is read."""

    quantity: Quantity
    place: str
    convert: Read


class Part(NamedTuple):
    """One function of a device: a lamp, a thermostat, a lock, a relay, or a single sensor."""

    kind: str
    name: str  # its endpoint or component: what tells it from others alike
    claims: tuple[Claim, ...]
    send: Send | None = None
    asks: tuple[str, ...] = ()
    dimmable: bool = False
    unlocks: bool = False
    limits: Limits | None = None
    check_in: float | None = None
    commands: tuple[str, ...] = ()  # topics it is told on, where they are not the device's own

    @property
    def likeness(self) -> str:
        return self.kind if self.kind != "sensor" else str(self.claims[0].quantity)


@dataclass(slots=True)
class Profile:
    """One device, ready to be spoken with."""

    announced: list[Announced] = field(default_factory=list)
    slots: dict[str, tuple[Slot, ...]] = field(default_factory=dict)
    sends: dict[tuple[str, str], Send] = field(default_factory=dict)
    asks: dict[str, tuple[str, ...]] = field(default_factory=dict)


def profile(parts: Iterable[Part], address: str, *, naming: Callable[[str], str], **known: Any) -> Profile:
    """A device of these parts. `naming` makes the name of a part that has an address of its own ("" for the device);
    `known` is what Announced says of all of them alike. Of two parts that report the same, the first one speaks."""
    made = Profile()
    for place, placed in _placed(list(parts), address).items():
        for part in placed:
            for claim in part.claims:
                slot = Slot(place, claim.quantity, claim.convert)
                made.slots[claim.place] = (*made.slots.get(claim.place, ()), slot)
            if part.send is not None:
                made.sends[place, part.kind] = part.send
            made.asks[place] = (*made.asks.get(place, ()), *part.asks)
        name = naming(place.removeprefix(address).removeprefix("#"))
        made.announced.append(_announced(placed, address=place, name=name, **known))
    return made


def _announced(parts: list[Part], **known: Any) -> Announced:
    limits = next((part.limits for part in parts if part.limits), (5.0, 30.0, 0.5))
    movable = {part.kind for part in parts if part.send is not None}
    return Announced(
        kinds=frozenset(part.kind for part in parts),
        senses=frozenset(claim.quantity for part in parts for claim in part.claims),
        sets=frozenset(kind for kind, word in SETTABLE.items() if word in movable),
        unlocks=any(part.unlocks for part in parts),
        relay="switch" in movable,
        dimmable=any(part.dimmable for part in parts),
        coolest=limits[0],
        warmest=limits[1],
        step=limits[2],
        check_in=max((part.check_in for part in parts if part.check_in), default=None),
        **known,
    )


def _placed(parts: list[Part], address: str) -> dict[str, list[Part]]:
    """Every part at the device's own address; those alike, and sensors in each other's way, at one for each name."""
    placed: dict[str, list[Part]] = {address: []}
    taken: set[tuple[str, Quantity]] = set()
    alike: dict[str, set[str]] = {}
    for part in parts:
        alike.setdefault(part.likeness, set()).add(part.name)
    for part in sorted(parts, key=lambda part: part.kind == "sensor"):
        places = [f"{address}#{part.name}"] if part.name else [address]
        if part.name and len(alike[part.likeness]) == 1:
            places.insert(0, address)
        for place in places if part.kind == "sensor" else places[:1]:
            here = {(place, claim.quantity) for claim in part.claims}
            if not here & taken:
                taken |= here
                placed.setdefault(place, []).append(part)
                break
    if not placed[address] and len(placed) > 1:
        del placed[address]
    return placed
