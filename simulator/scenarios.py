"""Scenarios: a seed, a start and what goes wrong, as the files of config/scenarios say it."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from simulator.faults import OF_A_DEVICE, Fault, Trouble
from simulator.household import draw_household
from simulator.world import World


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Mishap(_Declared):
    """One trouble, in minutes after the start."""

    trouble: Trouble
    device: str = Field(default="", description="which device; empty where the trouble is not one device's")
    after: float = Field(ge=0, description="minutes after the start")
    lasts: float = Field(gt=0, description="minutes")

    @model_validator(mode="after")
    def _names_a_device(self) -> Self:
        needed = self.trouble in OF_A_DEVICE
        if needed != bool(self.device):
            raise ValueError(f"expected {'a' if needed else 'no'} device for {self.trouble}, got {self.device!r}")
        return self


class Scenario(_Declared):
    """The content of a scenario file."""

    title: str
    seed: int = Field(ge=0)
    start: datetime = Field(description="in the home's own time, unless it names an offset")
    detectors: tuple[str, ...] = Field(default=(), description="areas with a detector of smoke and carbon monoxide")
    troubles: tuple[Mishap, ...] = ()

    def world(self) -> World:
        """The world at its start, with its troubles before it. DeviceUnknown for a device that this home has not."""
        zone = draw_household(self.seed).zone
        start = (self.start if self.start.tzinfo else self.start.replace(tzinfo=zone)).timestamp()
        world = World(self.seed, start=start, detectors=self.detectors)
        for mishap in self.troubles:
            begin = start + mishap.after * 60
            world.suffer(Fault(trouble=mishap.trouble, device=mishap.device, at=begin, until=begin + mishap.lasts * 60))
        return world
