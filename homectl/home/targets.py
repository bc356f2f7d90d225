"""What can be set, and how things of a home are named and described."""

from enum import StrEnum
from functools import cached_property
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, StringConstraints

from homectl.home.readings import Quantity

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,47}$")]
"""The name of a home, area or device: it becomes a topic level and a file name."""


class Kind(StrEnum):
    """What a target lets us set."""

    LIGHT = "light"
    SETPOINT = "setpoint"
    LOCK = "lock"


STATE: dict[Kind, Quantity] = {
    Kind.LIGHT: Quantity.LIGHT_ON,
    Kind.SETPOINT: Quantity.SETPOINT,
    Kind.LOCK: Quantity.LOCK,
}
"""The quantity that reports a target's main state."""


class Target(NamedTuple):
    """One controllable thing: a lamp, a thermostat, a lock. Written `device/kind`."""

    device: str
    kind: Kind

    def __str__(self) -> str:
        return f"{self.device}/{self.kind}"


class Described(BaseModel):
    """A part of home.yaml: frozen, and no key that nobody declared."""

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))
