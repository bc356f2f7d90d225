"""Modes of a home: unusual times that a person declares, and that end by themselves."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from homectl.home.targets import Described

Hours = Annotated[float, Field(gt=0, le=366 * 24, description="after which it ends by itself")]
SetBack = Annotated[float, Field(ge=7, le=26, description="°C that rooms are set back to")]


class Mode(StrEnum):
    """What each does is one table: `homectl.control.modes.EFFECTS`."""

    NONE = "none"
    GUEST = "guest"
    PARTY = "party"
    AWAY = "away"
    VACATION = "vacation"
    CLEANING = "cleaning"

    @property
    def teaches(self) -> bool:
        """Whether days of it are like others, and learned from."""
        return self in (Mode.NONE, Mode.AWAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeSpan:
    """A mode that somebody set: from when, until when it lasts at most (UTC seconds), and who it was."""

    mode: Mode
    since: float
    until: float
    by: str


class ModeSettings(Described):
    """How long a mode lasts unless somebody says otherwise, and where: in `areas` (none named: everywhere), not in
    `excluded`."""

    hours: Hours
    areas: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()

    def covers(self, area: str) -> bool:
        return area not in self.excluded and (not self.areas or area in self.areas)


class Guest(ModeSettings):
    hours: Hours = 48


class Party(ModeSettings):
    hours: Hours = 8


class Away(ModeSettings):
    hours: Hours = 24
    setpoint: SetBack = 17


class Vacation(ModeSettings):
    hours: Hours = 14 * 24
    setpoint: SetBack = 12


class Cleaning(ModeSettings):
    hours: Hours = 3


class Modes(Described):
    """The household's own settings of the modes."""

    guest: Guest = Guest()
    party: Party = Party()
    away: Away = Away()
    vacation: Vacation = Vacation()
    cleaning: Cleaning = Cleaning()

    def of(self, mode: Mode) -> ModeSettings:
        """The settings of any mode but none."""
        found: ModeSettings = getattr(self, mode)
        return found
