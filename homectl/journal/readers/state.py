"""One state of a Home Assistant entity, as its database or its history export tells it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from homectl.home import Origin

Attributes = Mapping[str, Any]
"""Those of a state that mean anything here; their values are whatever the file says."""

NO_ATTRIBUTES: Final[Attributes] = {}
WANTED: Final = (
    *("device_class", "unit_of_measurement", "friendly_name", "brightness"),
    *("temperature", "current_temperature", "hvac_action", "max_temp"),
)
LONGEST_ATTRIBUTES: Final = 1 << 16
LONGEST_WORD: Final = 128


@dataclass(frozen=True, slots=True)
class State:
    """What an entity was said to be. `said` is None when the entity was removed.

    `maker` is who the file says made it so, UNKNOWN if it says nothing; `turned` is false where only attributes are
    new. `at` is UTC seconds as the file has them; `line` is where it stands there.
    """

    line: int
    entity: str
    said: str | None
    at: float
    attributes: Attributes
    maker: Origin
    turned: bool


def attributes_in(text: object) -> Attributes | str:
    """Attributes written as JSON; else why they cannot be read. Nothing written is none."""
    if text is None or text == "":
        return NO_ATTRIBUTES
    if not isinstance(text, str):
        return "expected attributes in JSON"
    if len(text) > LONGEST_ATTRIBUTES:
        return "attributes that are too long"
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return "expected attributes in JSON"
    if not isinstance(found, dict):
        return "expected attributes in JSON"
    return {name: _short(found[name]) for name in WANTED if found.get(name) is not None}


def _short(value: object) -> object:
    """A word cut to what a word may be; numbers as they are; nothing else."""
    if isinstance(value, str):
        return value[:LONGEST_WORD]
    return value if isinstance(value, int | float) else None
