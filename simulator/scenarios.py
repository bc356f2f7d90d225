"""Scenarios: a seed, a start and what goes wrong, as the files of config/scenarios say it."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from homectl.home import UsageError
from simulator.backstage import WireFault
from simulator.faults import OF_A_DEVICE, Fault, Trouble, Wire
from simulator.household import draw_household
from simulator.world import World


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Mishap(_Declared):
    """One trouble of the home or on the wire, in minutes after the start."""

    trouble: Trouble | Wire
    device: str = Field(default="", description="which device; empty where the trouble is not one device's")
    after: float = Field(ge=0, description="minutes after the start")
    lasts: float = Field(gt=0, description="minutes")

    @property
    def on_the_wire(self) -> bool:
        """Whether it happens between a daemon and its broker."""
        return isinstance(self.trouble, Wire)

    @model_validator(mode="after")
    def _names_a_device(self) -> Self:
        needed = self.trouble in OF_A_DEVICE
        if needed != bool(self.device):
            raise ValueError(f"expected {'a' if needed else 'no'} device for {self.trouble}, got {self.device!r}")
        return self


class Mishaps(_Declared):
    """The content of a file of troubles for any home that has the devices."""

    troubles: tuple[Mishap, ...]


SPEC = re.compile(r"(?P<trouble>\w+)(?::(?P<device>\w+))?@(?P<after>[\d.]+)\+(?P<lasts>[\d.]+)")


def mishaps(text: str) -> tuple[Mishap, ...]:
    """Troubles in short, `silent:hall_motion@60+600,jam@0+30,stall@10+1`: minutes after the start, and of their length.

    UsageError for anything else.
    """
    return tuple(_mishap(word.strip()) for word in text.split(","))


def _mishap(word: str) -> Mishap:
    found = SPEC.fullmatch(word)
    if found is None:
        raise UsageError(f"--faults: expected a file, or TROUBLE[:DEVICE]@AFTER+LASTS in minutes, got {word!r}.")
    try:
        return Mishap.model_validate({**found.groupdict(), "device": found["device"] or ""})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise UsageError(f"--faults: {word}: {first['msg']}.") from None


def strike(world: World, troubles: Iterable[Mishap], start: float) -> None:
    """Let the home's troubles come, in their minutes after `start`. DeviceUnknown for a device that it has not."""
    for mishap in troubles:
        begin = start + mishap.after * 60
        if isinstance(mishap.trouble, Trouble):
            world.suffer(Fault(trouble=mishap.trouble, device=mishap.device, at=begin, until=begin + mishap.lasts * 60))


def on_the_wire(troubles: Iterable[Mishap], start: float) -> list[WireFault]:
    """Those that happen between a daemon and its broker, in order."""
    return sorted(
        WireFault(at=start + mishap.after * 60, fault=mishap.trouble, seconds=mishap.lasts * 60)
        for mishap in troubles
        if isinstance(mishap.trouble, Wire)
    )


class Scenario(_Declared):
    """The content of a scenario file."""

    title: str
    seed: int = Field(ge=0)
    start: datetime = Field(description="in the home's own time, unless it names an offset")
    detectors: tuple[str, ...] = Field(default=(), description="areas with a detector of smoke and carbon monoxide")
    troubles: tuple[Mishap, ...] = ()

    def start_at(self) -> float:
        """When it begins, UTC seconds."""
        zone = draw_household(self.seed).zone
        return (self.start if self.start.tzinfo else self.start.replace(tzinfo=zone)).timestamp()

    def world(self) -> World:
        """The world at its start, with its troubles before it. DeviceUnknown for a device that this home has not."""
        start = self.start_at()
        world = World(self.seed, start=start, detectors=self.detectors)
        strike(world, self.troubles, start)
        return world
