"""One discovery message of Home Assistant's: which device it is about, and the components it announces."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from homectl.bridge.dialects.abbreviations import spelled_out
from homectl.bridge.dialects.announced import Elsewhere
from homectl.bridge.dialects.availability import Availability, availability
from homectl.bridge.dialects.components import component
from homectl.bridge.dialects.parts import Part
from homectl.bridge.dialects.values import label
from homectl.home import MessageError

SHARED = (
    "availability",
    "availability_mode",
    "availability_template",
    "availability_topic",
    "command_topic",
    "payload_available",
    "payload_not_available",
    "qos",
    "state_topic",
)
"""Keys of a device announcement that hold for each of its components."""

MOST_COMPONENTS = 256
_LEVEL = re.compile(r"[a-zA-Z0-9_-]+")
_WORD = re.compile(r"[\w-]{1,64}", re.ASCII)
_NOTHING = Availability("latest", ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One function, what it is called, and how it shows that it can be reached."""

    part: Part
    unique: str
    name: str
    availability: Availability


@dataclass(slots=True, kw_only=True)
class Announcement:
    """What one config topic says. No key: it says that nothing is there any more."""

    key: str = ""
    name: str = ""
    model: str = ""
    area: str = ""
    components: list[Component] = field(default_factory=list)
    left_alone: list[str] = field(default_factory=list)
    counters: Counter[str] = field(default_factory=Counter)


def levels_of(topic: str) -> list[str]:
    """Component, node where there is one, and object of `<component>/[<node>/]<object>/config`; empty for others."""
    *levels, last = topic.split("/")
    fits = last == "config" and len(levels) in (2, 3) and all(map(_LEVEL.fullmatch, levels))
    return levels if fits else []


def announcement(levels: list[str], body: Any, elsewhere: Elsewhere) -> Announcement | None:
    """What a payload announces under `<component>/[<node>/]<object>`; None while it is being moved to another topic.

    MessageError where it names no device or no component.
    """
    whole = spelled_out(body)
    if whole.get("migrate_discovery") is True:
        return None
    said = whole.get("device")
    device: dict[str, Any] = said if isinstance(said, dict) else {}
    found = Announcement(
        key=_key(device) or label(whole.get("unique_id"), 120).replace("#", "_") or "_".join(levels),
        name=label(device.get("name")) or label(whole.get("name")) or levels[-1],
        model=f"{label(device.get('manufacturer'))} {label(device.get('model'))}".strip(),
        area=label(device.get("suggested_area")),
    )
    for platform, name, one in _components(levels, whole, body):
        _take(found, platform, name, one, elsewhere)
    return found


def _components(levels: list[str], whole: dict[str, Any], body: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    if levels[0] != "device":
        yield levels[0], levels[-1], whole
        return
    components = whole.get("components")
    if not isinstance(components, dict):
        raise MessageError("discovery: expected components in the announcement of a device, got none")
    shared = {key: whole[key] for key in SHARED if key in whole}
    base = {"~": body["~"]} if "~" in body else {}
    for name, one in list(components.items())[:MOST_COMPONENTS]:
        if isinstance(one, dict) and len(one) > 1:
            own = spelled_out(base | one)
            yield str(own.get("platform")), name, shared | own


def _take(found: Announcement, platform: str, name: str, body: dict[str, Any], elsewhere: Elsewhere) -> None:
    """Add one component; what homectl cannot understand stays visible by name."""
    topics = (value for key, value in body.items() if key.endswith("_topic") and isinstance(value, str))
    if any(map(elsewhere, topics)):
        found.counters["components of another network"] += 1
        return
    try:
        part = component(platform, body, name) if _WORD.fullmatch(name) else None
        signs = availability(body) if part is not None else _NOTHING
    except MessageError:
        found.counters["components not understood"] += 1
        part = None
    if part is None:
        found.left_alone.append(label(name))
        return
    if part.send is not None and not _beside(part):
        found.counters["command topics out of place"] += 1
        part = part._replace(send=None, commands=())
    signs = replace(signs, signs=tuple(sign for sign in signs.signs if not elsewhere(sign.topic)))
    unique = label(body.get("unique_id"), 120) or name
    found.components.append(Component(part=part, unique=unique, name=label(body.get("name")), availability=signs))


def _beside(part: Part) -> bool:
    """Whether a component is told where it reports: on topics that share one of their first two levels."""
    near = {level for claim in part.claims for level in claim.place.split("/")[:2]}
    return all(near & set(topic.split("/")[:2]) for topic in part.commands)


def _key(device: dict[str, Any]) -> str:
    """The device's first identifier or connection: what stays when its name changes."""
    identifiers = device.get("identifiers")
    first = identifiers[0] if isinstance(identifiers, list) and identifiers else identifiers
    if not isinstance(first, str):
        connections = device.get("connections")
        pair = connections[0] if isinstance(connections, list) and connections else None
        first = pair[1] if isinstance(pair, list) and len(pair) == 2 else None
    return label(first, 120).replace("#", "_")
