"""Schedules of home.yaml: from when to when, on which days, which setting is wanted of what."""

from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, model_validator

from homectl.home.day_times import Written
from homectl.home.targets import Described, Identifier, Kind


class Weekday(StrEnum):
    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class LampWish(Described):
    """A lamp on or off; `level` is a share of full brightness, left out to keep it as it is."""

    on: bool
    level: float | None = Field(default=None, gt=0, le=1)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.level is not None and not self.on:
            raise ValueError("expected no level for a lamp that is to be off")
        return self


class Schedule(Described):
    """One setting that is wanted from `start` to the `end` that follows it, on days that begin with `start`.

    `areas` stands for everything of its kind there. Of two schedules in force for one thing the one that began later
    counts, of two that began together the later in the file.
    """

    id: Identifier
    name: str = ""
    days: tuple[Weekday, ...] = Field(default=tuple(Weekday), min_length=1)
    start: Written
    end: Written
    areas: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    light: LampWish | None = None
    setpoint: float | None = Field(default=None, ge=7, le=30, description="°C")
    lock: Literal[True] | None = Field(default=None, description="true: locked; there is no other value")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        wishes = [name for name in Kind if getattr(self, name) is not None]
        if len(wishes) != 1:
            raise ValueError(f"expected one of light, setpoint and lock, got {' and '.join(wishes) or 'none'}")
        if not self.areas and not self.devices:
            raise ValueError("expected areas or devices that it is about, got none")
        return self

    @property
    def label(self) -> str:
        return self.name or self.id

    @property
    def kind(self) -> Kind:
        """What it sets."""
        return next(kind for kind in Kind if getattr(self, kind) is not None)
