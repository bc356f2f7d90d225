"""A home guessed from a log: areas from its rooms, lamps from what they report or are called, each with its reason."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from homectl.home import Area, ConfigError, Device, Home, Kind, LogError, Quantity
from homectl.journal.readers.rows import Rows, Tally, rows
from homectl.journal.readers.tidy_csv import quantity_of

FLOOR = re.compile(
    r"^(\d+(st|nd|rd|th|f)?|gf|eg|og|ug|dg|ground|first|second|third|basement|cellar|upper|lower|floor ?\d+|level ?\d+)"
    r"( floor)?/"
)
COLOURS = frozenset({"color", "colour", "color_temp", "hue", "saturation"})
DOORS = frozenset({Quantity.CONTACT, Quantity.LOCK})
UNPLACED = "home"
MOST = 10_000
"""Devices times kinds of row that a home may have."""


class Words(BaseModel):
    """config/lamp_words.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    lamp: frozenset[str]
    places: frozenset[str]
    rooms: frozenset[str]
    appliance: frozenset[str]
    outdoors: frozenset[str]
    whole_floor: frozenset[str]
    exterior: frozenset[str]

    @classmethod
    def load(cls, path: Path) -> "Words":
        try:
            return cls.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        except (OSError, yaml.YAMLError, ValidationError) as error:
            found = str(error).splitlines()[0]
            raise ConfigError(f"{path}:1:1: expected lists of words, got {found}; restore the shipped file") from None


@dataclass(frozen=True, slots=True)
class Guess:
    """A home, and for each of its devices in one clause why it is what and where it is."""

    home: Home
    reasons: dict[str, str]


@dataclass(slots=True)
class Seen:
    """How often a device of the log was seen in which room and with which kind of row."""

    rooms: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)


def guess_home(paths: Sequence[Path], words: Words, *, timezone: str = "UTC", rows: Rows = rows) -> Guess:
    """Look through tidy CSVs of one home, once each. LogError if they hold no devices, or more than a home can have.

    `rows` reads another log in the columns of such a one.
    """
    seen: Counter[tuple[str, str, str, str]] = Counter()
    for path in paths:
        for _, (_, home, room, device, kind, _, _) in rows(path, Tally()):
            seen[home, room, device, kind] += 1
            if len(seen) > MOST:
                raise LogError(f"{path}: expected the log of one home, got over {MOST:,} devices; name a home file")
    if not seen:
        raise LogError(f"{paths[0]}: expected rows after the header, got none; name another log")
    homes: Counter[str] = Counter()
    devices: dict[str, Seen] = {}
    for (home, room, device, kind), count in sorted(seen.items(), key=lambda item: item[0][2]):
        homes[home] += count
        about = devices.setdefault(device, Seen())
        about.rooms[room] += count
        about.kinds[kind.strip().lower()] += count
    return assemble(slug(max(homes, key=lambda name: (homes[name], name))), devices, words, timezone)


def slug(text: str) -> str:
    """A name as an identifier."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:48].strip("_") or "home"


def assemble(home: str, seen: dict[str, Seen], words: Words, timezone: str) -> Guess:
    """The home of what was seen of each device, by its name."""
    known = {_short(_room(about)) for about in seen.values()} - {_short(word) for word in words.whole_floor}
    names: dict[str, str] = {}
    devices: list[Device] = []
    reasons: dict[str, str] = {}
    taken: set[str] = set()
    for name, about in seen.items():
        area, why_area = _area(name, about, known, words)
        short = slug(_short(area))
        names[short] = max(names.get(short, ""), area, key=len)
        device, why = _device(name, about, short, words)
        device = device.model_copy(update={"id": unique(device.id, taken)})
        devices.append(device)
        reasons[device.id] = f"{why}; {why_area}"
    areas = tuple(
        Area(id=short, name=name.capitalize(), outdoors=mentions(name, words.outdoors))
        for short, name in sorted(names.items())
    )
    return Guess(Home(id=home, timezone=timezone, areas=areas, devices=tuple(devices)), reasons)


def _area(name: str, about: Seen, known: set[str], words: Words) -> tuple[str, str]:
    """Where a device is: its room, unless its own name `Room (thing)` says better."""
    if "outdoor_temperature" in about.kinds:
        return "outdoors", "it reports the temperature outdoors"
    room = _room(about)
    own = name.partition(" (")[0].strip().lower() if " (" in name else ""
    if own and room in words.whole_floor:
        return own, f"in {own}, as its name says; {room} is a whole floor"
    if own and _short(own) in known and _short(own) != _short(room):
        return own, f"in {own}, as its name says, though the log has it in {room or 'no room'}"
    if not room:
        return UNPLACED, "the log names no room"
    return room, f"in {room}, as the log says"


def _device(name: str, about: Seen, area: str, words: Words) -> tuple[Device, str]:
    sets, why = _sets(name, about, words)
    plain = Device(id=slug(name), name=name, area=area, sets=sets)
    outdoors = "outdoor_temperature" in about.kinds
    senses = {quantity_of(kind, plain, outdoors=outdoors) for kind in about.kinds} - {None}
    update = {
        "senses": frozenset(q for q in senses if q is not None),
        "dimmable": Quantity.LIGHT_LEVEL in senses,
        "battery": not sets and "power" not in about.kinds and "switch" not in about.kinds,
        "exterior": not DOORS.isdisjoint(senses) and mentions(name, words.exterior),
    }
    return plain.model_copy(update=update), why


def _sets(name: str, about: Seen, words: Words) -> tuple[frozenset[Kind], str]:
    """What may be set, and why."""
    if "light" in about.kinds:
        return frozenset({Kind.LIGHT}), "lamp: the log calls it a light"
    if "setpoint" in about.kinds:
        return frozenset({Kind.SETPOINT}), "thermostat: it reports a setpoint"
    if "lock" in about.kinds:
        return frozenset({Kind.LOCK}), "lock: it reports a bolt"
    if "lamp" in about.kinds:
        return frozenset({Kind.LIGHT}), "lamp: the log calls it one"
    if "switch" not in about.kinds:
        return frozenset(), "sensor"
    if "motion" in about.kinds:
        return frozenset(), "sensor: it reports motion"
    lamp = frozenset({Kind.LIGHT})
    if "level" in about.kinds or COLOURS & about.kinds.keys():
        return lamp, "lamp: it reports a level or a colour"
    if mentions(name, words.appliance):
        return frozenset(), "switch, left alone: its name is an appliance's"
    if mentions(name, words.lamp):
        return lamp, "lamp: its name says so"
    thing = name.partition(" (")[2] or name
    if mentions(thing, words.places):
        return lamp, "lamp: it is called after a place where lamps are"
    return frozenset(), "switch, left alone: nothing says that it is a lamp"


def _room(about: Seen) -> str:
    """The room a device was seen in most, without case and floor."""
    room = min(about.rooms.items(), key=lambda item: (-item[1], item[0]))[0].strip().lower()
    return FLOOR.sub("", room)


def _short(room: str) -> str:
    return room.removesuffix(" room").replace("livingroom", "living").strip()


def mentions(name: str, words: Iterable[str]) -> bool:
    """Whether one of the words stands in a name, alone or with a plural s."""
    found = re.findall(r"[^\W\d_]+", name.lower())
    return not set(words).isdisjoint({*found, *(word.removesuffix("s") for word in found)})


def unique(name: str, taken: set[str]) -> str:
    """The name, or with a number behind it if it is taken already; then it is."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name[:44]}_{number}"
    taken.add(free)
    return free
