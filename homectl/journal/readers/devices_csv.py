"""A home from a table of its devices: `device,area,role,switched_by`."""

import csv
from pathlib import Path

from homectl.home import STATE, Area, Device, Home, Kind, LogError, Origin, Quantity
from homectl.journal.readers.areas_from_log import Words, slug, unique

COLUMNS = ("device", "area", "role", "switched_by")
SWITCHED_BY = {"person": Origin.PERSON, "rule": Origin.AUTOMATION, "automation": Origin.AUTOMATION}

SETS = {"lamp": Kind.LIGHT, "light": Kind.LIGHT, "thermostat": Kind.SETPOINT, "lock": Kind.LOCK}
"""What a word of a role lets us set; a role with the word sensor sets nothing."""

SENSES: dict[str, tuple[Quantity, ...]] = {
    "motion": (Quantity.MOTION,),
    "light": (Quantity.ILLUMINANCE,),
    "climate": (Quantity.TEMPERATURE, Quantity.HUMIDITY),
    "door": (Quantity.CONTACT,),
    "window": (Quantity.CONTACT,),
    "button": (Quantity.ACTION,),
}
"""What the words of a role say that a device without anything to set can sense."""

ELSEWHERE = ("not room climate", "outbuilding")
"""Roles whose climate is not that of the area they stand in: such a device is not placed."""


def is_devices_csv(path: Path) -> bool:
    """Whether the file starts as a table of devices."""
    with path.open("rb") as file:
        return file.read(256).removeprefix(b"\xef\xbb\xbf").startswith(",".join(COLUMNS).encode())


def home_from_devices_csv(path: Path, words: Words, *, timezone: str = "UTC") -> Home:
    """The home that a table of devices describes. LogError for another table."""
    lines = _table(path)
    taken: set[str] = set()
    devices = tuple(_device(row, taken) for row in lines if row["device"])
    outdoors = {slug(row["area"]) for row in lines if row["area"].lower() in words.outdoors or "outdoor" in row["role"]}
    names = {slug(row["area"]): row["area"] for row in lines if row["area"]}
    areas = tuple(Area(id=k, name=v.capitalize(), outdoors=k in outdoors) for k, v in sorted(names.items()))
    name = path.name.partition(".")[0]
    return Home(id=slug(name), timezone=timezone, areas=areas, devices=devices)


def _table(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file)
            if tuple(table.fieldnames or ()) != COLUMNS:
                got = ",".join(table.fieldnames or ())[:60]
                raise LogError(f"{path}:1: expected the columns {','.join(COLUMNS)}, got {got!r}; name another file")
            return [{name: (row[name] or "").strip() for name in COLUMNS} for row in table]
    except (csv.Error, UnicodeDecodeError) as error:
        raise LogError(f"{path}: expected a table in UTF-8, got {error}; save it as CSV again") from None


def _device(row: dict[str, str], taken: set[str]) -> Device:
    role = row["role"].lower()
    words = role.replace("(", " ").split()
    kind = None if "sensor" in words else next((SETS[word] for word in words if word in SETS), None)
    sensed = {q for word in words for q in SENSES.get(word, ())} if kind is None else {STATE[kind]}
    placed = row["area"] and not any(mark in role for mark in ELSEWHERE)
    return Device(
        id=unique(slug(row["device"]), taken),
        name=row["device"],
        area=slug(row["area"]) if placed else None,
        senses=frozenset(sensed),
        sets=frozenset({kind} if kind else ()),
        dimmable=False,
        battery=bool(sensed) and kind is None,
        exterior="exterior" in words,
        switched_by=SWITCHED_BY.get(row["switched_by"].lower(), Origin.UNKNOWN),
    )
