"""A home guessed from Home Assistant's logs: each entity a device, in the room that its id or its name speaks of."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from homectl.home import Device, LogError, Quantity
from homectl.journal.readers.areas_from_log import MOST, Guess, Seen, Words, assemble, mentions
from homectl.journal.readers.entities import told
from homectl.journal.readers.home_assistant import states
from homectl.journal.readers.rows import Tally
from homectl.journal.readers.state import LONGEST_WORD, State
from homectl.journal.readers.tidy_csv import Unusable

KINDS: dict[Quantity, str] = {Quantity.LIGHT_ON: "switch", Quantity.LIGHT_LEVEL: "level"}
"""What a tidy CSV calls what it calls by another word."""

LONGEST_ROOM = 3
"""Words that the name of a room may have."""

WHOLE = re.compile(r"^[a-z0-9_]+\.[a-z0-9_]+$")


@dataclass(slots=True)
class _Entity:
    """What an entity tells, and what a household calls it."""

    told: set[Quantity] = field(default_factory=set)
    name: str = ""

    def learn(self, state: State) -> None:
        try:
            self.told.update(one.quantity for one in told(state))
        except Unusable:
            return
        name = state.attributes.get("friendly_name")
        if isinstance(name, str):
            self.name = "".join(letter for letter in name if letter.isprintable()).strip()


def guess_home(paths: Sequence[Path], words: Words, *, timezone: str = "UTC") -> Guess:
    """Look through the logs of one home, once each. LogError if nothing in them is of use, or more than a home has."""
    entities: dict[str, _Entity] = {}
    for path in paths:
        for state in states(path, Tally()):
            entity = entities.get(state.entity)
            if entity is None and WHOLE.match(state.entity) and len(state.entity) <= 2 * LONGEST_WORD:
                entity = entities[state.entity] = _Entity()
            if entity is not None:
                entity.learn(state)
            if len(entities) > MOST:
                raise LogError(f"{path}: expected the log of one home, got over {MOST:,} entities; name a home file")
    of_use = {name: entity for name, entity in sorted(entities.items()) if entity.told}
    if not of_use:
        raise LogError(f"{paths[0]}: expected lights, sensors, thermostats or locks, got none; name another log")
    return _guessed(of_use, words, timezone)


def _guessed(entities: dict[str, _Entity], words: Words, timezone: str) -> Guess:
    seen = {name: _seen(name, entity, words) for name, entity in entities.items()}
    guess = assemble("home", seen, words, timezone)
    devices, reasons = [], dict(guess.reasons)
    for device in guess.home.devices:
        entity = entities[device.name]
        update: dict[str, str | None] = {"name": entity.name, "address": f"log:{device.name}"}
        if Quantity.TEMPERATURE in entity.told and mentions(f"{device.name} {entity.name}", words.appliance):
            update["area"] = None
            reasons[device.id] = "sensor; not placed: it is called after an appliance"
        devices.append(_told(device.model_copy(update=update), entity))
    return Guess(guess.home.model_copy(update={"devices": tuple(devices)}), reasons)


def _seen(name: str, entity: _Entity, words: Words) -> Seen:
    kinds = [KINDS.get(quantity, str(quantity)) for quantity in entity.told]
    if name.startswith("light."):
        kinds += ["switch", "light"]
    texts = (name.partition(".")[2], entity.name)
    room = next((found for text in texts if (found := room_in(text, words))), "")
    return Seen(rooms=Counter([room]), kinds=Counter(kinds))


def room_in(text: str, words: Words) -> str:
    """The room that an id or name speaks of, with its number if it has one; "" for none. The longest name counts."""
    said = re.findall(r"[^\W_]+", text.lower())
    known = words.rooms | words.outdoors
    for size in range(LONGEST_ROOM, 0, -1):
        for start in range(len(said) - size + 1):
            room = " ".join(said[start : start + size])
            if room in known or (size == 2 and said[start + 1] == "room"):
                number = said[start + size : start + size + 1]
                return " ".join([room, *(digits for digits in number if digits.isdecimal())])
    return ""


def _told(device: Device, entity: _Entity) -> Device:
    """The device with all that it tells, also what no tidy CSV would have."""
    beyond = entity.told & {Quantity.HEATING, Quantity.AVAILABLE}
    return device.model_copy(update={"senses": device.senses | beyond})
