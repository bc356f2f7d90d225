"""A first home.yaml from what devices say of themselves: areas from what is suggested, from groups and from names."""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import yaml

from homectl.bridge.dialects.announced import Announced
from homectl.bridge.dialects.values import label
from homectl.home import Kind, Quantity

ROOMS: dict[str, str] = {
    "attic": "attic",
    "balcony": "balcony",
    "basement": "basement",
    "bath": "bathroom",
    "bathroom": "bathroom",
    "bedroom": "bedroom",
    "cellar": "basement",
    "corridor": "hall",
    "dining": "dining_room",
    "entrance": "hall",
    "front": "hall",
    "garage": "garage",
    "garden": "garden",
    "hall": "hall",
    "hallway": "hall",
    "kitchen": "kitchen",
    "laundry": "laundry",
    "living": "living_room",
    "livingroom": "living_room",
    "lounge": "living_room",
    "nursery": "nursery",
    "office": "office",
    "patio": "patio",
    "pantry": "pantry",
    "porch": "porch",
    "stairs": "stairs",
    "study": "study",
    "terrace": "terrace",
    "toilet": "toilet",
    "utility": "laundry",
}
"""Words in names that say where a device stands."""

OUTDOORS = frozenset({"balcony", "garden", "patio", "porch", "terrace"})
OUTSIDE_DOOR = frozenset({"entrance", "front", "main", "exterior", "outside"})


@dataclass(frozen=True, slots=True)
class Proposal:
    """Where one device seems to stand, and why: "" and "" where nothing tells."""

    announced: Announced
    area: str
    reason: str


def proposals(devices: Iterable[Announced], groups: Iterable[Mapping[str, Any]] = ()) -> list[Proposal]:
    """An area for every device that says or whose name or group says where it is, by address."""
    grouped = _grouped(groups)
    found = []
    for device in sorted(devices, key=lambda one: one.address):
        key = device.address.partition(":")[2].partition("#")[0]
        room = _room(device.name)
        if device.area and (area := _identifier(device.area)):
            found.append(Proposal(device, area, "it suggests so itself"))
        elif key in grouped:
            found.append(Proposal(device, grouped[key], "it is in that group"))
        else:
            found.append(Proposal(device, room, "by its name" if room else ""))
    return found


def home_yaml(found: list[Proposal], *, timezone: str, source: str) -> str:
    """The text of a home.yaml that can be read as it is, with a comment for everything a person should check."""
    areas = sorted({proposal.area for proposal in found if proposal.area})
    lines = [
        f"# Proposed by homectl init from {label(source)}. Check it, above all the areas and what is marked CHECK.",
        "# A device without an area is pending: seen, never commanded.",
        "id: home",
        "name: Home",
        f"timezone: {timezone}    # CHECK",
        "# latitude and longitude say when it is dark; two decimals are plenty. CHECK",
        "latitude: 50.0",
        "longitude: 10.0",
        "areas:" if areas else "areas: []",
    ]
    for area in areas:
        outdoors = ", outdoors: true" if area in OUTDOORS else ""
        lines.append(f"  - {{id: {_scalar(area)}, name: {_quoted(area.replace('_', ' ').capitalize())}{outdoors}}}")
    lines.append("devices:" if found else "devices: []")
    ids = _identifiers(proposal.announced for proposal in found)
    doors = [ids[p.announced.address] for p in found if Quantity.CONTACT in p.announced.senses]
    for proposal in found:
        lines += _device(proposal, ids[proposal.announced.address], doors)
    return "\n".join(lines) + "\n"


def _device(proposal: Proposal, name: str, doors: list[str]) -> list[str]:
    device, outside = proposal.announced, bool(OUTSIDE_DOOR & set(_words(proposal.announced.name)))
    about = ", ".join(sorted(device.kinds | device.senses)) or "nothing homectl understands"
    lines = [
        f"  # {device.model or 'unknown model'}: {about}",
        f"  - id: {_scalar(name)}",
        f"    name: {_quoted(device.name)}",
    ]
    lock = "lock" in device.kinds
    if not proposal.area:
        lines.append("    # area:    CHECK: nothing says where it stands; pending until you do")
    elif lock:
        lines.append(f"    # area: {_scalar(proposal.area)}    CHECK: {proposal.reason}; only you can place a lock")
    else:
        lines.append(f"    area: {_scalar(proposal.area)}    # {proposal.reason}")
    lines.append(f"    address: {_quoted(device.address)}")
    if lock:
        lines.append("    exterior: true    # CHECK: a lock between the home and the outside")
        lines.append(
            f"    # contact: {doors[0] if doors else '…'}    CHECK: the sensor of this very door; no bolt without it"
        )
    elif Quantity.CONTACT in device.senses:
        lines.append(f"    {'' if outside else '# '}exterior: true    # CHECK: only for a door to the outside")
    if device.relay and Kind.LIGHT not in device.sets:
        lines.append("    # sets: [light]    CHECK: only if this relay switches a lamp; else it is left alone")
    return lines


def _identifiers(devices: Iterable[Announced]) -> dict[str, str]:
    """An id for each address: its name as an identifier, numbered where that is taken."""
    ids: dict[str, str] = {}
    for device in devices:
        first, _, last = device.name.partition("/")
        repeated = bool(first) and _identifier(last).startswith(_identifier(first))
        wanted = _identifier(last if repeated else device.name) or "device"
        name, number = wanted, 1
        while name in ids.values():
            number += 1
            name = f"{wanted[:44]}_{number}"
        ids[device.address] = name
    return ids


def _grouped(groups: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Device → area, for groups whose own name is a room's; a device in two rooms' groups is in neither."""
    found: dict[str, set[str]] = {}
    for group in groups:
        room, members = _room(label(group.get("friendly_name"))), group.get("members")
        for member in members if room and isinstance(members, list) else ():
            if isinstance(member, dict) and isinstance(member.get("ieee_address"), str):
                found.setdefault(member["ieee_address"].lower(), set()).add(room)
    return {key: rooms.pop() for key, rooms in found.items() if len(rooms) == 1}


def _room(name: str) -> str:
    """The room a name speaks of: its first level where it has levels, else its first word that is a room's."""
    first, slash, _ = name.partition("/")
    if slash and not OUTSIDE_DOOR & set(_words(first)):
        return _identifier(first)
    words = re.findall(r"[a-z]+|[0-9]+", _plain(first if slash else name))
    for word, number in pairwise([*words, ""]):
        if word in ROOMS:
            return f"{ROOMS[word]}_{number}" if number.isdigit() and len(number) < 3 else ROOMS[word]
    return "hall" if slash else ""


def _words(name: str) -> list[str]:
    return re.findall(r"[a-z]+", _plain(name))


def _identifier(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", _plain(name)).strip("_")[:48].rstrip("_")


def _plain(name: str) -> str:
    """Without accents and capitals."""
    return unicodedata.normalize("NFKD", name.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()


def _scalar(text: str) -> str:
    """An identifier as YAML, in quotes where it would be read as a number or a truth."""
    return text if yaml.safe_load(text) == text else _quoted(text)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
