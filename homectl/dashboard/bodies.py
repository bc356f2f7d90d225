"""What a request may carry, and the setting it means."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    FiniteFloat,
    SecretStr,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from homectl.home import Autonomy, HoldKind, Light, Lock, Mode, Setpoint

WEEK_MINUTES = 7 * 24 * 60
YEAR_HOURS = 366 * 24
MOST_DAYS = 3660


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class LightBody(_Body):
    """A lamp on or off; `level` is a share of full brightness, left out to keep it as it is."""

    on: bool
    level: float | None = Field(default=None, gt=0, le=1)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.level is not None and not self.on:
            raise ValueError("expected no level for a lamp that is to be off")
        return self

    def setting(self) -> Light:
        return Light(self.on, self.level)


class SetpointBody(_Body):
    """The temperature wanted, °C."""

    celsius: FiniteFloat = Field(ge=-50, le=100)

    def setting(self) -> Setpoint:
        return Setpoint(self.celsius)


class LockBody(_Body):
    """Throw the bolt; there is no other value."""

    lock: Literal[True]

    def setting(self) -> Lock:
        return Lock()


class UnlockBody(_Body):
    """Who asks for the door to be unlocked, and their PIN."""

    person: str = Field(min_length=1, max_length=64)
    pin: SecretStr = Field(min_length=1, max_length=64)


class TokenBody(_Body):
    """A token, as it was told when it was made."""

    token: SecretStr = Field(min_length=1, max_length=256)


By = Annotated[str, StringConstraints(max_length=64, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""For whom a program of this machine asks, in the household's own words; of others their token tells."""


class HoldBody(_Body):
    """How long homectl keeps its hands off a target; without `minutes` as long as after a change by hand."""

    kind: HoldKind = Field(default=HoldKind.MINUTES, strict=False)
    minutes: float | None = Field(default=None, gt=0, le=WEEK_MINUTES)
    by: By = ""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.minutes is not None and self.kind is not HoldKind.MINUTES:
            raise ValueError(f"expected no minutes for a hold of the kind {self.kind}")
        return self


class AnswerBody(_Body):
    """Who answers a suggestion."""

    by: By = ""


class LevelBody(_Body):
    """How much is let to homectl; null for what is configured. `force` also where too little was measured for auto."""

    level: Autonomy | None = Field(strict=False)
    force: bool = False
    by: By = ""


class ModeBody(_Body):
    """A mode, and for how many hours or until which local time, such as 18:00; without either after its own time."""

    mode: Mode = Field(strict=False)
    hours: float | None = Field(default=None, gt=0, le=YEAR_HOURS)
    until: str = Field(default="", max_length=32)
    by: By = ""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.hours is not None and self.until:
            raise ValueError("expected hours or until, got both")
        if self.mode is Mode.NONE and (self.hours is not None or self.until):
            raise ValueError("expected no end where a mode is ended")
        return self


def _day(said: object) -> date:
    if not isinstance(said, str):
        raise ValueError("expected a day such as 2026-01-03")
    return date.fromisoformat(said)


Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]


class DaysBody(_Body):
    """Local days that something is asked about."""

    days: list[Day] = Field(default=[], max_length=MOST_DAYS)


Word = Annotated[str, StringConstraints(max_length=64)]
Arguments = Annotated[dict[Word, bool | int | FiniteFloat | Word | None], Field(max_length=8)]
"""What a control of the simulator takes: a few names and plain values."""
